"""What the other monitors show: nobody attends to it, and yet it was there to be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np

from companion.capture.glance import Glance, is_same
from companion.capture.screen import NOTHING, Screen, Sight
from companion.capture.triggers import is_there
from companion.capture.types import Frame, Skipped, Trigger

#: Seconds between two looks at the other monitors.
SECONDS = 5.0

#: Seconds after which they are looked at whatever called for a look: what rests there while the person writes elsewhere
#: would be taken to be over (`attention.LONGEST_GAP`), and to begin anew.
LONGEST = 30.0

#: What calls for a look at them too: the person turned to something else, or nothing happened for a while.
CALLS = frozenset({Trigger.STARTED, Trigger.SWITCHED, Trigger.RESTED})


@runtime_checkable
class SeveralMonitors(Protocol):
    """A `Screen` that tells of the other monitors too."""

    def beside(self) -> tuple[Sight, ...]:
        """Return the uppermost window of each monitor that the active one is not on."""
        ...


class Beside:
    """Looks at the other monitors now and then, after the active window."""

    def __init__(self, glance: Glance, clock: Callable[[], float]) -> None:
        self._glance, self._clock = glance, clock
        self._looked = float("-inf")
        self._last: dict[int, Frame] = {}  # by monitor

    def look(self, screen: Screen, why: tuple[Trigger, ...]) -> Iterator[Frame | Skipped]:
        """Yield what the other monitors show, and of those that show nothing any more that they do not."""
        if not isinstance(screen, SeveralMonitors):
            return
        least = SECONDS if CALLS.intersection(why) else LONGEST
        if time.monotonic() - self._looked < least or screen.asleep() or not is_there(screen.idle()):
            return
        self._looked = time.monotonic()
        seen = {sight.window.monitor: sight for sight in screen.beside() if sight.window is not None}
        for monitor in self._last.keys() - seen.keys():
            del self._last[monitor]
            yield Skipped(self._clock(), "Nothing is shown there any more.", monitor=monitor)
        for monitor, sight in seen.items():
            yield self._at(screen, monitor, sight)

    def _at(self, screen: SeveralMonitors, monitor: int, sight: Sight) -> Frame | Skipped:
        reason = self._glance.decide(sight)
        found = reason or self._glance.take(screen, partial(_again, screen, sight.id), sight)  # type: ignore[arg-type]
        if isinstance(found, str):
            self._last.pop(monitor, None)
            return Skipped(self._clock(), found, monitor=monitor)
        last = self._last.get(monitor)
        if last is not None and last.image is not None and found.image is not None:
            same = is_same(last.window, found.window) and np.array_equal(last.image, found.image)
            found = replace(found, image=last.image) if same else found
        self._last[monitor] = replace(found, beside=True)
        return self._last[monitor]


def _again(screen: SeveralMonitors, number: int) -> Sight:
    return next((sight for sight in screen.beside() if sight.id == number), NOTHING)
