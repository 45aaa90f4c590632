"""Boxes of pixels. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

#: Left, top, right, bottom in pixels; right and bottom are the first outside.
Box: TypeAlias = tuple[int, int, int, int]


def clipped(box: Box, to: Box) -> Box | None:
    """Return the part of ``box`` inside ``to``, or None when there is none."""
    left, top, right, bottom = max(box[0], to[0]), max(box[1], to[1]), min(box[2], to[2]), min(box[3], to[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def area(box: Box | None) -> int:
    """Return how many pixels a box holds; none are in None."""
    return (box[2] - box[0]) * (box[3] - box[1]) if box is not None else 0


def overlapping(one: Box, other: Box) -> bool:
    """Whether any pixel belongs to both."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of some."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def grown(box: Box, across: int, down: int) -> Box:
    """Return a box that is larger by so many pixels on its two sides, and at top and bottom."""
    return box[0] - across, box[1] - down, box[2] + across, box[3] + down


def moved(box: Box, across: int, down: int) -> Box:
    """Return a box of the same size at another place."""
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes of which no two overlap, and which hold all the given: those that overlap become the box around."""
    apart: list[Box] = []
    for given in boxes:
        box = given
        while meeting := [other for other in apart if overlapping(box, other)]:
            apart = [other for other in apart if other not in meeting]
            box = around([box, *meeting])
        apart.append(box)
    return sorted(apart, key=lambda box: (box[1], box[0]))


def without(box: Box, holes: Iterable[Box]) -> list[Box]:
    """Return the parts of a box outside of all ``holes``: strips above and below a hole are as wide as what is cut."""
    parts = [box]
    for hole in holes:
        parts = [part for whole in parts for part in _cut(whole, hole)]
    return parts


def _cut(whole: Box, hole: Box) -> list[Box]:
    inside = clipped(whole, hole)
    if inside is None:
        return [whole]
    left, top, right, bottom = whole
    parts = [
        (left, top, right, inside[1]),
        (left, inside[1], inside[0], inside[3]),
        (inside[2], inside[1], right, inside[3]),
        (left, inside[3], right, bottom),
    ]
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]
