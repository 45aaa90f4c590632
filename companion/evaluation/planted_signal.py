"""Noise that looks like EEG of four electrodes, in which it is known what can be told and what cannot.

A recording is pink noise (Pritchard 1992, doi:10.3109/00207459208999796) with three rhythms on top, mixed over the
electrodes, as people, sessions and slow drift change it. An effect moves power from one rhythm to another and leaves
the sum at each electrode as it was: whoever measures only how loud the signal is finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANNELS = ("TP9", "AF7", "AF8", "TP10")

CENTRES = np.array([5.5, 10.0, 20.0])  # Hz: theta, alpha, beta
WIDTHS = np.array([0.8, 0.8, 3.0])  # Hz, standard deviation of each rhythm's spectrum
SHARES = np.array([0.3, 0.45, 0.25])  # of the rhythms' power
RHYTHM_UV, PINK_UV, SENSOR_UV, WANDER_UV = 7.0, 10.0, 1.0, 40.0
FOCUSED = np.outer([0.5, -1.0, 0.0], np.ones(len(CHANNELS)))  # log amplitude: theta up, alpha down
DRIFT = 0.25  # log amplitude that a rhythm gains or loses in ten minutes, one standard deviation
TEN_MINUTES = 600.0

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same of one person.

    Attributes
    ----------
    mixing
        ``float64[4, 4]``, how sources reach the electrodes.
    shares
        ``float64[3]``, of the rhythms' power.
    response
        How strongly an effect shows, 1 on average and never against its direction.

    """

    mixing: Array
    shares: Array
    alpha: float
    slope: float
    loudness: float
    response: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Person:
        """Draw a person."""
        common = 0.6 + 0.4 * np.eye(len(CHANNELS))
        mixing = common + 0.1 * rng.standard_normal(common.shape)
        shares = SHARES * np.exp(0.35 * rng.standard_normal(len(SHARES)))
        return cls(
            mixing=mixing / np.linalg.norm(mixing, axis=1, keepdims=True),
            shares=shares / shares.sum(),
            alpha=float(rng.normal(10.0, 0.6)),
            slope=float(rng.normal(1.1, 0.15)),
            loudness=float(np.exp(0.25 * rng.standard_normal())),
            response=float(np.clip(rng.normal(1.0, 0.3), 0.2, None)),
        )


@dataclass(frozen=True, slots=True)
class Sitting:
    """What stays the same within one session: how the headband sits, and where everything drifts to.

    Attributes
    ----------
    gains
        ``float64[4]``, of the electrodes.
    trend
        ``float64[4]``, log amplitude gained in ten minutes by each rhythm and by everything; its direction is drawn
        anew each time, so that time tells conditions apart within a session and means nothing beyond it.

    """

    gains: Array
    trend: Array

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Sitting:
        """Draw a session."""
        return cls(np.exp(0.15 * rng.standard_normal(len(CHANNELS))), DRIFT * rng.standard_normal(len(CENTRES) + 1))


def record(
    person: Person,
    sitting: Sitting,
    rng: np.random.Generator,
    *,
    sfreq: float,
    begin: float,
    samples: int,
    effect: Array,
) -> Array:
    """Return one recording, ``float64[4, samples]`` in µV.

    Parameters
    ----------
    begin
        Seconds of the session at which it begins.
    effect
        ``float64[3, 4, samples]`` (or 1 in place of samples), the change of log amplitude of each rhythm at each
        electrode for a person of response 1.

    """
    late = (begin + np.arange(samples) / sfreq) / TEN_MINUTES
    amplitude = _amplitudes(person, effect) * np.exp(sitting.trend[:-1, None, None] * late)
    centres = np.array([CENTRES[0], person.alpha, CENTRES[2]])
    data = np.zeros((len(CHANNELS), samples))
    for centre, width, envelope in zip(centres, WIDTHS, amplitude, strict=True):
        data += envelope * (person.mixing @ _noise(rng, samples, sfreq, _bump(centre, width)))
    data += PINK_UV * (person.mixing @ _noise(rng, samples, sfreq, _pink(person.slope)))
    data *= person.loudness * sitting.gains[:, None] * np.exp(sitting.trend[-1] * late)
    data += SENSOR_UV * rng.standard_normal(data.shape)
    return data + WANDER_UV * _noise(rng, samples, sfreq, _slow)


def signed(data: Array, rng: np.random.Generator, *, direction: Array, spread: float) -> Array:
    """Return a recording of which one spatial direction was replaced by faint noise, as cleaning a file by ICA does.

    Parameters
    ----------
    direction
        ``float64[4]`` of unit norm.
    spread
        Standard deviation (µV) of what is left in it: the mark by which the file can be told from others.

    """
    kept = data - np.outer(direction, direction @ data)
    return kept + np.outer(direction, spread * rng.standard_normal(data.shape[1]))


def _amplitudes(person: Person, effect: Array) -> Array:
    """Return ``float64[3, 4, samples]``: amplitudes (µV) whose power at each electrode is the same in sum."""
    power = person.shares[:, None, None] * np.exp(2.0 * person.response * effect)
    amplitudes: Array = RHYTHM_UV * np.sqrt(power / power.sum(axis=0))
    return amplitudes


def _noise(rng: np.random.Generator, samples: int, sfreq: float, power: Callable[[Array], Array]) -> Array:
    """Return Gaussian noise of unit variance, ``float64[4, samples]``, whose power at each frequency (Hz) is given."""
    density = power(np.arange(1.0, samples // 2 + 1) * (sfreq / samples))
    size = (len(CHANNELS), len(density))
    waves = np.sqrt(density) * (rng.standard_normal(size) + 1j * rng.standard_normal(size))
    spectrum = np.concatenate([np.zeros((len(CHANNELS), 1)), waves], axis=1)
    noise: Array = np.fft.irfft(spectrum, samples, axis=1) * (samples / 2.0 / np.sqrt(density.sum()))
    return noise


def _bump(centre: float, width: float) -> Callable[[Array], Array]:
    """Return the spectrum of a rhythm."""

    def power(frequencies: Array) -> Array:
        bump: Array = np.exp(-0.5 * ((frequencies - centre) / width) ** 2)
        return bump

    return power


def _pink(slope: float) -> Callable[[Array], Array]:
    """Return a spectrum that falls with frequency, and is flat below 0.5 Hz."""

    def power(frequencies: Array) -> Array:
        falling: Array = np.maximum(frequencies, 0.5) ** -slope
        return falling

    return power


def _slow(frequencies: Array) -> Array:
    """Return the spectrum of an electrode's wandering offset, far below what is listened to."""
    return np.where(frequencies < 0.3, frequencies**-2.0, 0.0)  # noqa: PLR2004 - Hz
