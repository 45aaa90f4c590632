"""The own alpha frequency: against the truth on made-up EEG, and against itself on real rest with closed eyes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from _feedback_offline import generated
from numpy.typing import NDArray

from companion.evaluation.bids import recordings
from embeddings import alpha
from embeddings.types import EEGWindow

STRENGTHS = (6.0, 3.0, 0.0, -3.0, -6.0)  # dB, of the rhythm over the background within 2 Hz of it
LIMIT_DB = 0.0  # the weakest rhythm for which the bar is meant to hold
SECONDS = 60.0
PIECE = 10.0  # seconds, of which every second one goes to each half

Numbers = NDArray[np.float64]


def errors(people: int) -> tuple[dict[float, Numbers], dict[float, float], float]:
    """Return errors (Hz) by strength, the share of people with nothing found, and that share where there is nothing."""
    found: dict[float, Numbers] = {}
    nothing: dict[float, float] = {}
    for strength in STRENGTHS:
        told = [_error(seed, strength) for seed in range(people)]
        found[strength] = np.array([one for one in told if one is not None])
        nothing[strength] = sum(one is None for one in told) / people
    silent = [alpha.find([generated(SECONDS, seed=seed, snr_db=-60.0)]) for seed in range(people)]
    return found, nothing, sum(one.frequency is None for one in silent) / people


def _error(seed: int, strength: float) -> float | None:
    rng = np.random.default_rng(seed)
    true, slope = rng.uniform(8.0, 12.5), rng.uniform(0.8, 2.0)
    found = alpha.find([generated(SECONDS, seed=seed, frequency=true, snr_db=strength, slope=slope)])
    return None if found.frequency is None else found.frequency - true


def agreement(folder: Path, names: tuple[str, ...]) -> tuple[Numbers, Numbers, int]:
    """Return how far (Hz) two halves of each person's rest lie apart, and how many people there are.

    The first array is of halves that take turns, so that the person was in the same state; the second of the first and
    the second half, between which a rhythm may move. Both must have found something.
    """
    turns, halves, people = [], [], 0
    for recording in recordings(folder):
        if recording.task != "rest":
            continue
        (segment,) = recording.segments()
        chosen = [segment.ch_names.index(name) for name in names]
        whole = EEGWindow(segment.data[chosen], segment.sfreq, names, 0.0)
        people += 1
        for kept, parts in ((turns, _turns(whole)), (halves, _halves(whole))):
            one, other = (alpha.find(part).frequency for part in parts)
            if one is not None and other is not None:
                kept.append(abs(one - other))
    return np.array(turns), np.array(halves), people


def _turns(whole: EEGWindow) -> tuple[list[EEGWindow], list[EEGWindow]]:
    length = round(PIECE * whole.sfreq)
    starts = range(0, whole.data.shape[1] - length + 1, length)
    cut = [replace(whole, data=whole.data[:, start : start + length]) for start in starts]
    return cut[::2], cut[1::2]


def _halves(whole: EEGWindow) -> tuple[list[EEGWindow], list[EEGWindow]]:
    middle = whole.data.shape[1] // 2
    return [replace(whole, data=whole.data[:, :middle])], [replace(whole, data=whole.data[:, middle:])]
