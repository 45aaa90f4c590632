"""How much of a picture changed against another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from companion.capture.types import Image

#: Side of a square tile, in pixels: about two lines of text high.
TILE = 32

#: Mean absolute difference (grey levels, 0 to 255) from which a tile counts as changed. One more letter in a tile
#: moves it by about 6; what a JPEG of quality 90 adds to a page of text stays below.
TILE_LEVEL = 4.0

#: Share of changed tiles above which the person looks at something else: a blinking cursor, a clock or a tooltip stay
#: below it, a scrolled page, another document or another slide do not (`tests/companion/test_capture_change.py`).
MOVED_ON = 0.08

#: Share of changed tiles up to which two frames are the same picture for every purpose.
NEAR_DUPLICATE = 0.02


def changed_share(before: Image, after: Image) -> float:
    """Return the share of tiles that changed, 0 to 1; pictures of different size share nothing.

    Parameters
    ----------
    before, after
        ``uint8[height, width, 3]``.

    """
    if before is after:
        return 0.0
    if before.shape != after.shape:
        return 1.0
    differences = tile_differences(before, after)
    return float(np.mean(differences >= TILE_LEVEL)) if differences.size else 0.0


def tile_differences(before: Image, after: Image) -> NDArray[np.float64]:
    """Return the mean absolute difference of each tile (grey levels), ``float64[tile rows, tile columns]``.

    The tiles of the last row and column hold only the pixels that are there.
    """
    height, width, depth = before.shape
    columns = np.arange(0, width, TILE)
    sums = np.empty((-(-height // TILE), len(columns)))
    # Band by band, so that the intermediate arrays stay in the processor's cache.
    for row, top in enumerate(range(0, height, TILE)):
        old, new = before[top : top + TILE], after[top : top + TILE]
        difference = np.maximum(old, new) - np.minimum(old, new)
        by_column = difference.sum(axis=0, dtype=np.uint32).sum(axis=1)
        sums[row] = np.add.reduceat(by_column, columns)
    heights = np.minimum(TILE, height - np.arange(0, height, TILE))
    widths = np.minimum(TILE, width - columns)
    means: NDArray[np.float64] = sums / (heights[:, None] * widths[None, :] * depth)
    return means
