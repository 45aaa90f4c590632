"""Making segments: from rows of SQLite, or of other segments by joining their lists."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from index.keys.sealing import TAG_BYTES, Sealer
from index.spaces import segments
from index.spaces.quantizer import InterruptedWorkError, Quantizer
from index.spaces.segments import ID_BYTES, Card, Part, Segment
from index.spaces.vector_rows import Span, VectorRows
from index.spaces.vector_scan import Ids

Stop = Callable[[], bool]
CARD_BYTES = 64 * 1024  # more than a card ever takes, its list of lengths apart


def from_rows(
    path: Path, sealer: Sealer, rows: VectorRows, span: Span, made_with: tuple[int, Quantizer], *, stop: Stop
) -> Card:
    """Write a segment of the rows of a span, which must fit into memory as codes; returns its card.

    ``made_with``: a generation and its quantizer. Raises `InterruptedWorkError`, `VaultError`.
    """
    generation, quantizer = made_with
    parts, lists = [_none(quantizer.dimension)], [np.empty(0, np.int64)]
    for batch in rows.stream(span):
        _go_on(stop)
        numbers, codes = quantizer.encode(batch.vectors)
        lists.append(numbers)
        parts.append(Part(batch.rows, batch.moments, codes))
    card = Card(rows.identity, generation, span, 0, (0, 0))
    grouped = _grouped(_joined(parts), np.concatenate(lists), quantizer.lists)
    return segments.write(path, sealer, card, grouped, lists=quantizer.lists)


def from_segments(path: Path, sealer: Sealer, rows: VectorRows, sources: Sequence[Segment], *, stop: Stop) -> Card:
    """Write one segment in place of neighbours of one generation, without rows that SQLite no longer holds.

    One list at a time is in memory. Raises `InterruptedWorkError`, `VaultError`, `DamagedSegmentError`.
    """
    span = Span(sources[0].card.span.after, sources[-1].card.span.upto)
    card = Card(rows.identity, sources[0].card.generation, span, 0, (0, 0))
    lists = len(sources[0].lengths)
    return segments.write(path, sealer, card, _merged(sources, rows.ids(span), lists, stop), lists=lists)


def most_bytes(rows: int, quantizer: Quantizer) -> int:
    """Return how many bytes a segment of so many rows takes at most."""
    a_row = quantizer.dimension + ID_BYTES
    return rows * a_row + quantizer.lists * (TAG_BYTES + ID_BYTES) + CARD_BYTES


def new_name(prefix: str) -> str:
    """Return a name that no file of this vault ever had, so that an old file is never taken for a new one."""
    return f"{prefix}-{secrets.token_hex(8)}.segment"


def held_among(rows: Ids, held: Ids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which of ``rows`` are in ``held``, which is ascending."""
    if len(held) == 0:
        return np.zeros(len(rows), np.bool_)
    places = np.minimum(np.searchsorted(held, rows), len(held) - 1)
    return np.asarray(held[places] == rows)


def _merged(sources: Sequence[Segment], held: Ids, lists: int, stop: Stop) -> Iterator[tuple[int, Part]]:
    for number in range(lists):
        _go_on(stop)
        found = [source.read(number) for source in sources if source.lengths[number]]
        if found:
            joined = _joined(found)
            yield number, _chosen(joined, held_among(joined.rows, held))


def _grouped(part: Part, lists: Ids, count: int) -> Iterator[tuple[int, Part]]:
    """Yield rows by list, oldest first within each."""
    order = np.argsort(lists, kind="stable")
    ends = np.cumsum(np.bincount(lists, minlength=count))
    for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if end > start:
            yield number, _chosen(part, order[start:end])


def _joined(parts: Sequence[Part]) -> Part:
    return Part(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.moments for part in parts]),
        np.concatenate([part.codes for part in parts]),
    )


def _chosen(part: Part, which: np.ndarray[tuple[int], np.dtype[np.bool_ | np.int64]]) -> Part:
    return Part(part.rows[which], part.moments[which], part.codes[which])


def _none(dimension: int) -> Part:
    return Part(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, dimension), np.uint8))


def _go_on(stop: Stop) -> None:
    if stop():
        raise InterruptedWorkError
