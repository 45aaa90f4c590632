"""Secrets in lines that OCR read: also where it took one letter for another, and where the window's edge breaks them.

Whatever is found this way comes on top of what `companion.masking.pixels` finds. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from companion.masking import pixels
from companion.masking.pixels import Box, Cut
from companion.masking.spans import found
from embeddings.types import Image, TextLine

#: Letters' widths from a window's edge up to which a line is taken to go on in the next, as terminals break them.
EDGE = 3.0

GAP = 0.5  # heights of a line
FAINT = 30  # levels, of 255, between what is drawn and what it is drawn on

TALLEST = 40  # pixels of a line; what is higher are several

#: Heights of a line from its middle to that of the next, at most.
NEXT = 1.8

#: Share of its height that letters may reach out of a line: slanted ones to the right.
OVER = 0.3

_BETWEEN_LETTERS = re.compile(r"(?<=[A-Za-z])[015](?=[A-Za-z])")
_LIKE = {"0": "O", "1": "l", "5": "S"}
_LOST_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,8}) (?=[A-Za-z0-9_-]{16})")


def touched(lines: Sequence[TextLine], *, told: int, width: int) -> tuple[Box, ...]:
    """Return the boxes of pixels that show a secret.

    Parameters
    ----------
    lines
        What was told, then what was read, with boxes in pixels of the picture.
    told
        How many of them, the first ones, were told by a program: they are as they were told.
    width
        Of the window, pixels.

    """
    broken = (around(lines[part.line].box) for part in _broken(lines, told, width))
    corrected = _corrected(lines, told)
    boxes = [*pixels.touched(lines), *(pixels.touched(corrected) if corrected else ()), *broken]
    return tuple(dict.fromkeys(boxes))


def touched_lines(lines: Sequence[TextLine], *, told: int) -> frozenset[int]:
    """Return the places of lines that hold a secret, or a part of one, by what stands in one line or beside it."""
    corrected = _corrected(lines, told)
    return pixels.touched_lines(lines) | (pixels.touched_lines(corrected) if corrected else frozenset())


def masked_lines(lines: Sequence[TextLine], *, told: int, width: int) -> tuple[TextLine, ...]:
    """Return the same lines with secrets replaced; see `touched`."""
    return pixels.masked_lines(lines, _further(lines, told, width))


def of_told(lines: Sequence[TextLine], *, told: int, width: int) -> Iterator[tuple[str, str]]:
    """Yield what of the lines that were told is a secret or a part of one, word for word, with its kind."""
    for cut in (*pixels.cuts(lines), *_further(lines, told, width)):
        if cut.line < told:
            yield lines[cut.line].text[cut.start : cut.end], cut.kind


def around(box: Box) -> Box:
    """Return the pixels of a line that may show its letters."""
    left, top, right, bottom = box
    over = math.ceil(OVER * min(bottom - top, TALLEST))
    return left - over, top - over // 2, right + over, bottom + over // 2


def running_on(image: Image, box: Box, others: Sequence[Box]) -> Box:
    """Return a box that is as wide as what is drawn in it: text may run out of the place a program tells for it.

    It ends at a gap as wide as between columns, and where one of ``others`` begins.
    """
    left, top, right, bottom = (max(0, edge) for edge in box)
    beside = [one for one in others if one[1] < bottom and top < one[3]]
    first = max((one[2] for one in beside if one[2] <= left), default=0)
    last = min((one[0] for one in beside if one[0] >= right), default=image.shape[1])
    gap = math.ceil(GAP * min(bottom - top, TALLEST))
    before, behind = image[top:bottom, first:left][:, ::-1], image[top:bottom, right:last]
    return left - _inked(before, gap), top, right + _inked(behind, gap), bottom


def _inked(strip: Image, gap: int) -> int:
    """Return how many columns of a strip something is drawn in, up to the first ``gap`` without anything."""
    if not strip.size:
        return 0
    drawn = (strip.max(axis=0).astype(int) - strip.min(axis=0)).max(axis=1) > FAINT
    end = empty = 0
    for column, there in enumerate(drawn):
        empty = 0 if there else empty + 1
        end = column + 1 if there else end
        if empty >= gap:
            break
    return end


def _further(lines: Sequence[TextLine], told: int, width: int) -> list[Cut]:
    """Return the parts of secrets that are found in no line as it stands."""
    return [*_broken(lines, told, width), *pixels.cuts(_corrected(lines, told))]  # corrected ones are as long


def _corrected(lines: Sequence[TextLine], told: int) -> list[TextLine]:
    """Return lines as long as they are, with what OCR mistakes put right: digits within words, lost underscores.

    Empty where there is nothing to put right.
    """
    better = [line if place < told else replace(line, text=_plain(line.text)) for place, line in enumerate(lines)]
    return better if better != list(lines) else []


def _plain(text: str) -> str:
    return _LOST_UNDERSCORE.sub(r"\1_", _BETWEEN_LETTERS.sub(lambda match: _LIKE[match[0]], text))


def _broken(lines: Sequence[TextLine], told: int, width: int) -> Iterator[Cut]:
    """Yield the parts of secrets that run over the edge of the window; one may come twice."""
    for chain in dict.fromkeys(map(tuple, (*_chains(lines, told, width), *_columns(lines, told, width)))):
        starts, length = [], 0
        for place in chain:
            starts.append(length)
            length += len(lines[place].text)
        for span in found("".join(lines[place].text for place in chain)):
            parts = [
                Cut(place, max(span.start - start, 0), min(span.end - start, end), span.kind, span.start >= start)
                for place, start in zip(chain, starts, strict=True)
                if span.start < start + (end := len(lines[place].text)) and span.end > start
            ]
            yield from parts if len(parts) > 1 else ()


def _chains(lines: Sequence[TextLine], told: int, width: int) -> Iterator[list[int]]:
    """Yield runs of lines of which each but the last reaches the window's edge, and the next is right below it."""
    chain: list[int] = []
    for place in _row_by_row(lines, told):
        if chain and not _goes_on(lines[chain[-1]], lines[place], width):
            if len(chain) > 1:
                yield chain
            chain = []
        chain.append(place)
    if len(chain) > 1:
        yield chain


def _columns(lines: Sequence[TextLine], told: int, width: int) -> Iterator[list[int]]:
    """Yield such runs of lines below each other, whatever lies to their left: a terminal may be divided."""
    going_on: list[list[int]] = []
    for place in _row_by_row(lines, told):
        chain = next((one for one in going_on if _is_below(lines[place], lines[one[-1]])), None)
        if chain is None:
            chain = []
        else:
            going_on.remove(chain)
        chain.append(place)
        if _reaches(lines[place], width):
            going_on.append(chain)
        elif len(chain) > 1:
            yield chain
    yield from (chain for chain in going_on if len(chain) > 1)


def _row_by_row(lines: Sequence[TextLine], told: int) -> Iterator[int]:
    """Yield the places of lines that were read; pieces of one row from left to right, whichever begins higher."""
    return (told + place for place, _ in pixels.in_rows(lines[told:]))


def _goes_on(line: TextLine, following: TextLine, width: int) -> bool:
    return _reaches(line, width) and _is_next(line, following)


def _is_below(following: TextLine, line: TextLine) -> bool:
    return _is_next(line, following) and following.box[0] < line.box[2] and line.box[0] < following.box[2]


def _reaches(line: TextLine, width: int) -> bool:
    left, _, right, _ = line.box
    return right >= width - EDGE * (right - left) / max(1, len(line.text))


def _is_next(line: TextLine, following: TextLine) -> bool:
    _, top, _, bottom = line.box
    below = (following.box[1] + following.box[3] - top - bottom) / 2
    return 0 < below <= NEXT * (bottom - top)
