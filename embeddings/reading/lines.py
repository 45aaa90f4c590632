"""Lines of text in a picture to what is recognised: cut out by their ink alone, and long ones cut between words.

The box of a line that was found wavers by some pixels with what lies around it. Cut by its ink, the same line gives the
same pixels wherever and whenever it is seen, so that what was recognised once is known again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.reading.boxes import Box, clipped, grown
from embeddings.types import Image

#: Grey levels by which ink differs from the ground of its line.
INK = 32

#: Pixels left around the ink, as a share of its height.
MARGIN = 0.2

#: Heights that a piece is wide at most: a change in a long line costs a piece of it.
LONGEST = 29

#: Heights of a gap between two words.
SPACE = 0.22

_DOT = 3  # rows between a letter and its dot or accent at most
_NARROW = 2  # pixels; where letters are apart by less, a line is not cut


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line. ``spaced``: a space stands between it and the next."""

    box: Box
    spaced: bool = False


def snapped(image: Image, box: Box, within: Box) -> Box:
    """Return the box of a line's ink and a margin, as far as that is ``within`` what may be read.

    It is ``box`` itself where no ink stands out from the ground.
    """
    left, top = box[:2]
    ink = _ink(image, box)
    rows = _rows_of(ink)
    columns = np.flatnonzero(ink[rows].any(axis=0))
    if not len(columns):
        return box
    margin = max(2, round((rows.stop - rows.start) * MARGIN))
    found = (left + int(columns[0]), top + rows.start, left + int(columns[-1]) + 1, top + rows.stop)
    return clipped(grown(found, margin, margin), within) or box


def pieces(image: Image, box: Box) -> list[Piece]:
    """Return a line, or its parts from left to right where it is a long one."""
    left, top, right, bottom = box
    height = bottom - top
    longest = LONGEST * height
    if right - left <= longest:
        return [Piece(box)]
    inked = np.logical_or.reduce(_ink(image, box))
    found, start = [], 0
    while right - left - start > longest:
        end, gap = _best_gap(inked, start + longest // 2, start + longest)
        found.append(Piece((left + start, top, left + end, bottom), spaced=gap >= SPACE * height))
        start = end
    return [*found, Piece((left + start, top, right, bottom))]


def _ink(image: Image, box: Box) -> NDArray[np.bool_]:
    """Return which pixels differ from the colour most of the box has."""
    part = image[box[1] : box[3], box[0] : box[2]].astype(np.int16)
    ground = np.median(part[::2, ::2].reshape(-1, 3), axis=0).astype(np.int16)
    found: NDArray[np.bool_] = np.abs(part - ground).max(axis=2) > INK
    return found


def _rows_of(ink: NDArray[np.bool_]) -> slice:
    """Return the rows of the line in the middle; rows of neighbours reach in at the top and the bottom of a box."""
    places = np.flatnonzero(ink.any(axis=1))
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    height = len(ink)
    core = [run for run in runs if len(run) and run[-1] >= 0.3 * height and run[0] < 0.7 * height]
    if not core:
        return slice(0, height)
    top, bottom = int(core[0][0]), int(core[-1][-1]) + 1
    for run in reversed(runs):
        if run[-1] < top <= run[-1] + 1 + _DOT and run[0] > 0:
            top = int(run[0])
    for run in runs:
        if bottom <= run[0] <= bottom + _DOT and run[-1] < height - 1:
            bottom = int(run[-1]) + 1
    return slice(top, bottom)


def _best_gap(inked: NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """Return the middle and the width of the last wide gap between two columns, or of the widest there is."""
    places = np.flatnonzero(inked[first:last]) + first
    edges = np.concatenate([[first - 1], places, [last]])
    gaps = np.diff(edges) - 1
    widest = int(gaps.max())
    if widest < _NARROW:
        return last, 0
    chosen = int(np.flatnonzero(gaps >= 0.6 * widest)[-1])  # words of one line are not quite equally far apart
    return int(edges[chosen] + edges[chosen + 1] + 1) // 2, int(gaps[chosen])
