"""Whether something begins that may turn out to be a blink or a movement, before that can be judged.

The eye's band says for sure, a quarter of a second after a blink began; by then its first half has passed the filters
of theta. Here the signal is filtered as little as can be, so that the first steep tenth of a second is seen; what is
seen so early is often nothing, and costs that the feedback stands still for as long.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings.types import Signal

BAND = (1.0, 15.0)  # Hz, of first order: nearly without delay
RHYTHM_HZ, RHYTHM_Q = 10.0, 0.8  # taken out, so that a strong alpha rhythm does not hold itself down
STEEP = 2.5  # times the usual peak of a step; a resting brain is steeper in 1 to 2 % of steps
USUAL_SECONDS = 10.0  # over which the usual is a running mean; of as much as there is until then
LEAST_USUAL = 1.0  # µV; what is steep against less is the noise of the electronics
HELD_SECONDS = 0.25  # after the last steep step: until a blink has been judged

Numbers = NDArray[np.float64]


class Onset:
    """Follows one gap-free stretch of some electrodes, each against its own usual peaks.

    Parameters
    ----------
    channels
        How many electrodes.
    sfreq
        Samples a second.

    """

    def __init__(self, channels: int, sfreq: float) -> None:
        self._sfreq = sfreq
        notch = signal.tf2sos(*signal.iirnotch(RHYTHM_HZ, RHYTHM_Q, fs=sfreq))
        self._sections = np.vstack([signal.butter(1, BAND, btype="bandpass", fs=sfreq, output="sos"), notch])
        self._state = np.zeros((self._sections.shape[0], channels, 2))
        self._offset: Signal | None = None
        self._usual: Numbers = np.zeros(channels)
        self._heard: Numbers = np.zeros(channels)  # seconds that the usual was learned from, without a fault
        self._left = 0.0  # seconds that are still held

    def take(self, piece: Signal, *, settled: bool, faults: Sequence[str] = ()) -> bool:
        """Take the next samples ``float64[channels, samples]`` in µV; return whether feedback should stand still.

        Before the filters have ``settled`` nothing is held. An electrode with a fault (one word each, empty where it
        lies well; none for all well) holds nothing, and what is usual for it is learned anew once the fault has ended.
        """
        if self._offset is None:
            self._offset = piece[:, :1].copy()
        heard, self._state = signal.sosfilt(self._sections, piece - self._offset, axis=1, zi=self._state)
        if not settled:
            return False
        peak = np.abs(heard).max(axis=1)
        seconds = piece.shape[1] / self._sfreq
        well = np.array([not fault for fault in faults] or [True] * peak.size)
        self._heard = np.where(well, self._heard + seconds, 0.0)
        self._usual = np.where(self._heard > seconds, self._usual, np.maximum(peak, LEAST_USUAL))
        steep = bool(np.any(well & (peak > STEEP * self._usual)))
        self._left = HELD_SECONDS if steep else self._left - seconds
        self._learn(peak, seconds)
        return steep or self._left > 0

    def _learn(self, peak: Numbers, seconds: float) -> None:
        """Take a step's peaks, ``float64[channels]`` in µV, into what is usual."""
        share = np.maximum(1 - np.exp(-seconds / USUAL_SECONDS), seconds / np.maximum(self._heard, seconds))
        # A peak counts at most as what is still usual, so that a blink does not raise it and a louder brain does.
        self._usual += share * (np.minimum(peak, STEEP * self._usual) - self._usual)
        self._usual = np.maximum(self._usual, LEAST_USUAL)
