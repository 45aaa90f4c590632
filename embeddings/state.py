"""The `state` space: where two stretches of one person's EEG can be compared.

Every feature of a window is measured in spreads from the person's own mean (see `embeddings.reference`), averaged over
a stretch. Similar mental state = small angle between two such vectors.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from embeddings import features
from embeddings.reference import Reference
from embeddings.spaces import LEAST_WINDOWS, MOST_WINDOWS

CLIP = 4.0  # spreads; one wild feature must not decide an angle


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for a person with one set of electrodes.

    Attributes
    ----------
    reference
        Mean and spread of what a window says, over all electrodes whose co-spectra are kept.
    windows
        How many windows it was fitted to.

    """

    reference: Reference
    windows: int

    @classmethod
    def fit(cls, rows: NDArray[np.float32], channels: int) -> Self:
        """Fit to ``float32[windows, ...]`` of `features.row`; raises ValueError when there are too few."""
        if len(rows) < LEAST_WINDOWS:
            raise ValueError(f"{len(rows)} windows are too few for a baseline: {LEAST_WINDOWS} are needed")
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_WINDOWS)).astype(int)]
        return cls(Reference.fit(features.matrices(chosen, channels)), len(rows))

    @property
    def channels(self) -> int:
        """How many electrodes it describes."""
        return int(self.reference.whitening.shape[-1])

    @property
    def dimension(self) -> int:
        """Length of the vectors it makes."""
        return len(self.reference.mean)

    def encode(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the one unit vector ``float32[dimension]`` of a stretch's windows ``float32[windows, ...]``."""
        relative = self.reference.relative(features.matrices(rows, self.channels))
        scores = np.clip(relative, -CLIP, CLIP).mean(axis=0)
        return np.asarray(scores / (np.linalg.norm(scores) + np.finfo(float).tiny), np.float32)

    def dump(self) -> bytes:
        """Return it as bytes for `load`."""
        stream, usual = io.BytesIO(), self.reference
        np.savez(stream, whitening=usual.whitening, mean=usual.mean, spread=usual.spread, windows=self.windows)
        return stream.getvalue()

    @classmethod
    def load(cls, blob: bytes) -> Self:
        """Undo `dump`."""
        with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
            return cls(Reference(saved["whitening"], saved["mean"], saved["spread"]), int(saved["windows"]))
