"""One field and the button beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui import theme
from ui.recall.think_button import ThinkButton

TYPING_PAUSE_MS = 250


class SearchBar(QWidget):
    """Says what is asked: after a pause in typing, or at Enter."""

    asked = Signal(str)
    """Words to search for, stripped, never empty."""
    emptied = Signal()
    thought = Signal()
    entered = Signal()
    """Enter, when these words were asked already."""
    left = Signal()
    """Arrow down: on to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = ""
        self._quiet = False
        self.field = QLineEdit()
        self.field.setPlaceholderText("What was it about …")
        self.field.setAccessibleName("What was it about")
        self.field.setToolTip("Searches as you type; Enter searches at once, Esc closes")
        self.field.setClearButtonEnabled(True)
        self.field.setFont(theme.font(self.font(), "body"))
        self.think = ThinkButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * theme.GRID, 3 * theme.GRID, 3 * theme.GRID, theme.GRID)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(self.field, 1)
        row.addWidget(self.think)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.field.textEdited.connect(self._pause.start)
        self.field.textChanged.connect(self._emptied)
        self.field.returnPressed.connect(self._enter)
        self.think.clicked.connect(self.thought)

    def words(self) -> str:
        """Return what is in the field."""
        return " ".join(self.field.text().split())

    def clear(self) -> None:
        """Empty the field without a word about it: something else is being asked."""
        self._pause.stop()
        self._asked = ""
        self._quiet = True
        self.field.clear()
        self._quiet = False

    def take_focus(self) -> None:
        """Be ready to be typed into, over what was there."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on to the list at arrow down."""
        if event.key() == Qt.Key.Key_Down:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _enter(self) -> None:
        if self.words() == self._asked:
            self.entered.emit()
        else:
            self._ask()

    def _ask(self) -> None:
        self._pause.stop()
        words = self.words()
        if words and words != self._asked:
            self._asked = words
            self.asked.emit(words)

    def _emptied(self) -> None:
        if not self.words() and not self._quiet:
            self._pause.stop()
            self._asked = ""
            self.emptied.emit()
