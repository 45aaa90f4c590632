"""From steps of measurement to what the person is shown: a margin, a value between 0 and 1, reward or not. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from companion.feedback.threshold import Threshold
from embeddings.feedback.plan import Step

INHIBIT_RATE = 0.85  # of the baseline that each inhibit lets pass, at least
STEEPNESS = 1.5  # of the shown value over the margin: one spread above the threshold shows as 0.8
LEAST_STEPS = 200  # clean ones of a baseline; ten seconds


class Rewarding:
    """Adapts to one person in one session.

    Parameters
    ----------
    rate
        Share of unmuted time that should be rewarded.
    baseline
        The steps of the baseline; only those that count are taken. ValueError with fewer than `LEAST_STEPS` of these.

    """

    def __init__(self, rate: float, baseline: Sequence[Step]) -> None:
        clean = [step for step in baseline if step.counts]
        if len(clean) < LEAST_STEPS:
            raise ValueError(f"{len(clean)} clean steps are no baseline")
        self.value = Threshold(rate, [step.value for step in clean if step.value is not None])
        count = len(clean[0].inhibits)
        share = inhibit_rate(rate, count)
        # An inhibit is passed by being low, so that its negative is what must reach a threshold. It never follows:
        # what is held down stays so for as long as it lies above what it was in the baseline.
        self.inhibits = tuple(Threshold(share, [-step.inhibits[i] for step in clean]) for i in range(count))
        self.value.level = self._first_level(clean)
        self.start = self.value.mean, self.value.spread
        self.inhibits_start = tuple((-one.mean, one.spread) for one in self.inhibits)

    def _first_level(self, clean: Sequence[Step]) -> float:
        """Return the level with which the baseline itself would have been rewarded at the set rate, inhibits included.

        Without them a session would begin with too few rewards until its threshold has come down.
        """
        passing = sorted((step.value for step in clean if step.value is not None and self._passed(step)), reverse=True)
        return passing[min(len(passing), max(1, round(self.value.rate * len(clean)))) - 1]

    def _passed(self, step: Step) -> bool:
        return all(one.margin(-power) >= 0 for one, power in zip(self.inhibits, step.inhibits, strict=True))

    def relative(self, value: float) -> float:
        """Return a value in spreads from the baseline's mean."""
        mean, spread = self.start
        return (value - mean) / spread

    def margin(self, step: Step, seconds: float) -> float | None:
        """Return how far a step is above all that it must reach, in spreads, and adapt; None while muted or held.

        Reward is given at 0 and above.
        """
        if not step.counts or step.value is None:
            return None
        passed = [one.margin(-power) for one, power in zip(self.inhibits, step.inhibits, strict=True)]
        margin = min([self.value.margin(step.value), *passed])
        self.value.follow(step.value, reached=margin >= 0, seconds=seconds)
        return margin


def inhibit_rate(rate: float, count: int) -> float:
    """Return the share of the baseline that each of ``count`` inhibits lets pass where ``rate`` is to be rewarded.

    Together they pass the root of the rate at least, which leaves the value's threshold room to hold it.
    """
    return max(INHIBIT_RATE, rate ** (1 / (2 * count))) if count else 1.0


def shown(margin: float) -> float:
    """Return a margin as the scene shows it, between 0 and 1; 0.5 at the threshold."""
    return 1 / (1 + math.exp(-STEEPNESS * max(-20.0, min(20.0, margin))))
