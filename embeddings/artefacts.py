"""What the person did that is louder than a brain: blinked, clenched the jaw, moved."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.ndimage import uniform_filter1d

from embeddings.types import Signal

BLINK, MUSCLE, MOVING = "blink", "jaw or muscle", "moving"

# docs/adr/0008-contact.md tells how often each is passed at rest, and by blinks and clenched jaws.
EYE_BAND = (1.0, 7.0)  # Hz: below alpha, which swings as far in some people
BLINK_UV, MOVING_UV = 55.0, 350.0  # from the middle: what a resting brain stays under, what an eye stays under
MUSCLE_BAND = (20.0, 35.0)  # Hz: the lowest part of what muscles do, so that the mains stay out
MUSCLE_UV, MUSCLE_SECONDS = 20.0, 0.25  # root mean square, over as long

PAST_SECONDS = 2.0  # before a window, for the filters to settle


def found(data: Signal, sfreq: float, samples: int) -> tuple[str, ...]:
    """Name what disturbs each electrode in the last ``samples``, the strongest cause only; empty where nothing does.

    Parameters
    ----------
    data
        ``float64[channels, past + samples]`` in µV, raw, finite, without a gap.

    """
    swings, tension = excursion(data, sfreq, samples), muscle(data, sfreq, samples)
    return tuple(_name(*figures) for figures in zip(swings.tolist(), tension.tolist(), strict=True))


def excursion(data: Signal, sfreq: float, samples: int) -> NDArray[np.float64]:
    """Return how far (µV) each electrode went from its middle in the eye's band, ``float64[channels]``."""
    last = _filtered(data, sfreq, EYE_BAND)[:, -samples:]
    return np.asarray(np.abs(last - np.median(last, axis=1, keepdims=True)).max(axis=1), np.float64)


def muscle(data: Signal, sfreq: float, samples: int) -> NDArray[np.float64]:
    """Return the loudest (µV) ``MUSCLE_SECONDS`` of each electrode in the muscles' band, ``float64[channels]``."""
    last = _filtered(data, sfreq, MUSCLE_BAND)[:, -samples:]
    power = uniform_filter1d(np.square(last), round(MUSCLE_SECONDS * sfreq), axis=1, mode="nearest")
    # A running mean of squares can fall a hair below 0, by rounding.
    return np.asarray(np.sqrt(np.maximum(power.max(axis=1), 0.0)), np.float64)


def _name(swing: float, tension: float) -> str:
    if swing > MOVING_UV:
        return MOVING
    if tension > MUSCLE_UV:
        return MUSCLE
    return BLINK if swing > BLINK_UV else ""


def _filtered(data: Signal, sfreq: float, band: tuple[float, float]) -> Signal:
    filtered: Signal = np.asarray(signal.sosfilt(_sections(sfreq, band), data - data[:, :1], axis=1), np.float64)
    return filtered


@lru_cache
def _sections(sfreq: float, band: tuple[float, float]) -> Signal:
    sections: Signal = signal.butter(4, band, btype="bandpass", fs=sfreq, output="sos")
    return sections
