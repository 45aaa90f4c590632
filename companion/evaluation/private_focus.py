"""What privacy costs: how well focus is told from private vectors, against the vectors they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import electrodes, encoders, statistics
from companion.evaluation.bids import Recording
from companion.evaluation.errors import NoWindowError
from companion.evaluation.focus_data import FOCUSED, RESTING
from companion.evaluation.options import Options
from companion.evaluation.reference import lda
from companion.evaluation.splits import splits
from companion.evaluation.state_search import task_of
from companion.evaluation.windows import Windows, cut
from embeddings.private import LEAST_VECTORS, PrivateMap

SECONDS = 4.0
FEWEST = 3  # people: two to train on

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cost:
    """AUC of focus of each person, by models that never saw them; and what was left out, in a sentence or empty."""

    state: Mapping[str, float]
    private: Mapping[str, float]
    note: str = ""

    def lost(self) -> dict[str, float]:
        """Return what is lost, person by person."""
        return {who: self.state[who] - self.private[who] for who in self.state}


def cost(recordings: Sequence[Recording], options: Options) -> Cost | None:
    """Return what privacy costs; None where too few people were both focused and at rest for long enough."""
    kept = _both(recordings)
    if len({one.person for one in kept}) < FEWEST:
        return None
    try:
        windows = cut(kept, _said, seconds=SECONDS, step=SECONDS, picks=electrodes.chosen(kept, options.picks))
    except NoWindowError:
        return None
    windows = _long_enough(windows)
    if len(np.unique(windows.person)) < FEWEST:
        return None
    focused = _focused(windows)
    rest = encoders.first_minutes(windows, ~focused)
    vectors = encoders.everyone(encoders.state, windows, rest)
    state, private = _scores(windows, vectors, focused, rest)
    told = partial(statistics.by_person, statistics.auc, windows.person[~rest], focused[~rest])
    return Cost(told(state[~rest]), told(private[~rest]), _left_out(kept, windows))


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


def _long_enough(windows: Windows) -> Windows:
    """Leave out sessions that are too short to be made private, then people whose rest does not tell their usual."""
    names, counts = np.unique(encoders.sessions(windows), return_counts=True)
    windows = windows.where(np.isin(encoders.sessions(windows), names[counts >= LEAST_VECTORS]))
    rest = encoders.first_minutes(windows, ~_focused(windows))
    resting, counts = np.unique(windows.person[rest], return_counts=True)
    return windows.where(np.isin(windows.person, resting[counts * windows.seconds >= encoders.LEAST_SECONDS]))


def _left_out(recordings: Sequence[Recording], windows: Windows) -> str:
    there = {(one.person, one.session) for one in recordings}
    left = there - set(zip(windows.person.tolist(), windows.session.tolist(), strict=True))
    if not left:
        return ""
    return (
        f"What privacy costs is told without {len(left)} of {len(there)} sessions: they are too short, or their person "
        f"rested for less than {encoders.LEAST_SECONDS:g} s."
    )


def _focused(windows: Windows) -> Mask:
    return np.isin(windows.label, list(FOCUSED))


def _said(recording: Recording, start: float, stop: float) -> str | None:
    label = task_of(recording, start, stop).lower()
    return label if label in FOCUSED | RESTING else None
