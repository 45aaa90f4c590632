"""What focus came to in a time that is over, and what was held in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index import focus_history, notices
from index.focus_history import LONGEST_SECONDS, Label, Piece, Source, Span, Totals
from index.notices import HeldNotice
from index.store import Store

POINT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Point:
    """How probable deep focus was at a time (UTC seconds), 0 to 1: the mean of `POINT_SECONDS` at the most.

    Attributes
    ----------
    probability
        By all that was known.
    eeg, behaviour
        By each alone; None where it said nothing. EEG that waited for a clean signal said nothing.

    """

    time: float
    probability: float
    eeg: float | None = None
    behaviour: float | None = None


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
    minutes: dict[int, list[Piece]] = {}
    for piece in pieces:
        if piece.probability is not None:
            minutes.setdefault(int((piece.time - start) // POINT_SECONDS), []).append(piece)
    for minute, some in minutes.items():
        whole = _mean((piece.seconds, piece.probability) for piece in some)
        if whole is not None:
            eeg = _mean((piece.seconds, None if piece.frozen else piece.eeg) for piece in some)
            behaviour = _mean((piece.seconds, piece.behaviour) for piece in some)
            yield Point(start + (minute + 0.5) * POINT_SECONDS, whole, eeg, behaviour)


def _mean(weighed: Iterable[tuple[float, float | None]]) -> float | None:
    """Return the mean of values with their weights, None where none is known."""
    known = [(weight, value) for weight, value in weighed if value is not None]
    whole = math.fsum(weight for weight, _ in known)
    return math.fsum(weight * value for weight, value in known) / whole if whole > 0.0 else None


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
