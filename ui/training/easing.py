"""How what is shown glides to what it should show: at once on its way, never with a jump. Pure."""

from __future__ import annotations

import math


class Easing:
    """A quantity that moves towards another.

    Parameters
    ----------
    start
        Where it begins.
    seconds
        Time constant: after so long it has gone 63 % of the way.
    rate
        How far it goes in a second at most, whatever is asked of it.

    """

    def __init__(self, start: float, *, seconds: float, rate: float) -> None:
        self.now = start
        self.rate = rate
        self._seconds = seconds

    def towards(self, target: float, passed: float) -> float:
        """Go on for ``passed`` seconds and return where it is then."""
        wanted = (target - self.now) * (1 - math.exp(-passed / self._seconds))
        most = self.rate * passed
        self.now += min(most, max(-most, wanted))
        return self.now
