"""How many samples a device's counter says were lost, and when its packets came. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.brain.device import Counter

Counts = NDArray[np.int64]
Times = NDArray[np.float64]


@dataclass(slots=True)
class CounterReader:
    """Follows one device's counter and says how many samples were lost before each one that came."""

    counter: Counter
    number: int | None = None
    place: int = 0

    def skipped(self, counters: Counts) -> Counts:
        """Return ``int64[samples]``: samples lost just before each, to one lap of the counter."""
        lost = np.zeros(counters.size, dtype=np.int64)
        for index, number in enumerate(counters.tolist()):
            lost[index] = self._step(number)
        return lost

    def _step(self, number: int) -> int:
        lost = 0
        if self.number is None:
            self.place = 0
        elif number == self.number and self.place + 1 < self.counter.samples:
            self.place += 1
        else:
            packets = (number - self.number - 1) % self.counter.modulus
            lost = packets * self.counter.samples + self.counter.samples - 1 - self.place
            self.place = 0
        self.number = number
        return lost


def unfinished(counters: Counts, counter: Counter) -> int:
    """Return how many samples at the end belong to a packet whose other samples were not drained yet."""
    newest = counters[-counter.samples :]
    alike = int(np.argmax(np.append(newest[::-1] != counters[-1:], True)))
    return alike if alike < counter.samples else 0


def arrivals(times: Times, counters: Counts, sfreq: float) -> Times:
    """Return when each sample would have come had it been sent alone: ``float64[samples]`` UTC seconds.

    Only a packet's last sample bears the time at which the packet came; drivers spread the others evenly from the
    packet before, which puts them too early when something was lost between. They are counted back from the last.
    """
    if not counters.size:
        return times
    last = np.append(np.flatnonzero(np.diff(counters)), counters.size - 1)
    own = last[np.searchsorted(last, np.arange(counters.size))]
    alone: Times = times[own] - (own - np.arange(counters.size)) / sfreq
    return alone
