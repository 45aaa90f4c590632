"""Who was it? Someone who has one session of everyone's vectors tries to name the people of another session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from companion.evaluation.reference import lda
from companion.evaluation.splits import Split, check
from companion.evaluation.windows import Windows

NEIGHBOURS = 5
MOST = 40  # windows of a session, evenly spread: nobody is found because there is more of them
FOLDS = 2  # the first sessions of everyone from the others, then the second

Words = NDArray[np.str_]
Values = NDArray[np.floating]
Build = Callable[[], ClassifierMixin]

ADVERSARIES: dict[str, Build] = {
    "linear discriminant": lda,
    "logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500)),
    "support vectors": lambda: make_pipeline(StandardScaler(), SVC(C=10.0)),
    "nearest neighbours": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier(NEIGHBOURS)),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What an adversary said.

    Attributes
    ----------
    adversary
        The one that did best, and so is counted.
    tested
        ``intp[m]``, windows that were named, a fold after the other.
    said
        ``str[m]``.

    """

    adversary: str
    tested: NDArray[np.intp]
    said: Words

    def accuracy(self, person: Words) -> dict[str, float]:
        """Return the share of each person's windows that were named rightly; ``person`` is ``str[n]``."""
        true = person[self.tested]
        return {str(who): float(np.mean(self.said[true == who] == who)) for who in np.unique(true)}


def folds(windows: Windows) -> list[Split]:
    """Return splits by session: the first session of everyone is tested, then the second; each is checked."""
    kept, number = np.zeros(len(windows), bool), np.zeros(len(windows), np.intp)
    for mine, order in _sessions(windows):
        number[mine] = order
        kept[mine[np.linspace(0, len(mine) - 1, min(len(mine), MOST)).astype(int)]] = True
    found = []
    for fold in range(FOLDS):
        tested, trained = (np.flatnonzero(kept & which) for which in (number == fold, number != fold))
        split = Split(f"session {fold + 1}/{FOLDS}", trained, tested)
        check(split, windows, seconds=windows.seconds)
        found.append(split)
    return found


def best(vectors: Values, person: Words, splits: list[Split]) -> Named:
    """Train every adversary on ``float[n, dimension]`` and return what the best of them said."""
    tested = np.concatenate([split.test for split in splits])
    named = [Named(name, tested, _said(build, vectors, person, splits)) for name, build in ADVERSARIES.items()]
    return max(named, key=lambda one: float(np.mean(list(one.accuracy(person).values()))))


def _said(build: Build, vectors: Values, person: Words, splits: list[Split]) -> Words:
    models = [build().fit(vectors[split.train], person[split.train]) for split in splits]
    return np.concatenate([model.predict(vectors[split.test]) for model, split in zip(models, splits, strict=True)])


def _sessions(windows: Windows) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Yield the windows of each session of each person, and its number."""
    for who in np.unique(windows.person):
        for order, session in enumerate(np.unique(windows.session[windows.person == who])):
            yield np.flatnonzero((windows.person == who) & (windows.session == session)), order
