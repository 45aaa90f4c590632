"""What Windows' messages mean for whoever looks at the screen. Which keys were pressed is in none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from companion.capture.screen import NOTHING, Happened, Sight
from companion.capture.titles import normalised_title
from companion.capture.types import Rect, Trigger
from companion.capture.windows.calls import TICKS, WINDOW_ITSELF, Calls, Event, Key, Mouse, Touched, WindowEvent

_COMES = frozenset({Event.FOREGROUND, Event.SHOW, Event.UNCLOAKED, Event.MINIMIZE_END})
_GOES = frozenset({Event.HIDE, Event.CLOAKED, Event.MINIMIZE_START})


class Ears:
    """Takes in what Windows tells, and keeps it until asked.

    Parameters
    ----------
    clock
        Seconds that never go back; the times of what happened are its.

    """

    def __init__(self, calls: Calls, clock: Callable[[], float]) -> None:
        self._calls, self._clock = calls, clock
        self._heard: list[Happened] = []
        self._last = NOTHING
        self._came: tuple[set[int], set[int]] = (set(), set())  # before and after the last sight
        self._moved = (False, False)

    def hear(self, told: Iterable[WindowEvent | Touched]) -> None:
        """Take in what arrived."""
        for one in told:
            if isinstance(one, Touched):
                self._touched(one)
            else:
                self._event(one)

    def take(self) -> list[Happened]:
        """Return what happened since this was last asked, oldest first."""
        heard, self._heard = self._heard, []
        return heard

    def saw(self, sight: Sight) -> None:
        """Know what was seen: the title it had, and what comes over it from now on."""
        self._last = sight
        self._came = (self._came[1], set())
        self._moved = (self._moved[1], False)

    def disturbed(self, rect: Rect) -> bool:
        """Whether a window came since the last sight but one that covers ``rect``, or has gone since; or one moved."""
        return any(self._moved) or any(self._covers(window, rect) for came in self._came for window in came)

    def _covers(self, window: int, rect: Rect) -> bool:
        frame = self._calls.frame(window)
        return frame is None or frame.overlaps(rect)

    def _touched(self, what: Touched) -> None:
        if what.keyboard:
            if not what.flags & Key.RELEASED:
                self._happened(Trigger.TYPED, what.ticks)
            return
        if what.flags & Mouse.PRESSED:
            self._happened(Trigger.CLICKED, what.ticks)
        if what.flags & Mouse.WHEEL:
            self._happened(Trigger.SCROLLED, what.ticks)

    def _event(self, what: WindowEvent) -> None:
        if what.event == Event.DOCUMENT_LOADED:
            if self._calls.root(what.window) == self._last.id:
                self._happened(Trigger.LOADED, what.ticks)
            return
        if (what.object, what.child) != (WINDOW_ITSELF, WINDOW_ITSELF):
            return  # the pointer, the caret, something inside a window
        if what.event == Event.NAME_CHANGE:
            if what.window == self._last.id and self._says_something_else():
                self._happened(Trigger.TITLED, what.ticks)
        elif self._calls.root(what.window) in (what.window, 0):  # 0: it has gone
            self._top_level(what)

    def _top_level(self, what: WindowEvent) -> None:
        if what.event in _COMES | _GOES:
            self._happened(Trigger.SWITCHED, what.ticks)
        if what.window == self._last.id:
            return
        if what.event in _COMES:
            self._came[1].add(what.window)
        elif what.event == Event.LOCATION_CHANGE and self._calls.visible(what.window):
            self._moved = (self._moved[0], True)  # where it was on its way is not told

    def _says_something_else(self) -> bool:
        before = self._last.window.title if self._last.window is not None else ""
        return normalised_title(self._calls.title(self._last.id)) != normalised_title(before)

    def _happened(self, trigger: Trigger, ticks: int) -> None:
        ago = (self._calls.ticks() - ticks) % TICKS
        if ago > TICKS // 2:
            ago = 0  # told between two readings of the clock
        self._heard.append(Happened(trigger, self._clock() - ago / 1000.0))
