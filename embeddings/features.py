"""What a window of EEG says: log band powers and covariance, in one row of numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyriemann.geometry.covariance import covariances
from scipy import signal

from embeddings.types import Signal

# Hz; the usual bands of the EEG literature, gamma cut where the pass band ends.
BANDS = {"delta": (1, 4), "theta": (4, 8), "alpha": (8, 13), "beta": (13, 30), "gamma": (30, 40)}


def band_powers(filtered: Signal, sfreq: float) -> NDArray[np.float64]:
    """Return log10 of the mean density (µV²/Hz) in each band, ``float64[channels, bands]`` (Welch, 1 s Hann)."""
    frequencies, density = signal.welch(filtered, sfreq, nperseg=min(filtered.shape[1], round(sfreq)), axis=1)
    within = [(frequencies >= low) & (frequencies < high) for low, high in BANDS.values()]
    powers = np.stack([density[:, mask].mean(axis=1) for mask in within], axis=1)
    return np.asarray(np.log10(powers + np.finfo(float).tiny), np.float64)


def covariance(filtered: Signal) -> NDArray[np.float64]:
    """Return the covariance in µV², shrunk (OAS) so that it is positive definite, ``float64[channels, channels]``."""
    return np.asarray(covariances(filtered[np.newaxis], estimator="oas")[0], np.float64)


def row(filtered: Signal, sfreq: float) -> NDArray[np.float32]:
    """Return band powers and covariance of a window as one ``float32[channels * (bands + channels)]``."""
    return np.concatenate([band_powers(filtered, sfreq).ravel(), covariance(filtered).ravel()]).astype(np.float32)


def split(rows: NDArray[np.float32], channels: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Undo `row` for many: ``float64[windows, channels * bands]`` and ``float64[windows, channels, channels]``."""
    powers = rows[:, : channels * len(BANDS)].astype(np.float64)
    matrices = rows[:, channels * len(BANDS) :].astype(np.float64).reshape(len(rows), channels, channels)
    return powers, matrices
