"""In which order a person reads what lies on a page: from top to bottom, column by column."""

from __future__ import annotations

from collections.abc import Sequence

from companion.capture.types import Rect

_OVERLAP = 2  # pixels by which neighbours may touch into each other: frames, shadows


def reading_order(rects: Sequence[Rect]) -> list[int]:
    """Return the places of ``rects`` in reading order.

    The page is cut along its free horizontal strips, each piece along its free vertical ones, and so on (recursive
    XY cut: Nagy, Seth, Viswanathan 1992). What cannot be cut keeps its order.
    """
    return _ordered(rects, list(range(len(rects))))


def _ordered(rects: Sequence[Rect], places: list[int]) -> list[int]:
    for horizontal in (True, False):
        pieces = _cut(rects, places, horizontal=horizontal)
        if len(pieces) > 1:
            return [place for piece in pieces for place in _ordered(rects, piece)]
    return places


def _cut(rects: Sequence[Rect], places: list[int], *, horizontal: bool) -> list[list[int]]:
    """Return the pieces between free strips, first to last; each keeps the order it had."""

    def span(place: int) -> tuple[int, int]:
        rect = rects[place]
        return (rect.top, rect.bottom) if horizontal else (rect.left, rect.right)

    pieces: list[list[int]] = []
    end = 0
    for place in sorted(places, key=span):
        start, stop = span(place)
        if pieces and start < end - _OVERLAP:
            pieces[-1].append(place)
            end = max(end, stop)
        else:
            pieces.append([place])
            end = stop
    return [sorted(piece, key=places.index) for piece in pieces] if len(places) > 2 else pieces  # noqa: PLR2004
