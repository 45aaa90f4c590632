"""The one database: SQLCipher under sqlite-utils, opened with the vault's keys."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2
from sqlite_utils import Database

from index import schema
from index.types import VaultError
from index.vault import Vault
from index.words import segmenting

BUSY_TIMEOUT = 10.0  # seconds
CACHE_KIB = 256  # decrypted pages a connection keeps while it reads: a dozen threads read, mostly what is new
SEARCHING_KIB = 16 * 1024  # and that of the thread that searches, which comes back to the same pages for each question
ROOM = 64 * 1024  # bytes, of what SQLite keeps beside a database that is open
WRITING_KIB = 1024  # and the writer, from one change to the next: all it touches in one is a megabyte or less

# What the database raises; SQLCipher's classes are not those of the standard library's sqlite3.
DatabaseError = dbapi2.DatabaseError
OperationalError = dbapi2.OperationalError
IntegrityError = dbapi2.IntegrityError


class FullDiskError(VaultError):
    """The disk has no room to open the database; whether that is whole nobody can tell."""


def connect(vault: Vault, *, write: bool) -> Database:
    """Open the database, the newest schema applied when ``write``.

    Raises `LockedError` when the vault is locked, `VaultError` when the database cannot be opened.
    """
    try:
        connection = _unlocked(vault, write=write)
        try:
            return _prepared(Database(connection, recursive_triggers=False), vault.database, write=write)
        except BaseException:
            connection.close()
            raise
    except DatabaseError as error:
        if any(word in str(error) for word in ("disk I/O", "full")) and _is_full(vault.root):
            raise FullDiskError(
                f"The database {vault.database} cannot be opened ({error}): the disk is full. Free some space; what "
                "was stored before is safe."
            ) from error
        raise VaultError(
            f"The database {vault.database} cannot be opened ({error}). Is the disk full, the file damaged, or "
            "keys.json that of another vault? `companion vault verify` tells more."
        ) from error


def _is_full(folder: Path) -> bool:
    """Whether the disk has no room for what SQLite keeps beside a database that is only read."""
    try:
        return shutil.disk_usage(folder).free < ROOM
    except OSError:
        return False


def make_durable(vault: Vault) -> None:
    """Have the disk hold every change committed so far; to be called before a file is deleted because of one.

    SQLite writes its log without waiting for the disk (``synchronous = NORMAL``); what it copied out of it is safe.
    Raises `VaultError`.
    """
    log = vault.database.with_name(f"{vault.database.name}-wal")
    try:
        handle = os.open(log, os.O_RDONLY)
    except FileNotFoundError:
        return  # all of it is in the database
    except OSError as error:
        raise VaultError(f"{log} cannot be opened ({error.strerror}). Make sure that it is yours.") from error
    try:
        os.fsync(handle)
    except OSError as error:
        raise VaultError(f"{log} could not be made safe ({error.strerror}). Is the disk full, or gone?") from error
    finally:
        os.close(handle)


def keep_more(db: Database) -> None:
    """Let a connection keep as many decrypted pages as searching comes back to."""
    db.execute(f"PRAGMA cache_size = -{SEARCHING_KIB}")


def refused(path: Path, error: Exception) -> VaultError:
    """Return what to tell the person when the open database refuses to read or to write."""
    return VaultError(f"The database {path} refuses ({error}). {way_out(error)}")


def way_out(error: Exception) -> str:
    """Return how the person mends what the database complains of."""
    reason = str(error)
    if "locked" in reason or "busy" in reason:
        return "Another program holds it: end what copies or checks the vault, then try again."
    if "readonly" in reason:
        return "Make the vault's folder and files writable for you."
    if "full" in reason:
        return "Is the disk full? Free some space; what was stored before is safe."
    return "Is the disk full? If not, `companion vault verify` says what is damaged, and how it is mended."


def _unlocked(vault: Vault, *, write: bool) -> Any:
    """Return a connection under the first of the vault's keys that opens the database."""
    *others, last = vault.keys.database
    for key in others:
        connection = _keyed(vault.database, key, write=write)
        try:
            opens = _opens(connection)
        except DatabaseError:
            connection.close()
            raise
        if opens:
            return connection
        connection.close()
    return _keyed(vault.database, last, write=write)


def _keyed(path: Path, key: str, *, write: bool) -> Any:
    connection = dbapi2.connect(
        _uri(path, write=write), timeout=BUSY_TIMEOUT, check_same_thread=False, isolation_level=None, uri=True
    )
    choose_cipher(connection)
    connection.execute(f'PRAGMA key = "{key}"')
    return connection


def choose_cipher(connection: Any) -> None:
    """Set what SQLCipher does for every database that is opened or attached from here on, before its key is given.

    HMAC-SHA256 where its default is HMAC-SHA512: processors have instructions for it, and a page costs a third less.
    """
    connection.execute("PRAGMA cipher_log_level = NONE")  # it is told by exceptions, not on standard error
    connection.execute("PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256")


def _opens(connection: Any) -> bool:
    """Whether a connection's key is the database's."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except OperationalError:  # busy, or the disk: another key would not help
        raise
    except DatabaseError:
        return False
    return True


def _prepared(db: Database, path: Path, *, write: bool) -> Database:
    """Return the connection set up for writing or for reading only, its schema checked."""
    segmenting.register(db.conn)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA cache_size = -{WRITING_KIB if write else CACHE_KIB}")
    db.execute("PRAGMA temp_store = MEMORY")  # what is sorted or gathered never touches the disk unencrypted
    _refuse_newer(db, path)
    if write:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a new one: so that it can be made smaller
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten, not only let go
        _migrate(db)
    else:
        db.execute("PRAGMA query_only = ON")
        _refuse_older(db, path)
    return db


def _migrate(db: Database) -> None:
    """Apply the newest schema. A new vault gets all of it or nothing, so that no reader meets it half made."""
    with nullcontext() if schema.migrations.applied(db) else db.atomic():
        schema.migrations.apply(db)


def _refuse_older(db: Database, path: Path) -> None:
    if not schema.migrations.applied(db):
        raise VaultError(f"{path} is still being made, or has nothing in it. Try again in a moment.")
    if schema.migrations.pending(db):
        raise VaultError(f"{path} was made by an older version. Start `companion run` once to bring it up to date.")


def _uri(path: Path, *, write: bool) -> str:
    """Return how to open a database; one in a folder nobody may write to cannot change while it is read."""
    as_effective = os.access in os.supports_effective_ids
    writable = os.access(path.parent, os.W_OK, effective_ids=as_effective)
    immutable = not write and path.exists() and not writable
    return f"{path.resolve().as_uri()}{'?immutable=1' if immutable else ''}"


def _refuse_newer(db: Database, path: Path) -> None:
    """Refuse a database with changes this version has never heard of."""
    with closing(Database(memory=True)) as empty:
        known = {migration.name for migration in schema.migrations.pending(empty)}
    unknown = {migration.name for migration in schema.migrations.applied(db)} - known
    if unknown:
        raise VaultError(
            f"{path} was made by a newer version of the program. Update Companion, or name another folder with --vault."
        )
