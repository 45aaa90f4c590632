"""What the hands did between two looks, counted from what happened. Pure."""

from __future__ import annotations

import statistics

from companion.capture.screen import Happened
from companion.capture.types import Hands, Trigger

#: Seconds between keys from which on a burst of typing is over: longer is thinking, not rhythm.
BURST = 2.0
_FEWEST = 2  # intervals that a spread can be told from


def added(before: Hands, after: Hands) -> Hands:
    """Return what the hands did in both; the rhythm is that of the newest burst of typing."""
    newest = after if after.interval else before
    return Hands(
        keys=before.keys + after.keys,
        clicks=before.clicks + after.clicks,
        scrolls=before.scrolls + after.scrolls,
        interval=newest.interval,
        spread=newest.spread,
    )


class Counter:
    """Counts until asked."""

    def __init__(self) -> None:
        self._counts: dict[Trigger, int] = {}
        self._intervals: list[float] = []
        self._key = float("-inf")  # when the last one was pressed

    def add(self, what: Happened) -> None:
        """Take in what happened."""
        self._counts[what.trigger] = self._counts.get(what.trigger, 0) + what.count
        if what.trigger is not Trigger.TYPED:
            return
        if 0.0 < what.time - self._key <= BURST:
            self._intervals.append((what.time - self._key) / what.count)
        self._key = what.time

    def take(self) -> Hands:
        """Return what was counted since the last time, and begin anew."""
        counts, intervals = self._counts, self._intervals
        self._counts, self._intervals = {}, []
        rhythm = len(intervals) >= _FEWEST
        return Hands(
            keys=counts.get(Trigger.TYPED, 0),
            clicks=counts.get(Trigger.CLICKED, 0),
            scrolls=counts.get(Trigger.SCROLLED, 0),
            interval=statistics.fmean(intervals) if rhythm else 0.0,
            spread=statistics.stdev(intervals) if rhythm else 0.0,
        )
