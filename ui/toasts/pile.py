"""Notifications of our own, one below the other in the corner of the screen; what has no room waits its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QCursor, QGuiApplication

from ui import theme
from ui.toasts.window import STAYS, ToastWindow

if TYPE_CHECKING:
    from companion.notices.types import Judged, Notice

AT_ONCE = 4
MARGIN, GAP = 4 * theme.GRID, 2 * theme.GRID


class ToastPile(QObject):
    """Shows them in the order they came, what stays until it is closed before the others. Nothing is shown twice.

    One that its program goes on with, as what counts down, is shown in the place of the one before.
    `AT_ONCE` of those that go by themselves are there at the same time. Those that stay take no room from them: they
    stand above them, as many as fit on the screen.
    """

    opened = Signal(int)
    """The number of the notification that was clicked."""
    left_opened = Signal(int)
    """The same of one that was disowned: its number may be another one's by now."""
    unseen = Signal(object)
    """Those that never were on the screen, and those that were to stay until they are closed, which nobody did."""

    there_are = Signal(int)
    """How many are on the screen, each time one comes or goes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: list[ToastWindow] = []
        self._staying: deque[Judged] = deque()
        self._waiting: deque[Judged] = deque()
        self._disowned: list[Judged] = []

    def show(self, judged: Judged) -> bool:
        """Show one, now or once there is room; returns whether there is a screen to show it on."""
        if not QGuiApplication.screens():
            return False
        if not self._goes_on(judged):
            self._line_of(judged).append(judged)
        self._fill()
        return True

    def take_down(self, of: Callable[[Notice], bool]) -> None:
        """Show some no more, as their programs took them back or went on with them elsewhere."""
        unseen = [one for one in (*self._staying, *self._waiting) if of(one.notice)]
        for one in unseen:
            self._line_of(one).remove(one)
        for toast in tuple(self.shown):
            if of(toast.judged.notice):
                toast.leave()
        self._hand_back(unseen)

    def disown(self) -> None:
        """Show all in their turn, and hand back and open none of them: who let them through is no more."""
        self._disowned = [toast.judged for toast in self.shown] + [*self._staying, *self._waiting]

    def close_shown(self) -> None:
        """Close those on the screen; what waited for room takes their place."""
        for toast in tuple(self.shown):
            toast.leave()

    def let_go(self) -> None:
        """Show none any more."""
        unseen = [toast.judged for toast in self.shown if toast.stays] + [*self._staying, *self._waiting]
        self._staying.clear()
        self._waiting.clear()
        for toast in tuple(self.shown):
            toast.leave()
        self._hand_back(unseen)

    def _hand_back(self, some: list[Judged]) -> None:
        if unseen := [one for one in some if one not in self._disowned]:
            self.unseen.emit(unseen)

    def _goes_on(self, judged: Judged) -> bool:
        """Have one take the place of the one that it goes on with; returns whether there is such a one."""
        for toast in self.shown:
            if judged.notice.goes_on_with(toast.judged.notice):
                toast.go_on(judged)
                self._place()
                return True
        for line in (self._staying, self._waiting):
            for at, one in enumerate(line):
                if judged.notice.goes_on_with(one.notice):
                    del line[at]
                    self._line_of(judged).insert(at, judged)
                    return True
        return False

    def _line_of(self, judged: Judged) -> deque[Judged]:
        """Return where one waits for room."""
        return self._staying if judged.rule in STAYS else self._waiting

    def _fill(self) -> None:
        """Show what waits, as long as there is room."""
        while self._staying and self._try(self._staying[0]):
            self._staying.popleft()
        while self._waiting and sum(not toast.stays for toast in self.shown) < AT_ONCE and self._try(self._waiting[0]):
            self._waiting.popleft()

    def _try(self, judged: Judged) -> bool:
        """Show one where there is room, which there is for the first in any case; returns whether there is."""
        toast = ToastWindow(judged)
        if self.shown and self._high() + toast.height() > _room().height() - 2 * MARGIN:
            toast.deleteLater()
            return False
        toast.opened.connect(lambda: self._opened(toast))
        toast.gone.connect(lambda: self._gone(toast))
        self.shown.append(toast)
        self._place()
        toast.appear()
        self.there_are.emit(len(self.shown))
        return True

    def _opened(self, toast: ToastWindow) -> None:
        opened = self.left_opened if toast.judged in self._disowned else self.opened
        opened.emit(toast.number)

    def _gone(self, toast: ToastWindow) -> None:
        self.shown.remove(toast)
        toast.deleteLater()
        self._place()
        self._fill()
        self.there_are.emit(len(self.shown))

    def _high(self) -> int:
        """Return how much of the screen is taken, pixels."""
        return sum(toast.height() + GAP for toast in self.shown)

    def _place(self) -> None:
        """Put them below each other, at the right of the screen with the pointer."""
        self.shown.sort(key=lambda one: not one.stays)  # in the order they came otherwise
        room = _room()
        top = room.top() + MARGIN
        for toast in self.shown:
            toast.move(room.right() + 1 - MARGIN - toast.width(), top)
            top += toast.height() + GAP


def _room() -> QRect:
    """Return the screen with the pointer, without panels."""
    screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
    return screen.availableGeometry()
