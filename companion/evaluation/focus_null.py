"""Would labels that mean nothing have given as much? Every person's labels are exchanged and the model trained anew.

Exchanging the labels of the scores alone is not enough: people left out one by one are scored by models that share
nearly all of their training, so that their figures go up and down together. A ridge on the same features stands in for
the logistic regression, which would take hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.statistics import auc

RIDGE = 1.0  # in units of the features' own variance

Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged of one person.

    Attributes
    ----------
    features
        ``float64[n, features]``, a row for each window or round.
    labels
        ``bool[n]``.
    groups
        ``str[n]``: rows that carry one label together (a recording).

    """

    features: Numbers
    labels: Labels
    groups: NDArray[np.str_]


def p_value(people: Sequence[Judged], *, seed: int, times: int) -> float:
    """Return how often exchanged labels give as large a mean AUC: ``(1 + as large) / (1 + times)``.

    In each person the recordings exchange their labels; of two, both are exchanged or none. Labels that change within
    a recording are turned in a circle by a random number of windows, which keeps how long they last.
    """
    scatters = [one.features.T @ one.features for one in people]
    count = sum(len(one.features) for one in people)
    inverses = [_inverse(sum(scatters) - own, count) for own in scatters]
    rng = np.random.default_rng(seed)
    observed = _mean_auc(people, inverses, [one.labels for one in people])
    larger = 0
    for _ in range(times):
        exchanged = [_exchanged(one, rng) for one in people]
        larger += not _mean_auc(people, inverses, exchanged) < observed  # what is not defined counts as large
    return (1 + larger) / (1 + times)


def _inverse(scatter: Numbers, count: int) -> Numbers:
    """Return the inverse of the others' second moments, drawn towards the identity."""
    moments = scatter / count
    level = np.trace(moments) / len(moments) + np.finfo(float).tiny
    inverse: Numbers = np.linalg.inv(moments + RIDGE * level * np.eye(len(moments)))
    return inverse


def _mean_auc(people: Sequence[Judged], inverses: Sequence[Numbers], labels: Sequence[Labels]) -> float:
    """Return the mean AUC of people each scored by the others' direction."""
    directions = np.array([_direction(one.features, told) for one, told in zip(people, labels, strict=True)])
    whole = directions.sum(axis=0)
    scores = [
        one.features @ (inverse @ (whole - own)) for one, inverse, own in zip(people, inverses, directions, strict=True)
    ]
    return float(np.nanmean([auc(told, s) for told, s in zip(labels, scores, strict=True)]))


def _direction(features: Numbers, labels: Labels) -> Numbers:
    """Return focused minus resting mean; nothing of a person with one class only."""
    if labels.all() or not labels.any():
        return np.zeros(features.shape[1])
    difference: Numbers = features[labels].mean(axis=0) - features[~labels].mean(axis=0)
    return difference


def _exchanged(one: Judged, rng: np.random.Generator) -> Labels:
    """Return labels dealt out anew: recordings of one label each exchange theirs; others turn theirs in a circle."""
    _, first, which = np.unique(one.groups, return_index=True, return_inverse=True)
    if np.array_equal(one.labels[first][which], one.labels):
        dealt: Labels = rng.permutation(one.labels[first])[which]
        return dealt
    turned = one.labels.copy()
    for group in range(len(first)):
        mine = np.flatnonzero(which == group)
        turned[mine] = np.roll(one.labels[mine], rng.integers(len(mine)))
    return turned
