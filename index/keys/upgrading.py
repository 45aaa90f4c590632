"""A vault of a version that did not encrypt: everything in it is encrypted, and what lay open is overwritten.

Nothing is taken away before what replaces it is safe on disk, and every step is found done or not done by what lies
in the folder, so that a crash anywhere only means that the next start goes on. What lay open keeps its name with
``.plain`` behind it until the end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2
from sqlite_utils import Database

from index import database
from index.keys.sealing import MAGIC
from index.pictures import frames
from index.replacing import FILE_MODE, replace_file, sync_folder
from index.signals.bdf_header import Layout
from index.signals.bdf_read import repair
from index.signals.record_file import PlainRecords, SealedRecords, layout_of
from index.types import VaultError
from index.vault import Vault

PLAIN_DATABASE = b"SQLite format 3\x00"
MARKER = "upgrade"  # an empty file that is there from before the first change until after the last
PLAIN, DRAFT, DAMAGED = ".plain", ".draft", ".damaged"
PICTURE, THUMBNAIL = ".webp", "-small.webp"
PIECE = 256  # data records copied, or rows changed, at once
BLOCK = 1 << 20  # bytes overwritten at once

Progress = Callable[[str, int, int], None]  # what, how many of how many


def needed(vault: Vault) -> bool:
    """Whether a vault is of a version that did not encrypt, or was left in the midst of this."""
    return (vault.root / MARKER).exists() or _is_plain_database(vault.database)


def upgrade(vault: Vault, *, progress: Progress = lambda *_: None) -> None:
    """Encrypt all of an unlocked vault; the keys were made and saved before.

    Raises `VaultError` while another process uses the vault, or the disk refuses: the next call goes on.
    """
    keys = vault.keys
    vault.claim()
    try:
        replace_file(vault.root / MARKER, b"")
        progress("database", 0, 1)
        _database(vault, keys.database[0])
        _frames(vault, progress)
        _recordings(vault, progress)
        for folder in (vault.vectors, vault.root / "learning"):  # made anew from the database; a round begins again
            for path in _files(folder, lambda path: not _is_sealed(path)):
                _overwrite(path)
        for path in _files(vault.root, lambda path: path.name.endswith((PLAIN, DRAFT))):
            _overwrite(path)
        (vault.root / MARKER).unlink()
        sync_folder(vault.root)
    except OSError as error:
        raise VaultError(
            f"The vault {vault.root} could not be encrypted to its end ({error}). Is the disk full? Nothing is lost: "
            "make room and start again."
        ) from error
    finally:
        vault.release()


def _database(vault: Vault, key: str) -> None:
    """Put an encrypted copy of the database in its place."""
    plain, draft = _named(vault.database, PLAIN), _named(vault.database, DRAFT)
    if not vault.database.exists() and plain.exists():  # broken off between the two renames below
        _take_place(draft, vault.database)
    if _is_plain_database(vault.database):
        for path in vault.root.glob(f"{draft.name}*"):
            _overwrite(path)
        _export(vault.database, draft, key)
        vault.database.replace(plain)
        _take_place(draft, vault.database)


def _export(plain: Path, draft: Path, key: str) -> None:
    """Copy an open database, with what a crash left beside it, into an encrypted one."""
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
    try:
        with closing(dbapi2.connect(str(plain), isolation_level=None)) as connection:
            database.choose_cipher(connection)
            _fold_log(connection, plain)
            connection.execute(f'ATTACH DATABASE ? AS draft KEY "{key}"', [str(draft)])
            connection.execute("PRAGMA draft.auto_vacuum = INCREMENTAL")  # so that it can be made smaller
            connection.execute("SELECT sqlcipher_export('draft')")
            connection.execute("DETACH DATABASE draft")
    except dbapi2.DatabaseError as error:
        raise database.refused(plain, error) from error
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(draft.parent)


def _fold_log(connection: Any, plain: Path) -> None:
    """Take what a crash left in the write-ahead log into the database, overwrite the log, then let SQLite remove it."""
    busy = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()[0]
    if busy:
        raise VaultError(f"Another program reads {plain}. End it, then start `companion run` again.")
    log = _named(plain, "-wal")
    if log.exists():
        _fill_with_nothing(log)  # all of it is safe in the database by now, and SQLite knows
    connection.execute("PRAGMA journal_mode = DELETE")


def _frames(vault: Vault, progress: Progress) -> None:
    """Encrypt pictures and thumbnails a folder at a time, then tell the rows, then overwrite what lay open."""
    days = sorted({path.parent for path in _files(vault.frames, lambda path: path.name.endswith(PICTURE))})
    with closing(database.connect(vault, write=True)) as db:
        db.execute("PRAGMA synchronous = FULL")  # the rows are safe before a file goes
        for number, day in enumerate(days):
            progress("frames", number, len(days))
            plain = sorted(day.glob(f"*{PICTURE}"))
            for path in plain:
                _seal_picture(vault, path)
            sync_folder(day)
            _rename_rows(db, [str(path.relative_to(vault.root)) for path in plain])
            for path in plain:
                _overwrite(path)


def _seal_picture(vault: Vault, path: Path) -> None:
    name = _new_name(str(path.relative_to(vault.root)))
    if not (vault.root / name).exists():  # else it is whole, and what lies open may be half overwritten
        replace_file(vault.root / name, vault.keys.frames.seal(path.read_bytes(), name.encode()))


def _new_name(name: str) -> str:
    """Return what a picture or thumbnail is called when it is encrypted."""
    if name.endswith(THUMBNAIL):
        return frames.thumbnail(name.removesuffix(THUMBNAIL) + PICTURE)
    return str(Path(name).with_suffix(".frame"))


def _rename_rows(db: Database, names: list[str]) -> None:
    pairs = [(_new_name(name), name) for name in names if not name.endswith(THUMBNAIL)]
    with db.atomic():
        db.execute("CREATE TEMP TABLE IF NOT EXISTS renamed (new TEXT, old TEXT PRIMARY KEY)")
        db.execute("DELETE FROM renamed")
        db.conn.executemany("INSERT INTO renamed VALUES (?, ?)", pairs)
        db.execute(
            "UPDATE moments SET frame = (SELECT new FROM renamed WHERE old = frame) "
            "WHERE frame IN (SELECT old FROM renamed)"
        )


def _recordings(vault: Vault, progress: Progress) -> None:
    """Encrypt recordings record by record, without encoding the signal again."""
    for path in _files(vault.eeg, lambda path: path.name.endswith(PLAIN)):  # broken off between the two renames
        whole = path.with_name(path.name.removesuffix(PLAIN))
        if not whole.exists() and not _named(whole, DAMAGED).exists():
            path.replace(whole)
    plain = list(_files(vault.eeg, lambda path: path.suffix == ".bdf" and not _is_sealed(path)))
    for number, path in enumerate(plain):
        progress("recordings", number, len(plain))
        draft = _named(path, DRAFT)
        try:
            form = layout_of(PlainRecords(path), path.name)
        except VaultError:  # nobody could read it before either; it is kept for whoever may mend it
            damaged = _named(path, DAMAGED)
            replace_file(damaged, vault.keys.eeg.seal(path.read_bytes(), damaged.name.encode()))
            path.replace(_named(path, PLAIN))
            continue
        repair(path)
        draft.unlink(missing_ok=True)
        _seal_recording(vault, path, draft, form)
        path.replace(_named(path, PLAIN))
        _take_place(draft, path)


def _seal_recording(vault: Vault, path: Path, draft: Path, form: Layout) -> None:
    """Copy what is whole of a recording."""
    old, new = PlainRecords(path), SealedRecords(draft, vault.keys.eeg)
    count = old.count(form)
    with new.create(old.header()[: form.header_bytes]) as file:
        for first in range(0, count, PIECE):
            raw = old.read(form, first, min(first + PIECE, count))
            size = form.record_bytes
            new.write(file, form, first, [raw[at : at + size] for at in range(0, len(raw), size)])
        os.fsync(file.fileno())


def _take_place(draft: Path, path: Path) -> None:
    draft.replace(path)
    sync_folder(path.parent)


def _overwrite(path: Path) -> None:
    """Overwrite what lay open once, then remove it; what a disk keeps elsewhere of it is out of reach."""
    _fill_with_nothing(path)
    path.unlink()


def _fill_with_nothing(path: Path) -> None:
    with path.open("r+b", buffering=0) as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, BLOCK)))
        os.fsync(file.fileno())


def _files(folder: Path, wanted: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield the files below a folder that are wanted, in order."""
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and wanted(path):
            yield path


def _named(path: Path, more: str) -> Path:
    return path.with_name(path.name + more)


def _is_plain_database(path: Path) -> bool:
    return _begins(path, PLAIN_DATABASE)


def _is_sealed(path: Path) -> bool:
    return _begins(path, MAGIC)


def _begins(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except FileNotFoundError:
        return False
