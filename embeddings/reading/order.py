"""In which order a person reads lines on a screen: columns of prose one after the other, tables and forms by rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from embeddings.types import TextLine

#: Heights of a line that a free strip is wide, at least, to divide columns; words of a line are closer.
GUTTER = 0.7

#: Words of a line from which on it is prose rather than what stands in a cell, and the share of a column's lines that
#: have so many where the column is prose: last lines of paragraphs, headings and items of lists have fewer.
WORDY, SHARE = 4, 0.3

#: Lines of a column, at least; two lines of two pieces are rather a heading and what stands beside it.
LINES = 3

#: Share of the lines of one column that have a neighbour beside them in a table.
ALIGNED = 0.7

#: Heights by which the middles of two lines of one row differ at most.
BESIDE = 0.25

_WORD = re.compile(r"[^\W\d_]{2,}")

Span = tuple[int, int]
Lines = Sequence[TextLine]


def in_reading_order(lines: Lines) -> list[TextLine]:
    """Return lines as a person reads them.

    The page is cut along free vertical strips where columns of prose lie beside each other, else into parts above
    each other; within a part rows are read from left to right. Two columns are read by rows where most lines of the
    shorter one stand beside a line of the other, unless both are prose.
    """
    columns = _columns(lines)
    if len(columns) > 1:
        return [line for column in columns for line in in_reading_order(column)]
    parts = _parts(lines)
    if len(parts) > 1:
        return [line for part in parts for line in in_reading_order(part)]
    return [line for row in _rows(lines) for line in row]


def as_text(lines: Lines) -> str:
    """Return lines, in reading order, as one text; pieces that stand on one row of the screen are joined."""
    rows: list[list[TextLine]] = []
    for line in lines:
        if rows and _same_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return "\n".join("  ".join(line.text for line in sorted(row, key=lambda line: line.box[0])) for row in rows)


def _columns(lines: Lines) -> list[list[TextLine]]:
    """Return columns, from left to right, that are read one after the other; one where there is but one."""
    columns: list[list[TextLine]] = []
    for strip in _strips(lines, horizontal=False, least=GUTTER * _usual_height(lines)):
        if columns and not _apart(columns[-1], strip):
            columns[-1] += strip
        else:
            columns.append(strip)
    return columns


def _apart(left: Lines, right: Lines) -> bool:
    """Whether one column is read to its end before the other begins."""
    fewer, more = sorted((left, right), key=len)
    if not _side_by_side(left, right):
        return False
    if all(_wordy(column) for column in (left, right)):
        return len(fewer) >= LINES
    beside = sum(any(_beside(line, other) for other in more) for line in fewer)
    return beside < ALIGNED * len(fewer)


def _side_by_side(left: Lines, right: Lines) -> bool:
    """Whether the lower of two columns stands beside the other for most of its height."""
    (top, bottom), (other_top, other_bottom) = (_extent(column) for column in (left, right))
    return min(bottom, other_bottom) - max(top, other_top) > min(bottom - top, other_bottom - other_top) / 2


def _extent(lines: Lines) -> Span:
    return min(line.box[1] for line in lines), max(line.box[3] for line in lines)


def _wordy(lines: Lines) -> bool:
    return sum(len(_WORD.findall(line.text)) >= WORDY for line in lines) >= SHARE * len(lines)


def _beside(one: TextLine, other: TextLine) -> bool:
    middle = (one.box[1] + one.box[3] - other.box[1] - other.box[3]) / 2
    return abs(middle) < BESIDE * min(_height(one), _height(other))


def _parts(lines: Lines) -> list[list[TextLine]]:
    """Return parts from top to bottom; rows that share a free vertical strip belong to one part."""
    least = GUTTER * _usual_height(lines)
    whole = (min((line.box[0] for line in lines), default=0), max((line.box[2] for line in lines), default=0))
    parts: list[list[TextLine]] = []
    free: list[Span] = []
    for row in _strips(lines, horizontal=True, least=0):
        gaps = _gaps(row, whole, least)
        shared = _shared(free, gaps, least)
        if parts and any(_between(gap, [*parts[-1], *row]) for gap in shared):
            parts[-1] += row
            free = shared
        else:
            parts.append(row)
            free = gaps
    return parts


def _gaps(row: Lines, whole: Span, least: float) -> list[Span]:
    """Return the free spans of a row, left to right, within the page."""
    edges = [(whole[0], whole[0]), *sorted((line.box[0], line.box[2]) for line in row), (whole[1], whole[1])]
    gaps, end = [], whole[0]
    for start, stop in edges:
        if start - end >= least:
            gaps.append((end, start))
        end = max(end, stop)
    return gaps


def _shared(some: Sequence[Span], others: Sequence[Span], least: float) -> list[Span]:
    common = [(max(one[0], other[0]), min(one[1], other[1])) for one in some for other in others]
    return [span for span in common if span[1] - span[0] >= least]


def _between(gap: Span, lines: Lines) -> bool:
    """Whether lines stand on both sides of a free span."""
    return any(line.box[2] <= gap[0] for line in lines) and any(line.box[0] >= gap[1] for line in lines)


def _strips(lines: Lines, *, horizontal: bool, least: float) -> list[list[TextLine]]:
    """Return the lines between free strips at least so many pixels wide, first to last."""

    def span(line: TextLine) -> Span:
        return _core(line) if horizontal else (line.box[0], line.box[2])

    strips: list[list[TextLine]] = []
    end = 0
    for line in sorted(lines, key=span):
        start, stop = span(line)
        if strips and start - end < least:
            strips[-1].append(line)
            end = max(end, stop)
        else:
            strips.append([line])
            end = stop
    return strips


def _core(line: TextLine) -> Span:
    """Return the rows of a line without those at its edges, where boxes of neighbours touch."""
    edge = _height(line) // 4
    return line.box[1] + edge, line.box[3] - edge


def _rows(lines: Lines) -> list[list[TextLine]]:
    """Return the rows from top to bottom, each from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box[1] + line.box[3]):
        if rows and _same_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _same_row(one: TextLine, other: TextLine) -> bool:
    """Whether two boxes overlap by more than half of the lower one's height."""
    top, bottom = max(one.box[1], other.box[1]), min(one.box[3], other.box[3])
    return bottom - top > min(_height(one), _height(other)) / 2


def _height(line: TextLine) -> int:
    return line.box[3] - line.box[1]


def _usual_height(lines: Lines) -> float:
    return median(map(_height, lines)) if lines else 0
