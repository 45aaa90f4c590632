"""The best straight map from EEG to content: where the network begins, and what few pairs cannot improve on.

Both sides are taken relative to their neighbours in time, which removes what merely drifts together (the fixed-effects
estimator), then a ridge regression is cut to its leading directions (reduced-rank regression, Izenman 1975,
doi:10.1016/0047-259X(75)90042-1). Directions of the EEG that say nothing of content fill up the state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold

from embeddings.mapping.draw import NEIGHBOURHOOD
from embeddings.mapping.pairs import Pairs

FOLDS = 4
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)  # a pair: times the number of pairs
LEAST_KNOWN = 16  # pairs with content; fewer fit any line
_TINY = 1e-6
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """Straight maps into the state and on into the shared space.

    Attributes
    ----------
    state
        EEG to state, ``float64[state, inputs]``, each direction of unit spread.
    brain
        State to shared, ``float64[shared, state]``.
    content, offset
        Content to shared, ``float64[shared, content]`` and ``float64[shared]``.

    """

    state: Matrix
    brain: Matrix
    content: Matrix
    offset: Matrix


def fit(pairs: Pairs, person: NDArray[np.int64], *, state: int, shared: int) -> Linear:
    """Return the maps fitted to pairs that are in order of session and time; everyone counts alike."""
    brain = _relative(pairs.brain, pairs.session)
    leading = PCA(min(state, *brain.shape)).fit(brain)
    rest = leading.components_ / np.sqrt(leading.explained_variance_ + _TINY)[:, None]
    known = pairs.weight > 0
    head, offset = _content_head(pairs.content[known], shared)
    own, onward = rest[:0], head[:, :0]
    if np.count_nonzero(known) >= LEAST_KNOWN:
        slopes = _slopes(pairs.where(known), person[known], brain[known], head)
        own, onward = _cut(slopes, brain[known], state // 2)
    rows = np.concatenate([own, rest])[:state]
    state_map = np.concatenate([rows, np.zeros((state - len(rows), brain.shape[1]))])
    brain_map = np.zeros((shared, state))
    brain_map[:, : onward.shape[1]] = onward
    return Linear(state_map, brain_map, head, offset)


def heads(pairs: Pairs, person: NDArray[np.int64], states: NDArray[np.float32], *, shared: int) -> Linear:
    """Return the maps from given states, ``float32[n, state]``, and contents to a new shared space.

    ``brain`` is 0 where too little content is known; ``state`` is the identity.
    """
    known = pairs.weight > 0
    head, offset = _content_head(pairs.content[known], shared)
    brain = np.zeros((shared, states.shape[1]))
    if np.count_nonzero(known) >= LEAST_KNOWN:
        brain = _slopes(pairs.where(known), person[known], _relative(states, pairs.session)[known], head)
    return Linear(np.eye(states.shape[1]), brain, head, offset)


def _slopes(pairs: Pairs, person: NDArray[np.int64], inputs: Matrix, head: Matrix) -> Matrix:
    """Return the ridge regression of contents on relative inputs, ``float64[shared, inputs]``."""
    count = np.bincount(person)[person]
    weight = pairs.weight / count * count.mean()
    target = _relative(pairs.content @ head.T, pairs.session)
    search = GridSearchCV(
        Ridge(fit_intercept=False),
        {"alpha": [penalty * len(pairs) for penalty in PENALTIES]},
        cv=GroupKFold(FOLDS),
        scoring="neg_mean_squared_error",
    )
    search.fit(inputs, target, groups=groups_of(pairs, person), sample_weight=weight)
    return np.asarray(search.best_estimator_.coef_, np.float64)


def _cut(slopes: Matrix, brain: Matrix, directions: int) -> tuple[Matrix, Matrix]:
    """Return the leading ``directions`` of slopes in two steps: EEG to these, of unit spread, and on to the rest."""
    _, sizes, turned = np.linalg.svd(brain @ slopes.T, full_matrices=False)
    basis, spread = turned[:directions], sizes[:directions] / np.sqrt(len(brain))
    return basis @ slopes / (spread[:, None] + _TINY), basis.T * spread


def groups_of(pairs: Pairs, person: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what is kept together when the penalty is chosen: a person, a session, or a stretch of time."""
    for kept in (person, pairs.session):
        if len(np.unique(kept)) >= FOLDS:
            return kept
    return np.arange(len(pairs)) * FOLDS // len(pairs)


def _content_head(content: NDArray[np.float32], shared: int) -> tuple[Matrix, Matrix]:
    """Return directions of contents, the leading ones first, ``float64[shared, content]``, and what centres them.

    Directions that no content took yet fill up, so that what comes later is told apart as well.
    """
    length = content.shape[1]
    leading = np.zeros((0, length))
    centre = np.zeros(length)
    if len(content):
        found = PCA(min(shared, *content.shape), svd_solver="full").fit(content)
        leading, centre = found.components_[found.explained_variance_ > _TINY], found.mean_
    any_direction = np.random.default_rng(0).normal(size=(length, length))
    turned, _ = np.linalg.qr(np.concatenate([leading.T, any_direction], axis=1))
    signs = np.sign((turned[:, : len(leading)] * leading.T).sum(axis=0))
    turned[:, : len(leading)] *= signs
    head = np.zeros((shared, length))
    head[: min(shared, length)] = turned.T[:shared]
    return head, -head @ centre


def _relative(values: NDArray[Any], session: NDArray[np.int64]) -> Matrix:
    """Return rows less the mean of their neighbours in time."""
    found = np.asarray(values, np.float64).copy()
    for number in np.unique(session):
        mine = np.flatnonzero(session == number)
        summed = np.concatenate([np.zeros((1, found.shape[1])), np.cumsum(found[mine], axis=0)])
        first = np.maximum(np.arange(len(mine)) - NEIGHBOURHOOD // 2, 0)
        last = np.minimum(np.arange(len(mine)) + NEIGHBOURHOOD // 2, len(mine))
        found[mine] -= (summed[last] - summed[first]) / (last - first)[:, None]
    return found
