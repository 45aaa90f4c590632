"""The `state` space: where two stretches of one person's EEG can be compared.

A window's covariance is mapped to the tangent space at the person's own mean covariance (Barachant et al. 2012,
doi:10.1109/TBME.2011.2172210), joined with log band powers, and every feature is standardised by the person's own mean
and spread. Similar mental state = small angle between two such vectors.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyriemann.geometry.mean import gmean
from pyriemann.geometry.tangentspace import tangent_space

from embeddings import features
from embeddings.spaces import LEAST_WINDOWS, MOST_WINDOWS

CLIP = 4.0  # spreads; one wild feature must not decide an angle


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for a person: what `StateEncoder` measures against.

    Attributes
    ----------
    reference
        Mean covariance, ``float64[channels, channels]``.
    mean, spread
        Of tangent vector and band powers, ``float64[features]``.
    windows
        How many windows it was fitted to.

    """

    reference: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    windows: int

    @classmethod
    def fit(cls, rows: NDArray[np.float32], channels: int) -> Self:
        """Fit to ``float32[windows, ...]`` of `features.row`; raises ValueError when there are too few."""
        if len(rows) < LEAST_WINDOWS:
            raise ValueError(f"{len(rows)} windows are too few for a baseline: {LEAST_WINDOWS} are needed")
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_WINDOWS)).astype(int)]
        powers, matrices = features.split(chosen, channels)
        reference = np.asarray(gmean(matrices, metric="riemann"), np.float64)
        joined = np.hstack([tangent_space(matrices, reference, metric="riemann"), powers])
        spread = joined.std(axis=0)
        return cls(reference, joined.mean(axis=0), np.where(spread > 0, spread, 1.0), len(rows))

    @property
    def dimension(self) -> int:
        """Length of the vectors it makes."""
        return len(self.mean)

    def encode(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the one unit vector ``float32[dimension]`` of a stretch's windows ``float32[windows, ...]``."""
        powers, matrices = features.split(rows, len(self.reference))
        joined = np.hstack([tangent_space(matrices, self.reference, metric="riemann"), powers])
        scores = np.clip((joined - self.mean) / self.spread, -CLIP, CLIP).mean(axis=0)
        return np.asarray(scores / (np.linalg.norm(scores) + np.finfo(float).tiny), np.float32)

    def dump(self) -> bytes:
        """Return it as bytes for `load`."""
        stream = io.BytesIO()
        np.savez(stream, reference=self.reference, mean=self.mean, spread=self.spread, windows=self.windows)
        return stream.getvalue()

    @classmethod
    def load(cls, blob: bytes) -> Self:
        """Undo `dump`."""
        with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
            return cls(saved["reference"], saved["mean"], saved["spread"], int(saved["windows"]))
