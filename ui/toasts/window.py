"""One notification that passes while the desktop holds all: small, and never in the way of the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme, wording

if TYPE_CHECKING:
    from companion.notices.types import Judged

SHOWN_MS = 8000
STAYS = frozenset({"critical", "call", "alarm"})  # rules whose notifications nobody may miss by looking away
WIDE = 90 * theme.GRID
MOST = 300  # characters of one thing it says


class ToastWindow(QWidget):
    """Shows for a while, longer while it is pointed at; a click on it opens Focus, its button only closes it.

    What is critical, a call or an alarm stays until it is closed.
    """

    opened = Signal()
    gone = Signal()

    def __init__(self, judged: Judged) -> None:
        kind = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, kind | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        notice = judged.notice
        app = wording.app_name(notice.app or notice.desktop_entry)
        self.setWindowTitle(f"Companion: {notice.summary or app}")
        self.app = self._words(app, "small", look="soft")
        self.title = self._words(notice.summary, "strong")
        self.body = self._words(notice.body, "body")
        self.why = self._words(judged.why, "small", look="soft")
        self.setAccessibleName(". ".join(filter(None, (app, notice.summary, notice.body, judged.why))))
        self.close_it = QPushButton("Close")
        self._lay_out()
        self._left = False
        self.number, self.stays = notice.number, judged.rule in STAYS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.leave)

    def appear(self) -> None:
        """Show for a while, or until it is closed."""
        self.show()
        self._count_down()

    def leave(self) -> None:
        """Close, and say so once."""
        if not self._left:
            self._left = True
            self._timer.stop()
            self.close()
            self.gone.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while it is pointed at."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        super().leaveEvent(event)
        self._count_down()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open at a click, close at one with another button."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()
        self.leave()

    def _count_down(self) -> None:
        if not (self._left or self.stays):
            self._timer.start()

    def _words(self, text: str, role: theme.TypeRole, *, look: str = "") -> QLabel:
        plain = " ".join(text.split())
        label = QLabel(plain if len(plain) <= MOST else f"{plain[: MOST - 1].rstrip()}…")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(theme.font(self.font(), role))
        label.setProperty("look", look)
        label.setVisible(bool(plain))
        return label

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDE)
        self.close_it.setProperty("look", "word")
        self.close_it.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_it.clicked.connect(self.leave)
        frame = QFrame()
        frame.setProperty("look", "card")
        outer, column, top = QVBoxLayout(self), QVBoxLayout(frame), QHBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(theme.GRID)
        top.addWidget(self.app, 1)
        top.addWidget(self.close_it)
        column.addLayout(top)
        for label in (self.title, self.body, self.why):
            column.addWidget(label)
        self.ensurePolished()
        self.setFixedHeight(self.heightForWidth(WIDE))
