"""Where times of a day lie along a line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

HOUR = 3600.0
LEAST_HOURS = 6
MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Scale:
    """A line of ``width`` pixels from one time to another, UTC seconds."""

    start: float
    end: float
    width: float

    def x(self, time: float) -> float:
        """Return where a time lies."""
        return (time - self.start) / (self.end - self.start) * self.width

    def time(self, x: float) -> float:
        """Return which time lies there; none beyond the ends."""
        return self.start + min(1.0, max(0.0, x / self.width)) * (self.end - self.start)


def midnight(now: float, zone: tzinfo | None = None, *, days: int = 0) -> float:
    """Return when the day of ``now`` began, or a day so many before or after it, UTC seconds."""
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=days)).timestamp()


def shown(now: float, known: Sequence[float], zone: tzinfo | None = None) -> tuple[float, float]:
    """Return from when to when a day is shown: whole hours of it, from the first that anything is known of to now.

    ``known`` are the times of it, UTC seconds. At least `LEAST_HOURS` are shown.
    """
    end = _hour(now, zone) + HOUR
    first = min((_hour(time, zone) for time in known), default=end)
    start = max(midnight(now, zone), min(first, end - LEAST_HOURS * HOUR))
    return start, max(end, start + LEAST_HOURS * HOUR)


def ticks(start: float, end: float) -> Iterable[float]:
    """Return the hours to be named between two whole hours."""
    hours = round((end - start) / HOUR)
    step = max(1, -(-hours // MOST_TICKS))
    return [start + hour * HOUR for hour in range(0, hours + 1, step)]


def at(minutes: int, now: float, zone: tzinfo | None = None) -> float:
    """Return the UTC seconds of a minute of the day of ``now``."""
    today = datetime.fromtimestamp(now, zone)
    return today.replace(hour=minutes // 60, minute=minutes % 60, second=0, microsecond=0).timestamp()


def minute(time: float, zone: tzinfo | None = None) -> int:
    """Return the minute of the day that a time (UTC seconds) is in."""
    then = datetime.fromtimestamp(time, zone)
    return then.hour * 60 + then.minute


def _hour(time: float, zone: tzinfo | None) -> float:
    return datetime.fromtimestamp(time, zone).replace(minute=0, second=0, microsecond=0).timestamp()
