"""A threshold that keeps the share of rewarded time at what was set, whatever the signal does. Pure.

Each step moves it up a little when it was rewarded and down a little when not, in the proportion that balances at the
set rate. So the rate of a stretch is off by no more than how far the threshold moved in it, divided by the stretch's
length: a bound that asks nothing of the signal (quantile tracking, Angelopoulos et al. 2023, arXiv:2307.16895).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

GAIN = 0.3  # spreads a second by which it follows, at most
FAR = 3.0  # spreads from the running mean beyond which it does not run away while something else forbids reward
MEAN_SECONDS = 30.0
LEAST_SPREAD = 1e-3


class Threshold:
    """What a value must reach.

    Parameters
    ----------
    rate
        Share of steps that should reach it, between 0 and 1.
    seen
        Values of the baseline to begin from, at least one.
    spread
        Theirs, where it is known better than they tell it.

    """

    def __init__(self, rate: float, seen: Sequence[float], *, spread: float | None = None) -> None:
        if not 0 < rate < 1 or not seen:
            raise ValueError(f"a rate within 0 and 1 and a baseline are needed, not {rate} and {len(seen)} values")
        self.rate = rate
        ordered = sorted(seen)
        self.mean = math.fsum(ordered) / len(ordered)
        variance = math.fsum((value - self.mean) ** 2 for value in ordered) / len(ordered)
        self.spread = max(math.sqrt(variance) if spread is None else spread, LEAST_SPREAD)
        self.level = ordered[min(len(ordered) - 1, int((1 - rate) * len(ordered)))]

    def margin(self, value: float) -> float:
        """Return how far above the threshold a value is, in spreads of the baseline."""
        return (value - self.level) / self.spread

    def follow(self, value: float, *, reached: bool, seconds: float) -> None:
        """Take in a step of so many seconds; ``reached`` says whether it was rewarded. Never while muted."""
        self.mean += (value - self.mean) * (1 - math.exp(-seconds / MEAN_SECONDS))
        self.level += GAIN * self.spread * seconds * ((1.0 if reached else 0.0) - self.rate)
        self.level = min(max(self.level, self.mean - FAR * self.spread), self.mean + FAR * self.spread)
