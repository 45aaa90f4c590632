"""What the EEG of a moment says: features of its fit windows, and how good its signal was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.types import EEGWindow

LEAST_SFREQ = 80.0  # Hz; twice the highest frequency that is looked at

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BrainFeatures:
    """What the EEG of a stretch says.

    Attributes
    ----------
    montage
        Short name of all electrodes that were worn.
    ch_names
        Those whose co-spectra are in ``rows``.
    rows
        ``float32[kept windows, features]`` of `embeddings.features.row`; none where no window was fit.
    windows, fit
        How many windows there were, and how many of them were fit.
    faults
        What was wrong most often, in words: an electrode's fault, or what the person did (``blink``); empty when
        nothing was.

    """

    montage: str
    ch_names: tuple[str, ...]
    rows: Rows
    windows: int
    fit: int
    faults: str


def of_stretches(stretches: Sequence[EEGWindow], most: int) -> BrainFeatures:
    """Return features of at most ``most`` fit windows, spread over the (one montage's) stretches."""
    from embeddings import sites, spaces

    names, sfreq = stretches[0].ch_names, stretches[0].sfreq
    montage, chosen = spaces.montage(names), sites.kept(names)
    kept_names = tuple(names[i] for i in chosen)
    if sfreq < LEAST_SFREQ:
        fault = f"sampled at {sfreq:g} Hz, {LEAST_SFREQ:g} Hz are needed"
        return BrainFeatures(montage, kept_names, _table([]), windows=0, fit=0, faults=fault)
    kept = [replace(stretch, data=stretch.data[list(chosen)], ch_names=kept_names) for stretch in stretches]
    rows, faults, total = _judged(kept)
    spread = [rows[i] for i in np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)] if rows else []
    worst = faults.most_common(1)[0][0] if faults else ""
    return BrainFeatures(montage, kept_names, _table(spread), windows=total, fit=len(rows), faults=worst)


def _judged(stretches: Sequence[EEGWindow]) -> tuple[list[Rows], Counter[str], int]:
    """Return the fit windows' rows, how often what was wrong, and how many windows there were."""
    from embeddings import features, quality, signal

    rows: list[Rows] = []
    faults: Counter[str] = Counter()
    total = 0
    for stretch in stretches:
        for raw, filtered in signal.windows(stretch):
            total += 1
            judged = quality.assess(raw, filtered, _past(stretch, raw))
            if judged.fit:
                rows.append(features.row(filtered, raw.sfreq))
            wrong = [f"{name}: {fault}" for name, fault in zip(judged.ch_names, judged.faults, strict=True) if fault]
            faults.update(wrong or judged.artefacts)
    return rows, faults, total


def _past(stretch: EEGWindow, window: EEGWindow) -> NDArray[np.float64]:
    """Return what came just before a window of a stretch, raw."""
    after = round((stretch.time_end - window.time_end) * stretch.sfreq)
    return stretch.data[:, : stretch.data.shape[1] - after - window.data.shape[1]]


def _table(rows: Sequence[Rows]) -> Rows:
    return np.array(rows, np.float32) if rows else np.empty((0, 0), np.float32)
