"""Filtering and cutting EEG, causally: no sample is changed by a later one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from scipy import signal

from embeddings.types import EEGWindow, Signal

PASS_BAND = (1.0, 40.0)  # Hz: below is drift and sweat, above is muscle and the mains
SETTLE_SECONDS = 2.0  # how long the filter's own transient lasts, cut away before windows are taken
WINDOW_SECONDS = 4.0


def bandpass(data: Signal, sfreq: float) -> Signal:
    """Filter ``float64[channels, samples]`` with a causal 4th-order Butterworth; the start is a transient."""
    first = data[:, :1]
    filtered: Signal = np.asarray(signal.sosfilt(_bandpass(sfreq), data - first, axis=1), np.float64)
    return filtered


def windows(stretch: EEGWindow, *, seconds: float = WINDOW_SECONDS) -> Iterator[tuple[EEGWindow, Signal]]:
    """Cut a gap-free stretch into windows end to end, the last one ending where the stretch ends.

    Yields each raw window with its filtered samples; the first ``SETTLE_SECONDS`` serve the filter alone.
    """
    length, settle = round(seconds * stretch.sfreq), round(SETTLE_SECONDS * stretch.sfreq)
    filtered = bandpass(stretch.data, stretch.sfreq)
    total = stretch.data.shape[1]
    first = settle + (total - settle) % length if total >= settle + length else total
    for start in range(first, total - length + 1, length):
        stop = start + length
        time_end = stretch.time_end - (total - stop) / stretch.sfreq
        raw = EEGWindow(stretch.data[:, start:stop], stretch.sfreq, stretch.ch_names, time_end)
        yield raw, filtered[:, start:stop]


@lru_cache
def _bandpass(sfreq: float) -> Signal:
    high = min(PASS_BAND[1], 0.45 * sfreq)
    sections: Signal = signal.butter(4, (PASS_BAND[0], high), btype="bandpass", fs=sfreq, output="sos")
    return sections
