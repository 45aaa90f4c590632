"""A pause that ends when its seconds have passed, those of sleep too, whatever the clock on the wall is set to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FOREVER = float("inf")
LOOK_SECONDS = 5.0  # between looks at the clock: timers stand still while the machine sleeps
SET_SECONDS = 2.0  # by which the wall's clock has to be off before the pause ends at another time of it


def passed() -> float:
    """Return seconds that nobody sets, and that go on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):  # Linux
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if hasattr(time, "CLOCK_MONOTONIC"):  # macOS, where `time.monotonic` stands still meanwhile
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class Pause:
    """Is under way or not; told to begin and end, it ends by itself at its time.

    Parameters
    ----------
    clock
        UTC seconds since 1970, for telling when it ends.
    passing
        Seconds that nobody sets, see `passed`: what it ends by.
    on_over
        Called, from a thread of its own, when the time has come.

    """

    def __init__(
        self, *, clock: Callable[[], float], on_over: Callable[[], None], passing: Callable[[], float] = passed
    ) -> None:
        self._clock, self._passing, self._on_over = clock, passing, on_over
        self._due: float | None = None
        self._told = 0.0
        self._ended = threading.Event()

    @property
    def until(self) -> float | None:
        """When it ends (UTC seconds, ``inf`` for not by itself); None when there is none now."""
        due = self._due
        if due is None or due == FOREVER:
            return due
        left = due - self._passing()
        if left <= 0.0:
            return None
        if abs(self._clock() + left - self._told) > SET_SECONDS:
            self._told = self._clock() + left
        return self._told

    def begin(self, seconds: float | None) -> None:
        """Pause for ``seconds``, or until `end` when None."""
        self.end()
        if seconds is None:
            self._due = FOREVER
            return
        due = self._passing() + seconds
        self._due, self._told, self._ended = due, self._clock() + seconds, threading.Event()
        threading.Thread(target=self._watch, args=(due, self._ended), name="pause", daemon=True).start()

    def end(self) -> None:
        """Pause no longer; nothing is called."""
        self._ended.set()
        self._due = None

    def _watch(self, due: float, ended: threading.Event) -> None:
        while (left := due - self._passing()) > 0.0:
            if ended.wait(min(left, LOOK_SECONDS)):
                return
        if not ended.is_set():
            self._on_over()
