"""EEG as arithmetic makes it: pink noise that the electrodes share in part, and an alpha rhythm of known strength."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings import features, signal
from embeddings.types import EEGWindow

MUSE = ("TP9", "AF7", "AF8", "TP10")


def eeg(
    seconds: float, *, seed: int = 0, alpha: float = 5.0, sfreq: float = 256.0, channels: int = 4, time_end: float = 0.0
) -> EEGWindow:
    """Return a stretch with an alpha rhythm of ``alpha`` µV, strongest at the outer electrodes."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * sfreq)
    mixing = np.eye(channels) + 0.4
    times = np.arange(samples) / sfreq
    waxing = 1 + 0.3 * np.sin(2 * np.pi * 0.11 * times + rng.uniform(0, 6))
    rhythm = alpha * waxing * np.sin(2 * np.pi * 10 * times + rng.uniform(0, 6))
    strength = np.linspace(-1, 1, channels)[:, np.newaxis] ** 2 * 0.8 + 0.2
    data = mixing @ pink(rng, channels, samples, sfreq) * 12 + strength * rhythm
    return EEGWindow(data, sfreq, MUSE[:channels] if channels <= 4 else _named(channels), time_end)


def pink(rng: np.random.Generator, channels: int, samples: int, sfreq: float) -> NDArray[np.float64]:
    """Return noise whose power falls with frequency, of unit spread."""
    spectrum = np.fft.rfft(rng.normal(size=(channels, samples)), axis=1)
    frequencies = np.fft.rfftfreq(samples, 1 / sfreq)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 0.5)), samples, axis=1)
    scaled: NDArray[np.float64] = noise / noise.std()
    return scaled


def rows(stretch: EEGWindow, gain: float = 1.0) -> NDArray[np.float32]:
    """Return the features of every window of a stretch."""
    amplified = EEGWindow(stretch.data * gain, stretch.sfreq, stretch.ch_names, stretch.time_end)
    return np.array([features.row(filtered, stretch.sfreq) for _, filtered in signal.windows(amplified)])


def _named(channels: int) -> tuple[str, ...]:
    return tuple(f"E{i}" for i in range(channels))
