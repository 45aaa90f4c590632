"""What went, when, why and how much: counts and times, never what it was. And the files that are still to go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from index import database
from index.pictures import cold_frames, frames
from index.store import Store
from index.types import VaultError
from index.vault import Vault

if TYPE_CHECKING:  # the writer makes room, which is taken down here
    from index.writer import Writer

DAY_SECONDS = 86_400.0
_AMONG = "id IN (SELECT value FROM json_each(?))"
_COLUMNS = "time, why, time_start, time_end, moments, frames, eeg_seconds, bytes"


class Why(StrEnum):
    """Why something went."""

    ASKED = "asked"  # the person wished it
    BUDGET = "budget"  # the vault had no room left


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went together.

    Attributes
    ----------
    time
        When, UTC seconds; of what went for want of room on one day, the last.
    time_start, time_end
        What time it was of, UTC seconds; None where nothing that has a time went.
    frames
        How many pictures. Moments that lost theirs for want of room are still there.
    bytes
        How much smaller the vault's files of pictures and EEG became.

    """

    time: float
    why: Why
    time_start: float | None = None
    time_end: float | None = None
    moments: int = 0
    frames: int = 0
    eeg_seconds: float = 0.0
    bytes: int = 0

    def with_bytes(self, size: int) -> Forgotten:
        """Return this with so many bytes."""
        return replace(self, bytes=size)


def note(db: Database, what: Forgotten) -> None:
    """Take down what went; what goes for want of room on one day (UTC) is summed up."""
    values = [what.time, what.why, what.time_start, what.time_end, what.moments, what.frames]
    values += [what.eeg_seconds, what.bytes]
    same = _budget_row(db, what.time) if what.why is Why.BUDGET else None
    if same is None:
        db.execute(f"INSERT INTO forgotten ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608 constants
        return
    db.execute(
        """UPDATE forgotten SET time = ?1, time_start = min(coalesce(time_start, ?3), ?3),
             time_end = max(coalesce(time_end, ?4), ?4), moments = moments + ?5, frames = frames + ?6,
             eeg_seconds = eeg_seconds + ?7, bytes = bytes + ?8 WHERE id = ?9""",
        [*values, same],
    )


def went_today(db: Database, time: float) -> bool:
    """Whether something went for want of room on the day (UTC) of ``time``."""
    return _budget_row(db, time) is not None


def _budget_row(db: Database, time: float) -> int | None:
    day = time // DAY_SECONDS * DAY_SECONDS
    sql = "SELECT id FROM forgotten WHERE why = ? AND time >= ? AND time < ? ORDER BY id DESC LIMIT 1"
    found = db.execute(sql, [Why.BUDGET, day, day + DAY_SECONDS]).fetchone()
    return None if found is None else int(found[0])


def all_of(store: Store, *, since: float = 0.0) -> list[Forgotten]:
    """Return what went from a time on, newest first."""
    sql = f"SELECT {_COLUMNS} FROM forgotten WHERE time >= ? ORDER BY id DESC"  # noqa: S608 constants
    return [Forgotten(row[0], Why(row[1]), *row[2:]) for row in store.rows(sql, [since])]


def delete_moments(db: Database, ids: Sequence[int]) -> None:
    """Delete moments and all that hangs on them; their pictures go when this is safe.

    Groups of frames that lose one are noted by the database itself, see `index.pictures.compaction.mend`.
    """
    _leave_frames(db, ids)
    db.execute(f"DELETE FROM moments WHERE {_AMONG}", [json.dumps(list(ids))])  # noqa: S608 constants


def take_frames(db: Database, ids: Sequence[int]) -> None:
    """Take their pictures from moments, which stay; they go when this is safe, as in `delete_moments`."""
    _leave_frames(db, ids)
    db.execute(f"UPDATE moments SET frame = '' WHERE {_AMONG} AND frame <> ''", [json.dumps(list(ids))])  # noqa: S608 constants


def _leave_frames(db: Database, ids: Sequence[int]) -> None:
    """Note the files of moments' frames that are in no group."""
    sql = f"SELECT frame FROM moments WHERE {_AMONG} AND frame <> ''"  # noqa: S608 constants
    names = [row[0] for row in db.execute(sql, [json.dumps(list(ids))]).fetchall()]
    single = [name for name in names if not cold_frames.is_cold(name)]
    leave_files(db, [file for name in single for file in (name, frames.thumbnail(name))])


def leave_files(db: Database, paths: Sequence[str]) -> None:
    """Note files that go once this transaction is safe: none goes before, and none is left behind by a crash."""
    db.conn.executemany("INSERT INTO forgetting (kind, path) VALUES ('file', ?)", [(path,) for path in paths])


def left_files(db: Database) -> list[tuple[int, str]]:
    """Return the files that are still to go, and the numbers they are noted under."""
    rows = db.execute("SELECT id, path FROM forgetting WHERE kind = 'file' ORDER BY id").fetchall()
    return [(row[0], row[1]) for row in rows]


def settled(db: Database, numbers: list[int]) -> None:
    """Note that files are gone."""
    db.conn.executemany("DELETE FROM forgetting WHERE id = ?", [(number,) for number in numbers])


def remove_files(writer: Writer) -> None:
    """Remove the files that are to go. Raises `VaultError`; they are tried again at the next start then."""
    left = writer.do(left_files).result()
    if left:
        database.make_durable(writer.vault)  # a power cut must not bring back rows whose files are gone
    for _, path in left:
        remove(writer.vault, writer.vault.root / path)
    writer.do(settled, [number for number, _ in left]).result()


def remove(vault: Vault, file: Path) -> None:
    """Remove a file of the vault, if it is there; raises `VaultError`."""
    try:
        vault.ledger.remove(file)
    except OSError as error:
        raise VaultError(
            f"{file} could not be deleted ({error.strerror}). Make sure that {vault.root} and all in it is yours."
        ) from error
