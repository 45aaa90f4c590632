"""A damaged database: every row that can still be read goes into a new one, which takes its place in one step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from index import changes, database
from index.replacing import FILE_MODE, sync_folder
from index.types import Job, VaultError
from index.vault import Vault

PIECE = 512  # rows that are copied at once where nothing is damaged
DRAFT = ".draft"
ASKED = {"state": Job.BRAIN, "shared": Job.SHARED}  # what makes the vectors of a space, by how its name begins
OWN = ("sqlite_", "_sqlite_", "moments_fts")  # what SQLite and the full text make themselves

Row = tuple[Any, ...]
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Salvaged:
    """How many rows each table kept, and what could not be read, in sentences."""

    kept: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def salvage(vault: Vault, progress: Progress = lambda *_: None) -> Salvaged:
    """Replace the database by a new one that holds all rows that can be read. The caller has claimed the vault.

    Raises `VaultError` when the database cannot be opened at all, the disk is full, or another process reads.
    """
    _fold(vault)
    draft = _draft_of(vault)
    done = Salvaged()
    try:
        with closing(database.connect(draft, write=True)) as new:
            new.execute("PRAGMA foreign_keys = OFF")
            for table in _tables(new):
                progress(table, 0, 1)
                _copy(vault, new, table, done)
            _drop_orphans(new, done)
            _drop_torn(new)
            _carry_sequences(vault, new)
            new.execute("PRAGMA journal_mode = DELETE")
        _sync(draft.database)
        draft.database.replace(vault.database)
        sync_folder(vault.root)
    except database.DatabaseError as error:
        raise database.refused(draft.database, error) from error
    finally:
        for file in vault.root.glob(f"{draft.database.name}*"):
            file.unlink()
    return done


def _fold(vault: Vault) -> None:
    """Bring everything that was committed into the database's own file, so that nothing is lost beside it."""
    with closing(database.connect(vault, write=False)) as db:
        try:
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except database.DatabaseError as error:
            raise database.refused(vault.database, error) from error
    if busy:
        raise VaultError("Another program reads the vault. End it, then start `companion vault rebuild` again.")


def _draft_of(vault: Vault) -> Vault:
    """Return the same vault with another, empty database."""
    draft = Vault(vault.root, vault.keys)
    draft.database = vault.database.with_name(vault.database.name + DRAFT)
    for file in vault.root.glob(f"{draft.database.name}*"):
        file.unlink()
    os.close(os.open(draft.database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
    return draft


def _tables(new: Database) -> list[str]:
    return [name for name in new.table_names() if not name.startswith(OWN)]


def _copy(vault: Vault, new: Database, table: str, done: Salvaged) -> None:
    """Copy what can be read of a table."""
    columns = ", ".join(column.name for column in new.table(table).columns)
    marks = ", ".join("?" * (columns.count(",") + 1))
    put = f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 names of our own schema
    before = len(done.lost)
    with new.atomic():
        new.execute(f"DELETE FROM {table}")  # noqa: S608 what migrations put there comes from the old one
        for rows in _read(vault, new, table, columns, done.lost):
            new.conn.executemany(put, rows)
            done.kept[table] = done.kept.get(table, 0) + len(rows)
    if len(done.lost) > before and table == "jobs":
        done.lost.append("What was waiting to be read or encoded may not be listed any more.")


def _read(vault: Vault, new: Database, table: str, columns: str, lost: list[str]) -> Iterator[list[Row]]:
    """Yield the rows of a table that can be read; names what cannot in ``lost``."""
    made = new.table(table)
    if "WITHOUT ROWID" in made.schema.upper():
        yield from _from_both_ends(vault, table, columns, made.pks, lost)
        return
    with closing(_Reader(vault)) as reader:
        highest = reader.highest(table, by_moment=made.pks == ["moment_id"])
    if highest is None:
        yield from _from_both_ends(vault, table, columns, ["rowid"], lost)
    else:
        yield from _by_rowid(vault, table, columns, highest, lost)


def _by_rowid(vault: Vault, table: str, columns: str, highest: int, lost: list[str]) -> Iterator[list[Row]]:
    """Yield rows by their numbers; a piece that cannot be read is halved until single rows are lost."""
    reader = _Reader(vault)
    sql = f"SELECT {columns} FROM {table} WHERE rowid BETWEEN ? AND ?"  # noqa: S608 names of our own schema
    gone: list[int] = []
    pieces = [(first, min(first + PIECE - 1, highest)) for first in range(highest // PIECE * PIECE, -1, -PIECE)]
    while pieces:
        first, last = pieces.pop()
        rows = reader.rows(sql, [first, last])
        if rows is None and first == last:
            gone.append(first)
        elif rows is None:
            middle = (first + last) // 2
            pieces += [(middle + 1, last), (first, middle)]
        elif rows:
            yield rows
    reader.close()
    if gone:
        lost.append(f"{table}: rows among {gone[0]} to {gone[-1]} ({len(gone)} places) cannot be read.")


def _from_both_ends(
    vault: Vault, table: str, columns: str, keys: Sequence[str], lost: list[str]
) -> Iterator[list[Row]]:
    """Yield rows whose numbers are not known, up to what is damaged, then back to it from the other end."""
    found = 0
    with closing(_Reader(vault)) as reader:
        for way in ("ASC", "DESC"):
            order = ", ".join(f"{key} {way}" for key in keys)
            for rows in reader.until_damage(f"SELECT {columns} FROM {table} ORDER BY {order}"):  # noqa: S608 as above
                found += len(rows)
                yield rows
            if not reader.met_damage:
                return
    some = "some rows cannot be read" if found else "it cannot be read at all"
    lost.append(f"{table}: {some}.")


class _Reader:
    """Reads the damaged database; a connection that met damage is given up, as SQLCipher's remember it."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self.met_damage = vault, False
        self._db = database.connect(vault, write=False)

    def rows(self, sql: str, arguments: list[Any] | None = None) -> list[Row] | None:
        """Return all rows, None where one cannot be read."""
        try:
            return list(self._db.execute(sql, arguments or []).fetchall())
        except database.DatabaseError:
            self._begin_anew()
            return None

    def until_damage(self, sql: str) -> Iterator[list[Row]]:
        """Yield the rows before the first that cannot be read."""
        found: list[Row] = []
        try:
            for row in self._db.execute(sql):
                found.append(row)
                if len(found) == PIECE:
                    yield found
                    found = []
        except database.DatabaseError:
            self._begin_anew()
        if found:
            yield found

    def highest(self, table: str, *, by_moment: bool) -> int | None:
        """Return a number that no row is above, None where none is known; ``by_moment`` they are those of moments."""
        questions = [(f"SELECT max(rowid) FROM {table}", "")]  # noqa: S608 names of our own schema
        questions += [("SELECT max(rowid) FROM moments", "")] if by_moment else []
        numbered = ["moments"] if by_moment else [table]
        questions += [("SELECT seq FROM sqlite_sequence WHERE name = ?", name) for name in numbered]
        for sql, name in questions:
            found = self.rows(sql, [name] if name else [])
            if found:
                return int(found[0][0] or 0)
        return None

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def _begin_anew(self) -> None:
        self.met_damage = True
        self._db.close()
        self._db = database.connect(self._vault, write=False)


def _drop_orphans(new: Database, done: Salvaged) -> None:
    """Drop rows whose moment or space is lost; they would belong to nothing."""
    while found := new.execute("PRAGMA foreign_key_check").fetchall():
        done.lost.append(f"{len(found)} rows of {found[0][0]} and others belonged to what cannot be read.")
        for table, rowid, *_ in found:
            if rowid is None:
                _drop_from(new, table)
            else:
                new.execute(f"DELETE FROM {table} WHERE rowid = ?", [rowid])  # noqa: S608 names of our own schema


def _drop_torn(new: Database) -> None:
    """Drop the vectors a moment has in a space where one, or the row that held it, is lost, and ask for them anew."""
    torn = (
        "SELECT moment_id, space FROM vectors AS one WHERE vector = x'' "
        "AND NOT EXISTS (SELECT 1 FROM vectors WHERE same IS NOT NULL AND same = one.same AND vector <> x'') "
        "UNION SELECT moment_id, space FROM vectors GROUP BY moment_id, space HAVING count(*) <= max(part)"
    )
    with new.atomic():
        for moment_id, space in new.execute(torn).fetchall():
            new.execute("DELETE FROM vectors WHERE moment_id = ? AND space = ?", [moment_id, space])
            changes.want(new, moment_id, ASKED.get(space.partition(":")[0], Job.CONTENT))


def _drop_from(new: Database, table: str) -> None:
    """Drop the rows of a table without numbers whose moment is gone."""
    new.execute(f"DELETE FROM {table} WHERE moment_id NOT IN (SELECT id FROM moments)")  # noqa: S608 as above


def _carry_sequences(vault: Vault, new: Database) -> None:
    """See to it that numbers of what was deleted long ago are not given again."""
    reader = _Reader(vault)
    for name, highest in reader.rows("SELECT name, seq FROM sqlite_sequence") or []:  # else those of the rows kept
        new.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [highest, name])
    reader.close()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
