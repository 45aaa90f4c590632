"""Where lines are in a block of text on one ground, as terminals and editors show: told by the blank rows between them.

What the model that finds lines costs is saved there. Whatever is not plainly such a block is left to the model: fewer
than `LEAST` lines, lines of unlike height, on grounds of their own, close enough to touch, pictures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.reading.boxes import Box
from embeddings.reading.lines import INK
from embeddings.types import Image

LEAST = 4  # lines

_LOWEST, _HIGHEST = 7, 40  # rows of a line's ink
_LIKE = 0.5, 1.5  # times the median height: a line of small letters alone, one with both a bracket and an accent
_DOT, _APART = 4, 3  # rows of a dot or an accent at most, and between it and its letter
_MOST_INK = 0.5  # of a line's pixels: letters cover a fifth to two fifths, marked lines and pictures most
_MIDDLE = 0.3, 0.7  # of a line's height
_VALLEY = 0.15  # of the ink of its fullest row: less in the middle, and it may be two lines that touch
_GAP = 1.5  # heights without ink between two parts of a line that are read by themselves

Marks = NDArray[np.bool_]  # [rows, columns]


def lines_in(image: Image) -> list[Box] | None:
    """Return a box around the ink of each line, or of each part of one, from the top; None if it is no such block.

    ``image`` is ``uint8[height, width, 3]``.
    """
    ink = _ink(image)
    runs = _without_cut_off(_runs(np.logical_or.reduce(ink, axis=1)), len(ink))
    if len(runs) < LEAST:
        return None
    heights = [bottom - top for top, bottom in runs]
    least, most = np.multiply(_LIKE, np.median(heights))
    if min(heights) < max(least, _LOWEST) or max(heights) > min(most, _HIGHEST):
        return None
    lines = [ink[top:bottom] for top, bottom in runs]
    if not all(map(_is_text, lines)):
        return None
    return [
        (left, top, right, bottom)
        for (top, bottom), line in zip(runs, lines, strict=True)
        for left, right in _parts(line)
    ]


def _ink(image: Image) -> Marks:
    """Return which pixels differ from the colour most of the picture has."""
    height, width = image.shape[:2]
    ground = np.median(image[::2, ::4].reshape(-1, 3), axis=0).astype(np.int16)
    low, high = (np.tile(np.clip(ground + off, 0, 255).astype(np.uint8), width) for off in (-INK, INK))
    flat = image.reshape(height, -1)  # NumPy is much faster along long rows
    off = (flat < low) | (flat > high)
    return off[:, ::3] | off[:, 1::3] | off[:, 2::3]


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first row and end of each stretch of marked rows; a dot or an accent is of the line it is near."""
    edges = np.flatnonzero(np.diff(marked, prepend=False, append=False))
    found: list[tuple[int, int]] = []
    for top, bottom in edges.reshape(-1, 2).tolist():
        if found and top - found[-1][1] <= _APART and min(bottom - top, found[-1][1] - found[-1][0]) <= _DOT:
            found[-1] = (found[-1][0], bottom)
        else:
            found.append((top, bottom))
    return found


def _without_cut_off(runs: list[tuple[int, int]], high: int) -> list[tuple[int, int]]:
    """Return the runs without what reaches in at the top and the bottom, of lines that lie outside."""
    return [(top, bottom) for top, bottom in runs if bottom - top > _DOT or (top > 0 and bottom < high)]


def _is_text(line: Marks) -> bool:
    """Whether a line's ink is spread as that of one row of letters is."""
    by_row = np.count_nonzero(line, axis=1)
    first, last = (round(share * len(line)) for share in _MIDDLE)
    return bool(by_row.sum() <= _MOST_INK * line.size and by_row[first:last].min() >= _VALLEY * by_row.max())


def _parts(line: Marks) -> list[tuple[int, int]]:
    """Return first column and end of each part of a line."""
    places = np.flatnonzero(line.any(axis=0))
    breaks = np.flatnonzero(np.diff(places) > _GAP * len(line))
    starts, ends = places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]
