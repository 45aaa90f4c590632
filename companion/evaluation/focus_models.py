"""Scores of focus, each person by models that never saw them: ours, the models to beat, and what needs no brain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC

from companion.evaluation import controls, focus_surest, reference
from companion.evaluation.focus_data import Sitting, joined, matrices_of
from companion.evaluation.windows import Windows
from embeddings import focus, focus_training, sites
from embeddings.focus import FocusModel
from embeddings.focus_training import Labelled, View
from embeddings.site_features import EVEN, SiteReference
from embeddings.sites import Sites

Numbers = NDArray[np.float64]
PerPerson = Sequence[Numbers]  # one array of scores a person, a score each window
NEIGHBOURS = 10


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model says of each window of each person.

    Attributes
    ----------
    neutral
        The score that says nothing, for each person's model.
    prominence
        How far each person's alpha rhythm stands out in the minute they are measured against, of which nothing is
        scored; see `focus_surest.prominence`.
    noise
        Scores of noise in place of the EEG.
    where
        The sites that each person was scored by.

    """

    scores: PerPerson
    probabilities: PerPerson
    neutral: Sequence[float]
    prominence: Sequence[float]
    noise: PerPerson
    where: Sequence[Sites]


def start(seen: Sequence[Sitting], chosen: Sequence[int], seed: int) -> Scored:
    """Score the ``chosen`` people (indices) with the shipped start, untouched."""
    return _scored([seen[i] for i in chosen], [focus.shipped()] * len(chosen), seed)


def left_out(seen: Sequence[Sitting], chosen: Sequence[int], seed: int) -> Scored:
    """Score each of the ``chosen`` people with a start trained on all the others, who show all their electrodes."""
    people = [sitting.whole for sitting in seen]
    views = _views(people, {sites.find(sitting.windows.ch_names).kind for sitting in seen})
    everyone = range(len(seen))
    models = [focus_training.fit(views, people, [i for i in everyone if i != out]) for out in chosen]
    return _scored([seen[i] for i in chosen], models, seed)


def references(seen: Sequence[Sitting], chosen: Sequence[int]) -> dict[str, PerPerson]:
    """Return scores of the models to beat, and of loudness and the file's fingerprint trained in the same way."""
    windows = joined([sitting.windows for sitting in seen])
    labels = np.concatenate([sitting.focused for sitting in seen])
    rest = np.concatenate([sitting.whole.rest for sitting in seen])
    ends = np.cumsum([len(sitting.windows) for sitting in seen])[:-1]
    told = reference.left_out(windows, labels, rest)
    each = {name: np.split(scores, ends) for name, scores in told.items()}
    return {name: [scores[i] for i in chosen] for name, scores in each.items()}


def brainless(seen: Sequence[Sitting], chosen: Sequence[int]) -> dict[str, PerPerson]:
    """Return scores of BrainFlow's index, of the clock, and of how *unusual* the file's fingerprint is, either way."""
    return {
        "MINDFULNESS": [controls.mindfulness(seen[i].windows) for i in chosen],
        "clock only": [_clock(seen, out) for out in chosen],
        "fingerprint, either direction": [_unusual(seen, out) for out in chosen],
    }


def judged_features(seen: Sequence[Sitting], where: Sequence[Sites]) -> list[Numbers]:
    """Return the features of what is judged, a window or the mean over a round, ``float64[judged, features]`` each.

    ``where`` are the sites of each person, as in `Scored`.
    """
    found = []
    for sitting, at in zip(seen, where, strict=True):
        matrices = matrices_of(sitting.windows)
        made = SiteReference.fit(matrices[sitting.whole.rest], at).features(matrices)
        telling = np.clip(made, -focus.LIMIT, focus.LIMIT)[:, EVEN]
        found.append(np.column_stack([sitting.judged(column)[1] for column in telling.T]))
    return found


def _views(people: Sequence[Labelled], kinds: Collection[str]) -> list[View]:
    """Return the views of these kinds; also those of electrodes nobody placed, where nobody is seen in one of them."""
    found = [view for i, who in enumerate(people) for view in focus_training.views(i, who, kinds)]
    if {view.kind for view in found} >= set(kinds):
        return found
    return found + [view for i, who in enumerate(people) for view in focus_training.views(i, who, {""})]


def _scored(seen: Sequence[Sitting], models: Sequence[FocusModel], seed: int) -> Scored:
    rng = np.random.default_rng(seed)
    where = [focus.where(model, sitting.windows.ch_names) for sitting, model in zip(seen, models, strict=True)]
    each = list(zip(seen, models, where, strict=True))
    matrices = [matrices_of(sitting.windows) for sitting in seen]
    usual = [_usual(sitting, model, at, of) for (sitting, model, at), of in zip(each, matrices, strict=True)]
    scores = [focus.scores(model, its, of) for model, its, of in zip(models, usual, matrices, strict=True)]
    lines = [model.line(at.kind) for _, model, at in each]
    probabilities = [line.probability(s) for line, s in zip(lines, scores, strict=True)]
    noises = [matrices_of(controls.noise(sitting.windows, rng)) for sitting in seen]
    noise = [
        focus.scores(model, _usual(sitting, model, at, of), of)
        for (sitting, model, at), of in zip(each, noises, strict=True)
    ]
    stands_out = [focus_surest.prominence(its.reference) for its in usual]
    return Scored(scores, probabilities, [line.neutral for line in lines], stands_out, noise, where)


def _usual(sitting: Sitting, model: FocusModel, where: Sites, matrices: Numbers) -> SiteReference:
    return SiteReference.fit(matrices[sitting.whole.rest], where, model.others)


def _clock(seen: Sequence[Sitting], out: int) -> Numbers:
    """Return what the time since the recording's start tells, learned from the others."""
    others = [other for i, other in enumerate(seen) if i != out]
    times = np.concatenate([_times(other.windows)[other.tested] for other in others])
    labels = np.concatenate([other.focused[other.tested] for other in others]).astype(float)
    return controls.clock_knn(times, labels, _times(seen[out].windows), NEIGHBOURS)


def _times(windows: Windows) -> Numbers:
    return windows.start


def _unusual(seen: Sequence[Sitting], out: int) -> Numbers:
    """Return what a model sees in the fingerprint that may call any change, up or down, the same."""
    tables = [_relative_fingerprint(sitting) for sitting in seen]
    others = [i for i in range(len(seen)) if i != out]
    rows = np.vstack([tables[i] for i in others])
    labels = np.concatenate([seen[i].focused for i in others])
    scale = rows.std(axis=0) + np.finfo(float).tiny
    model = SVC(C=0.3, gamma=0.1).fit(rows / scale, labels)
    return np.asarray(model.decision_function(tables[out] / scale), np.float64)


def _relative_fingerprint(sitting: Sitting) -> Numbers:
    made = controls.fingerprint(sitting.windows)
    rest = made[sitting.whole.rest]
    scaled: Numbers = (made - rest.mean(axis=0)) / (rest.std(axis=0) + np.finfo(float).eps)
    return scaled
