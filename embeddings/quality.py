"""Whether a window of EEG is fit to be encoded, electrode by electrode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings.types import EEGWindow, Signal

# Standard deviations in µV after the 1-40 Hz filter. On a Muse with its own contact score as truth (see
# docs/adr/0006-first-brain-encoder.md) an electrode that is on the skin stays between them.
FLAT, LOOSE = 0.5, 100.0
JUMP = 1_000.0  # µV from one sample to the next: a plug, not a brain
LINE_SHARE = 0.8  # of the raw power above 1 Hz within 2 Hz of the mains: floating


@dataclass(frozen=True, slots=True)
class Quality:
    """What is wrong with each electrode, in words; empty where nothing is."""

    ch_names: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def good(self) -> float:
        """Share of electrodes that are fit, 0 to 1."""
        return sum(not fault for fault in self.faults) / len(self.faults)

    @property
    def fit(self) -> bool:
        """Whether the window may be encoded: every electrode is fit."""
        return not any(self.faults)


def assess(raw: EEGWindow, filtered: Signal) -> Quality:
    """Judge a window by its raw and its filtered samples (``float64[channels, samples]``, µV)."""
    spread = np.std(filtered, axis=1)
    jump = np.max(np.abs(np.diff(raw.data, axis=1)), axis=1)
    mains = line_share(raw.data, raw.sfreq)
    faults = [_fault(*figures) for figures in zip(spread, jump, mains, strict=True)]
    return Quality(raw.ch_names, tuple(faults))


def line_share(data: Signal, sfreq: float) -> NDArray[np.float64]:
    """Return the share of power above 1 Hz that lies at 50 or 60 Hz (whichever is more), one a channel."""
    frequencies, density = signal.welch(data, sfreq, nperseg=min(data.shape[1], round(sfreq)), axis=1)
    above = density[:, frequencies >= 1].sum(axis=1) + np.finfo(float).tiny
    mains = [density[:, np.abs(frequencies - line) <= 2].sum(axis=1) for line in (50, 60)]  # noqa: PLR2004 Hz
    share: NDArray[np.float64] = np.maximum(*mains) / above
    return share


def _fault(spread: float, jump: float, mains: float) -> str:
    """Name what is wrong with one electrode, or return an empty string."""
    if not np.isfinite(spread) or spread < FLAT:
        return "no signal"
    if jump > JUMP:
        return "jumps"
    if mains > LINE_SHARE:
        return "mains hum"
    return "loose or moving" if spread > LOOSE else ""
