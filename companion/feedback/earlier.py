"""What was measured in an earlier session, to be rewarded anew in a replay. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from companion.feedback.rewarding import LEAST_STEPS, Rewarding
from embeddings.feedback.plan import STEP_SECONDS, Step

LEAST_READINGS = 600  # half a minute; less is no session to replay
LOOK_READINGS = 200  # how far into a piece a beginning is looked for that fits where the last one ended

Reading = tuple[float, ...]  # of a step: the value, then each of what is held down
Readings = tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A session that can be replayed.

    Attributes
    ----------
    baseline
        Of the steps of its baseline that count, at least `LEAST_STEPS`.
    pieces
        Of the steps of its blocks that count, a piece each stretch that has no seam.
    number
        The number it is kept under.

    """

    baseline: Readings
    pieces: tuple[Readings, ...]
    number: int

    @property
    def steps(self) -> int:
        """How many steps there are to be replayed."""
        return sum(map(len, self.pieces))

    @property
    def enough(self) -> bool:
        """Whether it is long enough to be replayed, and each piece to be joined to another."""
        joined = min(map(len, self.pieces), default=0) > LOOK_READINGS
        return joined and self.steps >= LEAST_READINGS and len(self.baseline) >= LEAST_STEPS

    def measured_against(self, count: int) -> Earlier:
        """Return it with a baseline of so many readings, where there are as many: short ones spread less.

        What a shorter one lacks is taken from what followed.
        """
        after = islice(chain(*self.pieces), max(0, count - len(self.baseline)))
        return replace(self, baseline=(*self.baseline[-count:], *after))

    def margins(self, rate: float, *, settled: bool = False) -> list[tuple[float, ...]]:
        """Return the margins it would have had at some rate, a sequence a piece.

        ``settled`` where it is given in the midst of a session, whose threshold has left its baseline behind.
        """
        rewarding = Rewarding(rate, [_step(one) for one in self.baseline])
        for one in islice(chain(*self.pieces), LEAST_READINGS if settled else 0):
            _margin(rewarding, one)
        return [tuple(_margin(rewarding, one) for one in piece) for piece in self.pieces]


def readings_of(steps: Sequence[Step]) -> Readings:
    """Return the readings of those steps that count."""
    return tuple((one.value, *one.inhibits) for one in steps if one.counts and one.value is not None)


def _step(reading: Reading) -> Step:
    return Step(0.0, reading[0], reading[1:], "", ())


def _margin(rewarding: Rewarding, reading: Reading) -> float:
    margin = rewarding.margin(_step(reading), STEP_SECONDS)
    if margin is None:
        raise ValueError("a reading without a value cannot be replayed")
    return margin
