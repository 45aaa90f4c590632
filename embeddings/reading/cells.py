"""A picture as a grid of small cells: where it shows anything, where it differs from another, and boxes around that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.reading.boxes import Box
from embeddings.types import Image

#: Pixels of a cell: half a line of small text high, about two letters wide.
WIDE, HIGH = 16, 8

#: Grey levels between the darkest and the lightest pixel of a cell from which on it shows something. The palest hints
#: in fields of forms stand out from their ground by some 40.
CONTRAST = 16

#: Boxes that are made of one picture at most; marks that are scattered all over it are gathered into fewer.
MOST = 40

Cells = NDArray[np.bool_]


def contrasting(image: Image) -> Cells:
    """Return which cells of ``uint8[height, width, 3]`` may show a part of a letter: ``bool[rows, columns]``.

    Those are left out that are of one colour, and those that hold nothing but a straight rule or the edge of a field.
    """
    height, width = image.shape[:2]
    rows, columns = -(-height // HIGH), -(-width // WIDE)
    high = np.empty((rows, columns * WIDE * 3), np.uint8)
    low = np.empty_like(high)
    flat = image.reshape(height, -1)  # NumPy is much faster along long rows
    for row, top in enumerate(range(0, height, HIGH)):
        flat[top : top + HIGH].max(axis=0, out=high[row, : width * 3])
        flat[top : top + HIGH].min(axis=0, out=low[row, : width * 3])
    for edges in (high, low):  # the last cell may be wider than the picture
        edges.reshape(rows, -1, 3)[:, width:] = edges.reshape(rows, -1, 3)[:, width - 1 : width]
    down = _most(high - low, np.maximum)
    across = np.maximum(_spread(high), _spread(low))
    strong: Cells = np.minimum(down.max(axis=1), across.max(axis=1)) >= CONTRAST
    return strong.reshape(rows, columns)


def differing(before: Image, after: Image) -> Cells:
    """Return in which cells any pixel is another: ``bool[rows, columns]``; both ``uint8[height, width, 3]``."""
    found = np.zeros((-(-after.shape[0] // HIGH), -(-after.shape[1] // WIDE)), np.bool_)
    columns = np.arange(0, after.shape[1] * 3, WIDE * 3)
    old, new = before.reshape(len(before), -1), after.reshape(len(after), -1)
    for row, top in enumerate(range(0, len(after), HIGH)):
        one, other = old[top : top + HIGH], new[top : top + HIGH]
        if not np.array_equal(one, other):
            found[row] = np.logical_or.reduceat((one != other).any(axis=0), columns)
    return found


def under(box: Sequence[int]) -> tuple[slice, slice]:
    """Return the rows and columns of the cells that hold any pixel of a box inside the picture."""
    left, top, right, bottom = (max(0, edge) for edge in box)
    return slice(top // HIGH, -(-bottom // HIGH)), slice(left // WIDE, -(-right // WIDE))


def counts(marks: Cells, boxes: NDArray[np.int64], *, whole: bool = False) -> NDArray[np.int64]:
    """Return how many marked cells each of ``int64[boxes, 4]`` holds a part of, or wholly: ``int64[boxes]``."""
    sums = np.zeros((marks.shape[0] + 1, marks.shape[1] + 1), np.int64)
    sums[1:, 1:] = marks.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
    starts, ends = boxes[:, :2], boxes[:, 2:]
    size = np.array([WIDE, HIGH])
    starts, ends = (-(-starts // size), ends // size) if whole else (starts // size, -(-ends // size))
    most = np.array(marks.shape[::-1])
    left, top = np.clip(starts, 0, most).T
    right, bottom = np.maximum(np.clip(ends, 0, most).T, [left, top])
    found: NDArray[np.int64] = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return found


def clear(marks: Cells, boxes: Iterable[Box]) -> None:
    """Take the marks off the cells whose middle is in one of the boxes."""
    half_high, half_wide = HIGH // 2, WIDE // 2
    for box in boxes:
        left, top, right, bottom = (max(0, edge) for edge in box)
        rows = slice((top + half_high - 1) // HIGH, (bottom + half_high - 1) // HIGH)
        marks[rows, (left + half_wide - 1) // WIDE : (right + half_wide - 1) // WIDE] = False


def extent(marks: Cells, whole: Box) -> Box:
    """Return the box, in pixels of a picture of the size of ``whole``, around all marked cells; there must be some."""
    rows, columns = np.flatnonzero(marks.any(axis=1)), np.flatnonzero(marks.any(axis=0))
    right, bottom = (int(columns[-1]) + 1) * WIDE, (int(rows[-1]) + 1) * HIGH
    return int(columns[0]) * WIDE, int(rows[0]) * HIGH, min(right, whole[2]), min(bottom, whole[3])


def boxes_around(marks: Cells, *, across: int, down: int) -> list[Box]:
    """Return few boxes, in pixels, that hold all marked cells; they may reach over the picture's edge.

    The marks are cut along strips without any (recursive XY cut: Nagy, Seth, Viswanathan 1992).

    Parameters
    ----------
    across, down
        A strip that is narrower (columns), or lower (rows of cells), does not divide.

    """
    found = _boxes(marks, 0, 0, across, down)
    while len(found) > MOST:
        across, down = 2 * across + 1, 2 * down + 1
        found = _boxes(marks, 0, 0, across, down)
    return [(left * WIDE, top * HIGH, right * WIDE, bottom * HIGH) for left, top, right, bottom in found]


def _spread(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return by how much each channel of ``uint8[rows, width * 3]`` differs within each cell: ``uint8[cells, 3]``."""
    return _most(values, np.maximum) - _most(values, np.minimum)


def _most(values: NDArray[np.uint8], of_two: np.ufunc) -> NDArray[np.uint8]:
    """Return the largest (smallest) value of each channel in each cell."""
    halved = values.reshape(-1, WIDE * 3)
    while (width := halved.shape[1] // 2) >= 3:  # noqa: PLR2004 the channels of a pixel
        halved = of_two(halved[:, :width], halved[:, width:])
    return halved


def _boxes(marks: Cells, row: int, column: int, across: int, down: int) -> list[Box]:
    """Return boxes in cells of the marks whose first cell is at ``row`` and ``column``."""
    rows, columns = _runs(marks, 1, down), _runs(marks, 0, across)
    if not rows:
        return []
    if len(rows) == 1 and len(columns) == 1:
        (top, bottom), (left, right) = rows[0], columns[0]
        if bottom - top == len(marks) and right - left == marks.shape[1]:
            return [(column, row, column + right, row + bottom)]
    return [
        box
        for top, bottom in rows
        for left, right in columns
        for box in _boxes(marks[top:bottom, left:right], row + top, column + left, across, down)
    ]


def _runs(marks: Cells, along: int, gap: int) -> list[tuple[int, int]]:
    """Return first and end of each stretch of rows (columns) with marks; those at most ``gap`` apart are one."""
    places = np.flatnonzero(marks.any(axis=along))
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > gap + 1)
    starts, ends = places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]
