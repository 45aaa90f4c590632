"""Notifications of our own, one below the other in the corner of the screen; what has no room waits its turn."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor, QGuiApplication

from ui import theme
from ui.toast_window import ToastWindow

if TYPE_CHECKING:
    from companion.notices.types import Judged

AT_ONCE = 4
MARGIN, GAP = 4 * theme.GRID, 2 * theme.GRID


class ToastPile(QObject):
    """Shows them in the order they came. Nothing is shown twice, and nothing is left out."""

    opened = Signal(int)
    """The number of the notification that was clicked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: list[ToastWindow] = []
        self._waiting: deque[Judged] = deque()

    def show(self, judged: Judged) -> bool:
        """Show one, now or once there is room; returns whether there is a screen to show it on."""
        if not QGuiApplication.screens():
            return False
        self._waiting.append(judged)
        self._fill()
        return True

    def let_go(self) -> None:
        """Show none any more."""
        self._waiting.clear()
        for toast in tuple(self.shown):
            toast.leave()

    def _fill(self) -> None:
        while self._waiting and len(self.shown) < AT_ONCE:
            judged = self._waiting.popleft()
            toast = ToastWindow(judged)
            number = judged.notice.number
            toast.opened.connect(lambda number=number: self.opened.emit(number))
            toast.gone.connect(lambda toast=toast: self._gone(toast))
            self.shown.append(toast)
            self._place()
            toast.appear()

    def _gone(self, toast: ToastWindow) -> None:
        self.shown.remove(toast)
        toast.deleteLater()
        self._place()
        self._fill()

    def _place(self) -> None:
        """Put them below each other, at the right of the screen with the pointer."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        top = room.top() + MARGIN
        for toast in self.shown:
            toast.move(room.right() + 1 - MARGIN - toast.width(), top)
            top += toast.height() + GAP
