"""Band power sample by sample: causal filters, squares, a running mean. How late it is, is known.

A step that is much louder than what was heard before counts at most `LOUDEST` times as much: the onset of a blink or of
a clenched jaw comes through before it is judged, and may not swing the feedback meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings.feedback.plan import SMOOTHING_SECONDS, Band
from embeddings.types import Signal

LOUDEST = 4.0  # times the running mean; a rhythm of steady strength is louder in 2 % of steps
FLOOR_UV2 = 1e-4  # far under the noise of every headset: the logarithm of a dead electrode stays finite
ORDER = 2  # of the Butterworth filter; a steeper one would be later

Numbers = NDArray[np.float64]


class BandPower:
    """Running mean power of some bands.

    Parameters
    ----------
    bands
        Hz, each below half of ``sfreq``.
    channels
        How many electrodes.

    """

    def __init__(self, bands: Sequence[Band], *, sfreq: float, channels: int) -> None:
        self._sfreq = sfreq
        self._sections = [_sections(band, sfreq) for band in bands]
        self._states = [np.zeros((sections.shape[0], channels, 2)) for sections in self._sections]
        self._power: Numbers | None = None
        self._offset: Signal | None = None

    @property
    def log_power(self) -> Numbers:
        """Return log µV² of each band at each electrode, ``float64[bands, channels]``; RuntimeError before any."""
        if self._power is None:
            raise RuntimeError("no signal was taken")
        return np.log(self._power + FLOOR_UV2)

    def take(self, piece: Signal, *, frozen: bool, settled: bool) -> None:
        """Take the next samples, ``float64[channels, samples]`` in µV.

        ``frozen`` samples pass the filters and count for nothing; before the filters have ``settled`` nothing counts
        either, and the first that do set the level.
        """
        if self._offset is None:
            self._offset = piece[:, :1].copy()
        heard = np.stack([self._mean_square(band, piece - self._offset) for band in range(len(self._sections))])
        if frozen or not settled:
            return
        if self._power is None:
            self._power = heard
            return
        share = 1 - np.exp(-piece.shape[1] / self._sfreq / SMOOTHING_SECONDS)
        self._power += share * (np.minimum(heard, LOUDEST * self._power) - self._power)

    def _mean_square(self, band: int, piece: Signal) -> Numbers:
        filtered, self._states[band] = signal.sosfilt(self._sections[band], piece, axis=1, zi=self._states[band])
        return np.asarray(np.mean(np.square(filtered), axis=1), np.float64)


def delay(band: Band, sfreq: float) -> float:
    """Return how old, in seconds, what `BandPower` says of a band is on average: filter and running mean."""
    middle = float(np.sqrt(band[0] * band[1]))
    around = np.array([middle - 0.05, middle + 0.05])
    _, response = signal.sosfreqz(_sections(band, sfreq), worN=around, fs=sfreq)
    phase = np.unwrap(np.angle(response))
    group = -(phase[1] - phase[0]) / (2 * np.pi * (around[1] - around[0]))
    return float(group) + SMOOTHING_SECONDS


@lru_cache
def _sections(band: Band, sfreq: float) -> Numbers:
    if band[1] >= sfreq / 2:
        raise ValueError(f"{band} Hz is too high for {sfreq:g} samples a second")
    return np.asarray(signal.butter(ORDER, band, btype="bandpass", fs=sfreq, output="sos"), np.float64)
