"""What could give a figure without a brain: each control stands beside every figure.

A figure that is not clearly above these says nothing of states of mind: loudness (muscle, contact,
sweat), what a file's own processing left in it, the time of day, and a model fed with noise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsRegressor

from companion.brain import brainflow_api
from companion.evaluation.windows import Windows
from embeddings.signal import SETTLE_SECONDS, bandpass

SMALLEST_SPREAD = 0.01  # µV, below what any headset resolves: the logarithm of a dead electrode stays finite
FINGERPRINT_SIZE = 3  # eigenvalues


def amplitude(windows: Windows) -> NDArray[np.float64]:
    """Return how loud each electrode is: log of the standard deviation after the filter (µV), ``float64[n, ch]``."""
    spread = np.std(windows.filtered, axis=2, dtype=np.float64)
    return np.asarray(np.log(np.maximum(spread, SMALLEST_SPREAD)), np.float64)


def fingerprint(windows: Windows) -> NDArray[np.float64]:
    """Return the log of the three smallest eigenvalues of the covariance, ``float64[n, min(3, ch)]``.

    They lie orders of magnitude below any brain signal and tell how a file was processed: each cleaning by ICA leaves
    its own near-null direction.
    """
    centred = windows.filtered - windows.filtered.mean(axis=2, keepdims=True, dtype=np.float64)
    values = np.linalg.eigvalsh(centred @ centred.transpose(0, 2, 1) / windows.filtered.shape[2])
    # What is smaller against the largest than rounding is not an eigenvalue but arithmetic.
    least = np.maximum(values[:, -1:] * np.finfo(np.float64).eps, np.finfo(np.float64).tiny)
    return np.asarray(np.log(np.maximum(values, least))[:, :FINGERPRINT_SIZE], np.float64)


def moments(windows: Windows) -> NDArray[np.float64]:
    """Return the time of each window (s): absolute where every window has it, else since its recording's start."""
    return windows.start if np.isnan(windows.clock).any() else windows.clock


def clock_knn(
    train_clock: NDArray[np.float64], train_target: NDArray[np.float64], test_clock: NDArray[np.float64], k: int = 10
) -> NDArray[np.float64]:
    """Return what the ``k`` training windows nearest in time would say: no EEG is looked at.

    Parameters
    ----------
    train_clock, test_clock
        Seconds, ``float64[n]`` and ``float64[m]``, as `moments` gives them.
    train_target
        Labels as 0 and 1, ``float64[n]``, or content vectors, ``float64[n, d]``.

    Returns
    -------
    float64[m] or float64[m, d]
        Mean of the targets: a score, or a vector to search by.

    """
    model = KNeighborsRegressor(min(k, len(train_clock)))
    model.fit(train_clock[:, np.newaxis], train_target)
    return np.asarray(model.predict(test_clock[:, np.newaxis]), np.float64)


def noise(windows: Windows, rng: np.random.Generator) -> Windows:
    """Return the same windows with Gaussian noise of unit spread (µV) in place of the EEG, through the same filter."""
    data, filtered = np.empty_like(windows.data), np.empty_like(windows.filtered)
    channels, samples = windows.data.shape[1:]
    settle = round(SETTLE_SECONDS * windows.sfreq)
    for i in range(len(windows)):
        raw = rng.normal(size=(channels, settle + samples))
        data[i], filtered[i] = raw[:, settle:], bandpass(raw, windows.sfreq)[:, settle:]
    return replace(windows, data=data, filtered=filtered)


def mindfulness(windows: Windows) -> NDArray[np.float64]:
    """Return BrainFlow's MINDFULNESS of each window, 0 to 1, ``float64[n]``.

    As BrainFlow's documentation prescribes: average band powers of the raw samples with its own filters, then its
    default classifier.
    """
    from brainflow.ml_model import BrainFlowClassifiers, BrainFlowMetrics, BrainFlowModelParams, MLModel

    brainflow_api.hush()
    MLModel.disable_ml_logger()
    model = MLModel(
        BrainFlowModelParams(BrainFlowMetrics.MINDFULNESS.value, BrainFlowClassifiers.DEFAULT_CLASSIFIER.value)
    )
    channels, sfreq = list(range(windows.data.shape[1])), round(windows.sfreq)
    model.prepare()
    try:
        powers = [
            brainflow_api.DataFilter.get_avg_band_powers(np.ascontiguousarray(raw, np.float64), channels, sfreq, True)[
                0
            ]
            for raw in windows.data
        ]
        return np.array([float(model.predict(power)[0]) for power in powers], np.float64)
    finally:
        model.release()
