"""Which frames become reels, and how: those that a program drew, minutes after nothing changes them any more.

Safe from a crash as `index.pictures.compaction` is, which stores them, and encodes them once more when they are cold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.pictures import cold_frames, encoding, frames, reels
from index.pictures.cold_frames import EncodingError, Group
from index.pictures.planned import Framed, Planned, sized
from index.store import Store
from index.types import FrameError
from index.vault import Vault

SETTLED = 60.0  # seconds after a moment's end
LEAST, MOST = 12, 16  # frames; a reel's first is whole, and to show the last is to go through those before it
WAITED = 3600.0  # seconds after which fewer will do
LEAST_THEN = 2

_SETTLED = (
    "SELECT id, frame, time_start, app, title FROM moments WHERE frame <> '' "
    "AND NOT substr(frame, 1, 12) = 'frames/cold/' AND time_start >= ?1 AND time_start < ?2 "
    "AND open = 0 AND time_end < ?2 AND id NOT IN (SELECT value FROM json_each(?3)) AND NOT EXISTS (SELECT 1 FROM jobs "
    "WHERE moment_id = id AND kind = 'read' AND quarantined = 0) ORDER BY time_start LIMIT ?4"
)
AT_ONCE = 1024  # frames that are looked at together

_Row = tuple[int, str, float, str, str]


def plan(store: Store, *, now: float, since: float = 0.0, without: Sequence[int] = ()) -> Planned:
    """Return the frames that make reels ``now``, of moments that began ``since`` then (UTC seconds).

    Those of one program and size come together. Left out are the moments ``without``, and for good those whose frame
    cannot be read, was no drawing or is alone.
    """
    rows = store.rows(_SETTLED, [since, now - SETTLED, json.dumps(list(without)), AT_ONCE])
    groups: list[tuple[Framed, ...]] = []
    unfit: list[int] = []
    for _, of_one in groupby(sorted(rows, key=lambda row: (row[3], row[4].lstrip("*"), row[2])), lambda row: row[3]):
        program = list(of_one)
        if _enough([row[2] for row in program], now):
            _plan_program(store.vault, program, now, groups, unfit)
    return Planned(tuple(groups), tuple(unfit))


def _enough(times: Sequence[float], now: float) -> bool:
    return len(times) >= LEAST or min(times) < now - WAITED


def _plan_program(
    vault: Vault, rows: Sequence[_Row], now: float, groups: list[tuple[Framed, ...]], unfit: list[int]
) -> None:
    """Add the reels of one program's frames to ``groups``, and what can be in none to ``unfit``."""
    drawn: list[tuple[tuple[int, int], Framed]] = []
    for moment, name, time, _, _ in rows:
        written = frames.written(vault, name)  # before it is read: what comes to its place later is noticed
        try:
            file = frames.read(vault, name)
            if encoding.is_drawn(file):
                drawn.append((sized(file), Framed(moment, name, time, written)))
            else:
                unfit.append(moment)
        except FrameError:
            unfit.append(moment)
    for _, alike in groupby(sorted(drawn, key=lambda one: one[0]), key=lambda one: one[0]):
        for chunk in _chunks([framed for _, framed in alike]):
            if not _enough([framed.time for framed in chunk], now):
                continue
            if len(chunk) >= LEAST_THEN:
                groups.append(chunk)
            else:
                unfit.append(chunk[0].moment)


def _chunks(framed: Sequence[Framed]) -> Iterator[tuple[Framed, ...]]:
    return (tuple(framed[start : start + MOST]) for start in range(0, len(framed), MOST))


def _nothing() -> None:
    """Do nothing."""


def encoded(vault: Vault, names: Sequence[str], *, each: Callable[[], None] = _nothing) -> Group:
    """Return frames, of one size, and their thumbnails as a reel; takes some 35 ms a frame of a million pixels.

    ``each`` is called before each frame, and ends this by what it raises.

    A thumbnail that is damaged is made anew. What was in a reel already is off no further, and its thumbnails are made
    from it: nothing of a picture that was between shows through. Raises `FrameError` when a frame cannot be read,
    `EncodingError` when an encoder fails.
    """
    tolerance = 0 if any(map(cold_frames.is_cold, names)) else reels.TOLERANCE
    try:
        pictures = [_drawn(vault, name) for name in names]
        whole = reels.encode(_one_by_one([picture for picture, _ in pictures], each), tolerance=tolerance)
    except MemoryError as error:
        raise EncodingError(
            f"There is not enough memory to compact {len(names)} frames; they stay as they are. End a program that "
            "takes much of it."
        ) from error
    except (OSError, ValueError, SyntaxError) as error:  # the last of damaged PNG
        raise FrameError(f"Frames cannot be made a reel ({error}).") from error
    return Group(whole, cold_frames.encode([small for _, small in pictures], **cold_frames.OF_REEL))


def _one_by_one(files: Sequence[bytes], each: Callable[[], None]) -> Iterator[bytes]:
    for file in files:
        each()
        yield file


def _drawn(vault: Vault, name: str) -> tuple[bytes, NDArray[np.uint8]]:
    """Return a frame as a file without loss, which one of a reel no longer is, and its thumbnail."""
    file = frames.read(vault, name)
    if encoding.is_drawn(file):
        return file, frames.thumbnail_of(vault, name)
    picture = frames.decode(file)
    return encoding.exact(picture), frames.small(picture)
