"""Transactions whose growth is limited: what the database and its log come to is known before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from index import database
from index.forgetting.budget import Kind, Ledger, Limits, NoRoomError
from index.types import VaultError

LOOK_STEPS = 250  # of SQLite's machine between two looks at the log
FULL = "SQLITE_FULL"
INCREMENTAL = 2  # of `PRAGMA auto_vacuum`
MOST_PAGES = 0xFFFFFFFE  # that SQLite lets a database have


class TooLargeError(NoRoomError):
    """One change writes more at once than the database's log has room for; nothing that goes would alter that."""

    def __init__(self, log: int) -> None:
        VaultError.__init__(
            self,
            f"This change is too large to be made at once: the budget leaves {log} bytes for the database's log. "
            "Nothing of it was kept. Raise `budget_gb` in the settings.",
        )
        self.kind, self.size = Kind.DATABASE, 0


def prepare(db: Database, ledger: Ledger) -> None:
    """Set the writer's connection up for the ledger's limits, and count what is there."""
    _set_up(db, ledger.limits)
    if not ledger.limits.none:
        ledger.measure()
        ledger.weigh_database(_pages(db))


def limit(db: Database, ledger: Ledger, limits: Limits) -> None:
    """Set the ledger and the writer's connection up for other limits, between two changes."""
    if ledger.limits.none and not limits.none:
        ledger.measure()  # before they hold: what is written meanwhile would be counted twice
    ledger.limits = limits
    _set_up(db, limits)
    ledger.weigh_database(_pages(db))


def _set_up(db: Database, limits: Limits) -> None:
    """Set how much of a change waits in memory until it is done, and let the database grow as it likes outside one."""
    cache = min(database.WRITING_KIB, limits.log // 4 // 1024) if limits.log else database.WRITING_KIB
    db.execute(f"PRAGMA cache_size = -{cache}")
    db.execute(f"PRAGMA max_page_count = {MOST_PAGES}")  # of the last change within a budget it has another


@contextmanager
def transaction(
    db: Database, ledger: Ledger, *, growth: int | None = None, last: bool = False, whole: bool = False
) -> Iterator[None]:
    """Run the body in a transaction whose log fits, and by which the database's content grows as there is room.

    Until the commit everything is in the log, so that how much room the content needs is asked once it is known.
    ``growth`` is the most it may be, in bytes, where that is known before. ``last`` is for what makes room: it has
    to do with what is put by for it; ``whole`` also lets it have more, as it cannot be done in smaller parts.
    Raises `TooLargeError` for the log, `NoRoomError` for the content.
    """
    if not ledger.limits.log:
        with db.atomic():
            yield
        return
    _trim(db, ledger)
    asked, before, free = 0, _pages(db), spare(db)
    most = _most(ledger) if growth is None else growth
    db.execute(f"PRAGMA max_page_count = {(before + most) // _pragma(db, 'page_size')}")
    refused = False

    def look() -> int:
        nonlocal refused  # the cache, and what one step of SQLite's machine may write, come to the log as well
        refused = not whole and not ledger.weigh_log(ledger.limits.log // 2, within_log=last)
        return int(refused)

    db.conn.set_progress_handler(look, LOOK_STEPS)
    try:
        with db.atomic():
            yield
            asked = _ask(ledger, max(0, _pages(db) - before), within=free, last=last)
    except database.OperationalError as error:
        if refused or (getattr(error, "sqlite_errorname", "") == FULL and not _disk_is_full(ledger)):
            raise TooLargeError(ledger.limits.log) from error
        raise
    finally:
        db.conn.set_progress_handler(None, 0)
        ledger.weigh_database(_pages(db))
        ledger.give_back(Kind.DATABASE, asked)


def shrink(db: Database, ledger: Ledger) -> None:
    """Give the database's free pages back to the disk, some at a time."""
    if not shrinks(db):
        return
    some = max(1, ledger.limits.log // 8 // _pragma(db, "page_size"))
    while _pragma(db, "freelist_count"):
        with transaction(db, ledger, growth=0, last=True):
            db.execute(f"PRAGMA incremental_vacuum({some})").fetchall()
    empty_log(db, ledger)


def shrinks(db: Database) -> bool:
    """Whether the database was made so that its free pages can be given back."""
    return _pragma(db, "auto_vacuum") == INCREMENTAL


def spare(db: Database) -> int:
    """Return the bytes within the database that are free."""
    return _pragma(db, "freelist_count") * _pragma(db, "page_size")


def empty_log(db: Database, ledger: Ledger) -> None:
    """Write the log back, also what was rolled back in it, and cut it to nothing."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    ledger.weigh_database(_pages(db))


def _most(ledger: Ledger) -> int:
    """Return by how much the content could grow at the very most: all of it comes to the log as well."""
    return (ledger.limits.log + max(0, ledger.free(Kind.DATABASE))) // 2


def _ask(ledger: Ledger, size: int, *, within: int, last: bool) -> int:
    """Ask for what the content has grown by, beyond what was free ``within`` the database.

    Raises `TooLargeError` where only the log stands in its way, `NoRoomError` for all that it needs otherwise.
    """
    ledger.weigh_log(ledger.limits.log // 4, within_log=last)  # what the cache holds is written at the commit
    try:
        ledger.ask(Kind.DATABASE, size, last=last)
    except NoRoomError:
        if size <= ledger.free(Kind.DATABASE) + ledger.log - ledger.limits.log:
            raise TooLargeError(ledger.limits.log) from None
        raise NoRoomError(Kind.DATABASE, size + within) from None
    return size


def _trim(db: Database, ledger: Ledger) -> None:
    """Write the log back before it takes more than a half of what is put by for it."""
    if not ledger.weigh_log(0, within_log=False) or ledger.log > ledger.limits.log // 4:
        empty_log(db, ledger)


def _pages(db: Database) -> int:
    """Return how many bytes the database has once its log is written back."""
    return _pragma(db, "page_count") * _pragma(db, "page_size")


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def _disk_is_full(ledger: Ledger) -> bool:
    return shutil.disk_usage(ledger.root).free < ledger.limits.log // 4
