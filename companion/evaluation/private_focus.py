"""What privacy costs: how well focus is told from private vectors, against the vectors they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import electrodes, encoders, statistics
from companion.evaluation.bids import Recording
from companion.evaluation.focus_data import FOCUSED, RESTING
from companion.evaluation.options import Options
from companion.evaluation.reference import lda
from companion.evaluation.splits import splits
from companion.evaluation.state_search import task_of
from companion.evaluation.windows import Windows, cut
from embeddings.private import PrivateMap

SECONDS = 4.0
FEWEST = 3  # people: two to train on

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cost:
    """AUC of focus of each person, by models that never saw them."""

    state: Mapping[str, float]
    private: Mapping[str, float]

    def lost(self) -> dict[str, float]:
        """Return what is lost, person by person."""
        return {who: self.state[who] - self.private[who] for who in self.state}


def cost(recordings: Sequence[Recording], options: Options) -> Cost | None:
    """Return what privacy costs; None where too few people were both focused and at rest."""
    kept = _both(recordings)
    if len({one.person for one in kept}) < FEWEST:
        return None
    windows = cut(kept, _said, seconds=SECONDS, step=SECONDS, picks=electrodes.chosen(kept, options.picks))
    focused = np.isin(windows.label, list(FOCUSED))
    rest = encoders.first_minutes(windows, ~focused)
    vectors = encoders.everyone(encoders.state, windows, rest)
    state, private = _scores(windows, vectors, focused, rest)
    person, labels = windows.person[~rest], focused[~rest]
    return Cost(*(statistics.by_person(statistics.auc, person, labels, scores[~rest]) for scores in (state, private)))


def _scores(windows: Windows, vectors: NDArray[np.float32], focused: Mask, rest: Mask) -> tuple[Scores, Scores]:
    """Return scores of everyone by the vectors and by private ones; models and directions come from the others."""
    state, private = np.empty(len(windows)), np.empty(len(windows))
    for split in splits("person", windows, seconds=windows.seconds):
        trained = split.train[~rest[split.train]]
        learned = PrivateMap.fit(vectors[split.train], windows.person[split.train], windows.session[split.train])
        secret = learned.apply(vectors, windows.person, windows.session)
        for scores, made in ((state, vectors), (private, secret)):
            model = lda().fit(made[trained], focused[trained])
            scores[split.test] = model.decision_function(made[split.test])
    return state, private


def _both(recordings: Sequence[Recording]) -> list[Recording]:
    """Return the recordings of people who were seen focused and at rest."""
    done: dict[str, set[bool]] = {}
    for one in recordings:
        labels = {event.label.lower() for event in one.events() if event.duration >= SECONDS} | {one.task.lower()}
        told = done.setdefault(one.person, set())
        told |= {label in FOCUSED for label in labels if label in FOCUSED | RESTING}
    return [one for one in recordings if len(done[one.person]) > 1]


def _said(recording: Recording, start: float, stop: float) -> str | None:
    label = task_of(recording, start, stop).lower()
    return label if label in FOCUSED | RESTING else None
