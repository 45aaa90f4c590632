"""Which frames are grouped once they are cold, and when; and groups made anew where a frame was forgotten.

A group's files are safe on disk first; then one transaction moves the moments over and notes the files that are to
go; then those go. A crash leaves files that no moment names (`sweep`), or that are noted and go at the next start.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from index.forgetting import forgotten
from index.pictures import cold_frames, encoding, frames, reeling
from index.pictures.cold_frames import Group
from index.pictures.planned import Framed, Planned, sized
from index.store import Store
from index.types import FrameError, VaultError
from index.vault import Vault
from index.writer import Writer

COLD_AFTER = 3 * 86_400.0  # seconds
AT_ONCE = 256  # frames that are looked at together: like ones become neighbours

_HOT = (
    "SELECT id, frame, time_start, app, title FROM moments WHERE frame <> '' "
    "AND NOT substr(frame, 1, 12) = 'frames/cold/' AND time_start < ?1 AND open = 0 AND time_end < ?1 "
    "AND id NOT IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (SELECT 1 FROM jobs "
    "WHERE moment_id = id AND kind = 'read' AND quarantined = 0) ORDER BY time_start LIMIT ?3"
)
_REEL = "substr(frame, 1, 12) = 'frames/cold/' AND instr(frame, '.reel#') > 0"
_OF_REELS = (
    f"SELECT id, frame, time_start FROM moments WHERE {_REEL} AND frame < ? "  # noqa: S608 constants
    "AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY frame LIMIT ?"
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


def plan(store: Store, *, before: float, without: Sequence[int] = ()) -> Planned:
    """Return the oldest frames of moments that ended before a time (UTC seconds), like ones together.

    Frames whose text is still to be read wait, as do those of the moments ``without``. Where no single ones are left,
    those of a reel.
    """
    rows = store.rows(_HOT, [before, json.dumps(list(without)), AT_ONCE])
    if not rows:
        return _plan_reel(store, before, without)
    found: list[tuple[tuple[int, int], Framed]] = []
    unreadable = []
    for moment, name, time, _, _ in sorted(rows, key=lambda row: (row[3], row[4].lstrip("*"), row[2])):
        written = frames.written(store.vault, name)  # before it is read: what comes to its place later is noticed
        try:
            found.append((sized(frames.read(store.vault, name)), Framed(moment, name, time, written)))
        except FrameError:
            unreadable.append(moment)
    groups: list[tuple[Framed, ...]] = []
    for size, alike in groupby(sorted(found, key=lambda one: one[0]), key=lambda one: one[0]):
        groups += _cut([framed for _, framed in alike], size)
    return Planned(tuple(groups), tuple(unreadable))


def _plan_reel(store: Store, before: float, without: Sequence[int]) -> Planned:
    """Return the frames of the oldest reel whose day is over; its file goes once none is left in it (`mend`)."""
    day = f"{cold_frames.FOLDER}{datetime.fromtimestamp(before, UTC):%Y-%m-%d}"
    rows = store.rows(_OF_REELS, [day, json.dumps(list(without)), reeling.MOST])
    file = cold_frames.file_of(rows[0][1]) if rows else ""
    framed = sorted((Framed(*row) for row in rows if cold_frames.file_of(row[1]) == file), key=lambda one: one.time)
    if not framed:
        return Planned((), ())
    try:
        size = sized(frames.read(store.vault, framed[0].frame))
    except FrameError:
        return Planned((), tuple(one.moment for one in framed))
    return Planned(tuple(_cut(framed, size)), ())


def _cut(framed: Sequence[Framed], size: tuple[int, int]) -> list[tuple[Framed, ...]]:
    most = cold_frames.length(*size)
    return [tuple(framed[start : start + most]) for start in range(0, len(framed), most)]


def encoded(vault: Vault, names: Sequence[str]) -> Group:
    """Return frames, of one size, and their thumbnails as a group; takes about a second a frame.

    A frame that is alone stays single where that is smaller, one from a palette, or of a reel, as a WebP without loss.
    A thumbnail that is damaged is made anew. Raises `FrameError` when a frame cannot be read, `EncodingError` when the
    encoder fails.
    """
    files = [frames.read(vault, name) for name in names]
    whole = [frames.decode(file) for file in files]
    small = [frames.thumbnail_of(vault, name) for name in names]
    made = cold_frames.encode(whole)
    if len(files) == 1:
        drawn = encoding.is_drawn(files[0]) or cold_frames.file_of(names[0]).endswith(cold_frames.REEL)
        single = encoding.exact(whole[0]) if drawn else files[0]
        made = min(made, single, key=len)
    return Group(made, cold_frames.encode(small))


def put(writer: Writer, framed: Sequence[Framed], group: Group) -> bool:
    """Store frames as the group they were encoded as; their files go.

    Returns False, and changes nothing, where a moment was forgotten or got another frame meanwhile.
    """
    vault = writer.vault
    if not writer.do(_are_as_planned, vault, framed).result():  # what was forgotten is not written once more
        return False
    file = cold_frames.write(vault, min(one.time for one in framed), group)
    try:
        moved = writer.do(_move, vault, framed, file).result()
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
    lost, again = [], reeling.encoded if file.endswith(cold_frames.REEL) else encode
    while left := _left(store, file):
        try:
            made = again(store.vault, [one.frame for one in left])
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
            if cold_frames.whole(name) in known:
                continue
            forgotten.remove(vault, folder / name)
            gone.append(day + name)
    return gone


def as_planned(store: Store, framed: Sequence[Framed]) -> bool:
    """Whether moments still have the frames they had when it was planned what becomes of these."""
    return _are(store.vault, framed, store.rows(*_now(framed)))


def _are(vault: Vault, framed: Sequence[Framed], rows: Sequence[tuple[Any, ...]]) -> bool:
    names = {row[0]: row[1] for row in rows}
    return all(names.get(one.moment) == one.frame for one in framed) and all(
        frames.written(vault, one.frame) == one.written for one in framed if one.written is not None
    )


def _are_as_planned(db: Database, vault: Vault, framed: Sequence[Framed]) -> bool:
    return _are(vault, framed, db.execute(*_now(framed)).fetchall())


def _move(db: Database, vault: Vault, framed: Sequence[Framed], file: str) -> bool:
    if not _are_as_planned(db, vault, framed):
        return False
    for place, one in enumerate(framed):
        new = cold_frames.frame_name(file, place)
        db.execute("UPDATE moments SET frame = ? WHERE id = ?", [new, one.moment])
    single = [one.frame for one in framed if not cold_frames.is_cold(one.frame)]  # a group goes when none is left in it
    forgotten.leave_files(db, sorted(file for name in single for file in (name, frames.thumbnail(name))))
    return True


def _now(framed: Sequence[Framed]) -> tuple[str, list[str]]:
    listed = json.dumps([one.moment for one in framed])
    return "SELECT id, frame FROM moments WHERE id IN (SELECT value FROM json_each(?))", [listed]


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
