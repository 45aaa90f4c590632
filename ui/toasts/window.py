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

    Attributes
    ----------
    judged
        What it says.

    """

    opened = Signal()
    gone = Signal()

    def __init__(self, judged: Judged) -> None:
        kind = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, kind | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.app, self.why = self._label("small", look="soft"), self._label("small", look="soft")
        self.title, self.body = self._label("strong"), self._label("body")
        self.close_it = QPushButton("Close")
        self._lay_out()
        self._left = False
        self.judged = judged
        self._say()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.leave)

    @property
    def number(self) -> int:
        """The number of its notification."""
        return self.judged.notice.number

    @property
    def stays(self) -> bool:
        """Whether it stays until it is closed."""
        return self.judged.rule in STAYS

    def go_on(self, judged: Judged) -> None:
        """Show another one in the place of this, for as long as if it were new."""
        self.judged = judged
        self._say()
        self._timer.stop()
        if not self.underMouse():
            self._count_down()

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

    def _say(self) -> None:
        """Show what is said, and be as high as that needs."""
        notice = self.judged.notice
        app = wording.app_name(notice.app or notice.desktop_entry)
        said = (app, notice.summary, notice.body, self.judged.why)
        self.setWindowTitle(f"Companion: {notice.summary or app}")
        self.setAccessibleName(". ".join(filter(None, said)))
        for label, text in zip((self.app, self.title, self.body, self.why), said, strict=True):
            plain = " ".join(text.split())
            label.setText(plain if len(plain) <= MOST else f"{plain[: MOST - 1].rstrip()}…")
            label.setVisible(bool(plain))
        self._frame.updateGeometry()  # else what is above it goes by the height it had
        self.setFixedHeight(self.heightForWidth(WIDE))

    def _label(self, role: theme.TypeRole, *, look: str = "") -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(theme.font(self.font(), role))
        label.setProperty("look", look)
        return label

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDE)
        self.close_it.setProperty("look", "word")
        self.close_it.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_it.clicked.connect(self.leave)
        self._frame = QFrame()
        self._frame.setProperty("look", "card")
        outer, column, top = QVBoxLayout(self), QVBoxLayout(self._frame), QHBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._frame)
        column.setContentsMargins(*(4 * (3 * theme.GRID,)))
        column.setSpacing(theme.GRID)
        top.addWidget(self.app, 1)
        top.addWidget(self.close_it)
        column.addLayout(top)
        for label in (self.title, self.body, self.why):
            column.addWidget(label)
        self.ensurePolished()
