"""What deleted rows leave behind in the database's files, taken away."""

from __future__ import annotations

from contextlib import closing

from sqlite_utils import Database

from index import database
from index.types import VaultError
from index.vault import Vault

MAIN_INDEX = b"0"  # how FTS5 begins each term of its main index

LEAST_PAGES, PAGES_SHARE = 16, 64  # of the database, given back at a time

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


def shrink(vault: Vault) -> None:
    """Give free pages back to the disk and empty the database's log. Raises `VaultError` while another reads it."""
    with closing(database.connect(vault, write=True)) as db:
        try:
            _empty_log(db, vault)
            # Some at a time: each page that moves is in the log until that is written back.
            some = max(LEAST_PAGES, _pragma(db, "page_count") // PAGES_SHARE)
            while (free := _pragma(db, "freelist_count")) and _pragma(db, "auto_vacuum"):
                db.execute(f"PRAGMA incremental_vacuum({min(some, free)})").fetchall()
                _empty_log(db, vault)
        except database.OperationalError as error:
            raise VaultError(f"The database {vault.database} could not be made smaller ({error}).") from error


def _empty_log(db: Database, vault: Vault) -> None:
    if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise VaultError(
            f"Another program reads {vault.database}, and its log still holds what was forgotten. End that program "
            "and start Companion once: it goes on with it."
        )


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
