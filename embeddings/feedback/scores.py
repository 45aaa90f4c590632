"""What was learned, as a measure: the focus score, and nearness to a direction of the state or the shared space."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings import features, focus, sites
from embeddings.feedback.judge import JUDGED_SECONDS
from embeddings.feedback.plan import COSPECTRA_SECONDS, FocusPlan, SharedPlan, StatePlan
from embeddings.focus_tracker import FocusTracker
from embeddings.mapping.vectors import Mapping
from embeddings.site_features import SiteReference
from embeddings.spaces import LEAST_WINDOWS
from embeddings.state import Baseline
from embeddings.types import EmbeddingsError, Signal

CLIP = 6.0  # spreads; beyond is an artefact, as where the shared space is learned
OTHER_REST = (
    "What is known of your rest does not fit the electrodes that are worn now. Calibrate with these electrodes."
)

Numbers = NDArray[np.float64]
Rows = NDArray[np.float32]


class Cospectra:
    """Running mean of one-second co-spectra, and a score of it: a window of the usual kind without its bad seconds."""

    def __init__(self, plan: FocusPlan | StatePlan | SharedPlan, sfreq: float) -> None:
        self._sfreq = sfreq
        self._score = _score(plan)
        self._mean: Numbers | None = None
        self.delay = JUDGED_SECONDS / 2 + COSPECTRA_SECONDS

    def take(self, piece: Signal, filtered: Signal, *, frozen: bool, settled: bool) -> None:
        """Take the next samples."""
        if frozen or not settled:
            return
        newest = features.cospectra(filtered, self._sfreq)
        if self._mean is None:
            self._mean = newest
        share = 1 - np.exp(-piece.shape[1] / self._sfreq / COSPECTRA_SECONDS)
        self._mean = self._mean + share * (newest - self._mean)

    def read(self) -> tuple[float | None, tuple[float, ...]]:
        """Return the value; nothing inhibits it."""
        if self._mean is None:
            return None, ()
        upper = np.triu_indices(self._mean.shape[-1])
        row = self._mean[:, *upper].ravel().astype(np.float32)[np.newaxis]
        return self._score(row), ()


class _Score(Protocol):
    def __call__(self, row: Rows) -> float: ...


def _score(plan: FocusPlan | StatePlan | SharedPlan) -> _Score:
    match plan:
        case FocusPlan():
            return _focus(plan)
        case StatePlan():
            return _state(plan)
        case SharedPlan():
            return _shared(plan)


def _focus(plan: FocusPlan) -> _Score:
    model, channels = focus.shipped(), len(plan.electrodes)
    known = FocusTracker.load(model, plan.rest)
    reference = known.reference
    if reference is None or known.ch_names != plan.electrodes:
        raise EmbeddingsError(OTHER_REST)

    def score(row: Rows) -> float:
        return float(focus.scores(model, reference, features.matrices(row, channels))[0])

    return score


def _state(plan: StatePlan) -> _Score:
    baseline = Baseline.load(plan.baseline)
    towards = _direction(plan.direction, baseline.dimension)
    if baseline.channels != len(plan.electrodes):
        raise EmbeddingsError(
            "This direction was learned with other electrodes than are worn now. Wear those, or choose another one."
        )
    return lambda row: float(baseline.encode(row) @ towards)


def _shared(plan: SharedPlan) -> _Score:
    mapping, channels = Mapping.load(plan.mapping), len(plan.electrodes)
    towards = _direction(plan.direction, mapping.shared_dimension)
    first = features.matrices(_rows(plan.rest, channels), channels)
    spread = np.frombuffer(plan.spread, np.float64)
    usual = SiteReference.fit(first, sites.find(plan.electrodes), spread)

    def score(row: Rows) -> float:
        found = np.clip(usual.features(features.matrices(row, channels)), -CLIP, CLIP).astype(np.float32)
        return float(mapping.encode_brain(found)[0] @ towards)

    return score


def _rows(blob: bytes, channels: int) -> Rows:
    """Return windows of rest, ``float32[windows, features]``."""
    length = len(features.BANDS) * channels * (channels + 1) // 2
    rows = np.frombuffer(blob, np.float32)
    if rows.size % length or rows.size < LEAST_WINDOWS * length:
        raise EmbeddingsError(OTHER_REST)
    return rows.reshape(-1, length)


def _direction(blob: bytes, dimension: int) -> Rows:
    vector = np.frombuffer(blob, np.float32)
    norm = float(np.linalg.norm(vector))
    if vector.size != dimension or not norm > 0:
        raise EmbeddingsError(
            f"This direction has {vector.size} numbers, its space has {dimension}: it is older than what was learned "
            "last. Choose it again."
        )
    return np.asarray(vector / norm, np.float32)
