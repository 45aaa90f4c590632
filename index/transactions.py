"""Transactions whose growth is limited: what the database and its log come to is known before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from index import database
from index.forgetting.budget import Kind, Ledger, NoRoomError

LOOK_STEPS = 250  # of SQLite's machine between two looks at the log
FULL = "SQLITE_FULL"
INCREMENTAL = 2  # of `PRAGMA auto_vacuum`


def prepare(db: Database, ledger: Ledger) -> None:
    """Set the writer's connection up for the ledger's limits, and count what is there."""
    if ledger.limits.none:
        return
    if ledger.limits.log:
        cache = min(database.CACHE_KIB, ledger.limits.log // 4 // 1024)
        db.execute(f"PRAGMA cache_size = -{cache}")  # no more than this waits in memory when a change is done
    ledger.measure()
    ledger.weigh_database(_pages(db))


@contextmanager
def transaction(
    db: Database, ledger: Ledger, *, growth: int | None, last: bool = False, whole: bool = False
) -> Iterator[None]:
    """Run the body in a transaction by which the database's content grows by at most ``growth`` bytes, None: no limit.

    ``last`` is for what makes room, whose log has to do with what is put by for it; ``whole`` also lets it have more,
    as it cannot be done in smaller parts. Raises `NoRoomError` when that is not enough.
    """
    if growth is None:
        with db.atomic():
            yield
        return
    _trim(db, ledger)
    asked = max(0, growth - spare(db))
    ledger.ask(Kind.DATABASE, asked, last=last)
    page = _pragma(db, "page_size")
    db.execute(f"PRAGMA max_page_count = {_pragma(db, 'page_count') + asked // page}")
    ahead = ledger.limits.log // 2  # in the cache, and what one step of SQLite's machine may write
    refused = False

    def look() -> int:
        nonlocal refused
        refused = not whole and not ledger.log_fits(ahead, within_log=last)
        return int(refused)

    db.conn.set_progress_handler(look, LOOK_STEPS)
    try:
        with db.atomic():
            yield
    except database.OperationalError as error:
        if refused or (getattr(error, "sqlite_errorname", "") == FULL and not _disk_is_full(ledger, growth)):
            raise NoRoomError(Kind.DATABASE, 2 * growth) from error
        raise
    finally:
        db.conn.set_progress_handler(None, 0)
        ledger.give_back(Kind.DATABASE, asked)
        ledger.weigh_database(_pages(db))


def shrink(db: Database, ledger: Ledger) -> None:
    """Give the database's free pages back to the disk, some at a time."""
    if not shrinks(db):
        return
    some = max(1, ledger.limits.log // 8 // _pragma(db, "page_size"))
    while _pragma(db, "freelist_count"):
        with transaction(db, ledger, growth=0, last=True):
            db.execute(f"PRAGMA incremental_vacuum({some})").fetchall()
    _empty_log(db)
    ledger.weigh_database(_pages(db))


def shrinks(db: Database) -> bool:
    """Whether the database was made so that its free pages can be given back."""
    return _pragma(db, "auto_vacuum") == INCREMENTAL


def spare(db: Database) -> int:
    """Return the bytes within the database that are free."""
    return _pragma(db, "freelist_count") * _pragma(db, "page_size")


def _trim(db: Database, ledger: Ledger) -> None:
    """Write the log back before it takes more than a half of what is put by for it."""
    if not ledger.log_fits(0, within_log=False) or ledger.log > ledger.limits.log // 4:
        _empty_log(db)


def _empty_log(db: Database) -> None:
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _pages(db: Database) -> int:
    """Return how many bytes the database has once its log is written back."""
    return _pragma(db, "page_count") * _pragma(db, "page_size")


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def _disk_is_full(ledger: Ledger, size: int) -> bool:
    return shutil.disk_usage(ledger.root).free < size
