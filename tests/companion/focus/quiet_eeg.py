"""EEG of somebody who sits still, as arithmetic makes it, and what is known of their rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings import focus, signal
from embeddings.focus_tracker import FocusTracker
from embeddings.types import EEGWindow

CH_NAMES = ("TP9", "AF7", "AF8", "TP10")
SFREQ = 256.0


def quiet(seconds: float, *, seed: int = 0) -> NDArray[np.float64]:
    """Return noise of the loudness of a resting brain, ``float64[4, samples]`` in µV."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 1, (4, round(seconds * SFREQ)))
    slow = np.cumsum(steps, axis=1)
    slow -= np.cumsum(slow, axis=1) / np.arange(1, slow.shape[1] + 1)
    return np.asarray(4 * steps + 0.15 * slow, np.float64)


def rest(*, seed: int = 0, windows: int = 20) -> bytes:
    """Return what a tracker keeps of a rest."""
    tracker = FocusTracker(focus.shipped(), CH_NAMES, rest_windows=windows)
    stretch = EEGWindow(quiet(4.0 * windows + 10.0, seed=seed), SFREQ, CH_NAMES, 0.0)
    for raw, filtered in signal.windows(stretch):
        tracker.take(raw, filtered)
    kept = tracker.dump()
    assert kept is not None
    return kept


class Stream:
    """Plays EEG: the newest seconds of as much as was let go by."""

    def __init__(self, data: NDArray[np.float64]) -> None:
        self._data, self.seconds = data, 7.0
        self.off = False

    def last(self, seconds: float) -> EEGWindow | None:
        """Return the newest so many seconds."""
        if self.off:
            return None
        stop = round(self.seconds * SFREQ) % (self._data.shape[1] + 1)
        stop = max(stop, round(seconds * SFREQ))
        data = self._data[:, stop - round(seconds * SFREQ) : stop]
        return EEGWindow(data, SFREQ, CH_NAMES, self.seconds)
