"""Pixels to text. What it costs follows what is new: lines and parts of a picture that were seen before are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from embeddings.reading import blocks, cells
from embeddings.reading.boxes import Box, clipped, grown, merged, moved
from embeddings.reading.finding import bands, padded, together
from embeddings.reading.lines import Piece, pieces, snapped
from embeddings.reading.models import SIDE, TextModels
from embeddings.reading.order import as_text, in_reading_order
from embeddings.recent import Recent, key_of
from embeddings.types import Image, TextLine

__all__ = ["TextReader", "as_text", "in_reading_order"]

LEAST_CONFIDENCE = 0.5
SMALLEST_SIDE = 5  # pixels; nothing legible is smaller

KNOWN_LINES, KNOWN_PARTS = 4_096, 128  # results kept, a megabyte or two each: some fifty screens of text

#: Cells without anything that divide what is looked at for text: lone words in a wide empty picture are overlooked.
APART_ACROSS, APART_DOWN = 8, 6
MARGIN = 6  # pixels looked at around what is there

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A piece of the line with this number."""

    line: int
    piece: Piece


class TextReader:
    """Finds and reads the lines of text in an image. Loading costs about a second and 200 MB.

    Parameters
    ----------
    threads
        How many lines, or parts of the image, are worked on at once.

    """

    def __init__(self, threads: int = 2) -> None:
        self._models = TextModels()
        self._pool = ThreadPoolExecutor(threads, "reading")
        self._lines: Recent[tuple[str, float]] = Recent(KNOWN_LINES)
        self._parts: Recent[list[Box]] = Recent(KNOWN_PARTS)

    def forget(self) -> None:
        """Keep nothing in memory of what was read, secrets and all."""
        self._lines.clear()
        self._parts.clear()

    def read(self, image: Image, regions: Sequence[Box] | None = None) -> list[TextLine]:
        """Return lines in reading order, columns of prose one after the other.

        Parameters
        ----------
        image
            ``uint8[height, width, 3]``, RGB.
        regions
            What is read, in pixels; those that overlap are read as one. None is the whole image.

        Returns
        -------
        list[TextLine]
            Boxes are in pixels of the image, also where only regions are read.

        """
        whole = (0, 0, image.shape[1], image.shape[0])
        wanted = [whole] if regions is None else [box for box in (clipped(one, whole) for one in regions) if box]
        apart = [(part, box) for box in merged(wanted) for part in _inked(image, box)]
        found = self._found(image, [part for part, _ in apart])
        boxes = [snapped(image, line, box) for (_, box), some in zip(apart, found, strict=True) for line in some]
        cut = [_Cut(i, piece) for i, box in enumerate(boxes) for piece in pieces(image, box)]
        read = self._each(lambda one: self._recognised(image, one.piece.box), cut)
        by_line = groupby(zip(cut, read, strict=True), key=lambda one: one[0].line)
        lines = [_joined(boxes[i], list(some)) for i, some in by_line]
        return in_reading_order([line for line in lines if line.text and line.confidence >= LEAST_CONFIDENCE])

    def _found(self, image: Image, parts: Sequence[Box]) -> list[list[Box]]:
        """Return where lines are in each of some parts of the image."""
        known = [_block(image, part) for part in parts]
        cut = [bands(part) if lines is None else [] for part, lines in zip(parts, known, strict=True)]
        found = iter(self._each(lambda band: self._looked(image, band), [band for some in cut for band in some]))
        looked = [together(some, [next(found) for _ in some]) for some in cut]
        return [model if lines is None else lines for lines, model in zip(known, looked, strict=True)]

    def _looked(self, image: Image, band: Box) -> list[Box]:
        pixels = image[band[1] : band[3], band[0] : band[2]]
        key = key_of(pixels)
        found = self._parts.get(key)
        if found is None:
            larger, right, down = padded(pixels, SIDE)
            found = [moved(box, -right, -down) for box in self._models.find(larger)]
            self._parts.put(key, found)
        return found

    def _recognised(self, image: Image, box: Box) -> tuple[str, float]:
        pixels = image[box[1] : box[3], box[0] : box[2]]
        key = key_of(pixels)
        read = self._lines.get(key)
        if read is None:
            read = self._models.recognise(pixels)
            self._lines.put(key, read)
        return read

    def _each(self, do: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
        return list(self._pool.map(do, tasks))


def _inked(image: Image, box: Box) -> list[Box]:
    """Return the parts of a box that are not blank."""
    left, top, right, bottom = box
    shown = cells.contrasting(image[top:bottom, left:right])
    boxes = cells.boxes_around(shown, across=APART_ACROSS, down=APART_DOWN)
    placed = [(left + one[0], top + one[1], left + one[2], top + one[3]) for one in boxes]
    parts = merged(clipped(grown(one, MARGIN, MARGIN), box) or one for one in placed)
    return [part for part in parts if min(part[2] - part[0], part[3] - part[1]) >= SMALLEST_SIDE]


def _block(image: Image, part: Box) -> list[Box] | None:
    """Return where the lines of a part are that is a block of text, None where the model has to look."""
    left, top, right, bottom = part
    lines = blocks.lines_in(image[top:bottom, left:right])
    return None if lines is None else [moved(line, left, top) for line in lines]


def _joined(box: Box, read: Sequence[tuple[_Cut, tuple[str, float]]]) -> TextLine:
    """Return the line its pieces make."""
    text = "".join(said.strip() + " " * cut.piece.spaced for cut, (said, _) in read).strip()
    letters = sum(len(said) for _, (said, _) in read)
    confidence = sum(sure * len(said) for _, (said, sure) in read) / letters if letters else 0.0
    return TextLine(text, confidence, box)
