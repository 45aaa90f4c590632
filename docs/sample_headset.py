# ruff: noqa: INP001  a script beside its pictures, not a package
"""Made-up EEG of a headband, for the picture of the headset's window."""

from __future__ import annotations

import numpy as np

from companion.contact_watch import Electrodes
from embeddings.types import EEGWindow

NAMES, SFREQ, SECONDS = ("TP9", "AF7", "AF8", "TP10"), 256.0, 60.0
BLINKS = 3.4, 5.9
"""Seconds before the end."""


def window(seconds: float, end: float) -> EEGWindow:
    """Return the last ``seconds`` of a minute that ended at ``end`` (UTC seconds).

    Noise that falls with frequency, alpha that waxes and wanes at the back, blinks at the front, and one electrode that
    does not lie well.
    """
    random, count = np.random.default_rng(8), round(SECONDS * SFREQ)
    ago = SECONDS - np.arange(count) / SFREQ
    frequencies = np.fft.rfftfreq(count, 1 / SFREQ)
    lines = np.fft.rfft(random.normal(0, 1, (4, count)), axis=1) / np.maximum(frequencies, 0.7) ** 0.8
    data = np.fft.irfft(lines, count, axis=1)
    data *= np.array([[6.0], [5.0], [5.0], [6.0]]) / data.std(axis=1, keepdims=True)
    alpha = np.sin(2 * np.pi * 10.2 * ago) * (1 + np.sin(2 * np.pi * ago / 3.1)) * 7
    data[[0, 3]] += alpha
    for blink in BLINKS:
        data[1:3] += 95 * np.exp(-(((ago - blink) / 0.09) ** 2))
    data[3] += 30 * np.cumsum(random.normal(0, 0.25, count)) / 8 + random.normal(0, 14, count)
    return EEGWindow(data[:, -round(seconds * SFREQ) :], SFREQ, NAMES, end)


def electrodes(end: float) -> Electrodes:
    """Return how they lay in the seconds before ``end``."""
    faults = ("", "", "", "poor contact")
    done = ("", "blink", "blink", "")
    return Electrodes(
        end - 6.5, end - 2.5, tuple(zip(NAMES, faults, strict=True)), tuple(zip(NAMES, done, strict=True))
    )
