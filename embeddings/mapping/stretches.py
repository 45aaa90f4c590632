"""How sure a mean over questions is when neighbouring ones are alike: it stands on stretches of time, not on questions.

A stretch is a session, or a part of one where there are few sessions, as long as what is averaged stays alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEAST_SECONDS = 1800.0  # of a stretch: EEG and what is looked at both stay alike for many minutes
LEAST_STRETCHES = 4  # with fewer even Student's interval means little
ENOUGH_SESSIONS = 6  # from here on a session is not divided
BIN_SECONDS = 300.0  # in which likeness over time is measured
SURE = 1.645  # standard errors a correlation of nothing seldom reaches

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of one session in order of time: when (s), how much each counts, what is averaged; one length."""

    time: Numbers
    share: Numbers
    value: Numbers


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its interval."""

    mean: float
    low: float
    high: float


def alike_seconds(asked: Sequence[Asked]) -> float:
    """Return how long a stretch has to be: twice as long as values stay alike, `LEAST_SECONDS` at least."""
    bins = [_means(one, ((one.time - one.time[0]) // BIN_SECONDS).astype(np.intp)) for one in asked]
    middle = _mean(asked)
    apart = [np.where(share > 0, value - middle, np.nan) for share, value in bins]
    power = np.nanmean(np.square(np.concatenate(apart))) if any(np.isfinite(one).any() for one in apart) else 0.0
    lag = 1
    while power > 0:
        products = np.concatenate([one[lag:] * one[:-lag] for one in apart])
        products = products[np.isfinite(products)]
        if len(products) == 0 or products.mean() / power < SURE / np.sqrt(len(products)):
            break
        lag += 1
    return max(LEAST_SECONDS, 2 * lag * BIN_SECONDS)


def stretches(asked: Sequence[Asked], seconds: float) -> list[NDArray[np.intp]]:
    """Return the number of each question's stretch, session by session; numbers count up from 0.

    Sessions shorter than half of `LEAST_SECONDS` are put together with the ones beside them.
    """
    whole = _numbered(asked, seconds, divided=False)
    return whole if _count(whole) >= ENOUGH_SESSIONS else _numbered(asked, seconds, divided=True)


def interval(
    asked: Sequence[Asked], numbers: Sequence[NDArray[np.intp]], level: float, least_variance: float
) -> Interval:
    """Return the mean of all questions and its interval, Student's over stretches that count by what was asked in them.

    Parameters
    ----------
    level
        0 to 1.
    least_variance
        What the variance of the mean is not taken to be below.

    """
    together = Asked(*(np.concatenate([getattr(one, part) for one in asked]) for part in ("time", "share", "value")))
    share, value = _means(together, np.concatenate(numbers))
    share, value = share[share > 0], value[share > 0]
    count, mean = len(share), float(np.average(value, weights=share))
    variance = count / (count - 1) * np.sum((share * (value - mean)) ** 2) / share.sum() ** 2
    effective = share.sum() ** 2 / np.sum(share**2)  # Kish's number of equal stretches
    width = stats.t.ppf((1 + level) / 2, max(effective - 1, 1)) * np.sqrt(max(variance, least_variance))
    return Interval(mean, mean - float(width), mean + float(width))


def _numbered(asked: Sequence[Asked], seconds: float, *, divided: bool) -> list[NDArray[np.intp]]:
    found: list[NDArray[np.intp]] = []
    number, waiting = 0, 0.0
    for one in asked:
        past = one.time - one.time[0]
        waiting += past[-1]
        parts = max(1, round(past[-1] / seconds)) if divided else 1
        found.append(number + np.minimum(past / max(past[-1], 1.0) * parts, parts - 1).astype(np.intp))
        if waiting >= LEAST_SECONDS / 2:
            number, waiting = number + parts, 0.0
    return [np.minimum(one, max(number - 1, 0)) for one in found]  # the last short ones go with those before


def _count(numbers: Sequence[NDArray[np.intp]]) -> int:
    return len(np.unique(np.concatenate(numbers))) if numbers else 0


def _mean(asked: Sequence[Asked]) -> float:
    share = np.concatenate([one.share for one in asked])
    return float(np.average(np.concatenate([one.value for one in asked]), weights=share)) if share.any() else 0.0


def _means(asked: Asked, number: NDArray[np.intp]) -> tuple[Numbers, Numbers]:
    """Return how much each number counts and its mean (0 where nothing counts)."""
    share: Numbers = np.bincount(number, asked.share).astype(np.float64)
    sums: Numbers = np.bincount(number, asked.share * asked.value).astype(np.float64)
    return share, np.divide(sums, share, out=np.zeros_like(sums), where=share > 0)
