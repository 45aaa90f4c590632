"""How far what a picture shows was scrolled against another, by equal stretches of pixel rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.capture.types import Image
from embeddings.reading.boxes import Box

STRIP, STRIPS = 64, 8  # pixels wide; how many, spread over the width of what changed
STRETCH = 8  # rows that are equal together; fewer are found again by chance
LEAST = 8  # stretches that moved equally far
MOST = 2  # different shifts; more than two parts of a window are not scrolled at once
MINOR = 0.25  # share of the surest shift's stretches that another has at least

_WEIGHTS = np.random.default_rng(11).integers(1, 2**63, STRIP * 3 // 8, dtype=np.uint64) | np.uint64(1)
_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: odd, and spreads its multiples well


def vertical_shifts(before: Image, after: Image, within: Box) -> list[int]:
    """Return how many rows parts of a picture seem to have moved down (negative: up), the surest first.

    Parameters
    ----------
    before, after
        ``uint8[height, width, 3]`` of one size.
    within
        What changed. The shifts are guesses: who uses one compares the pixels.

    """
    left, top, right, bottom = within
    if bottom - top < 2 * STRETCH or right - left < STRIP:
        return []
    moved = []
    for start in np.linspace(left, right - STRIP, min(STRIPS, -(-(right - left) // STRIP)), dtype=int):
        rows, columns = slice(top, bottom), slice(start, start + STRIP)
        old, new = _stretches(before[rows, columns]), _stretches(after[rows, columns])
        _, were, are = np.intersect1d(old.hashes, new.hashes, assume_unique=True, return_indices=True)
        moved.append(new.rows[are] - old.rows[were])
    shifts, votes = np.unique(np.concatenate(moved), return_counts=True)
    votes[shifts == 0] = 0
    least = max(LEAST, MINOR * votes.max(initial=0))
    sure = sorted((int(count), int(shift)) for count, shift in zip(votes, shifts, strict=True) if count >= least)
    return [shift for _, shift in sure[: -MOST - 1 : -1]]


@dataclass(frozen=True, slots=True)
class _Stretches:
    """What stands for each stretch of rows that is there once: ``uint64[stretches]``, and its first row."""

    hashes: NDArray[np.uint64]
    rows: NDArray[np.intp]


def _stretches(strip: Image) -> _Stretches:
    """Return the stretches of ``uint8[height, STRIP, 3]`` that show anything."""
    each = (np.ascontiguousarray(strip).reshape(len(strip), -1).view(np.uint64) * _WEIGHTS).sum(axis=1)
    hashes = np.zeros(len(each) - STRETCH + 1, np.uint64)  # they wrap around, as hashes may
    for row in range(STRETCH):
        hashes = hashes * _STEP + each[row : row + len(hashes)]
    steps = np.cumsum(np.r_[0, each[1:] != each[:-1]])
    told = np.flatnonzero(steps[STRETCH - 1 :] > steps[: len(hashes)])
    known, first, counts = np.unique(hashes[told], return_index=True, return_counts=True)
    return _Stretches(known[counts == 1], told[first[counts == 1]])
