"""Real EEG as the focus tracker hears it: people of a set by models that never saw them, and one who blinks."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats import read
from companion.evaluation import focus_data
from companion.evaluation.bids import Recording, cohort
from companion.focus.fusion import Heard
from embeddings import features, focus, focus_training, signal
from embeddings.focus import FocusModel, Line
from embeddings.focus_tracker import FocusTracker
from embeddings.site_features import SiteReference
from embeddings.types import EEGWindow

HEADBAND = ("F7", "F8", "T5", "T6")  # stand in for AF7, AF8, TP9, TP10
KIND, STEP, SINGLE = "front+back", 1.0, 1.0
REST_SECONDS, WINDOW_SECONDS = 60, signal.WINDOW_SECONDS

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What was heard each second.

    The score of that one window; whether it was fit (else the score is NaN); and whether all that kept it from being
    fit is what the person did.
    """

    scores: Numbers
    fit: NDArray[np.bool_]
    disturbed: NDArray[np.bool_]

    def rolled(self, seconds: int, start: int = 0) -> Told:
        """Return as many seconds, played forth and back without a jump, from ``start`` on."""
        count = len(self.fit)
        at = (start + np.arange(seconds)) % (2 * count - 2 if count > 1 else 1)
        order = np.where(at < count, at, 2 * count - 2 - at)
        return self.at(order)

    def then(self, other: Told) -> Told:
        """Return this and then another."""
        pairs = ((self.scores, other.scores), (self.fit, other.fit), (self.disturbed, other.disturbed))
        scores, fit, disturbed = (np.concatenate(pair) for pair in pairs)
        return Told(scores, fit, disturbed)

    def since(self, second: int) -> Told:
        """Return what was heard from a second on."""
        return self.at(slice(second, None))

    def at(self, seconds: NDArray[np.intp] | slice) -> Told:
        """Return what was heard in some seconds."""
        return Told(self.scores[seconds], self.fit[seconds], self.disturbed[seconds])


@dataclass(frozen=True, slots=True)
class Person:
    """One person: rest after the minute that is measured against, and work; by a model trained without them."""

    name: str
    rest: Told
    work: Told
    line: Line


def people(folder: Path, most: int) -> list[Person]:
    """Return the people of a set, each scored by a model of all the others; at most so many."""
    recordings = cohort(folder).recordings
    seen = focus_data.sittings(recordings, seconds=WINDOW_SECONDS, picks=HEADBAND)
    labelled = [sitting.whole for sitting in seen]
    views = [view for i, who in enumerate(labelled) for view in focus_training.views(i, who, {KIND})]
    found = []
    for out, sitting in enumerate(seen[:most]):
        model = focus_training.fit(views, labelled, [i for i in range(len(seen)) if i != out])
        mine = [recording for recording in recordings if recording.person == sitting.person]
        found.append(_person(sitting.person, mine, model))
        print(f"{sitting.person}: trained without them", file=sys.stderr, flush=True)
    return found


def _person(name: str, recordings: Sequence[Recording], model: FocusModel) -> Person:
    tracker = FocusTracker(model, HEADBAND, step=STEP, rest_windows=REST_SECONDS, smoothing=SINGLE)
    by_task = {recording.task: recording for recording in recordings}
    rest, work = (_heard(tracker, by_task[task]) for task in ("rest", "arithmetic"))
    known = int(np.flatnonzero(np.cumsum(rest.fit) >= REST_SECONDS)[0]) + int(WINDOW_SECONDS)
    return Person(name, rest.since(known), work, model.line(KIND))


def _heard(tracker: FocusTracker, recording: Recording) -> Told:
    told = []
    for segment in recording.segments():
        rows = [segment.ch_names.index(name) for name in HEADBAND]
        told += list(seconds_of(tracker, segment.data[rows], segment.sfreq, HEADBAND))
    return _as_told(told)


def seconds_of(
    tracker: FocusTracker, data: Numbers, sfreq: float, ch_names: tuple[str, ...]
) -> Iterator[tuple[float, bool, bool]]:
    """Yield score, fitness and disturbance second by second, as the stretch would come; NaN where it is not scored."""
    filtered, length = signal.bandpass(data, sfreq), round(WINDOW_SECONDS * sfreq)
    first = length + round(signal.SETTLE_SECONDS * sfreq)
    for stop in range(first, data.shape[1] + 1, round(STEP * sfreq)):
        window = EEGWindow(data[:, stop - length : stop], sfreq, ch_names, stop / sfreq)
        reading = tracker.take(window, filtered[:, stop - length : stop], data[:, : stop - length])
        fresh = reading.score is not None and not reading.frozen
        score = reading.score if fresh and reading.score is not None else float("nan")
        yield score, not reading.frozen, bool(reading.quality.artefacts) and not any(reading.quality.faults)


def heard(line: Line, told: Told) -> list[Heard]:
    """Return what the tracker says each second: the mean of the last fit windows, held while one is not."""
    scored = np.isfinite(told.scores)
    means = focus.smoothed(told.scores[scored], step=STEP)
    at = np.cumsum(scored) - 1
    known = [line.evidence(float(mean)) for mean in means]
    each = zip(at.tolist(), told.fit.tolist(), told.disturbed.tolist(), strict=True)
    return [Heard(known[i] if i >= 0 else None, fit, disturbed) for i, fit, disturbed in each]


@dataclass(frozen=True, slots=True)
class Clenching:
    """One person with closed eyes, and the same person blinking and clenching the jaw; ungated as if all were fit."""

    calm: Told
    disturbed: Told
    ungated: Told
    line: Line


# Seconds of the recording, read off its picture; between them lies rest with closed eyes.
DISTURBED, CALM, CALM_WINDOWS = (2, 20), (24, 74), 20
RECORDING = "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"


def clenching(folder: Path) -> Clenching:
    """Return the person of the OpenBCI recording; the first of their rest is what is measured against."""
    (stretch,) = read(folder / RECORDING)
    names, sfreq, model = stretch.ch_names, stretch.sfreq, focus.shipped()
    tracker = FocusTracker(model, names, rest_windows=CALM_WINDOWS, smoothing=SINGLE)
    parts = [stretch.data[:, round(start * sfreq) : round(end * sfreq)] for start, end in (CALM, DISTURBED)]
    calm, disturbed = (_as_told(list(seconds_of(tracker, part, sfreq, names))) for part in parts)
    where = focus.where(model, names)
    rows = [_rows(part, sfreq) for part in parts]
    rest = features.matrices(rows[0][calm.fit][:CALM_WINDOWS], len(names))
    usual = SiteReference.fit(rest, where, model.others)
    scored = focus.scores(model, usual, features.matrices(rows[1], len(names)))
    known = int(np.flatnonzero(np.isfinite(calm.scores))[0])
    everywhere = np.ones(len(scored), np.bool_)
    return Clenching(calm.since(known), disturbed, Told(scored, everywhere, ~everywhere), model.line(where.kind))


def _rows(data: Numbers, sfreq: float) -> NDArray[np.float32]:
    """Return the features of the same windows as `seconds_of`, fit or not."""
    filtered, length = signal.bandpass(data, sfreq), round(WINDOW_SECONDS * sfreq)
    first = length + round(signal.SETTLE_SECONDS * sfreq)
    ends = range(first, data.shape[1] + 1, round(STEP * sfreq))
    return np.array([features.row(filtered[:, stop - length : stop], sfreq) for stop in ends], np.float32)


def _as_told(seconds: Sequence[tuple[float, bool, bool]]) -> Told:
    scores, fit, disturbed = zip(*seconds, strict=True)
    return Told(np.array(scores, np.float64), np.array(fit, np.bool_), np.array(disturbed, np.bool_))
