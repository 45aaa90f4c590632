"""What ranks contents by a window: the mapping, a straight line in its place, and what needs no brain.

Each is trained on the same windows and gives a matrix of scores for the questions of a tested recording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor

from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.splits import Split
from companion.evaluation.thought_data import Seen
from embeddings import mapping
from embeddings.mapping.training import LEAST_PAIRS

START_FILE = "mapping.safetensors"
PEOPLE_FOLDS, QUICK_FOLDS = 5, 2
NEIGHBOURS = 10
PENALTY = 0.3  # a window; features are of unit spread

Indices = NDArray[np.intp]
Scores = NDArray[np.float32]
# Rows of windows, and the vectors of candidates: how well each candidate goes with each row.
Score = Callable[[Indices, NDArray[np.float32]], Scores]


@dataclass(frozen=True)
class Models:
    """Trains what a split asks for; a start serves all people it has not seen."""

    seen: Seen
    options: Options
    _starts: dict[int, mapping.Mapping] = field(default_factory=dict)

    def of(self, split: Split, person: str) -> dict[str, Score]:
        """Return every way to score the test windows of one person, ours first."""
        own = split.train[self.seen.person[split.train] == person]
        learned = self._learned(own, person)
        near = own if len(own) else split.train
        return {
            "ours": lambda rows, contents: _shared(learned, self.seen.brain[rows], contents),
            "noise input": lambda rows, contents: _shared(learned, self.seen.noise[rows], contents),
            "straight line": self._line(split.train, self.seen.brain),
            "amplitude only": self._line(split.train, self.seen.loudness),
            "clock only": lambda rows, contents: self._clock(near, rows, contents),
            "state only": self._states(near, learned),
        }

    def _learned(self, own: Indices, person: str) -> mapping.Mapping:
        """Return the start for a person, taken on with the person's own windows where there are enough."""
        if self.options.model == "start":
            return shipped()
        start = self._start(person)
        if start is not None and len(own) < LEAST_PAIRS:
            return start
        return mapping.train(self.seen.pairs(own), start=start, seed=self.options.seed)

    def _start(self, person: str) -> mapping.Mapping | None:
        """Return what was learned from other people; None when there are none."""
        people = np.unique(self.seen.person)
        if len(people) == 1:
            return None
        folds = min(QUICK_FOLDS if self.options.quick else PEOPLE_FOLDS, len(people))
        fold = int(np.searchsorted(people, person)) % folds
        if fold not in self._starts:
            others = [who for number, who in enumerate(people) if number % folds != fold]
            pairs = [self.seen.pairs(np.flatnonzero(self.seen.person == who)) for who in others]
            self._starts[fold] = mapping.fit_start(pairs, seed=self.options.seed)
        return self._starts[fold]

    def _line(self, train: Indices, inputs: NDArray[Any]) -> Score:
        """Return a ridge regression from inputs to contents."""
        centre = self.seen.vectors[train].mean(axis=0)
        model = Ridge(PENALTY * len(train)).fit(inputs[train], self.seen.vectors[train] - centre)
        return lambda rows, contents: _dot(model.predict(inputs[rows]), contents - centre)

    def _clock(self, near: Indices, rows: Indices, contents: NDArray[np.float32]) -> Scores:
        """Return what was on nearest in time: in the same recording where it was trained on, else at the same place."""
        same = near[self.seen.run[near] == self.seen.run[rows[0]]]
        return self._neighbours(same if len(same) else near, self.seen.start[:, np.newaxis], rows, contents)

    def _states(self, near: Indices, learned: mapping.Mapping) -> Score:
        """Return what was on in the most similar states."""
        states = np.concatenate([learned.encode_state(part) for part in np.array_split(self.seen.brain, 8)])
        return lambda rows, contents: self._neighbours(near, states, rows, contents)

    def _neighbours(self, train: Indices, inputs: NDArray[Any], rows: Indices, contents: NDArray[np.float32]) -> Scores:
        """Return how well contents go with the mean of what the nearest training windows saw."""
        told = self.seen.vectors[train]
        model = KNeighborsRegressor(min(NEIGHBOURS, len(train))).fit(inputs[train], told)
        centre = told.mean(axis=0)
        return _dot(model.predict(inputs[rows]) - centre, contents - centre)


def shipped() -> mapping.Mapping:
    """Return the start that comes with the program; raises `EvaluationError` when it has none."""
    file = resources.files("embeddings") / "weights" / START_FILE
    if not file.is_file():
        raise EvaluationError(
            "No start of the mapping is shipped with this version: score what is trained on the rest of the set "
            "(--model train)."
        )
    return mapping.Mapping.load(file.read_bytes())


def _shared(learned: mapping.Mapping, brain: NDArray[np.float32], contents: NDArray[np.float32]) -> Scores:
    return learned.encode_brain(brain) @ learned.encode_content(contents).T


def _dot(queries: NDArray[Any], contents: NDArray[Any]) -> Scores:
    """Return scores; rounding away what differs only by the order of summing, so that ties stay ties."""
    return np.asarray(np.round(queries @ contents.T, 6), np.float32)
