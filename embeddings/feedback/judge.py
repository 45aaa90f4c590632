"""Whether the newest second of signal may be rewarded: contact of each electrode, blinks, jaws and movement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings import artefacts, quality
from embeddings.signal import PASS_BAND
from embeddings.types import EEGWindow, Signal

JUDGED_SECONDS = 1.0  # a blink mutes until it has left these
CONTACT_SECONDS = 0.25  # from one look at the electrodes' contact to the next

Numbers = NDArray[np.float64]


class Judge:
    """Follows one gap-free stretch of some electrodes.

    Parameters
    ----------
    ch_names
        The electrodes.
    sfreq
        Samples a second.

    """

    def __init__(self, ch_names: tuple[str, ...], sfreq: float) -> None:
        self._names, self._sfreq = ch_names, sfreq
        self._kept = round((JUDGED_SECONDS + quality.PAST_SECONDS) * sfreq)
        self._length = round(JUDGED_SECONDS * sfreq)
        high = min(PASS_BAND[1], 0.45 * sfreq)
        self._sections = signal.butter(4, (PASS_BAND[0], high), btype="bandpass", fs=sfreq, output="sos")
        self._state: Numbers | None = None
        self._raw: Signal = np.empty((len(ch_names), 0))
        self._filtered: Signal = np.empty((len(ch_names), 0))
        self._offset: Signal = np.empty(0)
        self._until_contact = 0.0
        self._faults = ("",) * len(ch_names)

    @property
    def settled(self) -> bool:
        """Whether enough was heard for a judgement."""
        return bool(self._raw.shape[1] >= self._length + round(artefacts.PAST_SECONDS * self._sfreq))

    @property
    def filtered(self) -> Signal:
        """The newest `JUDGED_SECONDS` after `embeddings.signal.PASS_BAND`, ``float64[channels, samples]``."""
        return self._filtered

    def take(self, piece: Signal) -> tuple[str, tuple[str, ...]]:
        """Take the next samples ``float64[channels, samples]`` in µV; return why to mute, and each one's fault."""
        self._keep(piece)
        if not self.settled:
            return "", self._faults
        self._until_contact -= piece.shape[1] / self._sfreq
        if self._until_contact <= 0:
            self._until_contact = CONTACT_SECONDS
            self._faults = self._looked()
        wrong = [f"{name}: {fault}" for name, fault in zip(self._names, self._faults, strict=True) if fault]
        if wrong:
            return wrong[0], self._faults
        done = [word for word in artefacts.found(self._raw, self._sfreq, self._length) if word]
        return (done[0] if done else ""), self._faults

    def _keep(self, piece: Signal) -> None:
        if self._state is None:
            self._offset = piece[:, :1].copy()
            self._state = np.zeros((self._sections.shape[0], len(self._names), 2))
        heard, self._state = signal.sosfilt(self._sections, piece - self._offset, axis=1, zi=self._state)
        self._raw = np.hstack([self._raw, piece])[:, -self._kept :]
        self._filtered = np.hstack([self._filtered, heard])[:, -self._length :]

    def _looked(self) -> tuple[str, ...]:
        raw = EEGWindow(self._raw[:, -self._length :], self._sfreq, self._names, 0.0)
        return quality.assess(raw, self._filtered, self._raw[:, : -self._length]).faults
