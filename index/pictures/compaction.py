"""Which frames are grouped, and when; and groups made anew where a frame was forgotten.

A group's files are safe on disk first; then one transaction moves the moments over and notes the files that are to
go; then those go. A crash leaves files that no moment names (`sweep`), or that are noted and go at the next start.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sqlite_utils import Database

from index.forgetting import forgotten
from index.pictures import cold_frames, frames
from index.pictures.cold_frames import Group
from index.store import Store
from index.types import FrameError, VaultError
from index.vault import Vault
from index.writer import Writer

COLD_AFTER = 3 * 86_400.0  # seconds
AT_ONCE = 256  # frames that are looked at together: like ones become neighbours

_HOT = (
    "SELECT id, frame, time_start, app, title FROM moments WHERE frame <> '' "
    "AND NOT substr(frame, 1, 12) = 'frames/cold/' AND open = 0 AND time_end < ? "
    "AND id NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM jobs "
    "WHERE moment_id = id AND kind = 'read' AND quarantined = 0) ORDER BY time_start LIMIT ?"
)
_OF_GROUP = (
    "SELECT id, frame, time_start FROM moments WHERE substr(frame, 1, 12) = 'frames/cold/' "
    "AND frame >= ? AND frame < ? ORDER BY time_start, id"
)

_FILES = (  # names within one day's folder, in one pass over the index, however many there are
    "SELECT substr(file, 24) FROM (SELECT DISTINCT substr(frame, 1, instr(frame, '#') - 1) AS file FROM moments "
    "WHERE substr(frame, 1, 12) = 'frames/cold/' AND frame >= ?1 AND frame < ?2 "
    "UNION ALL SELECT file FROM cold_holes WHERE file >= ?1 AND file < ?2)"
)

Encode = Callable[[Vault, Sequence[str]], Group]


@dataclass(frozen=True, slots=True)
class Framed:
    """A moment and the name of its frame. ``time`` is its start, UTC seconds."""

    moment: int
    frame: str
    time: float


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be grouped, in order, and the moments whose frames cannot be read."""

    groups: tuple[tuple[Framed, ...], ...]
    unreadable: tuple[int, ...]


def plan(store: Store, *, before: float, without: Sequence[int] = ()) -> Planned:
    """Return the oldest frames of moments that ended before a time (UTC seconds), like ones together.

    Frames whose text is still to be read wait, as do those of the moments ``without``.
    """
    rows = store.rows(_HOT, [before, json.dumps(list(without)), AT_ONCE])
    sized: list[tuple[tuple[int, int], Framed]] = []
    unreadable = []
    for moment, name, time, _, _ in sorted(rows, key=lambda row: (row[3], row[4].lstrip("*"), row[2])):
        try:
            sized.append((_size(frames.read(store.vault, name)), Framed(moment, name, time)))
        except FrameError:
            unreadable.append(moment)
    groups: list[tuple[Framed, ...]] = []
    for size, alike in groupby(sorted(sized, key=lambda one: one[0]), key=lambda one: one[0]):
        row, most = [framed for _, framed in alike], cold_frames.length(*size)
        groups += [tuple(row[start : start + most]) for start in range(0, len(row), most)]
    return Planned(tuple(groups), tuple(unreadable))


def encoded(vault: Vault, names: Sequence[str]) -> Group:
    """Return frames, of one size, and their thumbnails as a group; takes about a second a frame.

    A frame that is alone stays the file it is where that is smaller: a palette can be. A thumbnail that is damaged is
    made anew. Raises `FrameError` when a frame cannot be read, `EncodingError` when the encoder fails.
    """
    files = [frames.read(vault, name) for name in names]
    whole = [frames.decode(file) for file in files]
    small = [_thumbnail(vault, name, image) for name, image in zip(names, whole, strict=True)]
    made = cold_frames.encode(whole)
    return Group(min(made, *files, key=len) if len(files) == 1 else made, cold_frames.encode(small))


def put(writer: Writer, framed: Sequence[Framed], group: Group) -> bool:
    """Store frames as the group they were encoded as; their files go.

    Returns False, and changes nothing, where a moment was forgotten or got another frame meanwhile.
    """
    vault = writer.vault
    file = cold_frames.write(vault, min(one.time for one in framed), group)
    try:
        moved = writer.do(_move, framed, file).result()
    except VaultError:
        _unlink(vault, file)
        raise
    if not moved:
        _unlink(vault, file)
    forgotten.remove_files(writer)
    cold_frames.let_go(vault)
    return moved


def without(writer: Writer, store: Store, file: str, moments: Sequence[int], *, encode: Encode = encoded) -> None:
    """Take the frames of moments out of a group's file, so that no file holds them; the moments stay.

    What is left is encoded once more (see `mend`). Raises `VaultError`.
    """
    writer.do(_take, file, moments).result()
    mend(writer, store, encode=encode)


def mend(writer: Writer, store: Store, *, encode: Encode = encoded) -> list[str]:
    """Make every group anew that has lost a frame, without it; returns what was lost beside, in sentences.

    Only a frame that is gone or damaged is given up. Raises `VaultError` (`UnreachableError` where the disk does not
    give a group now), and `EncodingError` when the encoder fails; what is left is done when this is called again.
    """
    lost = []
    for (file,) in store.rows("SELECT file FROM cold_holes ORDER BY file"):
        lost += _made_anew(writer, store, file, encode)
        writer.do(_close_hole, file).result()
        forgotten.remove_files(writer)
    cold_frames.let_go(store.vault)
    return lost


def _made_anew(writer: Writer, store: Store, file: str, encode: Encode) -> list[str]:
    """Encode what is left of a group as another, and returns what could not be, in sentences."""
    lost = []
    while left := _left(store, file):
        try:
            made = encode(store.vault, [one.frame for one in left])
        except cold_frames.UnreachableError:
            raise
        except FrameError:
            damaged = {one.moment: why for one in left if (why := frames.damage(store.vault, one.frame))}
            if not damaged:  # they can be read after all
                raise
            writer.do(_take, file, list(damaged)).result()
            lost.append(f"The pictures of {len(damaged)} moments are gone: {next(iter(damaged.values()))}")
            continue
        put(writer, left, made)  # where another was forgotten meanwhile, they are still left
    return lost


def sweep(vault: Vault, store: Store) -> list[str]:
    """Remove files of groups that no moment names, and drafts; returns their names.

    For the writing process, before it writes. Raises `VaultError`.
    """
    gone = []
    for folder in sorted(path for path in (vault.root / cold_frames.FOLDER).glob("*") if path.is_dir()):
        day = f"{cold_frames.FOLDER}{folder.name}/"
        known = {file for (file,) in store.rows(_FILES, [day, f"{day[:-1]}0"])}  # "0" comes after "/"
        with os.scandir(folder) as entries:  # strings, as there may be a million of them
            names = sorted(entry.name for entry in entries)
        for name in names:
            if name.replace(cold_frames.SMALL, cold_frames.WHOLE) in known:
                continue
            forgotten.remove(vault, folder / name)
            gone.append(day + name)
    return gone


def _thumbnail(vault: Vault, name: str, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the thumbnail of a frame, made anew from its picture where it is damaged."""
    small = frames.thumbnail(name)
    return frames.small(image) if frames.damage(vault, small) else frames.decode(frames.read(vault, small))


def _size(picture: bytes) -> tuple[int, int]:
    """Return height and width of an image file; raises `FrameError`."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            return opened.height, opened.width
    except OSError as error:
        raise FrameError(f"A frame cannot be decoded ({error}).") from error


def _move(db: Database, framed: Sequence[Framed], file: str) -> bool:
    names = {row[0]: row[1] for row in db.execute(*_now([one.moment for one in framed])).fetchall()}
    if any(names.get(one.moment) != one.frame for one in framed):
        return False
    for place, one in enumerate(framed):
        new = cold_frames.frame_name(file, place)
        db.execute("UPDATE moments SET frame = ? WHERE id = ?", [new, one.moment])
    old = {cold_frames.file_of(each) for one in framed for each in (one.frame, frames.thumbnail(one.frame))}
    forgotten.leave_files(db, sorted(old))
    return True


def _now(moments: Sequence[int]) -> tuple[str, list[str]]:
    return "SELECT id, frame FROM moments WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(moments))]


def _take(db: Database, file: str, moments: Sequence[int]) -> None:
    sql = "UPDATE moments SET frame = '' WHERE id IN (SELECT value FROM json_each(?)) AND substr(frame, 1, ?) = ?"
    db.execute(sql, [json.dumps(list(moments)), len(file) + 1, f"{file}#"])


def _left(store: Store, file: str) -> list[Framed]:
    """Return the moments whose frames are in a group's file."""
    return [Framed(*row) for row in store.rows(_OF_GROUP, [f"{file}#", f"{file}$"])]  # "$" comes after "#"


def _close_hole(db: Database, file: str) -> None:
    """Note that nothing is wanted of a group's file any more, and let it go."""
    rows = db.execute(_OF_GROUP, [f"{file}#", f"{file}$"]).fetchall()
    db.conn.executemany("UPDATE moments SET frame = '' WHERE id = ?", [(row[0],) for row in rows])
    db.execute("DELETE FROM cold_holes WHERE file = ?", [file])
    forgotten.leave_files(db, [file, cold_frames.thumbnail(file)])


def _unlink(vault: Vault, file: str) -> None:
    for each in (file, cold_frames.thumbnail(file)):
        forgotten.remove(vault, vault.root / each)
