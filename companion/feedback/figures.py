"""Means and shares with intervals, from series whose neighbours are alike. Pure; NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PIECE_SECONDS = 10.0  # drawn together: a value tells nothing of one so much later, beyond the mean
LEAST_PIECES = 4
DRAWS = 2000
LEVEL = (2.5, 97.5)  # percentiles
SEED = 0

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def pieces(values: Numbers, seconds: float, length: float = PIECE_SECONDS) -> Numbers:
    """Return the means of consecutive pieces, ``float64[pieces]``, nan where nothing is known.

    ``seconds`` lie between two values.
    """
    count = max(1, round(length / seconds))
    cut = values[: len(values) // count * count].reshape(-1, count)
    known = np.isfinite(cut)
    many = known.sum(axis=1)
    means: Numbers = np.full(len(cut), np.nan)
    np.divide(np.where(known, cut, 0.0).sum(axis=1), many, out=means, where=many > count // 4)
    return means


def mean(values: Numbers) -> Interval | None:
    """Return the mean of independent figures, ``float64[n]``; None where they are too few to tell."""
    known = values[np.isfinite(values)]
    if known.size < LEAST_PIECES:
        return None
    drawn = _draws(known)
    return _interval(float(known.mean()), drawn)


def difference(after: Numbers, before: Numbers) -> Interval | None:
    """Return how much greater the mean of one set of figures is than that of another; None where they are too few."""
    later, earlier = after[np.isfinite(after)], before[np.isfinite(before)]
    if min(later.size, earlier.size) < LEAST_PIECES:
        return None
    return _interval(float(later.mean() - earlier.mean()), _draws(later) - _draws(earlier, SEED + 1))


def slope(times: Numbers, values: Numbers) -> Interval | None:
    """Return by how much figures rise for each unit of time; None where they are too few or of one time."""
    if len(values) < LEAST_PIECES or np.ptp(times) == 0:
        return None
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(DRAWS):
        some = rng.integers(0, len(values), len(values))
        if np.ptp(times[some]) > 0:
            drawn.append(_slope(times[some], values[some]))
    return _interval(_slope(times, values), np.array(drawn))


def _slope(times: Numbers, values: Numbers) -> float:
    centred = times - times.mean()
    return float(centred @ (values - values.mean()) / (centred @ centred))


def _draws(values: Numbers, seed: int = SEED) -> Numbers:
    some = np.random.default_rng(seed).integers(0, values.size, (DRAWS, values.size))
    return np.asarray(values[some].mean(axis=1), np.float64)


def _interval(value: float, drawn: Numbers) -> Interval:
    low, high = np.percentile(drawn, LEVEL)
    return Interval(value, float(low), float(high))
