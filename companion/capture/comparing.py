"""A picture of a window against an earlier one: lines that hold, and boxes around what is new. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from companion.capture.shifts import vertical_shifts
from companion.capture.types import Image
from embeddings.reading import cells
from embeddings.reading.boxes import Box, area, around, clipped, grown, moved, overlapping
from embeddings.reading.cells import Cells
from embeddings.types import TextLine

#: Pixels looked at beside what changed, and above and below it.
MARGIN_ACROSS, MARGIN_DOWN = 8, 3

#: Cells (`embeddings.reading.cells`) between changes that are read together.
ACROSS, DOWN = 4, 1

#: Heights of a line to either side of it in which nothing may change: a letter more belongs to it.
BESIDE = 0.75

#: One part in so many of a line's height is free of ink at its top and its bottom; neighbours reach in there.
RIM = 8

ABOVE = 2  # pixels above and below a line in which a mark belongs to it

#: Share of a line's cells that must be as they were for it to be read although nothing new is in them.
STILL_THERE = 0.5

SAME = 0.5  # share of a line that is covered, or known, from which on it is left out

AROUND = 12  # rows of cells beside what changed that lines reach into
LARGE = 300_000  # pixels; edges of what is larger are not looked for

_Boxes = NDArray[np.int64]  # [boxes, 4]


class Comparison:
    """Compares two pictures of one size, ``uint8[height, width, 3]``.

    Parameters
    ----------
    before, after
        The pictures.
    lines
        What was read of the earlier one.
    unread
        Where the earlier one was not looked at.

    """

    def __init__(self, before: Image, after: Image, lines: Sequence[TextLine], unread: Sequence[Box]) -> None:
        self._before, self._after, self._lines, self._unread = before, after, lines, unread
        self._whole: Box = (0, 0, after.shape[1], after.shape[0])
        self._boxes: _Boxes = np.array([line.box for line in lines], np.int64).reshape(-1, 4)
        self._changed = {0: cells.differing(before, after)}  # by the rows that parts may have moved down
        if self._changed[0].any():
            for shift in vertical_shifts(before, after, cells.extent(self._changed[0], self._whole)):
                self._changed[shift] = cells.differing(_shifted(before, after, shift), after)
        self._holding = {shift: self._which_hold(shift) for shift in self._changed}

    def told(self, covered: Sequence[Box]) -> tuple[tuple[TextLine, ...], list[Box]]:
        """Return the lines that hold, where they are now, and boxes around what is to be read.

        Neither has what lies under what is ``covered``; the boxes hold whole lines and may overlap.
        """
        changed = [self._tight(box) for box in cells.boxes_around(self._new(covered), across=ACROSS, down=DOWN)]
        cut = [tuple(box) for shift in self._changed for box in self._cut(shift).tolist()]
        # What touches no line that it changed may be a dot or a mark of one close to it.
        lone = [box for box in changed if not any(overlapping(box, line) for line in cut)]
        marked = {line for line in self._kept if any(overlapping(grown(line.box, 0, ABOVE), box) for box in lone)}
        parts, still = self._left_over()
        rest = [*parts, *(line.box for line in marked)]
        looked = [grown(box, MARGIN_ACROSS, MARGIN_DOWN) for box in changed]
        whole = [around([box, *(line for line in rest if overlapping(line, box))]) for box in looked]
        return self._open([line for line in self._kept if line not in marked], covered), [*whole, *still]

    def _open(self, lines: Sequence[TextLine], covered: Sequence[Box]) -> tuple[TextLine, ...]:
        """Return the lines that are not covered."""
        marks = np.ones_like(self._changed[0])
        cells.clear(marks, covered)
        return tuple(line for line in lines if marks[cells.under(line.box)].mean() > 1 - SAME)

    def _new(self, covered: Sequence[Box]) -> Cells:
        """Return the cells that show something not read yet: ``bool[rows, columns]``."""
        new: Cells = np.logical_and.reduce(list(self._changed.values()))
        if new.any():
            near = np.zeros_like(new)
            for shift in self._changed:
                for box in _near(self._cut(shift)).tolist():
                    near[cells.under(box)] = True
            new &= self.shown | near
        for shift, differs in self._changed.items():
            for box in self._unread:
                there = cells.under(moved(box, 0, shift))
                new[there] |= (self.shown & ~differs)[there]
        cells.clear(new, covered)
        return new

    def _tight(self, box: Box) -> Box:
        """Return the box around the pixels in a box that are not what they were, if it is not a large one."""
        inside = clipped(box, self._whole) or box
        if area(inside) > LARGE or any(overlapping(inside, one) for one in self._unread):
            return inside
        different = np.logical_and.reduce([self._differs(inside, shift) for shift in self._changed])
        rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
        if not len(rows):
            return inside  # some of it stayed, the rest moved
        left, top = inside[0] + int(columns[0]), inside[1] + int(rows[0])
        return left, top, inside[0] + int(columns[-1]) + 1, inside[1] + int(rows[-1]) + 1

    @cached_property
    def shown(self) -> Cells:
        """Which cells may show a part of a letter, as far as anything changed or is unread: ``bool[rows, columns]``."""
        if self._unread or len(self._changed) > 1:
            return cells.contrasting(self._after)
        shown = np.zeros_like(self._changed[0])
        if self._changed[0].any():
            _, top, _, bottom = cells.extent(self._changed[0], self._whole)
            first, end = max(0, top // cells.HIGH - AROUND), -(-bottom // cells.HIGH) + AROUND
            shown[first:end] = cells.contrasting(self._after[first * cells.HIGH : end * cells.HIGH])
        return shown

    @cached_property
    def _kept(self) -> list[TextLine]:
        kept: list[TextLine] = []
        taken = np.zeros_like(self._changed[0])
        for shift, holding in self._holding.items():
            some = [line for line, holds in zip(self._lines, holding, strict=True) if holds]
            if shift:  # the same line may be found by two shifts
                some = [replace(line, box=moved(line.box, 0, shift)) for line in some]
                some = [line for line in some if taken[cells.under(line.box)].mean() <= SAME]
            for line in some if len(self._changed) > 1 else ():
                taken[cells.under(line.box)] = True
            kept += some
        return kept

    def _which_hold(self, shift: int) -> NDArray[np.bool_]:
        """Return which lines of the earlier picture are, pixel for pixel, in the later one: ``bool[lines]``."""
        there = _moved(self._boxes, shift)
        inside = (there[:, 1] >= 0) & (there[:, 3] <= self._whole[3])
        if shift:
            inside &= cells.counts(self._changed[0], there) > 0  # elsewhere nothing moved
        near, marks = _near(there), self._changed[shift]
        holding: NDArray[np.bool_] = inside & (cells.counts(marks, near) == 0)
        for i in np.flatnonzero(inside & ~holding & (cells.counts(marks, near, whole=True) == 0)):
            holding[i] = self._equal(tuple(near[i].tolist()), shift)
        return holding

    def _equal(self, there: Box, shift: int) -> bool:
        new = clipped(there, self._whole)
        old = clipped(moved(there, 0, -shift), self._whole)
        if new is None or old is None or area(new) != area(old):
            return False
        return bool(np.array_equal(_part(self._before, old), _part(self._after, new)))

    def _cut(self, shift: int) -> _Boxes:
        """Return where the lines that do not hold would be, as far as that is in the picture."""
        there = _moved(self._boxes[~self._holding[shift]], shift)
        return there[(there[:, 3] > 0) & (there[:, 1] < self._whole[3])]

    def _left_over(self) -> tuple[list[Box], list[Box]]:
        """Return lines that do not hold and of which something is left, and those of which most is."""
        parts: list[_Boxes] = []
        still: list[_Boxes] = []
        others = np.ones_like(self._changed[0])
        for line in self._kept:
            others[cells.under(line.box)] = False
        for shift, differs in self._changed.items():
            cut = self._cut(shift)
            if len(cut):
                as_were = self.shown & others & ~differs & (self._changed[0] if shift else True)
                left = cells.counts(as_were, cut)
                parts.append(cut[left > 0])
                still.append(cut[left > STILL_THERE * cells.counts(self.shown, cut)])
        return _listed(parts), _listed(still)

    def _differs(self, box: Box, shift: int) -> NDArray[np.bool_]:
        """Return which pixels of a box are not what was there before, moved by a shift."""
        source = moved(box, 0, -shift)
        inside = clipped(source, self._whole)
        differs = np.ones((box[3] - box[1], box[2] - box[0]), np.bool_)
        if inside is not None:
            old, new = _part(self._before, inside), _part(self._after, moved(inside, 0, shift))
            first = inside[1] - source[1]
            differs[first : first + len(old)] = (old != new).any(axis=2)
        return differs


def known(box: Box, lines: Sequence[TextLine]) -> bool:
    """Whether most of a box lies in one of some lines, or the line in it."""
    return any(area(clipped(box, line.box)) > SAME * min(area(box), area(line.box)) for line in lines)


def _near(boxes: _Boxes) -> _Boxes:
    """Return where nothing may change for lines to hold: their ink, and what stands closely beside it."""
    height = boxes[:, 3] - boxes[:, 1]
    beside, rim = np.rint(BESIDE * height).astype(np.int64), height // RIM
    near: _Boxes = boxes + np.stack([-beside, rim, beside, -rim], axis=1)
    return near


def _moved(boxes: _Boxes, shift: int) -> _Boxes:
    there: _Boxes = boxes + np.array([0, shift, 0, shift])
    return there


def _listed(boxes: Sequence[_Boxes]) -> list[Box]:
    return [tuple(box) for some in boxes for box in some.tolist()]


def _part(image: Image, box: Box) -> Image:
    return image[box[1] : box[3], box[0] : box[2]]


def _shifted(before: Image, after: Image, shift: int) -> Image:
    """Return a picture moved down by so many rows; rows it does not have differ from those of ``after``."""
    found = np.empty_like(before)
    if shift > 0:
        found[shift:], found[:shift] = before[:-shift], ~after[:shift]
    else:
        found[:shift], found[shift:] = before[-shift:], ~after[shift:]
    return found
