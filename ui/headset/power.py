"""How strong each frequency was in a window: Welch's estimate, and the names of the bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embeddings.types import EEGWindow, Signal

SECONDS = 8.0
LOWEST_HZ, HIGHEST_HZ = 1.0, 45.0
_PART_SECONDS = 2.0  # half a hertz from one frequency to the next
_LEAST = 1e-6  # µV²/Hz: a silent electrode's logarithm stays finite


@dataclass(frozen=True, slots=True)
class Band:
    """A band by its usual name and its letter, in Hz; the upper edge left out."""

    name: str
    symbol: str
    low: float
    high: float


BANDS = (
    Band("delta", "δ", LOWEST_HZ, 4.0),
    Band("theta", "θ", 4.0, 8.0),
    Band("alpha", "α", 8.0, 13.0),  # noqa: RUF001 Greek
    Band("beta", "β", 13.0, 30.0),
    Band("gamma", "γ", 30.0, HIGHEST_HZ),  # noqa: RUF001 Greek
)


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Power density of each channel.

    Attributes
    ----------
    frequencies
        ``float64[n]``, Hz.
    decibels
        ``float64[channels, n]``, 0 is 1 µV²/Hz.

    """

    ch_names: tuple[str, ...]
    frequencies: Signal
    decibels: Signal


def spectrum(window: EEGWindow) -> Spectrum:
    """Return the spectrum of a window of two seconds or more (Hann windows of two seconds, each half over the last)."""
    length = round(_PART_SECONDS * window.sfreq)
    starts = range(0, window.data.shape[1] - length + 1, length // 2)
    parts = np.stack([window.data[:, start : start + length] for start in starts])
    shape = np.hanning(length + 1)[:-1]
    lines = np.fft.rfft((parts - parts.mean(axis=2, keepdims=True)) * shape, axis=2)
    density: Signal = 2 * np.square(np.abs(lines)).mean(axis=0) / (window.sfreq * np.square(shape).sum())
    frequencies = np.fft.rfftfreq(length, 1 / window.sfreq)
    shown = (frequencies >= LOWEST_HZ) & (frequencies <= min(HIGHEST_HZ, 0.45 * window.sfreq))
    decibels: Signal = 10 * np.log10(density[:, shown] + _LEAST)
    return Spectrum(window.ch_names, frequencies[shown].astype(np.float64), decibels)
