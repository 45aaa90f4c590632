"""Which electrodes give no values, so that the signal of the others can go on without them. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from companion.brain.device import Block
from companion.brain.types import Stream

LEFT_OUT_SECONDS = 2.0  # of signal without a single value, until an electrode is left out
BACK_SECONDS = 10.0  # of signal without a single missing value, until it counts again: each change parts the signal

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Valueless:
    """Follows one device.

    Parameters
    ----------
    stream
        The device with all its electrodes.

    """

    def __init__(self, stream: Stream) -> None:
        self._whole = stream
        count = len(stream.ch_names)
        self._without: Counts = np.zeros(count, np.int64)  # samples since the last value of each
        self._with: Counts = np.zeros(count, np.int64)  # samples since the last one that had none
        self._out: Flags = np.zeros(count, np.bool_)
        self._missing = 0  # samples since all that count had a value at once

    @property
    def names(self) -> tuple[str, ...]:
        """The electrodes that are left out."""
        return tuple(name for name, out in zip(self._whole.ch_names, self._out, strict=True) if out)

    @property
    def stream(self) -> Stream:
        """The device with the electrodes that count."""
        kept = tuple(name for name, out in zip(self._whole.ch_names, self._out, strict=True) if not out)
        return replace(self._whole, ch_names=kept)

    @property
    def missing(self) -> float:
        """Seconds of signal since there was a sample in which all electrodes that count had a value."""
        return self._missing / self._whole.sfreq

    def take(self, block: Block) -> bool:
        """Take what the device gave, with all electrodes; return whether other ones count from this block on."""
        present: Flags = np.isfinite(block.data)
        self._without = _since(present, self._without)
        self._with = _since(~present, self._with)
        silent = self._without >= LEFT_OUT_SECONDS * self._whole.sfreq
        back = self._with >= BACK_SECONDS * self._whole.sfreq
        out: Flags = silent | (self._out & ~back)
        changed = not out.all() and not np.array_equal(out, self._out)  # of none at all nothing can be left out
        if changed:
            self._out = out
        at_once: Flags = np.all(present[~self._out], axis=0)[np.newaxis]
        self._missing = int(_since(at_once, np.array([self._missing]))[0])
        return changed

    def part(self, block: Block) -> Block:
        """Return what the electrodes that count gave."""
        return replace(block, data=block.data[~self._out]) if self._out.any() else block


def _since(there: Flags, before: Counts) -> Counts:
    """Return how many samples have passed since the last flag of each row, ``before`` such a block or in it."""
    count = there.shape[1]
    after: Counts = np.argmax(there[:, ::-1], axis=1) if count else np.zeros_like(before)
    return np.where(there.any(axis=1), after, before + count)
