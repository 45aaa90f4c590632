"""What focus came to in a time that is over, and what was held in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index import focus_history, notices
from index.focus_history import LONGEST_SECONDS, Label, Piece, Source, Span, Totals
from index.notices import HeldNotice
from index.store import Store

POINT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Point:
    """How probable deep focus was at a time (UTC seconds), 0 to 1: the mean of `POINT_SECONDS` at the most."""

    time: float
    probability: float


@dataclass(frozen=True, slots=True)
class Past:
    """A time that is over.

    Attributes
    ----------
    start, end
        UTC seconds.
    points
        In order; a minute of which nothing is known has none.
    deep
        When it was deep focus, in order.
    corrections
        What the person said of it, in the order they said it.
    held
        What was held meanwhile, newest first.

    """

    start: float
    end: float
    points: tuple[Point, ...] = ()
    deep: tuple[Span, ...] = ()
    corrections: tuple[Label, ...] = ()
    held: tuple[HeldNotice, ...] = ()


def past(store: Store, start: float, end: float) -> Past:
    """Return what a time (UTC seconds) came to; raises `VaultError`."""
    pieces = focus_history.between(store, start, end)
    said = focus_history.labels(store, start, end)
    return Past(
        start,
        end,
        tuple(_points(pieces, start)),
        tuple(_deep(pieces)),
        tuple(label for label in said if label.source is Source.CORRECTION),
        tuple(notices.between(store, start, end)),
    )


def totals(store: Store, spans: Sequence[Span]) -> tuple[Totals, ...]:
    """Return what each of some times (UTC seconds) came to; raises `VaultError`."""
    return tuple(focus_history.totals(store, start, end) for start, end in spans)


def _points(pieces: Iterable[Piece], start: float) -> Iterator[Point]:
    """Yield the mean of each minute, in the middle of it."""
    sums: dict[int, tuple[float, float]] = {}
    for piece in pieces:
        if piece.probability is not None:
            minute = int((piece.time - start) // POINT_SECONDS)
            seconds, weighed = sums.get(minute, (0.0, 0.0))
            sums[minute] = seconds + piece.seconds, weighed + piece.seconds * piece.probability
    for minute, (seconds, weighed) in sums.items():
        if seconds > 0.0:
            yield Point(start + (minute + 0.5) * POINT_SECONDS, weighed / seconds)


def _deep(pieces: Iterable[Piece]) -> Iterator[Span]:
    """Yield the stretches of deep focus; a gap as long as one piece may be ends none."""
    begun = ended = None
    for piece in pieces:
        start = piece.time - piece.seconds
        if begun is not None and ended is not None and (not piece.deep or start - ended > LONGEST_SECONDS):
            yield begun, ended
            begun = None
        if piece.deep:
            begun, ended = start if begun is None else begun, piece.time
    if begun is not None and ended is not None:
        yield begun, ended
