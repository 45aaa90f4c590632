"""When to look at a window whose picture nobody says has changed. Pure: time is passed in.

Wayland tells nobody of the damage to another's window. A picture that was found as before is looked at half as often
the next time; one that was not, or anything that happens, brings the pace back.
"""

from __future__ import annotations

#: Seconds between looks: while the picture changes, and at most.
FASTEST = 2.0
SLOWEST = 60.0


class Pulse:
    """Says when a look is due."""

    def __init__(self, now: float) -> None:
        self._every = FASTEST
        self._due = now + FASTEST

    def looked(self, now: float, *, changed: bool) -> None:
        """Take in that the picture was read, and whether it was another than before."""
        self._every = FASTEST if changed else min(2 * self._every, SLOWEST)
        self._due = now + self._every

    def happened(self, now: float) -> None:
        """Take in that something happened, so that the picture may well change now."""
        self._every = FASTEST
        self._due = min(self._due, now + FASTEST)

    def due(self, now: float) -> bool:
        """Whether a look is due; said once, then again after the present interval."""
        if now < self._due:
            return False
        self._due = now + self._every
        return True
