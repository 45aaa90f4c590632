"""A figure with its interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval.

    Attributes
    ----------
    value, low, high
        NaN where it cannot be said, as the ends are for one person alone.
    n
        How many people (or whatever was drawn) it stands on.

    """

    value: float
    low: float
    high: float
    n: int

    def above(self, limit: float) -> bool:
        """Whether the whole interval lies above ``limit``; never for an end that is not known."""
        return self.low > limit
