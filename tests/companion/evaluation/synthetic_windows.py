"""Windows of EEG as arithmetic makes it: people with spectra of their own, and conditions that change one band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.windows import Windows
from embeddings.signal import SETTLE_SECONDS, bandpass

SFREQ = 128.0
NAMES = ("TP9", "AF7", "AF8", "TP10")


def windows(
    *,
    people: Sequence[str] = ("a", "b", "c"),
    sessions: Sequence[str] = ("1",),
    labels: Mapping[str, float],
    each: int = 8,
    seconds: float = 4.0,
    personal: float = 0.5,
    seed: int = 0,
) -> Windows:
    """Return ``each`` windows end to end of every label in every session of everyone; a recording is one label.

    ``labels`` maps a label to the spread (µV) of its 10 Hz rhythm; ``personal`` is how far people's gains and mixtures
    of the electrodes lie apart.
    """
    rng = np.random.default_rng(seed)
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    words: list[tuple[str, str, str, str]] = []
    for person in people:
        mixing = np.eye(4) * np.exp(rng.normal(0, personal, 4)) + rng.normal(0, personal / 3, (4, 4))
        for session in sessions:
            for label, rhythm in labels.items():
                parts.append(_recording(rng, mixing, rhythm, round(each * seconds * SFREQ)))
                words += [(person, session, f"{person}-{session}-{label}", label)] * each
    raw, filtered = (_cut(list(stretches), each) for stretches in zip(*parts, strict=True))
    start = np.tile(SETTLE_SECONDS + seconds * np.arange(each), len(parts))
    columns = [np.array(column) for column in zip(*words, strict=True)]
    return Windows(raw, filtered, SFREQ, NAMES, *columns, start, np.full(len(start), np.nan))


def _recording(
    rng: np.random.Generator, mixing: NDArray[np.float64], rhythm: float, samples: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return raw and filtered samples, the filter's transient cut away."""
    settle = round(SETTLE_SECONDS * SFREQ)
    times = np.arange(settle + samples) / SFREQ
    wave = rhythm * np.sqrt(2) * np.sin(2 * np.pi * 10 * times + rng.uniform(0, 6))
    noise = np.cumsum(rng.normal(size=(4, len(times))), axis=1) * 0.5 + rng.normal(size=(4, len(times))) * 4
    raw = mixing @ (noise + np.array([[1.0], [0.3], [0.3], [1.0]]) * wave)
    return raw[:, settle:], bandpass(raw, SFREQ)[:, settle:]


def _cut(stretches: list[NDArray[np.float64]], each: int) -> NDArray[np.float32]:
    """Cut every stretch into ``each`` windows."""
    cut = [stretch.reshape(4, each, -1).swapaxes(0, 1) for stretch in stretches]
    return np.concatenate(cut).astype(np.float32)
