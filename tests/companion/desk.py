"""A vault, its writer, and a keeper to try."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scripted import BEGIN, Scripted

from companion.keeper import Keeper
from companion.moments import Moments
from index.store import Store
from index.types import Moment
from index.vault import Vault
from index.writer import Writer


@dataclass
class Desk:
    """A vault, and what a keeper on it said."""

    vault: Vault
    writer: Writer
    store: Store
    incidents: list[str] = field(default_factory=list)
    woken: int = 0
    now: float = BEGIN + 1000

    def keeper(self, make_source: Callable[[], Any]) -> Keeper:
        def wake() -> None:
            self.woken += 1

        return Keeper(
            make_source=make_source,
            moments=Moments(writer=self.writer, clock=lambda: self.now, on_change=wake),
            clock=lambda: self.now,
            on_incident=lambda part, what: self.incidents.append(f"{part}: {what}"),
        )

    def moments(self) -> list[Moment]:
        ids = [row[0] for row in self.store.rows("SELECT id FROM moments ORDER BY id")]
        found = self.store.moments(ids)
        return [found[i] for i in ids]

    def rows(self) -> dict[str, list[Any]]:
        """Return all that the database holds, by table."""
        names = [row[0] for row in self.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: self.store.rows(f'SELECT * FROM "{name}"') for name in names}  # noqa: S608 names of its own

    def open(self) -> int:
        return int(self.store.value("SELECT count(*) FROM moments WHERE open = 1"))

    def fill_disk(self) -> None:
        """Let nothing new be stored: SQLite's own error for a full disk follows."""
        pages = self.writer.do(lambda db: db.execute("PRAGMA page_count").fetchone()[0]).result()
        self.writer.do(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone()).result()

    def empty_disk(self) -> None:
        self.writer.do(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone()).result()


def wait_until(true: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    due = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < due, f"waited in vain for {what}"
        time.sleep(0.005)


def keep(desk: Desk, *said: Any) -> Keeper:
    """Follow one scripted source to its end."""
    keeper = desk.keeper(lambda: Scripted(*said))
    keeper.start()
    wait_until(lambda: keeper.seeing.ended, "the end of the source")
    keeper.stop()
    return keeper
