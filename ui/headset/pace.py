"""Lets the time that is shown run evenly, although samples come in bursts."""

from __future__ import annotations

LAG_SECONDS = 0.3  # behind the newest sample: longer than it takes from one burst to the next
JUMP_SECONDS = 1.0  # farther from where it should be, it is put there at once
_PULL = 0.5  # of what it is off by, made good in a second


class Pace:
    """Follows the newest sample's time."""

    def __init__(self) -> None:
        self._shown: float | None = None
        self._asked = 0.0

    def at(self, newest: float, now: float) -> float:
        """Return what time to show (as ``newest``, UTC seconds), never later than that.

        Parameters
        ----------
        now
            Seconds of any clock that runs evenly.

        """
        passed, self._asked = now - self._asked, now
        wanted = newest - LAG_SECONDS
        if self._shown is None or abs(self._shown + passed - wanted) > JUMP_SECONDS:
            self._shown = wanted
        else:
            off = self._shown + passed - wanted
            self._shown = min(self._shown + passed * (1 - _PULL * off), newest)
        return self._shown
