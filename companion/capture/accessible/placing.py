"""From the places a program tells to pixels of the desktop. Pure.

On scaled desktops programs count in units of their own: Qt, GTK and Firefox in points of which several pixels make one,
Chromium in such points around its pages and in pixels within them. What a program says of its whole window, and where
that window lies, tell one from the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from companion.capture.accessible.reading import Block, Reading
from companion.capture.types import Rect

#: Ratios of pixels to units that are believed, and steps in which desktops offer them.
_LEAST, _MOST, _STEPS = 0.5, 8.0, (1, 4, 20, 12, 8)

#: Pixels by which what a page says of its width may differ from what surrounds it says of it.
_NEAR = 2


@dataclass(frozen=True, slots=True)
class Placing:
    """How one goes over to the other.

    Attributes
    ----------
    ratio
        Pixels of the desktop in one of the program's units.
    told, lies
        The corner of one and the same thing, as the program tells it and in pixels.
    margin
        Pixels that rounding may have taken from a place.

    """

    ratio: float = 1.0
    told: tuple[int, int] = (0, 0)
    lies: tuple[int, int] = (0, 0)
    margin: int = 0

    @property
    def unchanged(self) -> bool:
        """Whether places are what they are told to be."""
        return self.ratio == 1.0 and self.told == self.lies

    def apart(self, origin: tuple[int, int]) -> float:
        """Return by how many pixels what is told of the corner is off; ``origin``: where the window's monitor begins.

        Qt counts in pixels up to there, and in units from there; others in units alone.
        """
        return min(
            sum(
                abs(start + (there - start) * self.ratio - lies)
                for start, there, lies in zip(at, self.told, self.lies, strict=True)
            )
            for at in ((0, 0), origin)
        )

    def pixels(self, rect: Rect) -> Rect:
        """Return where something that the program tells lies on the desktop."""
        if self.unchanged:
            return rect
        return _scaled(rect, self.ratio, self.told, self.lies, self.margin)

    def units(self, rect: Rect) -> Rect:
        """Return how the program would tell of a rectangle of the desktop."""
        return rect if self.unchanged else _scaled(rect, 1 / self.ratio, self.lies, self.told, 0)


AS_TOLD = Placing()


def placing(told: Rect, lies: Iterable[Rect]) -> Placing | None:
    """Return how places are told by who says ``told`` of what lies at one of some places; None when none can be it.

    Both count as the same thing where their widths and heights have one ratio, but for what is lost in rounding. The
    place that fits best by its corner counts where several do.
    """
    found = [(one, fit) for one in lies if (fit := _ratio(told, one)) is not None]
    if not found:
        return None
    lies_at, (ratio, margin) = min(found, key=lambda one: (one[1][1], _apart(told, *one)))
    return Placing(ratio, (told.left, told.top), (lies_at.left, lies_at.top), margin)


def of_page(page: Rect, around: Rect, outside: Placing) -> Placing | None:
    """Return how places in a page are told that says ``page`` of itself, and ``around`` is said of what it fills.

    That can be as around it, in pixels of the desktop, or by a ratio of its own; None when none of these explains it.
    """
    within = around.left <= page.left and page.right <= around.right and page.width > 0
    inside = within and around.top <= page.top and page.bottom <= around.bottom
    if inside or abs(page.width - around.width) <= _NEAR:
        return outside
    fills = replace(outside, margin=0).pixels(around)
    if _alike(page, fills, outside.margin + _NEAR):
        return AS_TOLD
    return placing(page, [fills]) or (outside if outside.ratio == 1.0 else None)


def nowhere(reading: Reading) -> Reading:
    """Return a reading of which no place is known; with something in it that nobody may see it is not complete."""
    blocks = tuple(replace(block, rect=None) for block in reading.blocks)
    complete = reading.complete and not reading.private
    return replace(reading, blocks=blocks, private=(), drawn=(), complete=complete)


def moved(reading: Reading, right: int, down: int) -> Reading:
    """Return a reading whose places are so many pixels further to the right and further down."""
    return replace(
        reading,
        blocks=tuple(_moved_block(block, right, down) for block in reading.blocks),
        private=tuple(_moved(field, right, down) for field in reading.private),
        drawn=tuple(_moved(picture, right, down) for picture in reading.drawn),
    )


def _moved_block(block: Block, right: int, down: int) -> Block:
    return block if block.rect is None else replace(block, rect=_moved(block.rect, right, down))


def _moved(rect: Rect, right: int, down: int) -> Rect:
    return Rect(rect.left + right, rect.top + down, rect.width, rect.height)


def _ratio(told: Rect, lies: Rect) -> tuple[float, int] | None:
    """Return pixels a unit and the pixels that rounding may take; None where width and height do not agree."""
    if (told.width, told.height) == (lies.width, lies.height):
        return 1.0, 0
    if min(told.width, told.height) <= 1 or min(lies.width, lies.height) <= 1:
        return None
    pairs = ((told.width, lies.width), (told.height, lies.height))
    low = max(_LEAST, *(pixels / (units + 1) for units, pixels in pairs))
    high = min(_MOST, *(pixels / (units - 1) for units, pixels in pairs))
    if low >= high or low <= 1.0 <= high:
        return None  # sizes that are not equal, and yet about one to one: another part of the window is told of
    for parts in _STEPS:
        step = round((low + high) / 2 * parts) / parts
        if low < step < high:
            return step, math.ceil(step)
    return (low + high) / 2, 2 * math.ceil(high)


def _alike(one: Rect, other: Rect, most: int) -> bool:
    edges = ((one.left, other.left), (one.top, other.top), (one.right, other.right), (one.bottom, other.bottom))
    return all(abs(here - there) <= most for here, there in edges)


def _apart(told: Rect, lies: Rect, fit: tuple[float, int]) -> float:
    return abs(told.left * fit[0] - lies.left) + abs(told.top * fit[0] - lies.top)


def _scaled(rect: Rect, ratio: float, of: tuple[int, int], to: tuple[int, int], margin: int) -> Rect:
    left = math.floor(to[0] + (rect.left - of[0]) * ratio) - margin
    top = math.floor(to[1] + (rect.top - of[1]) * ratio) - margin
    right = math.ceil(to[0] + (rect.right - of[0]) * ratio) + margin
    bottom = math.ceil(to[1] + (rect.bottom - of[1]) * ratio) + margin
    return Rect(left, top, right - left, bottom - top)
