"""What of a window is still as it was when it was read, what only moved, and what must be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from companion.capture.comparing import MARGIN_ACROSS, MARGIN_DOWN, Comparison, known
from companion.capture.types import Image
from embeddings.reading import cells
from embeddings.reading.boxes import Box, clipped, grown, merged, overlapping, without
from embeddings.reading.cells import Cells
from embeddings.reading.order import in_reading_order
from embeddings.types import TextLine

#: Cells (`embeddings.reading.cells`) between what is shown that is read together where all is read.
ACROSS, DOWN = 8, 3

LOWEST, NARROWEST = 5, 3  # pixels; what is smaller is no text


@dataclass(frozen=True, slots=True)
class Read:
    """What a window looked like when it was read.

    Attributes
    ----------
    image
        ``uint8[height, width, 3]``.
    lines
        What was read of it, with boxes in its pixels.
    unread
        What was covered then, and so not looked at.

    """

    image: Image
    lines: tuple[TextLine, ...]
    unread: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a new picture of a window.

    Attributes
    ----------
    kept
        Lines that stand there still, with boxes where they are now.
    regions
        What must be read: boxes that have no pixel in common with each other or with what is covered.

    """

    kept: tuple[TextLine, ...]
    regions: tuple[Box, ...]


def plan(before: Read | None, image: Image, covered: Sequence[Box] = ()) -> Plan:
    """Return which known lines hold for a new picture, and where it must be read.

    Every pixel counts: what is kept is equal to what was read, in itself and close around.

    Parameters
    ----------
    before
        The same window earlier; None where it was never read. A picture of another size says nothing.
    image
        ``uint8[height, width, 3]``.
    covered
        Boxes that are not read: what programs tell themselves, and what is private.

    """
    if before is None or before.image.shape != image.shape:
        shown = cells.contrasting(image)
        looked = shown.copy()
        cells.clear(looked, covered)
        boxes = cells.boxes_around(looked, across=ACROSS, down=DOWN)
        return Plan((), _regions([grown(box, MARGIN_ACROSS, MARGIN_DOWN) for box in boxes], shown, image, covered))
    compared = Comparison(before.image, image, before.lines, before.unread)
    kept, boxes = compared.told(covered)
    return Plan(kept, _regions(boxes, compared.shown, image, covered))


def done(planned: Plan, image: Image, found: Sequence[TextLine], covered: Sequence[Box] = ()) -> Read:
    """Return what is known once the regions of a plan were read: the lines kept and those found, in reading order.

    Where a line was found that is known already, the known one counts.
    """
    new = [line for line in found if not known(line.box, planned.kept)]
    return Read(image, tuple(in_reading_order([*planned.kept, *new])), tuple(covered))


def _regions(boxes: Iterable[Box], shown: Cells, image: Image, covered: Sequence[Box]) -> tuple[Box, ...]:
    """Return what of some boxes is to be read: what is not covered, and in which anything is shown."""
    whole = (0, 0, image.shape[1], image.shape[0])
    inside = [part for part in (clipped(box, whole) for box in boxes) if part is not None]
    parts = [part for box in merged(inside) for part in without(box, (one for one in covered if overlapping(one, box)))]
    legible = [part for part in parts if part[2] - part[0] >= NARROWEST and part[3] - part[1] >= LOWEST]
    return tuple(part for part in legible if shown[cells.under(part)].any())
