"""What an electrode's last moments say of its contact: how loud it was in each band.

An electrode is judged by itself, so a model that was trained on four electrodes serves any number. Everything is causal
and in µV. Nothing above 35 Hz is looked at: there are the mains and the muscles, which have names of their own in
`embeddings.quality`, and some headbands take the mains out and some do not.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings.types import Signal

BANDS = ((1.0, 30.0), (0.5, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 30.0))  # Hz
LOUDNESS_SECONDS = (0.5, 1.5)  # a headband's own score looks back about as far: see docs/adr/0008-contact.md
PAST_SECONDS = 3.0  # before a window: longest look back, and a second for the filters to settle
LEAST_SECONDS = 0.4  # of signal before anything can be said
COUNT = len(BANDS) * len(LOUDNESS_SECONDS)

_LOW_PASS = 35.0  # Hz
_FLOOR = 0.1  # µV, under the noise of every headset: a dead electrode's logarithm stays finite


def features(data: Signal, sfreq: float, ends: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return how loud each band was just before each of ``ends``.

    Parameters
    ----------
    data
        ``float64[channels, samples]`` in µV, raw, without a gap.
    ends
        Samples up to which to look (left out), each at least ``LEAST_SECONDS`` after the first. What lies before the
        first sample is not missed: an early end looks back less far.

    Returns
    -------
    ``float32[channels, ends, COUNT]``: log root mean square (µV) of each band over each of ``LOUDNESS_SECONDS``.

    """
    if len(ends) and not round(LEAST_SECONDS * sfreq) <= ends.min() <= ends.max() <= data.shape[1]:
        raise ValueError(f"ends {ends.min()} to {ends.max()} do not lie in {data.shape[1]} samples")
    clean = np.asarray(signal.sosfilt(_low_pass(sfreq), data - data[:, :1], axis=1), np.float64)
    columns = [column for sections in _bands(sfreq) for column in _loudness(clean, sections, sfreq, ends)]
    return np.log(np.stack(columns, axis=2) + _FLOOR).astype(np.float32)


def names() -> tuple[str, ...]:
    """Return what each feature is, in their order."""
    return tuple(f"{low:g}-{high:g} Hz over {t:g} s" for (low, high), t in product(BANDS, LOUDNESS_SECONDS))


def _loudness(clean: Signal, sections: Signal, sfreq: float, ends: NDArray[np.intp]) -> list[Signal]:
    """Return the root mean square of one band over each of ``LOUDNESS_SECONDS``."""
    squares = np.square(signal.sosfilt(sections, clean, axis=1))
    total = np.pad(np.cumsum(squares, axis=1), ((0, 0), (1, 0)))
    found = []
    for seconds in LOUDNESS_SECONDS:
        begins = np.maximum(ends - round(seconds * sfreq), 0)
        # A sum of squares cannot fall; the difference of two large running sums can, by rounding.
        mean = np.maximum(total[:, ends] - total[:, begins], 0.0) / (ends - begins)
        found.append(np.sqrt(mean))
    return found


@lru_cache
def _low_pass(sfreq: float) -> Signal:
    sections: Signal = signal.butter(4, _LOW_PASS, fs=sfreq, output="sos")
    return sections


@lru_cache
def _bands(sfreq: float) -> tuple[Signal, ...]:
    return tuple(signal.butter(2, band, btype="bandpass", fs=sfreq, output="sos") for band in BANDS)
