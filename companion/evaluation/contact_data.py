"""Recordings whose headband scored its own contact, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.bids import Recording
from companion.evaluation.errors import EvaluationError
from companion.evaluation.windows import Windows
from embeddings.contact_training import Rated
from embeddings.quality import PAST_SECONDS

PREFIX = "HSI_"  # "horseshoe indicator", as a Muse calls it
BAD_SCORE = 3.0  # of 1 (good), 2 (fair), 4 (bad)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A gap-free stretch of one recording.

    Attributes
    ----------
    begin
        Seconds from the recording's first sample.

    """

    person: str
    run: str
    begin: float
    rated: Rated

    @property
    def end(self) -> float:
        """Seconds from the recording's first sample to the one after its last."""
        return self.begin + int(self.rated.data.shape[1]) / self.rated.sfreq


class UnscoredError(EvaluationError):
    """No recording holds a contact score."""


def scored(recordings: Sequence[Recording]) -> tuple[Recording, ...]:
    """Return the recordings with a contact score. Raises `UnscoredError` when there is none."""
    found = tuple(recording for recording in recordings if recording.others(PREFIX))
    if not found:
        raise UnscoredError(
            f"No recording here holds its headband's own contact score (a signal {PREFIX}* for each electrode), "
            "without which contact cannot be judged. Record them with a Muse, or take another set."
        )
    return found


def stretches(recordings: Sequence[Recording], ch_names: Sequence[str]) -> tuple[Stretch, ...]:
    """Return the gap-free stretches of these electrodes with their scores. Raises `EvaluationError`."""
    found: list[Stretch] = []
    for recording in recordings:
        scores = _scores(recording, ch_names)
        segments = recording.segments()
        first = 0
        for segment in segments:
            rows = [segment.ch_names.index(name) for name in ch_names]
            stop = first + segment.data.shape[1]
            rated = Rated(segment.data[rows], segment.sfreq, scores[:, first:stop] >= BAD_SCORE)
            if rated.bad.shape != rated.data.shape:
                raise EvaluationError(
                    f"{recording.name}: the contact scores are not sampled as the EEG is. Leave it out, or resample it."
                )
            begin = segment.time_start - segments[0].time_start
            found.append(Stretch(recording.person, recording.name, begin, rated))
            first = stop
    return tuple(found)


def share_bad(windows: Windows, found: Sequence[Stretch]) -> NDArray[np.float64]:
    """Return the share of each window in which the headband called each electrode bad, ``float64[n, channels]``."""
    samples = windows.data.shape[2]
    parts = [stretch.rated.bad[:, first : first + samples] for stretch, first in places(windows, found)]
    return np.array([part.mean(axis=1) for part in parts], np.float64)


def with_past(windows: Windows, found: Sequence[Stretch]) -> list[NDArray[np.float64]]:
    """Return each raw window behind what came just before it, ``float64[channels, past + samples]``."""
    samples, past = windows.data.shape[2], round(PAST_SECONDS * windows.sfreq)
    return [stretch.rated.data[:, max(first - past, 0) : first + samples] for stretch, first in places(windows, found)]


def places(windows: Windows, found: Sequence[Stretch]) -> list[tuple[Stretch, int]]:
    """Return which stretch each window lies in, and at which sample."""
    by_run: dict[str, list[Stretch]] = {}
    for stretch in found:
        by_run.setdefault(stretch.run, []).append(stretch)
    return [
        _place(by_run[run], start, windows.sfreq)
        for run, start in zip(windows.run.tolist(), windows.start.tolist(), strict=True)
    ]


def _place(of_run: Sequence[Stretch], start: float, sfreq: float) -> tuple[Stretch, int]:
    half = 0.5 / sfreq
    stretch = next(stretch for stretch in of_run if stretch.begin - half <= start < stretch.end)
    return stretch, round((start - stretch.begin) * sfreq)


def _scores(recording: Recording, ch_names: Sequence[str]) -> NDArray[np.float64]:
    """Return ``float64[channels, samples]``, 1 (good) to 4 (bad)."""
    told = recording.others(PREFIX)
    missing = [name for name in ch_names if PREFIX + name not in told]
    if missing:
        raise EvaluationError(
            f"{recording.name} has no contact score of {', '.join(missing)}. "
            "Name electrodes that have one (--electrodes)."
        )
    return np.stack([told[PREFIX + name] for name in ch_names])
