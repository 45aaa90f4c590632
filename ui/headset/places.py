"""Where electrodes lie on a head seen from above, and which of them are looked at first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings import sites

MOST_CHOSEN = 4

_RING = 0.8  # of the head's radius: where the outermost electrodes of the 10-20 system lie, but for ears and neck
# From the forehead to the back of the head, as `embeddings.sites` tells rows: the angle on the ring (degrees from the
# right, in steps of a tenth of half a round), and how far before the middle the row crosses it (in tenths of a half).
_ROWS = (1.0, 0.8, 0.6, 0.3, 0.0, -0.3, -0.6, -0.8, -1.0)
_ANGLES = (72.0, 54.0, 36.0, 18.0, 0.0, -18.0, -36.0, -54.0, -72.0)
_CROSSES = (0.8, 0.6, 0.4, 0.2, 0.0, -0.2, -0.4, -0.6, -0.8)
_OUTERMOST = 0.92  # how far to the side `embeddings.sites` says that 7 and 8 lie


def place(name: str) -> tuple[float, float] | None:
    """Return how far right and how far before the middle an electrode lies, in radii of the head; None if unknown."""
    site = sites.place(name)
    if site is None:
        return None
    row = -site.front
    angle = np.radians(np.interp(row, [-r for r in _ROWS], _ANGLES))
    middle = float(np.interp(row, [-r for r in _ROWS], _CROSSES))
    if not site.right:
        return 0.0, middle
    # The rows at both ends have but two electrodes beside the middle, both on the ring.
    out = 1.0 if abs(site.front) == 1.0 else abs(site.right) / _OUTERMOST
    across = float(np.cos(angle)) * _RING * out
    before = middle + (float(np.sin(angle)) * _RING - middle) * out * out
    return (across if site.right > 0 else -across), before


def first_chosen(ch_names: Sequence[str]) -> tuple[str, ...]:
    """Return the electrodes whose traces are shown before anybody chose, in the headset's order."""
    found = sites.find(ch_names)
    liked = list(dict.fromkeys([*(found.front or ()), *(found.back or ()), *range(len(ch_names))]))
    return tuple(ch_names[at] for at in sorted(liked[:MOST_CHOSEN]))
