"""The last seconds of every channel as the eye wants them: filtered, and with gaps where they are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embeddings.types import EEGWindow, Signal
from ui.headset.filter import EyeFilter

KEPT_SECONDS = 9.0
MOST_POINTS = 2600  # a curve; more than a screen has columns


class Rolling:
    """Takes overlapping windows and keeps what is newest, each sample once.

    The filter begins anew after a gap.

    Attributes
    ----------
    ch_names, sfreq
        Of the headset; empty and 0 before the first window.
    time_end
        UTC seconds of the sample after the last.

    """

    def __init__(self) -> None:
        self.ch_names: tuple[str, ...] = ()
        self.sfreq, self.time_end = 0.0, 0.0
        self._data: Signal = np.empty((0, 0))
        self._filter: EyeFilter | None = None
        self._total = 0

    def take(self, window: EEGWindow) -> bool:
        """Take in what is new in a window; True when something was."""
        sfreq, held = window.sfreq, window.data.shape[1]
        new = round((window.time_end - self.time_end) * sfreq)
        if (window.ch_names, sfreq) != (self.ch_names, self.sfreq) or abs(new) > self._data.shape[1]:
            self._begin(window)
            new = min(held, self._data.shape[1])
        if new <= 0:
            return False
        if new > held:  # what came in between was not seen, or never came
            self._push(np.full((len(self.ch_names), new - held), np.nan))
            self._filter, new = None, held
        self._push(self._filtered(window.data[:, held - new :]))
        self.time_end = window.time_end
        return True

    def points(self, name: str, origin: float) -> tuple[Signal, Signal]:
        """Return one channel: seconds since ``origin`` (UTC) and µV, NaN where nothing is known.

        Of more than ``MOST_POINTS`` samples the lowest and the highest of each few are told; which few does not change
        as they move on, so that a curve keeps its shape.
        """
        values = self._data[self.ch_names.index(name)]
        count, few = len(values), math.ceil(2 * len(values) / MOST_POINTS)
        times = self.time_end - origin + (np.arange(count) - count) / self.sfreq
        if count <= MOST_POINTS:
            return times, values
        first = -(self._total - count) % few
        bins = values[first : first + (count - first) // few * few].reshape(-1, few)
        return np.repeat(times[first::few][: len(bins)], 2), np.stack((bins.min(1), bins.max(1)), axis=1).ravel()

    def loudness(self, name: str) -> float:
        """Return what 99 of 100 samples of a channel stay under, µV; 0 when none is known."""
        values = np.abs(self._data[self.ch_names.index(name)])
        known = values[np.isfinite(values)]
        return float(np.percentile(known, 99)) if len(known) else 0.0

    def _begin(self, window: EEGWindow) -> None:
        self.ch_names, self.sfreq = window.ch_names, window.sfreq
        self._data = np.full((len(window.ch_names), math.ceil(KEPT_SECONDS * window.sfreq)), np.nan)
        self._filter, self._total = None, 0

    def _push(self, data: Signal) -> None:
        count = min(data.shape[1], self._data.shape[1])
        self._data[:, :-count] = self._data[:, count:]
        self._data[:, -count:] = data[:, -count:]
        self._total += data.shape[1]

    def _filtered(self, data: Signal) -> Signal:
        """Return the samples as the eye wants them; what is no number is left out, and does not stay in the filter."""
        known: NDArray[np.bool_] = np.isfinite(data)
        sound: Signal = np.where(known, data, 0.0)
        if self._filter is None:
            self._filter = EyeFilter(self.sfreq, sound[:, 0])
        return np.where(known, self._filter.run(sound), np.nan)
