"""Boosted decision trees as plain arrays: trained by scikit-learn, evaluated by NumPy alone, kept as JSON.

Every tree has the same depth and all of its nodes, so that all trees are walked at once, one level a step, and the file
needs no pickle and no version of any library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """``trees`` complete binary trees whose leaves are added up.

    Attributes
    ----------
    base
        What is added to every sum, in logits.
    feature, threshold
        ``[trees, 2 ** depth - 1]``, level by level: node ``i`` asks whether ``row[feature] <= threshold`` and goes on
        to node ``2 * i + 1`` if so, else to ``2 * i + 2``.
    leaf
        ``float64[trees, 2 ** depth]`` in logits.

    """

    base: float
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    leaf: NDArray[np.float64]

    @property
    def depth(self) -> int:
        """How many questions lead to a leaf."""
        return int(self.leaf.shape[1]).bit_length() - 1

    def probabilities(self, rows: Rows) -> NDArray[np.float64]:
        """Return the probability of True, ``float64[n]``, for ``float32[n, features]``."""
        flat = np.ascontiguousarray(rows).ravel()
        row = (np.arange(len(rows)) * rows.shape[1])[:, np.newaxis]
        tree = np.arange(len(self.feature)) * self.feature.shape[1]
        at = np.zeros((len(rows), len(tree)), np.intp)
        for _ in range(self.depth):
            node = at + tree
            asked = flat.take(row + self.feature.take(node))
            at = 2 * at + 1 + (asked > self.threshold.take(node))
        leaf = at - self.feature.shape[1] + np.arange(len(self.leaf)) * self.leaf.shape[1]
        logits = self.leaf.take(leaf).sum(axis=1) + self.base
        return np.asarray(expit(logits), np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return lists and numbers for `from_json`."""
        return {
            "base": self.base,
            "feature": self.feature.tolist(),
            "threshold": self.threshold.tolist(),
            "leaf": self.leaf.tolist(),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any], *, features: int) -> Self:
        """Undo `to_json`; KeyError, TypeError or ValueError when these are no trees over ``features`` numbers."""
        made = cls(
            float(told["base"]),
            np.array(told["feature"], np.intp),
            np.array(told["threshold"], np.float64),
            np.array(told["leaf"], np.float64),
        )
        nodes = 2**made.depth - 1
        if made.feature.shape != (len(made.leaf), nodes) or made.threshold.shape != made.feature.shape:
            raise ValueError(f"{made.feature.shape} nodes do not belong to {made.leaf.shape} leaves")
        if not np.isin(made.feature, np.arange(features)).all() or not np.isfinite(made.leaf).all():
            raise ValueError("a node asks for a feature that is not there, or a leaf is no number")
        return made
