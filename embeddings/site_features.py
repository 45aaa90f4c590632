"""Any montage as the same 90 numbers: each band's co-spectrum of front and back, sums and differences of the sides.

The basis is front sum, back sum, front difference, back difference (left with right). A mirrored head changes the
sign of the differences alone, so features of two sums or of two differences are the same for both: `EVEN`. What a
montage cannot tell stays 0, which is every person's own mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from embeddings.features import BANDS, shrunk
from embeddings.reference import Reference
from embeddings.sites import Sites

_BASIS = 4  # front sum, back sum, front difference, back difference
_UPPER = np.triu_indices(_BASIS)
PER_BAND = len(_UPPER[0])
_BACK_SUM = 4  # where its power stands within a band
DIMENSION = len(BANDS) * PER_BAND
EVEN: NDArray[np.bool_] = np.tile((_UPPER[0] < _BASIS // 2) == (_UPPER[1] < _BASIS // 2), len(BANDS))


@dataclass(frozen=True, slots=True)
class SiteReference:
    """A person's usual at the sites of one montage."""

    sites: Sites
    reference: Reference

    @classmethod
    def fit(cls, matrices: NDArray[np.float64], sites: Sites, others: NDArray[np.float64] | None = None) -> Self:
        """Fit to `features.matrices` of the montage's kept electrodes, ``float64[windows, bands, channels, channels]``.

        ``others`` is the spread usual among other people, ``float64[DIMENSION]``.
        """
        own = None if others is None else others[_slots(sites)]
        return cls(sites, Reference.fit(_brought(matrices, sites), own))

    def features(self, matrices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``float64[windows, DIMENSION]``, in spreads from the person's mean; 0 where the montage is silent."""
        found = np.zeros((len(matrices), DIMENSION))
        slots = _slots(self.sites)
        found[:, slots] = self.reference.relative(_brought(matrices, self.sites))
        return _spoken_twice(found, self.sites)

    @property
    def whole(self) -> bool:
        """Whether the reference is of as many sums and differences as its sites have."""
        count, slots = len(_rows(self.sites)), _slots(self.sites).shape
        usual = self.reference
        return usual.whitening.shape == (len(BANDS), count, count) and usual.mean.shape == usual.spread.shape == slots

    @property
    def spread(self) -> NDArray[np.float64]:
        """The person's spread of each feature, ``float64[DIMENSION]``; 0 where the montage is silent."""
        found = np.zeros((1, DIMENSION))
        found[0, _slots(self.sites)] = self.reference.spread
        spread: NDArray[np.float64] = _spoken_twice(found, self.sites)[0]
        return spread


def _spoken_twice(found: NDArray[np.float64], sites: Sites) -> NDArray[np.float64]:
    """Let electrodes that nobody placed speak for the front and for the back."""
    if not sites.kind:
        found[:, _BACK_SUM::PER_BAND] = found[:, ::PER_BAND]
    return found


def _brought(matrices: NDArray[np.float64], sites: Sites) -> NDArray[np.float64]:
    """Return the co-spectra of sums and differences, ``float64[windows, bands, m, m]``, m at most 4."""
    if not sites.kind:
        power = np.diagonal(matrices, axis1=-2, axis2=-1).mean(axis=-1)
        return np.asarray(power[..., np.newaxis, np.newaxis], np.float64)
    basis = _basis(sites, matrices.shape[-1])
    return shrunk(basis @ matrices @ basis.T)


def _basis(sites: Sites, channels: int) -> NDArray[np.float64]:
    """Return what makes sums and differences of channels, ``float64[m, channels]``."""
    unit = np.eye(channels) / np.sqrt(2)
    pairs = [pair for pair in (sites.front, sites.back) if pair is not None]
    sums = [unit[left] + unit[right] for left, right in pairs]
    differences = [unit[left] - unit[right] for left, right in pairs if left != right]
    return np.array(sums + differences)


def _slots(sites: Sites) -> NDArray[np.intp]:
    """Return where the tangent vector of a montage lies among all features, band after band."""
    rows = _rows(sites)
    order = {(int(a), int(b)): i for i, (a, b) in enumerate(zip(*_UPPER, strict=True))}
    within = [order[rows[a], rows[b]] for a, b in zip(*np.triu_indices(len(rows)), strict=True)]
    return np.concatenate([np.array(within, np.intp) + band * PER_BAND for band in range(len(BANDS))])


def _rows(sites: Sites) -> list[int]:
    """Return which sums and differences of the basis a montage has."""
    rows = [row for row, pair in enumerate((sites.front, sites.back)) if pair is not None] or [0]
    return rows + [
        row + 2 for row, pair in enumerate((sites.front, sites.back)) if pair is not None and pair[0] != pair[1]
    ]
