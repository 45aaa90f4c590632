"""Whether a window of EEG is fit to be encoded: how each electrode lies, and what the person did.

Two different things are said. Faults belong to an electrode and are for the person to mend: press it on, wet it, plug
it in. Disturbances are blinks, clenched jaws and movement, which everyone does all the time; nothing is wrong with the
headset. A window with either is never encoded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings import artefacts, contact, contact_features
from embeddings.types import EEGWindow, Signal

NO_SIGNAL, JUMPS, HUM, LOOSE = "no signal", "jumps", "mains hum", "poor contact"

FLAT = 0.5  # µV, standard deviation after the 1-40 Hz filter: under it there is no brain
JUMP = 1_000.0  # µV from one sample to the next: a plug, not a brain
LINE_SHARE = 0.9  # of what would be encoded: more of it is the mains than the rest by far
BAD_SHARE = 0.2  # of a window, as expected by the contact model; docs/adr/0008-contact.md tells what it lets pass

PAST_SECONDS = max(contact_features.PAST_SECONDS, artefacts.PAST_SECONDS)


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a window is.

    Attributes
    ----------
    bad_contact
        Which share of the window each electrode is expected to have lain badly, 0 to 1; 1 where it gives no signal.
    faults
        What is wrong with each electrode (``no signal``, ``jumps``, ``mains hum``, ``poor contact``); empty where
        nothing is.
    disturbed
        What the person did, as each electrode heard it (``blink``, ``jaw or muscle``, ``moving``); empty where nothing.
        An electrode with a fault is not asked.

    """

    ch_names: tuple[str, ...]
    bad_contact: tuple[float, ...]
    faults: tuple[str, ...]
    disturbed: tuple[str, ...]

    @property
    def good(self) -> float:
        """Share of electrodes without a fault, 0 to 1."""
        return sum(not fault for fault in self.faults) / len(self.faults)

    @property
    def artefacts(self) -> tuple[str, ...]:
        """What the person did in this window, each once."""
        return tuple(sorted({word for word in self.disturbed if word}))

    @property
    def fit(self) -> bool:
        """Whether the window may be encoded: no electrode has a fault, and the person kept still."""
        return not any(self.faults) and not any(self.disturbed)


def assess(raw: EEGWindow, filtered: Signal, past: Signal | None = None) -> Quality:
    """Judge a window.

    Parameters
    ----------
    raw
        The window as it was recorded.
    filtered
        The same after `embeddings.signal.bandpass`, ``float64[channels, samples]`` in µV.
    past
        What came just before it in the same gap-free stretch, ``float64[channels, any]`` in µV, raw. More than
        ``PAST_SECONDS`` of it add nothing. Without it the window's first second is judged by less than is usual.

    """
    samples = raw.data.shape[1]
    data = _with_past(raw, past)
    sound = np.isfinite(data).all(axis=1) & (np.std(filtered, axis=1) >= FLAT)
    heard = np.where(sound[:, np.newaxis], data, 0.0)
    bad = np.where(sound, contact.shipped().share_bad(heard, raw.sfreq, samples), 1.0)
    jump = np.max(np.abs(np.diff(heard[:, -samples:], axis=1)), axis=1)
    hum = line_share(np.where(sound[:, np.newaxis], filtered, 0.0), raw.sfreq)
    faults = tuple(_fault(*told) for told in zip(sound.tolist(), jump, hum, bad, strict=True))
    done = artefacts.found(heard, raw.sfreq, samples)
    disturbed = tuple("" if fault else word for fault, word in zip(faults, done, strict=True))
    return Quality(raw.ch_names, tuple(bad.tolist()), faults, disturbed)


def line_share(data: Signal, sfreq: float) -> NDArray[np.float64]:
    """Return the share of power above 1 Hz that lies at 50 or 60 Hz (whichever is more), one a channel."""
    frequencies, density = signal.welch(data, sfreq, nperseg=min(data.shape[1], round(sfreq)), axis=1)
    above = density[:, frequencies >= 1].sum(axis=1) + np.finfo(float).tiny
    mains = [density[:, np.abs(frequencies - line) <= 2].sum(axis=1) for line in (50, 60)]  # noqa: PLR2004 Hz
    share: NDArray[np.float64] = np.maximum(*mains) / above
    return share


def _with_past(raw: EEGWindow, past: Signal | None) -> Signal:
    """Return the window behind as much of its past as is looked at."""
    if past is None or not past.shape[1]:
        return raw.data
    return np.hstack([past[:, -round(PAST_SECONDS * raw.sfreq) :], raw.data])


def _fault(sound: bool, jump: float, hum: float, bad: float) -> str:
    """Name what is wrong with one electrode, or return an empty string."""
    if not sound:
        return NO_SIGNAL
    if jump > JUMP:
        return JUMPS
    if hum > LINE_SHARE:
        return HUM
    return LOOSE if bad > BAD_SHARE else ""
