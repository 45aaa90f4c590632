"""A person's own alpha frequency, from rest with closed eyes: where their rhythm lies above the background.

The background (aperiodic part) falls as a power of frequency; it is a straight line in double logarithms, fitted beside
the alpha range and taken away. Of what stands out, peak and centre of gravity are told, as in Corcoran et al. 2018
(doi:10.1111/psyp.13064), with an interval from drawing the recording's pieces again. Where nothing stands out for sure,
that is said: a good tenth of people show no alpha peak.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.ndimage import gaussian_filter1d

from embeddings import artefacts, quality, sites
from embeddings.feedback.plan import AlphaFrequency
from embeddings.signal import bandpass
from embeddings.types import EEGWindow, Signal

PIECE_SECONDS = 4.0
FITTED = (2.0, 30.0)  # Hz, of the background
SEARCHED = (6.5, 13.5)  # Hz; a peak lies within
BESIDE = (5.5, 14.5)  # Hz left out of the background
AROUND = 2.0  # Hz to either side of the peak whose centre of gravity is taken
SMOOTHED = 0.35  # Hz, standard deviation, of the spectrum that peaks are looked for in
LEAST_PIECES = 8  # clean ones; half a minute
LEAST_HEIGHT = 0.2  # log10: half as much again as the background
LEAST_SURE = 2.0  # times the spread of the rest of the spectrum that a peak stands above it
WIDEST = 1.0  # Hz of the interval beyond which nothing was found
BACK = -0.5  # `sites.Place.front`: parietal and behind
DRAWS = 200
LEVEL = (2.5, 97.5)  # percentiles

Numbers = NDArray[np.float64]


def find(stretches: Sequence[EEGWindow], *, seed: int = 0) -> AlphaFrequency:
    """Return the alpha frequency of rest with closed eyes; of open eyes it is found less often.

    Parameters
    ----------
    stretches
        Gap-free ones of one montage. Electrodes at the back are listened to, all where there are none.
    seed
        Of the draws that the interval comes from.

    """
    spectra, frequencies = _spectra(stretches)
    if len(spectra) < LEAST_PIECES:
        told = (
            "Too little clean signal. Sit still with closed eyes for a minute, and mind that all electrodes lie well."
        )
        return AlphaFrequency(None, None, None, None, 0.0, len(spectra), told)
    above, spread = _above(np.log10(spectra.mean(axis=0)), frequencies)
    place = _highest(above, frequencies)
    if place is None or above[place] < max(LEAST_HEIGHT, LEAST_SURE * spread):
        return _none(0.0 if place is None else float(above[place]), len(spectra))
    drawn = _drawn(spectra, frequencies, np.random.default_rng(seed))
    low, high = np.percentile(drawn, LEVEL)
    if high - low > WIDEST:
        return _none(float(above[place]), len(spectra))
    peak, gravity = _peak(above, frequencies, place), _gravity(above, frequencies, place)
    told = f"Your alpha rhythm lies at {gravity:.1f} Hz (between {low:.1f} and {high:.1f} Hz)."
    return AlphaFrequency(gravity, peak, float(low), float(high), float(above[place]), len(spectra), told)


def _none(height: float, pieces: int) -> AlphaFrequency:
    told = "None found: no alpha rhythm stands out for sure. Training then uses 8 to 12 Hz, as for most people."
    return AlphaFrequency(None, None, None, None, height, pieces, told)


def _spectra(stretches: Sequence[EEGWindow]) -> tuple[Numbers, Numbers]:
    """Return the power of each clean piece, the mean over electrodes of equal weight, ``float64[pieces, bins]``."""
    pieces: list[Numbers] = []
    frequencies: Numbers = np.empty(0)
    for stretch in stretches:
        back = _back(stretch.ch_names)
        heard = replace(stretch, data=stretch.data[back], ch_names=tuple(stretch.ch_names[i] for i in back))
        for piece in _clean(heard):
            frequencies, power = _power(piece, stretch.sfreq)
            pieces.append(power)
    return (np.array(pieces) if pieces else np.empty((0, 0))), frequencies


def _clean(stretch: EEGWindow) -> Iterator[Signal]:
    """Yield the pieces of a stretch, of each the electrodes that lay well and heard nothing but the brain."""
    filtered = bandpass(stretch.data, stretch.sfreq)
    length, first = round(PIECE_SECONDS * stretch.sfreq), round(artefacts.PAST_SECONDS * stretch.sfreq)
    for start in range(first, stretch.data.shape[1] - length + 1, length // 2):
        piece = stretch.data[:, start : start + length]
        raw = replace(stretch, data=piece)  # whenever it was
        judged = quality.assess(raw, filtered[:, start : start + length], stretch.data[:, :start])
        told = zip(judged.faults, judged.disturbed, strict=True)
        well = [i for i, words in enumerate(told) if not any(words)]
        if well:
            yield piece[well]


def _power(data: Signal, sfreq: float) -> tuple[Numbers, Numbers]:
    # Two times as long as the piece, so that bins lie an eighth of a hertz apart.
    frequencies, power = signal.welch(data, sfreq, "hann", nperseg=data.shape[1], nfft=2 * data.shape[1], axis=1)
    wanted = (frequencies >= FITTED[0]) & (frequencies <= FITTED[1])
    chosen = power[:, wanted] + np.finfo(float).tiny
    return frequencies[wanted], np.asarray((chosen / chosen.sum(axis=1, keepdims=True)).mean(axis=0), np.float64)


def _back(names: tuple[str, ...]) -> list[int]:
    back = [i for i, name in enumerate(names) if (place := sites.place(name)) is not None and place.front < BACK]
    if back:
        return back
    pair = sites.find(names).back
    return list(range(len(names))) if pair is None else sorted(set(pair))


def _above(logs: Numbers, frequencies: Numbers) -> tuple[Numbers, float]:
    """Return the smoothed log10 spectrum above its background, and the spread of what is no alpha around it."""
    smooth = gaussian_filter1d(logs, SMOOTHED / (frequencies[1] - frequencies[0]))
    beside = (frequencies < BESIDE[0]) | (frequencies > BESIDE[1])
    along = np.log10(frequencies)
    weights = np.gradient(along)  # equal say to equal stretches of the double logarithm
    kept = beside.copy()
    for _ in range(3):  # other rhythms (beta) stand above the background too: they are left out step by step
        line = np.polynomial.Polynomial.fit(along[kept], smooth[kept], 1, w=np.sqrt(weights[kept]))
        rest = smooth - line(along)
        spread = float(1.4826 * np.median(np.abs(rest[kept] - np.median(rest[kept]))))
        kept = beside & (rest < np.median(rest[kept]) + 2 * max(spread, np.finfo(float).eps))
    return np.asarray(rest, np.float64), spread


def _highest(above: Numbers, frequencies: Numbers) -> int | None:
    """Return the bin of the highest peak within `SEARCHED`, None where the spectrum only rises or falls there."""
    peaks, _ = signal.find_peaks(above)
    inside = [int(i) for i in peaks if SEARCHED[0] <= frequencies[i] <= SEARCHED[1]]
    return max(inside, key=lambda i: float(above[i]), default=None)


def _peak(above: Numbers, frequencies: Numbers, place: int) -> float:
    """Return the top of a parabola through the highest bin and its neighbours, Hz."""
    before, top, after = above[place - 1 : place + 2]
    shift = 0.5 * (before - after) / (before - 2 * top + after)
    return float(frequencies[place] + shift * (frequencies[1] - frequencies[0]))


def _gravity(above: Numbers, frequencies: Numbers, place: int) -> float:
    """Return the centre of gravity of what stands above the background around a peak, Hz."""
    near = np.abs(frequencies - frequencies[place]) <= AROUND
    extra = np.maximum(np.power(10.0, above[near]) - 1.0, 0.0)  # in units of the background, which tilts nothing
    return float(np.sum(frequencies[near] * extra) / np.sum(extra))


def _drawn(spectra: Numbers, frequencies: Numbers, rng: np.random.Generator) -> Numbers:
    """Return the frequency of pieces drawn again, ``float64[draws]``; a draw without a peak says the range's edges."""
    found = []
    for number in range(DRAWS):
        some = rng.integers(0, len(spectra), len(spectra))
        above, _ = _above(np.log10(spectra[some].mean(axis=0)), frequencies)
        place = _highest(above, frequencies)
        found.append(SEARCHED[number % 2] if place is None else _gravity(above, frequencies, place))
    return np.array(found)
