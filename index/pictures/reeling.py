"""Which frames become reels, and how: those that a program drew, minutes after nothing changes them any more.

Safe from a crash as `index.pictures.compaction` is, which stores them, and encodes them once more when they are cold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from index.pictures import cold_frames, encoding, frames, reels
from index.pictures.cold_frames import Group
from index.pictures.planned import Framed, Planned, sized
from index.store import Store
from index.types import FrameError
from index.vault import Vault

SETTLED = 60.0  # seconds after a moment's end
LEAST, MOST = 12, 16  # frames; a reel's first is whole, and to show the last is to go through those before it
WAITED = 3600.0  # seconds after which fewer will do
TWO = 2
THUMBNAILS = {"quality": 50, "speed": 9}  # of libavif: below it, a page shows through the one it was scrolled from

_SETTLED = (
    "SELECT id, frame, time_start, app, title FROM moments WHERE frame <> '' "
    "AND NOT substr(frame, 1, 12) = 'frames/cold/' AND open = 0 AND time_end < ? AND time_end >= ? "
    "AND id NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM jobs "
    "WHERE moment_id = id AND kind = 'read' AND quarantined = 0) ORDER BY time_start LIMIT ?"
)
AT_ONCE = 1024  # frames that are looked at together

_Row = tuple[int, str, float, str, str]


def plan(store: Store, *, now: float, since: float = 0.0, without: Sequence[int] = ()) -> Planned:
    """Return the frames that make reels ``now``, of moments that ended ``since`` then (UTC seconds).

    Those of one program and size come together. Left out are the moments ``without``, and for good those whose frame
    cannot be read, was no drawing or is alone.
    """
    rows = store.rows(_SETTLED, [now - SETTLED, since, json.dumps(list(without)), AT_ONCE])
    groups: list[tuple[Framed, ...]] = []
    unfit: list[int] = []
    for _, of_one in groupby(sorted(rows, key=lambda row: (row[3], row[4].lstrip("*"), row[2])), lambda row: row[3]):
        program = list(of_one)
        if _enough(program, now):
            _plan_program(store.vault, program, now, groups, unfit)
    return Planned(tuple(groups), tuple(unfit))


def _enough(rows: Sequence[_Row], now: float) -> bool:
    return len(rows) >= LEAST or min(row[2] for row in rows) < now - WAITED


def _plan_program(
    vault: Vault, rows: Sequence[_Row], now: float, groups: list[tuple[Framed, ...]], unfit: list[int]
) -> None:
    """Add the reels of one program's frames to ``groups``, and what can be in none to ``unfit``."""
    drawn: list[tuple[tuple[int, int], _Row]] = []
    for row in rows:
        try:
            file = frames.read(vault, row[1])
            if encoding.is_drawn(file):
                drawn.append((sized(file), row))
            else:
                unfit.append(row[0])
        except FrameError:
            unfit.append(row[0])
    for _, alike in groupby(sorted(drawn, key=lambda one: one[0]), key=lambda one: one[0]):
        for chunk in _chunks([row for _, row in alike]):
            if len(chunk) >= TWO and _enough(chunk, now):
                groups.append(tuple(Framed(row[0], row[1], row[2]) for row in chunk))
            elif _enough(chunk, now):
                unfit.append(chunk[0][0])


def _chunks(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    return (rows[start : start + MOST] for start in range(0, len(rows), MOST))


def encoded(vault: Vault, names: Sequence[str]) -> Group:
    """Return frames, of one size, and their thumbnails as a reel; takes some 35 ms a frame.

    A thumbnail that is damaged is made anew. Raises `FrameError` when a frame cannot be read, `EncodingError` when the
    encoder of thumbnails fails.
    """
    small = [frames.thumbnail_of(vault, name) for name in names]
    try:
        whole = reels.encode([_drawn(frames.read(vault, name)) for name in names])
    except (OSError, ValueError) as error:
        raise FrameError(f"Frames cannot be made a reel ({error}).") from error
    return Group(whole, cold_frames.encode(small, **THUMBNAILS))


def _drawn(file: bytes) -> bytes:
    """Return a frame as a WebP without loss, which one of a reel no longer is."""
    return file if encoding.is_drawn(file) else encoding.exact(frames.decode(file))
