"""Means, differences and slopes with intervals that hold for few figures, also for neighbours that are alike. Pure.

Intervals are Student's. Figures of one stretch of signal tell less than as many independent ones would: how much less
is told by how alike neighbours are, which few figures show too small, so that it is corrected for their number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PIECE_SECONDS = 10.0
LEAST_PIECES = 6  # of one stretch
LEAST_SESSIONS = 6
MOST_ALIKE = 0.9  # of neighbours that is believed
FEWEST = 2.0  # independent figures that a stretch counts for, at least
_QUANTILES = (
    *((1, 12.707), (1.1, 10.277), (1.25, 8.029), (1.5, 6.017), (1.75, 4.949), (2, 4.303), (2.5, 3.575), (3, 3.183)),
    *((4, 2.777), (5, 2.571), (6, 2.447), (7, 2.365), (8, 2.307), (9, 2.263), (10, 2.229), (12, 2.179), (15, 2.132)),
    *((20, 2.086), (30, 2.043), (60, 2.001), (120, 1.980)),
)

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
    """Return the mean of sessions, ``float64[n]``; None where they are too few to tell."""
    known = values[np.isfinite(values)]
    return _told(_independent(known)) if known.size >= LEAST_SESSIONS else None


def difference(after: Numbers, before: Numbers) -> Interval | None:
    """Return how much greater the mean of some sessions is than that of others; None where they are too few."""
    later, earlier = after[np.isfinite(after)], before[np.isfinite(before)]
    if min(later.size, earlier.size) < LEAST_SESSIONS:
        return None
    return _told(_apart(_independent(later), _independent(earlier)))


def slope(times: Numbers, values: Numbers) -> Interval | None:
    """Return by how much sessions rise for each unit of time; None where they are too few or of one time."""
    if len(values) < LEAST_SESSIONS or np.ptp(times) == 0:
        return None
    centred = times - times.mean()
    square = float(centred @ centred)
    rise = float(centred @ (values - values.mean()) / square)
    left = values - values.mean() - rise * centred
    free = len(values) - 2
    return _told(_Mean(rise, float(left @ left) / free / square, free))


def stretch_mean(values: Numbers) -> Interval | None:
    """Return the mean of the pieces of a stretch, ``float64[pieces]``; None where they are too few to tell."""
    found = _of_stretch(values)
    return None if found is None else _told(found)


def stretch_difference(after: Numbers, before: Numbers) -> Interval | None:
    """Return how much greater the mean of one stretch's pieces is than another's; None where they are too few."""
    later, earlier = _of_stretch(after), _of_stretch(before)
    return None if later is None or earlier is None else _told(_apart(later, earlier))


def stretch_against(values: Numbers, length: float, *, wider: float = 1.0) -> Interval | None:
    """Return how much greater the mean of a stretch's pieces is than another's, often shorter; None where too few.

    Parameters
    ----------
    values
        ``float64[pieces]``, less the mean of the other one. That mean is off too: by how much is told by how these
        wander, since a minute alone says little of how slowly it wanders.
    length
        How many pieces long the other one was.
    wider
        How many times the variance within these its own was; below 1 it counts as 1.

    """
    found = _of_stretch(values)
    if found is None or length <= 0:
        return None
    count = int(np.isfinite(values).sum())
    return _told(_Mean(found.value, found.variance * (1 + count / length * max(1.0, wider)), found.free))


@dataclass(frozen=True, slots=True)
class _Mean:
    """An estimate, its variance, and of how many degrees of freedom that is."""

    value: float
    variance: float
    free: float


def _independent(values: Numbers) -> _Mean:
    return _Mean(float(values.mean()), float(values.var(ddof=1)) / values.size, values.size - 1)


def _of_stretch(values: Numbers) -> _Mean | None:
    known = values[np.isfinite(values)]
    if known.size < LEAST_PIECES:
        return None
    centred = values - known.mean()
    pairs = centred[1:] * centred[:-1]
    square = float(np.sum(np.square(known - known.mean())))
    if square == 0:
        return _Mean(float(known.mean()), 0.0, known.size - 1)
    count = known.size
    seen = float(np.nansum(pairs)) / square
    alike = min(MOST_ALIKE, max(0.0, (seen * count + 1) / (count - 4)))  # few figures show it too small
    worth = max(FEWEST, count * (1 - alike) / (1 + alike))
    # The mean wanders with its figures, so that these lie nearer to it than to the truth.
    variance = square / count / max(1 - 1 / worth, 1 / count)
    return _Mean(float(known.mean()), variance / worth, worth - 1)


def _apart(later: _Mean, earlier: _Mean) -> _Mean:
    """Return a difference, after Welch."""
    variance = later.variance + earlier.variance
    parts = sum(one.variance**2 / one.free for one in (later, earlier))
    return _Mean(later.value - earlier.value, variance, variance**2 / parts if parts else 1.0)


def quantile(free: float) -> float:
    """Return Student's 0.975 quantile for 1 degree of freedom and more, a little too large between those of the table.

    A table, since SciPy has no place in the main process.
    """
    inverse, known = zip(*sorted((1 / one, its) for one, its in _QUANTILES), strict=True)
    return float(np.interp(1 / free, (0.0, *inverse), (1.96, *known)))


def _told(found: _Mean) -> Interval:
    half = quantile(found.free) * found.variance**0.5
    return Interval(found.value, found.value - half, found.value + half)
