"""A pause that ends when the clock on the wall says so, also where the machine slept meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

FOREVER = float("inf")
LOOK_SECONDS = 5.0  # between looks at the clock: timers stand still while the machine sleeps


class Pause:
    """Is under way or not; told to begin and end, it ends by itself at its time.

    Parameters
    ----------
    clock
        UTC seconds since 1970.
    on_over
        Called, from a thread of its own, when the time has come.

    """

    def __init__(self, *, clock: Callable[[], float], on_over: Callable[[], None]) -> None:
        self._clock, self._on_over = clock, on_over
        self._lock = threading.Lock()  # around what follows
        self._until: float | None = None
        self._ended = threading.Event()

    @property
    def until(self) -> float | None:
        """When it ends (UTC seconds, ``inf`` for not by itself); None when there is none now."""
        until = self._until
        return until if until is not None and self._clock() < until else None

    def begin(self, seconds: float | None) -> None:
        """Pause for ``seconds``, or until `end` when None."""
        self.end()
        if seconds is None:
            self._until = FOREVER
            return
        now, self._ended = self._clock(), threading.Event()
        self._until = now + seconds
        threading.Thread(target=self._watch, args=(now, self._ended), name="pause", daemon=True).start()

    def end(self) -> None:
        """Pause no longer; nothing is called."""
        with self._lock:
            self._ended.set()
            self._until = None

    def _watch(self, seen: float, ended: threading.Event) -> None:
        now = self._clock()
        while (left := self._left(seen, now, ended)) > 0.0:
            if ended.wait(min(left, LOOK_SECONDS)):
                return
            seen, now = now, self._clock()
        if not ended.is_set():
            self._on_over()

    def _left(self, seen: float, now: float, ended: threading.Event) -> float:
        """Return the seconds left; a clock set back since it was ``seen`` makes it no longer."""
        with self._lock:
            if self._until is None or ended.is_set():
                return 0.0
            self._until -= max(0.0, seen - now)
            return self._until - now
