"""Drained blocks as samples that hold values, with what was lost before each. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from companion.brain.counting import CounterReader, arrivals, unfinished
from companion.brain.device import Block, Counter

Flags = NDArray[np.bool_]
Times = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples in order.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV.
    times
        ``float64[samples]`` UTC seconds of arrival, or of the device's own clock.
    lost
        ``int64[samples]``: samples known to be lost just before each.
    broken
        ``bool[samples]``: an unknown number was lost before it.

    """

    data: NDArray[np.float64]
    times: Times
    lost: Counts
    broken: Flags

    def __len__(self) -> int:
        return int(self.times.size)

    def part(self, start: int, stop: int | None = None) -> Self:
        """Return samples ``start`` to ``stop`` (left out)."""
        where = slice(start, stop)
        return replace(
            self,
            data=self.data[:, where],
            times=self.times[where],
            lost=self.lost[where].copy(),
            broken=self.broken[where].copy(),
        )

    def then(self, other: Self) -> Self:
        """Return these samples followed by others."""
        return replace(
            self,
            data=np.hstack([self.data, other.data]),
            times=np.concatenate([self.times, other.times]),
            lost=np.concatenate([self.lost, other.lost]),
            broken=np.concatenate([self.broken, other.broken]),
        )


class Arriving:
    """Makes `Samples` of drained blocks.

    Parameters
    ----------
    counter
        How the device counts, or None.
    sfreq
        Its nominal samples a second.

    """

    def __init__(self, counter: Counter | None, sfreq: float) -> None:
        self._counter, self._sfreq = counter, sfreq
        self._reader = CounterReader(counter) if counter else None
        self._rest: Block | None = None  # a packet that was drained in part
        self._valueless = 0  # samples without values that came last
        self._broken = False  # the next sample with values follows an unknown gap

    def take(self, block: Block) -> Samples:
        """Return the samples that are complete with this block."""
        if block.after_gap and (before := self.finish()) is not None:
            return before.then(self.take(block))
        block = self._joined(block)
        rest = unfinished(block.counters, self._counter) if self._counter and block.counters is not None else 0
        whole = block.times.size - rest
        self._rest = _part(block, whole, None) if rest else None
        return self._prepared(_part(block, 0, whole))

    def finish(self) -> Samples | None:
        """Return what was held back of a packet; nothing more will come."""
        rest, self._rest = self._rest, None
        return None if rest is None else self._prepared(rest)

    def _joined(self, block: Block) -> Block:
        """Put the packet drained in part before the block that goes on with it."""
        rest, self._rest = self._rest, None
        if rest is None:
            return block
        if rest.counters is None or block.counters is None:
            raise ValueError("a device either counts its samples or does not")
        return Block(
            np.hstack([rest.data, block.data]),
            np.concatenate([rest.times, block.times]),
            np.concatenate([rest.counters, block.counters]),
            after_gap=rest.after_gap,
        )

    def _prepared(self, block: Block) -> Samples:
        """Leave out the samples without values, and count them as lost."""
        present: Flags = np.all(np.isfinite(block.data), axis=0)
        times = block.times
        if self._counter is None or self._reader is None or block.counters is None:
            lost = self._missing(present)
        else:
            lost = self._reader.skipped(block.counters[present])
            if self._counter.samples > 1:
                times = arrivals(times, block.counters, self._sfreq)
        broken = np.zeros(int(present.sum()), dtype=np.bool_)
        self._broken |= block.after_gap
        if broken.size:
            broken[0], self._broken = self._broken, False
        return Samples(block.data[:, present], times[present], lost, broken)

    def _missing(self, present: Flags) -> Counts:
        """Return how many samples without values come just before each that has them."""
        places = np.flatnonzero(present)
        lost: Counts = np.diff(places, prepend=-1).astype(np.int64) - 1
        if places.size:
            lost[0] += self._valueless
            self._valueless = present.size - 1 - int(places[-1])
        else:
            self._valueless += present.size
        return lost


def _part(block: Block, start: int, stop: int | None) -> Block:
    where = slice(start, stop)
    counters = None if block.counters is None else block.counters[where]
    return Block(block.data[:, where], block.times[where], counters, after_gap=block.after_gap and start == 0)
