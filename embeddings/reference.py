"""A person's usual, and how far from it each window is: what lets one model serve many people and many days.

Co-spectra are mapped to the tangent space at the person's own mean (Barachant et al. 2012,
doi:10.1109/TBME.2011.2172210), each band by itself, the mean taken in the log-Euclidean metric (Arsigny et al. 2006,
doi:10.1002/mrm.20965); every feature is then measured in spreads from the person's own mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pyriemann.geometry.base import invsqrtm
from pyriemann.geometry.mean import gmean
from pyriemann.geometry.tangentspace import tangent_space

OWN_SHARE = 0.5  # of a person's own spread against other people's: a minute tells a spread only roughly


@dataclass(frozen=True, slots=True)
class Reference:
    """What is usual for a person.

    Attributes
    ----------
    whitening
        Inverse square root of each band's mean co-spectrum, ``float64[bands, channels, channels]``.
    mean, spread
        Of the tangent vectors, ``float64[features]``.

    """

    whitening: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def fit(cls, matrices: NDArray[np.float64], others: NDArray[np.float64] | None = None) -> Self:
        """Fit to ``float64[windows, bands, channels, channels]``.

        ``others`` is the spread usual among other people, ``float64[features]``, to lean on.
        """
        means = [gmean(matrices[:, band], metric="logeuclid") for band in range(matrices.shape[1])]
        whitening = np.stack([invsqrtm(mean) for mean in means])
        vectors = _tangent(matrices, whitening)
        spread = vectors.std(axis=0)
        if others is not None:
            spread = np.sqrt(OWN_SHARE * spread**2 + (1 - OWN_SHARE) * others**2)
        return cls(whitening, vectors.mean(axis=0), np.where(spread > 0, spread, 1.0))

    def relative(self, matrices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how unusual each window is, in spreads: ``float64[windows, features]``."""
        return (_tangent(matrices, self.whitening) - self.mean) / self.spread


def _tangent(matrices: NDArray[np.float64], whitening: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return tangent vectors, band after band: ``float64[windows, bands * channels * (channels + 1) / 2]``."""
    windows, bands, channels, _ = matrices.shape
    features = bands * channels * (channels + 1) // 2
    if not windows:
        return np.empty((0, features))
    white = (whitening @ matrices @ whitening).reshape(windows * bands, channels, channels)
    vectors = tangent_space(white, np.eye(channels), metric="riemann")
    return np.asarray(vectors, np.float64).reshape(windows, features)
