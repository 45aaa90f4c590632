"""Where lines of text are in a part of a picture, which is looked at in bands where it is large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from embeddings.reading.boxes import Box, area, around, clipped, moved
from embeddings.types import Image

#: Pixels looked at together. It takes some 200 MB for a moment, for each thread; more pixels take more.
AT_ONCE = 700_000

#: Pixels that bands have in common; a line that is lower is whole in one of them.
OVERLAP = 64

LOWEST = 256  # pixels of a band, however wide it is

SMALL, RIM = 96, 8  # pixels: a side below which so much is added at both ends of it

_EDGE = 4  # pixels by which a line may be found elsewhere in another band
_SAME = 0.5  # share of the smaller of two boxes they have in common when they are of one line

Find = Callable[[Image], list[Box]]


def bands(box: Box) -> list[Box]:
    """Return a box as bands from top to bottom; neighbours overlap by `OVERLAP`."""
    left, top, right, bottom = box
    most = max(LOWEST, AT_ONCE // (right - left))
    if bottom - top <= most:
        return [box]
    count = -(-(bottom - top - OVERLAP) // (most - OVERLAP))
    step = -(-(bottom - top - OVERLAP) // count)
    return [(left, top + i * step, right, min(bottom, top + (i + 1) * step + OVERLAP)) for i in range(count)]


def padded(image: Image, side: int) -> tuple[Image, int, int]:
    """Return a picture, its sides brought to multiples of ``side``, and how far right and down it lies in that.

    What is added has the colour that most of the picture has. Where a picture is low or narrow there is some on every
    side, as text that touches an edge is overlooked.
    """
    height, width = image.shape[:2]
    above, beside = (RIM if size < SMALL else 0 for size in (height, width))
    high, wide = (-(-(size + 2 * rim) // side) * side for size, rim in ((height, above), (width, beside)))
    if (high, wide) == (height, width):
        return image, 0, 0
    larger = np.empty((high, wide, 3), np.uint8)
    larger[:] = np.median(image[::4, ::4].reshape(-1, 3), axis=0).astype(np.uint8)
    larger[above : above + height, beside : beside + width] = image
    return larger, beside, above


def together(parts: Sequence[Box], found: Sequence[Sequence[Box]]) -> list[Box]:
    """Return the lines found in each of some bands, in pixels of the picture, none twice and none cut."""
    lines: list[Box] = []
    for box in _placed(parts, found):
        same = [other for other in lines if area(clipped(box, other)) > _SAME * min(area(box), area(other))]
        lines = [other for other in lines if other not in same]
        lines.append(around([box, *same]) if same else box)
    return lines


def _placed(parts: Sequence[Box], found: Sequence[Sequence[Box]]) -> Iterator[Box]:
    """Yield, band by band, the lines whose middle is nearer to the middle of their band than to its neighbours'."""
    for i, (part, boxes) in enumerate(zip(parts, found, strict=True)):
        first = part[1] + OVERLAP // 2 - _EDGE if i > 0 else part[1]
        end = part[3] - OVERLAP // 2 + _EDGE if i < len(parts) - 1 else part[3]
        for inside in boxes:
            box = clipped(moved(inside, part[0], part[1]), part)
            if box is not None and first <= (box[1] + box[3]) / 2 <= end:
                yield box
