"""The filter that traces are seen through: a high-pass against drift, and notches where the mains hum."""

from __future__ import annotations

import math

import numpy as np

from embeddings.types import Signal

CORNER_HZ = 0.5
MAINS_HZ = (50.0, 60.0)
_SHARPNESS = 10.0  # of a notch: its middle over its width
_BLOCK = 64  # samples filtered by one product of matrices

Section = tuple[float, float, float, float, float]
"""``b0, b1, b2, a1, a2`` of a biquad, ``a0`` being 1."""


class EyeFilter:
    """Causal, of any number of channels; goes on where the last call ended.

    Parameters
    ----------
    first
        ``float64[channels]``: the first samples, so that it begins at rest.

    """

    def __init__(self, sfreq: float, first: Signal) -> None:
        self._sections = sections(sfreq)
        self._state = np.zeros((len(first), 2 * len(self._sections)))
        self._state[:, 0] = self._sections[0][1] * first
        units = np.eye(self._state.shape[1] + _BLOCK)
        states = units[:, : self._state.shape[1]].copy()
        self._block = np.hstack((_run(self._sections, states, units[:, self._state.shape[1] :]), states))

    def run(self, data: Signal) -> Signal:
        """Filter ``float64[channels, samples]``, finite."""
        made = np.empty_like(data)
        whole = data.shape[1] // _BLOCK * _BLOCK
        for at in range(0, whole, _BLOCK):
            both = np.hstack((self._state, data[:, at : at + _BLOCK])) @ self._block
            made[:, at : at + _BLOCK], self._state = both[:, :_BLOCK], both[:, _BLOCK:]
        made[:, whole:] = _run(self._sections, self._state, data[:, whole:])
        return made


def sections(sfreq: float) -> tuple[Section, ...]:
    """Return the biquads: a Butterworth high-pass of the first order, then notches below half of ``sfreq``."""
    warped = math.tan(math.pi * CORNER_HZ / sfreq)
    gain = 1 / (1 + warped)
    high_pass = gain, -gain, 0.0, (warped - 1) * gain, 0.0
    return (high_pass, *(_notch(hertz, sfreq) for hertz in MAINS_HZ if hertz < sfreq / 2))


def _notch(hertz: float, sfreq: float) -> Section:
    angle = 2 * math.pi * hertz / sfreq
    gain = 1 / (1 + math.tan(angle / _SHARPNESS / 2))
    middle = -2 * gain * math.cos(angle)
    return gain, middle, gain, middle, 2 * gain - 1


def _run(sections: tuple[Section, ...], state: Signal, data: Signal) -> Signal:
    """Filter sample by sample (transposed direct form II) and leave ``state``, two numbers a section, as it is then."""
    made = np.empty_like(data)
    for at in range(data.shape[1]):
        now = data[:, at]
        for number, (b0, b1, b2, a1, a2) in enumerate(sections):
            one, two = 2 * number, 2 * number + 1
            out = b0 * now + state[:, one]
            state[:, one] = b1 * now - a1 * out + state[:, two]
            state[:, two] = b2 * now - a2 * out
            now = out
        made[:, at] = now
    return made
