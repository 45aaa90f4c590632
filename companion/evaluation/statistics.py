"""Figures of a decision, their intervals over people, and whether labels that mean nothing would give as much.

People differ more than methods do, so a figure is taken person by person and averaged, and its interval comes from
drawing people again, never windows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn import metrics

from companion.evaluation.interval import Interval

__all__ = [
    "Interval",
    "auc",
    "average_precision",
    "bootstrap",
    "by_person",
    "ece",
    "less",
    "paired",
    "permutation_p",
    "permuted",
    "rank_auc",
    "resampled",
    "selective_auc",
    "tpr_at_fpr",
]

Labels = NDArray[np.bool_]
Scores = NDArray[np.float64]
Label = TypeVar("Label", bound=np.generic)

LEVEL = 0.95
ENOUGH = 8  # people to resample
LEAST = 3  # people: of two, Student's interval is wider than most figures can be
SHARES = (0.0, 1.0)  # what a share, an AUC or a probability can be
DIFFERENCES = (-1.0, 1.0)  # of two of these


def auc(labels: Labels, scores: ArrayLike) -> float:
    """Return the area under the ROC curve, 0 to 1; nan when ``bool[n]`` holds one class only.

    The share of pairs in order, ties by half. scikit-learn's takes fifty times as long to say the same, and
    permutations ask thousands of times. `ValueError` for a score that is nan.
    """
    if not _both(labels):
        return math.nan
    ranks = stats.rankdata(np.asarray(scores, np.float64), nan_policy="raise")
    return rank_auc(np.asarray(labels, bool), ranks)


def rank_auc(labels: Labels, ranks: Scores) -> float:
    """Return the AUC from ranks (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747); nan as for `auc`."""
    positives = int(labels.sum())
    pairs = positives * (len(labels) - positives)
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / pairs) if pairs else math.nan


def average_precision(labels: Labels, scores: ArrayLike) -> float:
    """Return the mean precision over the positives as they are found, 0 to 1; nan when there is none of a class."""
    return float(metrics.average_precision_score(labels, scores)) if _both(labels) else math.nan


def tpr_at_fpr(labels: Labels, scores: ArrayLike, fpr: float = 0.05) -> float:
    """Return the largest share of positives found at a threshold that lets at most ``fpr`` of the negatives through.

    Only thresholds that the scores really allow count; nothing is interpolated. nan when one class is missing.
    """
    if not _both(labels):
        return math.nan
    false, true, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    return float(true[false <= fpr].max())


def ece(labels: Labels, probabilities: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error, 0 to 1: |how often - how sure|, averaged over bins of equal width.

    Guo et al. 2017, arXiv:1706.04599, equation 3, for the probability of the positive class.

    Parameters
    ----------
    labels, probabilities
        ``bool[n]`` and ``float[n]`` within 0 to 1, at least one.

    """
    sure = np.asarray(probabilities, np.float64)
    if not len(sure) or sure.min() < 0.0 or sure.max() > 1.0:
        raise ValueError("probabilities lie within 0 to 1, and there is at least one")
    which = np.minimum((sure * bins).astype(int), bins - 1)
    surplus = np.bincount(which, weights=sure - np.asarray(labels, np.float64), minlength=bins)
    return float(np.abs(surplus).sum() / len(sure))


def selective_auc(labels: Labels, scores: ArrayLike, confidence: ArrayLike, coverage: float) -> float:
    """Return the AUC of the ``coverage`` (0 to 1) of all decisions that are made most confidently."""
    sure = np.asarray(confidence, np.float64)
    kept = np.argsort(-sure, kind="stable")[: math.ceil(coverage * len(sure))]
    return auc(np.asarray(labels, bool)[kept], np.asarray(scores, np.float64)[kept])


def by_person(
    metric: Callable[[Labels, Scores], float], person: NDArray[np.str_], labels: Labels, scores: Scores
) -> dict[str, float]:
    """Return a metric of each person alone; nan where it is not defined, as with one class only."""
    told = ((str(who), person == who) for who in np.unique(person))
    return {who: metric(labels[mine], scores[mine]) for who, mine in told}


def less(mine: Mapping[str, float], theirs: Mapping[str, float]) -> dict[str, float]:
    """Return each person's difference, of those who have both."""
    return {who: value - theirs[who] for who, value in mine.items() if who in theirs}


def bootstrap(
    per_person: ArrayLike, *, seed: int = 0, times: int = 2_000, bounded: tuple[float, float] | None = None
) -> Interval:
    """Return the mean over people with its 95 % interval; people without a value (nan) are left out.

    The percentile interval of resampled means, drawn out as Student's t asks ("expanded percentile", Hesterberg 2015,
    doi:10.1080/00031305.2015.1089789): the plain one is too narrow. Below `ENOUGH` people, whose resampled means
    cannot reach beyond the people seen, it is Student's own.

    Parameters
    ----------
    bounded
        The least and the most the figure can be, as `SHARES`; no end lies beyond.

    Returns
    -------
    Interval
        ``n`` counts the people with a value; ends are nan below `LEAST` of them.

    """
    values = np.asarray(per_person, np.float64)
    values = values[~np.isnan(values)]
    count = len(values)
    if count < LEAST:
        return Interval(float(values.mean()) if count else math.nan, math.nan, math.nan, count)
    if count < ENOUGH:
        mean = float(values.mean())
        half = _student(count) * float(values.std(ddof=1)) / math.sqrt(count)
        return _within(Interval(mean, mean - half, mean + half, count), bounded)
    drawn = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=times,
        confidence_level=1.0 - 2.0 * _tail(count),
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    ends = drawn.confidence_interval
    return _within(Interval(float(values.mean()), float(ends.low), float(ends.high), count), bounded)


def paired(
    ours: ArrayLike,
    theirs: ArrayLike,
    *,
    seed: int = 0,
    times: int = 2_000,
    bounded: tuple[float, float] | None = None,
) -> Interval:
    """Return the mean of ``ours - theirs`` (``float[n]`` each, same people in the same order) with its 95 % interval.

    People who miss either value are left out; ``n`` counts those who are left. ``bounded`` is of the difference.
    """
    mine, other = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if mine.shape != other.shape:
        raise ValueError(f"{mine.shape} and {other.shape} are not the same people")
    return bootstrap(mine - other, seed=seed, times=times, bounded=bounded)


def resampled(
    statistic: Callable[[NDArray[np.intp]], float], members: Sequence[NDArray[np.intp]], *, seed: int, times: int
) -> Interval:
    """Return a figure over the windows of all people in one; the interval is of people drawn again.

    It is drawn out as that of `bootstrap` is, and missing below `LEAST` people as there.

    Parameters
    ----------
    statistic
        Takes which windows, ``intp[m]``; draws for which it is nan do not count.
    members
        The windows of each person.

    """
    rng = np.random.default_rng(seed)
    count, whole = len(members), statistic(np.concatenate(members))
    if count < LEAST:
        return Interval(whole, math.nan, math.nan, count)
    chosen = (rng.integers(count, size=count).tolist() for _ in range(times))
    drawn = [statistic(np.concatenate([members[i] for i in people])) for people in chosen]
    told = [value for value in drawn if not math.isnan(value)]
    tail = _tail(count)
    low, high = np.quantile(told, (tail, 1.0 - tail)).tolist() if told else (math.nan, math.nan)
    return Interval(whole, low, high, count)


def permutation_p(
    statistic: Callable[[NDArray[Label]], float],
    labels: NDArray[Label],
    groups: NDArray[np.str_],
    *,
    seed: int,
    times: int,
    within: NDArray[np.str_] | None = None,
) -> float:
    """Return how often labels that mean nothing give a statistic as large: ``(1 + as large) / (1 + times)``.

    Neighbouring windows are alike whatever their label, so labels move in whole blocks. Where each group (a recording,
    a round) has one label, groups exchange theirs; where labels change inside a group, each group's labels are turned
    in a circle by a random number of windows, which keeps how long they last.

    Parameters
    ----------
    statistic
        Takes labels, the larger, the better. nan for permuted labels counts as large.
    labels
        ``bool[n]``, or anything else that can be told apart, as names of tasks.
    groups
        ``str[n]``, the group of each window; windows of a group in order of time.
    within
        ``str[n]``, who exchanges with whom: groups exchange within the same person (or all with all, where omitted).

    """
    observed = statistic(labels)
    if math.isnan(observed):
        return math.nan
    draws = permuted(labels, groups, seed=seed, times=times, within=within)
    return (1 + sum(not statistic(drawn) < observed for drawn in draws)) / (1 + times)


def permuted(
    labels: NDArray[Label], groups: NDArray[np.str_], *, seed: int, times: int, within: NDArray[np.str_] | None = None
) -> Iterator[NDArray[Label]]:
    """Yield ``times`` permutations of labels, in whole blocks; parameters as for `permutation_p`."""
    strata = np.full(len(labels), "") if within is None else within
    return islice(_permuted(labels, groups, strata, np.random.default_rng(seed)), times)


def _student(count: int) -> float:
    """Return how many standard errors of ``count`` people's mean the interval reaches to either side."""
    return float(stats.t.ppf((1 + LEVEL) / 2, count - 1))


def _tail(count: int) -> float:
    """Return the share of resampled figures beyond either end of the expanded interval."""
    return float(stats.norm.cdf(-math.sqrt(count / (count - 1)) * _student(count)))


def _within(interval: Interval, bounded: tuple[float, float] | None) -> Interval:
    """Return the interval without what cannot be."""
    if bounded is None:
        return interval
    return replace(interval, low=max(interval.low, bounded[0]), high=min(interval.high, bounded[1]))


def _both(labels: Labels) -> bool:
    """Whether both classes are there."""
    return bool(0 < np.count_nonzero(labels) < len(labels))


def _permuted(
    labels: NDArray[Label], groups: NDArray[np.str_], strata: NDArray[np.str_], rng: np.random.Generator
) -> Iterator[NDArray[Label]]:
    """Yield permuted labels without end."""
    _, first, block = np.unique(groups, return_index=True, return_inverse=True)
    if not np.array_equal(labels[first][block], labels):
        members = [np.flatnonzero(block == i) for i in range(len(first))]
        while True:
            yield _turned(labels, members, rng)
    told, stratum = labels[first], strata[first]
    exchanging = [np.flatnonzero(stratum == name) for name in np.unique(stratum)]
    while True:
        moved = told.copy()
        for blocks in exchanging:
            moved[blocks] = told[rng.permutation(blocks)]
        yield moved[block]


def _turned(labels: NDArray[Label], members: list[NDArray[np.intp]], rng: np.random.Generator) -> NDArray[Label]:
    """Return the labels of each group turned in a circle."""
    turned = labels.copy()
    for mine in members:
        turned[mine] = np.roll(labels[mine], rng.integers(len(mine)))
    return turned
