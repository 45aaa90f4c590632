"""Training `embeddings.contact` on recordings whose headband scored its own contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings import contact_features
from embeddings.contact_trees import Rows, Trees
from embeddings.types import EmbeddingsError, Signal

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

DEPTH = 3
TREES = 160
LEARNING_RATE = 0.1
LEAF_ROWS = 100
RIDGE = 5.0
GOOD_SHARE = 6  # one good row of as many is trained on: good ones are thirty times as many, and alike
LOOK_SECONDS = 0.1  # from one row to the next; how often a Muse gives its score
SAME = 1e-9  # how far our arrays may be from scikit-learn's own answer


@dataclass(frozen=True, slots=True)
class Rated:
    """A gap-free stretch with the headband's score.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV, raw.
    bad
        ``bool[channels, samples]``: the headband says that the electrode lies badly.

    """

    data: Signal
    sfreq: float
    bad: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Looks:
    """Rows to train on: ``float32[n, features]`` and ``bool[n]``."""

    features: Rows
    bad: NDArray[np.bool_]


def look(rated: Rated) -> Looks:
    """Return every electrode every ``LOOK_SECONDS``, with its score at that sample."""
    total = rated.data.shape[1]
    least = round(contact_features.LEAST_SECONDS * rated.sfreq)
    ends = np.arange(least, total + 1, round(LOOK_SECONDS * rated.sfreq), dtype=np.intp)
    made = contact_features.features(rated.data, rated.sfreq, ends)
    return Looks(made.reshape(-1, contact_features.COUNT), rated.bad[:, ends - 1].reshape(-1))


def fit(looks: Iterable[Looks], *, seed: int = 0) -> Trees:
    """Train on the rows of many people; the same rows and seed give the same trees.

    Raises
    ------
    EmbeddingsError
        When contact was never bad, or never good.

    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows, bad = _joined(list(looks))
    kept = bad | (np.random.default_rng(seed).random(len(bad)) < 1.0 / GOOD_SHARE)
    model = HistGradientBoostingClassifier(
        max_depth=DEPTH,
        max_leaf_nodes=2**DEPTH,
        max_iter=TREES,
        learning_rate=LEARNING_RATE,
        min_samples_leaf=LEAF_ROWS,
        l2_regularization=RIDGE,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(rows[kept], bad[kept])
    trees = as_trees(model, depth=DEPTH)
    check_same(model, trees, rows[kept])
    # Bad contact is rarer than among the rows that were kept: by as much, in logits.
    return Trees(trees.base - float(np.log(GOOD_SHARE)), trees.feature, trees.threshold, trees.leaf)


def as_trees(model: HistGradientBoostingClassifier, *, depth: int) -> Trees:
    """Return scikit-learn's trees, which may end early, as complete ones."""
    # scikit-learn tells its trees nowhere in public; `fit` checks that what is made of them answers alike.
    grown = [of_class[0].nodes for of_class in model._predictors]  # noqa: SLF001
    nodes = 2**depth - 1
    feature = np.zeros((len(grown), nodes), np.intp)
    threshold = np.zeros((len(grown), nodes), np.float64)
    leaf = np.zeros((len(grown), nodes + 1), np.float64)
    for tree, source in enumerate(grown):
        at = [0] * (2 * nodes + 1)
        for node in range(2 * nodes + 1):
            told = source[at[node]]
            if node >= nodes:
                leaf[tree, node - nodes] = told["value"]
                continue
            # Below an early leaf every question leads to that leaf.
            ended = bool(told["is_leaf"])
            at[2 * node + 1], at[2 * node + 2] = (at[node],) * 2 if ended else (int(told["left"]), int(told["right"]))
            if not ended:
                feature[tree, node], threshold[tree, node] = told["feature_idx"], told["num_threshold"]
    base = float(np.asarray(model._baseline_prediction).ravel()[0])  # noqa: SLF001 - as above
    return Trees(base, feature, threshold, leaf)


def _joined(looks: Sequence[Looks]) -> tuple[Rows, NDArray[np.bool_]]:
    """Return all rows in one array."""
    bad = np.concatenate([some.bad for some in looks]) if looks else np.zeros(0, bool)
    if bad.all() or not bad.any():
        raise EmbeddingsError(
            "Contact cannot be learned from recordings in which it was always good, or always bad. "
            "Add recordings of a headband that was put on and moved."
        )
    return np.concatenate([some.features for some in looks]), bad


def check_same(model: HistGradientBoostingClassifier, trees: Trees, rows: Rows) -> None:
    """Refuse trees that do not answer as scikit-learn's do: its inner layout has changed."""
    sample = rows[:: max(1, len(rows) // 2_000)]
    off = float(np.max(np.abs(trees.probabilities(sample) - model.predict_proba(sample)[:, 1])))
    if off > SAME:
        raise RuntimeError(f"the trees taken over from scikit-learn answer otherwise than it does (by {off:.2g})")
