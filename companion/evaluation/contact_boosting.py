"""An electrode's contact by gradient boosting on sixteen numbers: what a careful newcomer would build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import signal, stats
from sklearn.ensemble import HistGradientBoostingClassifier

from companion.evaluation import controls
from companion.evaluation.windows import Windows

Features = NDArray[np.float64]
Flags = NDArray[np.bool_]

BANDS = ((1.0, 4.0), (4.0, 8.0), (8.0, 13.0), (13.0, 30.0), (30.0, 40.0))  # Hz
PERCENTILES = (50, 95, 100)  # of the absolute amplitude
MAINS = (50.0, 60.0)  # Hz, whichever is more

_FLOOR = 1e-6  # µV or µV²/Hz: a dead electrode's logarithms stay finite


@dataclass(frozen=True, slots=True)
class ContactReference:
    """An electrode's bad contact from its loudness alone, and from gradient boosting on 16 features."""

    boosting: HistGradientBoostingClassifier

    @classmethod
    def fit(cls, windows: Windows, bad: Flags, *, known: Flags | None = None, seed: int = 0) -> Self:
        """Train on ``bad``, ``bool[n, channels]``, where ``known`` (everywhere, if omitted) says it can be told."""
        used = np.ones(bad.shape, bool) if known is None else known
        model = HistGradientBoostingClassifier(random_state=seed, early_stopping=False)
        return cls(model.fit(contact_features(windows)[used], bad[used]))

    def scores(self, windows: Windows) -> dict[str, NDArray[np.float64]]:
        """Return ``float64[n, channels]`` of ``log std`` and ``gradient boosting``; the larger, the worse."""
        made = contact_features(windows)
        worse = self.boosting.predict_proba(made.reshape(-1, made.shape[2]))[:, 1]
        return {"log std": controls.amplitude(windows), "gradient boosting": worse.reshape(made.shape[:2])}


def contact_features(windows: Windows) -> Features:
    """Return ``float64[n, channels, 16]``.

    Log spread filtered and raw, log percentiles of the absolute amplitude, log of the largest step, share of the mains,
    log band powers, kurtosis, rate of zero crossings, and mean and largest correlation with the other electrodes.
    """
    raw, filtered = windows.data.astype(np.float64), windows.filtered.astype(np.float64)
    raw -= raw.mean(axis=2, keepdims=True)
    parts = [
        _log(np.stack([filtered.std(axis=2), raw.std(axis=2)], axis=2)),
        _log(np.moveaxis(np.percentile(np.abs(filtered), PERCENTILES, axis=2), 0, 2)),
        _log(np.abs(np.diff(raw, axis=2)).max(axis=2))[..., np.newaxis],
        _spectral(raw, windows.sfreq),
        _shape(filtered),
        _shared(filtered),
    ]
    return np.concatenate(parts, axis=2)


def _log(values: Features) -> Features:
    return np.asarray(np.log(np.maximum(values, _FLOOR)), np.float64)


def _spectral(raw: Features, sfreq: float) -> Features:
    """Return the share of the mains in the power above 1 Hz, and log band powers."""
    frequencies, density = signal.welch(raw, sfreq, nperseg=min(raw.shape[2], round(sfreq)), axis=2)
    above = density[..., frequencies >= BANDS[0][0]].sum(axis=2)
    mains = np.maximum.reduce([density[..., np.abs(frequencies - line) <= 2.0].sum(axis=2) for line in MAINS])  # noqa: PLR2004 Hz
    powers = [density[..., (frequencies >= low) & (frequencies < high)].mean(axis=2) for low, high in BANDS]
    return np.stack([mains / np.maximum(above, _FLOOR), *(_log(power) for power in powers)], axis=2)


def _shape(filtered: Features) -> Features:
    """Return kurtosis (0 for a flat electrode) and zero crossings a sample."""
    steady = filtered.std(axis=2) < _FLOOR
    with np.errstate(invalid="ignore", divide="ignore"):
        kurtosis = np.where(steady, 0.0, stats.kurtosis(np.where(steady[..., np.newaxis], 0.0, filtered), axis=2))
    crossings = np.mean(np.signbit(filtered[..., 1:]) != np.signbit(filtered[..., :-1]), axis=2)
    return np.stack([kurtosis, crossings], axis=2)


def _shared(filtered: Features) -> Features:
    """Return mean and largest correlation with the other electrodes; 0 for a flat one and for one alone."""
    centred = filtered - filtered.mean(axis=2, keepdims=True)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=2, keepdims=True), _FLOOR)
    together = unit @ unit.transpose(0, 2, 1)
    channels = together.shape[1]
    if channels == 1:
        return np.zeros((*together.shape[:2], 2))
    others = together[:, ~np.eye(channels, dtype=bool)].reshape(len(together), channels, channels - 1)
    return np.stack([others.mean(axis=2), others.max(axis=2)], axis=2)
