"""Secrets in a picture: which pixels show them, by the lines OCR read, and the picture without these."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from companion.masking.spans import found, mark
from companion.masking.types import Span
from embeddings.types import Image, TextLine

#: Left, top, right, bottom in pixels; right and bottom are the first outside.
Box: TypeAlias = tuple[int, int, int, int]

#: Where a letter is in a line is guessed from its place in the text: this share of the line is added on both sides.
_UNSURE = 0.04
_WIDE_GAP = 2.0  # heights of a line: cells of a table are this far apart, words are not
_WHOLE = 0.75  # share of a line from which on all of it is covered
_NARROW, _WIDE = frozenset("iljtfrI1.,;:'|!()[]{} "), frozenset("mwMW@%QOGDC")


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of one line that belongs to a secret. ``first``: the secret begins here."""

    line: int
    start: int
    end: int
    kind: str
    first: bool


def touched(lines: Sequence[TextLine]) -> tuple[Box, ...]:
    """Return the boxes of pixels that show a secret.

    The text is searched twice, in the order given and in rows from left to right, as a secret may run over several
    pieces of one row, several rows of one column, or be beside its label.

    Parameters
    ----------
    lines
        What was read, with boxes in pixels of the picture.

    Returns
    -------
    tuple[Box, ...]
        One for each part of a line; they may overlap and lie partly outside of the picture.

    """
    return tuple(dict.fromkeys(_box(lines[cut.line], cut) for cut in cuts(lines)))


def touched_lines(lines: Sequence[TextLine]) -> frozenset[int]:
    """Return the places in ``lines`` of those that hold a secret, or a part of one."""
    return frozenset(cut.line for cut in cuts(lines))


def masked_lines(lines: Sequence[TextLine], more: Iterable[Cut] = ()) -> tuple[TextLine, ...]:
    """Return the same lines with secrets replaced, also those that run over several lines.

    A line that was only the later part of a secret becomes empty. ``more`` of them may be known.
    """
    of_line: dict[int, list[Cut]] = {}
    for cut in (*cuts(lines), *more):
        of_line.setdefault(cut.line, []).append(cut)
    return tuple(
        replace(line, text=_without(line.text, of_line[place])) if place in of_line else line
        for place, line in enumerate(lines)
    )


def blackened(image: Image, boxes: Sequence[Box]) -> Image:
    """Return a copy of a picture in which nothing of the boxes is left.

    Parameters
    ----------
    image
        ``uint8[height, width, 3]``.
    boxes
        What of them is outside of the picture is left out.

    """
    copy = image.copy()
    for left, top, right, bottom in boxes:
        copy[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 0
    return copy


def cuts(lines: Sequence[TextLine]) -> tuple[Cut, ...]:
    """Return the parts of lines that secrets are made of."""
    given = [(place, "\n") for place in range(len(lines))]
    both = [*_found_in(lines, given), *_found_in(lines, in_rows(lines))]
    return tuple(dict.fromkeys(both))


def _found_in(lines: Sequence[TextLine], order: Sequence[tuple[int, str]]) -> Iterator[Cut]:
    """Yield the parts of lines that secrets are made of when the lines are joined in an order.

    ``order`` holds places in ``lines`` and what comes behind each.
    """
    starts, parts, length = [], [], 0
    for place, behind in order:
        starts.append(length)
        parts += [lines[place].text, behind]
        length += len(lines[place].text) + len(behind)
    for span in found("".join(parts)):
        for (place, _), start in zip(order, starts, strict=True):
            cut = _cut(place, start, len(lines[place].text), span)
            if cut is not None:
                yield cut


def _cut(place: int, start: int, length: int, span: Span) -> Cut | None:
    begins, ends = max(span.start - start, 0), min(span.end - start, length)
    return Cut(place, begins, ends, span.kind, span.start >= start) if begins < ends else None


def in_rows(lines: Sequence[TextLine]) -> list[tuple[int, str]]:
    """Return the order of reading row by row; cells of a table are divided by a tab, words of a row by a space."""
    rows: list[list[int]] = []
    for place in sorted(range(len(lines)), key=lambda one: _middle(lines[one])):
        if rows and _same_row(lines[rows[-1][0]], lines[place]):
            rows[-1].append(place)
        else:
            rows.append([place])
    order = []
    for row in rows:
        row.sort(key=lambda one: lines[one].box[0])
        behind = [_between(lines[one], lines[other]) for one, other in pairwise(row)]
        order += list(zip(row, [*behind, "\n"], strict=True))
    return order


def _middle(line: TextLine) -> float:
    return (line.box[1] + line.box[3]) / 2


def _height(line: TextLine) -> int:
    return line.box[3] - line.box[1]


def _same_row(one: TextLine, other: TextLine) -> bool:
    return abs(_middle(one) - _middle(other)) < min(_height(one), _height(other)) / 2


def _between(one: TextLine, other: TextLine) -> str:
    return "\t" if other.box[0] - one.box[2] > _WIDE_GAP * _height(one) else " "


def _box(line: TextLine, cut: Cut) -> Box:
    """Return the pixels of a part of a line, generously."""
    left, top, right, bottom = line.box
    width, height = right - left, bottom - top
    margin = max(height, _UNSURE * width)
    over = math.ceil(height * 0.2) + 1
    if (cut.end - cut.start) >= _WHOLE * len(line.text):
        return left - over, top - over, right + over, bottom + over
    # Letters of one width and of several: which it is cannot be told, so both places are covered.
    even = (cut.start / len(line.text), cut.end / len(line.text))
    drawn = _share(line.text, cut.start), _share(line.text, cut.end)
    begin = left + min(even[0], drawn[0]) * width - margin
    end = left + max(even[1], drawn[1]) * width + margin
    return max(left - over, math.floor(begin)), top - over, min(right + over, math.ceil(end)), bottom + over


def _share(text: str, end: int) -> float:
    """Return how far into a line a place is when letters are as wide as in a proportional typeface."""
    return sum(map(_breadth, text[:end])) / sum(map(_breadth, text))


def _breadth(letter: str) -> float:
    return 0.45 if letter in _NARROW else 1.5 if letter in _WIDE else 1.0


def _without(text: str, cuts: Sequence[Cut]) -> str:
    """Return a line's text with its parts replaced; the later part of a secret leaves nothing."""
    parts, end = [], 0
    for cut in sorted(cuts, key=lambda one: (one.start, -one.end)):
        if cut.end <= end:
            continue
        if cut.start >= end:
            parts += [text[end : cut.start], mark(cut.kind) if cut.first else ""]
        end = cut.end
    return "".join([*parts, text[end:]])
