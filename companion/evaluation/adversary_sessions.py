"""Who was it, by a whole session: how its vectors hang together, where single ones say nothing.

An adversary has every session but one with its name, and gives the one the name of the session that is most like it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import encoders
from companion.evaluation.windows import Windows

LEAST_SPREAD = 1e-6  # of a description over sessions: below, it is rounding and says nothing

Numbers = NDArray[np.float64]
Words = NDArray[np.str_]


def _together(vectors: Numbers) -> Numbers:
    """Return the correlations of dimensions."""
    scaled = _scaled(vectors)
    return np.asarray((scaled.T @ scaled / len(scaled))[np.triu_indices(vectors.shape[1], 1)], np.float64)


def _after(vectors: Numbers) -> Numbers:
    """Return the correlations of dimensions with those of the vector before."""
    scaled = _scaled(vectors)
    return np.asarray((scaled[:-1].T @ scaled[1:] / len(scaled)).ravel(), np.float64)


def _shape(vectors: Numbers) -> Numbers:
    """Return mean, spread, skewness and tails of each dimension."""
    scaled = _scaled(vectors)
    tails = np.log(np.maximum((scaled**4).mean(axis=0), 1.0)), np.abs(scaled).mean(axis=0)
    return np.concatenate([vectors.mean(axis=0), vectors.std(axis=0), (scaled**3).mean(axis=0), *tails])


def _all(vectors: Numbers) -> Numbers:
    return np.concatenate([_together(vectors), _after(vectors), _shape(vectors)])


DESCRIPTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "correlations": _together,
    "correlations in time": _after,
    "moments": _shape,
    "all of these": _all,
}


@dataclass(frozen=True, slots=True)
class SessionsNamed:
    """How an adversary named whole sessions.

    Attributes
    ----------
    adversary
        By what it compared sessions; the one that did best, and so is counted.
    right
        The share of each person's sessions that were named rightly.

    """

    adversary: str
    right: Mapping[str, float]


def best(vectors: NDArray[np.floating], windows: Windows) -> SessionsNamed:
    """Compare sessions by every description of ``float[n, dimension]`` and return what the best of them named."""
    names = encoders.sessions(windows)
    found, first = np.unique(names, return_index=True)
    parts = [np.asarray(vectors[names == name], np.float64) for name in found]
    owners = windows.person[first]
    named = [
        SessionsNamed(about, _right(np.array([describe(part) for part in parts]), owners))
        for about, describe in DESCRIPTIONS.items()
    ]
    return max(named, key=lambda one: float(np.mean(list(one.right.values()))))


def chance(windows: Windows) -> float:
    """Return how often a session drawn from all others is the same person's: the mean over people."""
    names, first = np.unique(encoders.sessions(windows), return_index=True)
    _, counts = np.unique(windows.person[first], return_counts=True)
    return float(np.mean((counts - 1) / (len(names) - 1)))


def _right(described: Numbers, owners: Words) -> dict[str, float]:
    """Return how often each person's sessions lie nearest another one of theirs."""
    spread = described.std(axis=0)
    telling = described[:, spread > LEAST_SPREAD] / spread[spread > LEAST_SPREAD]
    if not telling.shape[1]:  # all sessions are alike: whoever is named is named by guessing
        return {str(who): 0.0 for who in np.unique(owners)}
    apart = np.sum((telling[:, np.newaxis] - telling[np.newaxis]) ** 2, axis=2)
    np.fill_diagonal(apart, np.inf)
    told = owners[np.argmin(apart, axis=1)] == owners
    return {str(who): float(told[owners == who].mean()) for who in np.unique(owners)}


def _scaled(vectors: Numbers) -> Numbers:
    spread = vectors.std(axis=0)
    return np.asarray((vectors - vectors.mean(axis=0)) / np.where(spread > 0, spread, 1.0), np.float64)
