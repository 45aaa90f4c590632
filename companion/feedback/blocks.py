"""A session's blocks among its steps. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.feedback import figures
from companion.feedback.kept import BLOCK

Numbers = NDArray[np.float64]
Series = Mapping[str, NDArray[Any]]


def numbers(series: Series) -> list[int]:
    """Return which blocks there are."""
    return [int(one) for one in np.unique(series["block"][series["phase"] == BLOCK])]


def inside(series: Series, block: int) -> NDArray[np.bool_]:
    """Return which steps are a block's, ``bool[steps]``."""
    found: NDArray[np.bool_] = (series["phase"] == BLOCK) & (series["block"] == block)
    return found


def unmuted(series: Series, values: Numbers, block: int) -> Numbers:
    """Return the values of a block, ``float64[its steps]``, nan while muted."""
    return np.where(series["muted"] > 0, np.nan, values)[inside(series, block)]


def pieces(series: Series, values: Numbers | None, block: int, step: float) -> Numbers:
    """Return the means of a block's pieces, see `figures.pieces`; none where the values are not known."""
    return np.empty(0) if values is None else figures.pieces(unmuted(series, values, block), step)
