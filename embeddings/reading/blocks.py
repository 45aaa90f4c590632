"""Where lines are in a block of text on one ground, as terminals and editors show: told by the blank rows between them.

What the model that finds lines costs is saved there. Whatever is not plainly such a block is left to the model: fewer
than `LEAST` lines, lines of unlike height, on grounds of their own, close enough to touch, two beside one picture,
pictures, and any block beside which something shows that is too pale for ink.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.reading.boxes import Box, clipped, grown
from embeddings.reading.cells import CONTRAST
from embeddings.reading.lines import INK
from embeddings.types import Image

LEAST = 4  # lines

_LOWEST, _HIGHEST = 7, 40  # rows of a line's ink
_LIKE = 0.5, 1.5  # times the median height: a line of small letters alone, one with both a bracket and an accent
_DOT, _APART = 4, 3  # rows of a dot or an accent at most, and between it and its letter, as `snapped` has it
_FRINGE = 2  # pixels around ink that are paler
_MOST_INK = 0.5  # of a line's pixels: letters cover a fifth to two fifths, marked lines and pictures most
_MIDDLE = 0.3, 0.7  # of a line's height
_VALLEY = 0.6  # of the letters that its fullest row crosses: fewer in the middle, and it may be two lines
_CROSSED, _CORE = 0.5, 0.45  # of those letters are crossed by so many rows of a line, unless a picture is beside them
_GAP = 1.5  # heights without ink between two parts of a line that are read by themselves

Marks = NDArray[np.bool_]  # [rows, columns]


def lines_in(image: Image) -> list[Box] | None:
    """Return a box around the ink of each line, or of each part of one, from the top; None if it is no such block.

    A blank row above and below is in the box: `snapped` takes what reaches its edges for a neighbour's.

    ``image`` is ``uint8[height, width, 3]``.
    """
    ground = np.median(image[::2, ::4].reshape(-1, 3), axis=0).astype(np.int16)
    ink = _differing(image, ground, INK)
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
    boxes = [
        (left, max(0, top - 1), right, min(bottom + 1, len(ink)))
        for (top, bottom), line in zip(runs, lines, strict=True)
        for left, right in _parts(line)
    ]
    return None if _shows_besides(_differing(image, ground, CONTRAST), boxes) else boxes


def _shows_besides(shown: Marks, boxes: list[Box]) -> bool:
    """Whether anything shows outside the boxes, but for what reaches in at the top and the bottom. Takes ``shown``."""
    shown[: _DOT + _FRINGE] = shown[len(shown) - _DOT - _FRINGE :] = False
    for box in boxes:
        left, top, right, bottom = clipped(grown(box, _FRINGE, _FRINGE), (0, 0, shown.shape[1], len(shown))) or box
        shown[top:bottom, left:right] = False
    return bool(shown.any())


def _differing(image: Image, ground: NDArray[np.int16], by: int) -> Marks:
    """Return which pixels differ from the ground, the colour most of the picture has, by more grey levels than that."""
    height, width = image.shape[:2]
    low, high = (np.tile(np.clip(ground + off, 0, 255).astype(np.uint8), width) for off in (-by, by))
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
    letters = np.logical_or.reduceat(line, np.arange(0, line.shape[1], len(line) // 2), axis=1)  # about one in each
    crossed = np.count_nonzero(letters, axis=1) / np.count_nonzero(letters, axis=1).max()
    first, last = (round(share * len(line)) for share in _MIDDLE)
    return bool(
        np.count_nonzero(line) <= _MOST_INK * line.size
        and crossed[first:last].min() >= _VALLEY
        and np.mean(crossed >= _CROSSED) >= _CORE
    )


def _parts(line: Marks) -> list[tuple[int, int]]:
    """Return first column and end of each part of a line."""
    places = np.flatnonzero(line.any(axis=0))
    breaks = np.flatnonzero(np.diff(places) > _GAP * len(line))
    starts, ends = places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]
