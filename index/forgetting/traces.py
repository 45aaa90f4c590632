"""What deleted rows leave behind in the database's files, taken away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing

from sqlite_utils import Database

from index import database
from index.forgetting.budget import size_of
from index.types import VaultError
from index.vault import Vault

MAIN_INDEX = b"0"  # how FTS5 begins each term of its main index

COPIES = 2  # of the database, while it is written anew
STEPS = 100_000  # of SQLite's machine between two looks at whether it is to end

# The terms that divide a page of the full text from the one before it. FTS5's secure deletion empties the pages
# themselves and leaves these, each a term or the beginning of one, as they were.
_DIVIDERS = "SELECT segid, term FROM moments_fts_idx WHERE length(term) > 1"


def clear_dividers(db: Database) -> None:
    """Replace dividers of the full text that no stored word begins with any more.

    A divider has to be greater than every term of the page before and not greater than the first of its own. The
    next term that is still there satisfies both; where it divides two pages already, the full text is built anew.
    """
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words_there USING fts5vocab(main, moments_fts, instance)")
    try:
        for segment, divider in db.execute(_DIVIDERS).fetchall():
            if not _renewed(db, segment, bytes(divider)):
                db.execute("INSERT INTO moments_fts (moments_fts) VALUES ('rebuild')")
                return
    finally:
        db.execute("DROP TABLE temp.words_there")


def _renewed(db: Database, segment: int, divider: bytes) -> bool:
    """Make one divider say nothing that is gone; False where that takes more than changing it."""
    if not divider.startswith(MAIN_INDEX):
        return False
    begins = divider[len(MAIN_INDEX) :]
    # Cast, as a divider may end within a letter.
    after_it = "SELECT term FROM temp.words_there WHERE term >= CAST(? AS TEXT) LIMIT 1"
    found = db.execute(after_it, [begins]).fetchone()
    if found is None:
        return False
    if found[0].encode().startswith(begins):
        return True
    after = MAIN_INDEX + found[0].encode()
    taken = "SELECT 1 FROM moments_fts_idx WHERE segid = ? AND term = ?"
    if db.execute(taken, [segment, after]).fetchone() is not None:
        return False
    db.execute("UPDATE moments_fts_idx SET term = ? WHERE segid = ? AND term = ?", [after, segment, divider])
    return True


def _never() -> bool:
    return False


def clear(vault: Vault, stop: Callable[[], bool] = _never) -> None:
    """Write the database anew, from what is in its rows, and empty its log; nothing else may be writing.

    A page that was split keeps copies of rows in its unused part, and nothing overwrites these when the rows go. The
    new pages wait in an encrypted file without a name, then in the log, until they are whole: broken off anywhere, the
    database is as before. A gigabyte takes about half a minute, and room for two of them on the disk meanwhile.

    ``stop`` is asked often whether it is to end. Raises `VaultError` where the disk has no room or another program
    reads, KeyboardInterrupt when the person ends it.
    """
    _require_room(vault)
    with closing(database.connect(vault, write=True)) as db:
        try:
            with db.atomic():
                clear_dividers(db)
            _rewrite(db, vault, stop)
            _empty_log(db, vault)
        except database.OperationalError as error:
            if str(error) == "interrupted":
                raise KeyboardInterrupt from error
            raise VaultError(f"The database {vault.database} could not be written anew ({error}).") from error


def _require_room(vault: Vault) -> None:
    needed = COPIES * (size_of(vault.database) + size_of(vault.database.with_name(f"{vault.database.name}-wal")))
    free = shutil.disk_usage(vault.root).free
    if free < needed:
        raise VaultError(
            f"What was to be forgotten is gone, but traces of it are left until the database is written anew, which "
            f"takes {needed} bytes of the disk for a while; {free} are free. Free some space and start Companion: it "
            "goes on with it."
        )


def _rewrite(db: Database, vault: Vault, stop: Callable[[], bool]) -> None:
    db.execute("PRAGMA temp_store = FILE")  # encrypted as the database is; in memory it would all have to fit
    folder = str(vault.root).replace("'", "''")
    db.execute(f"PRAGMA temp_store_directory = '{folder}'")  # not in memory either, as the system's may be
    db.conn.set_progress_handler(lambda: int(stop()) or _go_on(), STEPS)
    try:
        db.execute("VACUUM")
    finally:
        db.conn.set_progress_handler(None, 0)
        db.execute("PRAGMA temp_store_directory = ''")


def _go_on() -> int:
    """Let SQLite go on; called in its midst, as Python raises here what Ctrl+C means, which ends it."""
    return 0


def _empty_log(db: Database, vault: Vault) -> None:
    if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise VaultError(
            f"Another program reads {vault.database}, and its log still holds what was forgotten. End that program "
            "and start Companion once: it goes on with it."
        )
