"""A session's course: baseline, blocks and rests by the clock, pauses, an early end. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from companion.feedback.types import OVER, Phase, Times


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a session: its phase, the number of its block (0 for the baseline) and how many seconds it lasts."""

    phase: Phase
    block: int
    seconds: float


def parts(times: Times) -> tuple[Part, ...]:
    """Return a session's parts in order; no rest follows the last block."""
    found = [Part(Phase.BASELINE, 0, times.baseline)]
    for block in range(1, times.blocks + 1):
        found.append(Part(Phase.BLOCK, block, times.block))
        if block < times.blocks and times.rest:
            found.append(Part(Phase.REST, block, times.rest))
    return tuple(found)


class Course:
    """Where a session is. Times are those of a clock that only goes forward, in seconds.

    It waits until `begin`; the baseline ends only with `passed`, since how long it takes is the signal's to say.
    """

    def __init__(self, times: Times) -> None:
        self._parts = parts(times)
        self._at = -1
        self._left = 0.0  # of this part, when it last went on
        self._since: float | None = None  # when it last went on; None while it stands still
        self._over: Phase | None = None

    @property
    def phase(self) -> Phase:
        """What goes on."""
        if self._over is not None:
            return self._over
        if self._at < 0:
            return Phase.WAITING
        return Phase.PAUSED if self._since is None else self.part.phase

    @property
    def part(self) -> Part:
        """The part at hand, also while paused; the first before it began."""
        return self._parts[max(self._at, 0)]

    def left(self, now: float) -> float:
        """Return the seconds left of this part."""
        if self._at < 0:
            return self._parts[0].seconds
        return 0.0 if self._over else max(0.0, self._left - self._gone(now))

    def left_all(self, now: float) -> float:
        """Return the seconds left of the whole session."""
        if self._over:
            return 0.0
        return self.left(now) + sum(part.seconds for part in self._parts[max(self._at, 0) + 1 :])

    def begin(self, now: float) -> None:
        """Begin the baseline, also for a second time."""
        if not self._over and self._at <= 0:
            self._enter(0, now)

    def move(self, now: float) -> bool:
        """Go on to the next part where this one is over; return whether it did. The baseline waits for `passed`."""
        if self._at < 1 or self._since is None or self._over or self.left(now) > 0:
            return False
        self._next(now)
        return True

    def passed(self, now: float) -> None:
        """End the baseline and begin the first block."""
        if self._at == 0 and not self._over:
            self._next(now)

    def pause(self, now: float) -> None:
        """Stand still."""
        if self._since is not None and not self._over:
            self._left, self._since = self.left(now), None

    def go_on(self, now: float) -> None:
        """Go on after a pause."""
        if self._at >= 0 and self._since is None and not self._over:
            self._since = now

    def end(self, phase: Phase) -> None:
        """End for good; what ended first stays."""
        if phase not in OVER:
            raise ValueError(f"{phase} is no end")
        if self._over is None:
            self._over = phase

    def _next(self, now: float) -> None:
        if self._at + 1 == len(self._parts):
            self.end(Phase.DONE)
        else:
            self._enter(self._at + 1, now)

    def _enter(self, at: int, now: float) -> None:
        self._at, self._left, self._since = at, self._parts[at].seconds, now

    def _gone(self, now: float) -> float:
        return 0.0 if self._since is None else now - self._since
