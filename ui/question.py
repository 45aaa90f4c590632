"""A question inside a window, before something that cannot be undone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from ui import theme
from ui.settings.sources import sentence


class Question(QFrame):
    """Hidden until it is asked; Esc and the left button answer no."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.words = sentence("", look="caution", role="strong", base=self)
        self.no, self.yes = QPushButton("No"), QPushButton()
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.words)
        row.addStretch()
        for button, answer in ((self.no, False), (self.yes, True)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, answer=answer: self._answer(answer))
            row.addWidget(button)
        column.addLayout(row)
        self.hide()

    def ask(self, words: str, yes: str, no: str) -> None:
        """Ask; ``yes`` and ``no`` name the buttons."""
        self.words.setText(words)
        self.yes.setText(yes)
        self.no.setText(no)
        for button in (self.yes, self.no):
            button.setAccessibleDescription(words)
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter does nothing by a slip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer no at Esc, and close no window by it."""
        if event.key() == Qt.Key.Key_Escape:
            self._answer(False)
            return
        super().keyPressEvent(event)

    def _answer(self, yes: bool) -> None:
        self.hide()
        self.answered.emit(yes)
