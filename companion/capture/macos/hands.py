"""How often keys, buttons and wheels were used, from counts that macOS keeps. Which keys is in none of them."""

from __future__ import annotations

from collections.abc import Callable

from companion.capture.macos.calls import COUNTS, Calls, Touch
from companion.capture.screen import Happened
from companion.capture.types import Trigger

_MEANING = {
    Touch.KEY_DOWN: Trigger.TYPED,
    Touch.LEFT_DOWN: Trigger.CLICKED,
    Touch.RIGHT_DOWN: Trigger.CLICKED,
    Touch.OTHER_DOWN: Trigger.CLICKED,
    Touch.SCROLL: Trigger.SCROLLED,
}


class Hands:
    """Tells what the counts grew by; begins with what they are when it is made."""

    def __init__(self, calls: Calls, clock: Callable[[], float]) -> None:
        self._calls, self._clock = calls, clock
        self._counts = {touch: calls.count(touch) for touch in Touch}

    def new(self) -> list[Happened]:
        """Return what was done since this was last asked, oldest first."""
        found = []
        for touch, before in self._counts.items():
            now = self._calls.count(touch)
            times = (now - before) % COUNTS
            if times:
                self._counts[touch] = now
                found.append(Happened(_MEANING[touch], self._clock() - self._calls.since(touch), times))
        return sorted(found, key=lambda what: what.time)
