"""When something that happens again and again is worth a look. Pure: time is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class What(Enum):
    """What happened in a program."""

    ACTIVATED = "activated"
    FOCUSED = "focused"
    TYPED = "typed"
    LOADED = "loaded"


#: Seconds of quiet after which an event counts, and the longest it is put off while it goes on.
QUIET: dict[What, tuple[float, float]] = {
    What.ACTIVATED: (0.15, 0.5),
    What.FOCUSED: (0.3, 1.5),
    What.TYPED: (1.0, 10.0),
    What.LOADED: (0.2, 1.0),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened in one process, how often, and when last (the clock of whoever passed the time in)."""

    pid: int
    what: What
    time: float
    count: int


@dataclass(slots=True)
class _Pending:
    first: float
    last: float
    count: int


class Debounce:
    """Gathers events of one kind and process until they pause, or have gone on for too long."""

    def __init__(self, quiet: dict[What, tuple[float, float]] | None = None) -> None:
        self._quiet = QUIET if quiet is None else quiet
        self._pending: dict[tuple[int, What], _Pending] = {}

    def add(self, pid: int, what: What, time: float) -> None:
        """Note that something happened at ``time``, in seconds."""
        known = self._pending.setdefault((pid, what), _Pending(time, time, 0))
        known.last = time
        known.count += 1

    def due(self, time: float) -> list[Happening]:
        """Return, oldest first, what is ripe at ``time``, and forget it."""
        ripe = [key for key in self._pending if self._ripe_at(key) <= time]
        happened = []
        for pid, what in sorted(ripe, key=self._ripe_at):
            pending = self._pending.pop((pid, what))
            happened.append(Happening(pid, what, pending.last, pending.count))
        return happened

    def next_due(self) -> float | None:
        """Return when something will be ripe if nothing else happens, None when nothing waits."""
        return min(map(self._ripe_at, self._pending), default=None)

    def _ripe_at(self, key: tuple[int, What]) -> float:
        quiet, longest = self._quiet[key[1]]
        pending = self._pending[key]
        return min(pending.last + quiet, pending.first + longest)
