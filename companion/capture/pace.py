"""How often to look while nothing calls for a look."""

from __future__ import annotations

HEARTBEAT = 2.0
SLOWEST = 30.0


class Pace:
    """Seconds until the next idle look.

    A film or a game changes the whole picture at every look; there the pace halves again and again, so that it does
    not become one moment a heartbeat. The first look that finds the picture still brings the heartbeat back.
    """

    def __init__(self, *, heartbeat: float = HEARTBEAT, slowest: float = SLOWEST) -> None:
        self._heartbeat = heartbeat
        self._slowest = slowest
        self.seconds = heartbeat

    def looked(self, *, restless: bool) -> None:
        """Take in whether the same window showed another picture than at the look before."""
        self.seconds = min(2 * self.seconds, self._slowest) if restless else self._heartbeat
