"""How many samples a device's counter says were lost. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.brain.device import Counter

Counts = NDArray[np.int64]


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
