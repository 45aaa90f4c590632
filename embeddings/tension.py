"""How strong fast rhythms are beside alpha: often taken for a sign of arousal. No figure here is calibrated."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embeddings.features import BANDS

ALPHA, FAST = (8, 13), (18, 31)  # Hz; below 18 is what goes with quiet attention, above 31 mostly muscle


def ratio(row: NDArray[np.float32], channels: int) -> float:
    """Return the log of mean power density at `FAST` over that at `ALPHA`, meaned over electrodes.

    ``row`` is a window's `embeddings.features.row`. The figure depends on person, electrodes and day; only its rank
    among others of the same hour says anything.
    """
    first, second = np.triu_indices(channels)
    power = row.reshape(len(BANDS), -1)[:, first == second].astype(np.float64)
    return float(np.mean(np.log(_density(power, FAST)) - np.log(_density(power, ALPHA))))


def _density(power: NDArray[np.float64], wanted: tuple[int, int]) -> NDArray[np.float64]:
    """Return the mean density of a range of bands at each electrode, ``float64[channels]``."""
    inside = [at for at, (low, high) in enumerate(BANDS) if wanted[0] <= low and high <= wanted[1]]
    widths = [BANDS[at][1] - BANDS[at][0] for at in inside]
    mean: NDArray[np.float64] = np.average(power[inside], axis=0, weights=widths)
    return np.maximum(mean, math.ulp(0.0))
