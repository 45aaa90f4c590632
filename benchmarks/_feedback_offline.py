"""A session without its waiting: a recording taken through the stream, the rewards and their thresholds at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.feedback import protocols
from companion.feedback.protocols import FOCUS, Protocol
from companion.feedback.rewarding import Rewarding
from embeddings import features, focus, signal
from embeddings.feedback.plan import STEP_SECONDS, Step
from embeddings.feedback.stream import FeedbackStream
from embeddings.focus_tracker import FocusTracker
from embeddings.types import EEGWindow

HEADBAND = ("F7", "F8", "T5", "T6")  # stand for a headband's AF7, AF8, TP9 and TP10
BESIDE = 2.0  # Hz to either side of a rhythm, over which its strength is told
MUSE = ("TP9", "AF7", "AF8", "TP10")


@dataclass(frozen=True, slots=True)
class Offline:
    """What a session would have come to.

    Attributes
    ----------
    margins
        ``float64[steps]`` after the baseline; nan while muted.
    muted
        Share of all steps.
    delay
        Seconds, of the measure itself.

    """

    margins: NDArray[np.float64]
    muted: float
    delay: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The steps of a stretch that begins with its baseline, how long each is, and the measure's own delay; seconds."""

    steps: list[Step]
    seconds: float
    delay: float


def session(protocol: Protocol, eeg: EEGWindow, *, baseline: float = 60.0, rate: float = 0.6) -> Offline:
    """Train on a stretch that begins with its baseline; focus takes the same minute for rest."""
    return after(measure(protocol, eeg, baseline=baseline), baseline=baseline, rate=rate)


def measure(protocol: Protocol, eeg: EEGWindow, *, baseline: float = 60.0) -> Measured:
    """Return the steps of a stretch."""
    chosen = protocols.electrodes(protocol, eeg.ch_names)
    rest = _rest(eeg, chosen.electrodes, baseline) if protocol is FOCUS else b""
    stream = FeedbackStream(protocols.plan(protocol, chosen.electrodes, rest=rest), eeg.ch_names, eeg.sfreq)
    steps = stream.take(eeg.data, 0.0, fresh=True)
    return Measured(steps, round(STEP_SECONDS * eeg.sfreq) / eeg.sfreq, stream.delay)


def after(measured: Measured, *, baseline: float, rate: float) -> Offline:
    """Return what follows the baseline."""
    steps, seconds = measured.steps, measured.seconds
    first = round(baseline / seconds)
    rewarding = Rewarding(rate, steps[:first])
    found = [rewarding.margin(step, seconds) for step in steps[first:]]
    muted = float(np.mean([bool(step.muted) for step in steps]))
    return Offline(np.array([np.nan if one is None else one for one in found]), muted, measured.delay)


def _rest(eeg: EEGWindow, names: tuple[str, ...], seconds: float) -> bytes:
    chosen = [eeg.ch_names.index(name) for name in names]
    stretch = EEGWindow(eeg.data[chosen][:, : round((seconds + 6) * eeg.sfreq)], eeg.sfreq, names, 0.0)
    rows = [features.row(filtered, eeg.sfreq) for _, filtered in signal.windows(stretch)]
    known = FocusTracker.of_rest(focus.shipped(), names, np.array(rows, np.float32)).dump()
    if known is None:
        raise ValueError("there is no rest in this recording")
    return known


def generated(
    seconds: float, *, seed: int, frequency: float = 10.0, snr_db: float = 0.0, sfreq: float = 256.0, slope: float = 1.2
) -> EEGWindow:
    """Return a headband's EEG as arithmetic makes it.

    Background of power falling with frequency to the power ``slope``, shared in part by the electrodes; an alpha rhythm
    of 1 Hz width at ``frequency`` whose power is ``snr_db`` over the background's within 2 Hz of it, waxing and waning
    over half minutes.
    """
    rng = np.random.default_rng(seed)
    samples = round(seconds * sfreq)
    frequencies = np.fft.rfftfreq(samples, 1 / sfreq)
    spectrum = np.fft.rfft(rng.normal(size=(len(MUSE), samples)), axis=1) / np.maximum(frequencies, 0.5) ** (slope / 2)
    noise = (np.eye(len(MUSE)) + 0.4) @ np.fft.irfft(spectrum, samples, axis=1)
    noise *= 12 / noise.std()
    shape = np.exp(-0.5 * np.square((frequencies - frequency) / 0.5))
    rhythm = np.fft.irfft(np.fft.rfft(rng.normal(size=samples)) * shape, samples)
    near = np.abs(frequencies - frequency) <= BESIDE
    background = np.mean(np.square(np.abs(np.fft.rfft(noise, axis=1)[:, near])), axis=0).sum()
    rhythm *= np.sqrt(background / np.square(np.abs(np.fft.rfft(rhythm)[near])).sum() * 10 ** (snr_db / 10))
    slow = np.exp(0.4 * np.sin(2 * np.pi * np.arange(samples) / sfreq / 31 + rng.uniform(0, 6)))
    rhythm *= slow * np.sqrt(1 / np.mean(np.square(slow)))
    return EEGWindow(noise + rhythm, sfreq, MUSE, 0.0)


def with_blinks(eeg: EEGWindow, *, seed: int, a_minute: float = 10.0, height: float = 120.0) -> EEGWindow:
    """Return the same with blinks: half waves of 0.3 s, largest in front."""
    rng = np.random.default_rng(seed)
    length = round(0.3 * eeg.sfreq)
    wave = np.sin(np.pi * np.arange(length) / length) ** 2
    spread = np.array([0.6 if name.startswith("T") else 1.0 for name in eeg.ch_names])
    data = eeg.data.copy()
    last = data.shape[1] - length
    for start in rng.integers(0, last, rng.poisson(a_minute * data.shape[1] / eeg.sfreq / 60)).tolist():
        data[:, start : start + length] += height * spread[:, np.newaxis] * wave
    return EEGWindow(data, eeg.sfreq, eeg.ch_names, eeg.time_end)
