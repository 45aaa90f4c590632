"""Other limits while the program runs: they hold at once, and what is over them goes as it would at a start."""

from __future__ import annotations

import numpy as np
import pytest
from filling import T0, new
from sqlite_utils import Database

from index import changes
from index.forgetting.budget import MEGABYTE, Kind, Limits, NoRoomError, size_of
from index.store import Store
from index.vault import Vault
from index.writer import Writer


def fill(writer: Writer, count: int = 8) -> None:
    """Store moments an hour apart, each with a picture of some hundred kilobytes."""
    for number in range(count):
        image = np.random.default_rng(number).integers(0, 256, (400, 600, 3), np.uint8)
        made = writer.do(changes.open_moment, writer.vault, new(T0 + 3600 * number), image).result()
        writer.do(changes.close_moment, made, T0 + 3600 * number + 10).result()


def half(vault: Vault) -> Limits:
    """Return limits that leave room for half of the pictures, beside what is put by for the log."""
    return Limits(whole=size_of(vault.database) + size_of(vault.frames) // 2 + 3 * MEGABYTE // 2)


def pictured(store: Store) -> list[int]:
    return [row[0] for row in store.rows("SELECT id FROM moments WHERE frame <> '' ORDER BY id")]


def test_what_is_over_other_limits_goes_at_once_and_is_counted_from_then_on(
    vault: Vault, writer: Writer, store: Store
) -> None:
    fill(writer)
    limits = half(vault)
    writer.limit(limits).result(30)
    assert vault.ledger.limits == limits
    left = pictured(store)
    assert 0 < len(left) < 8
    assert left == list(range(9 - len(left), 9))
    assert vault.ledger.used()[Kind.FRAMES] == size_of(vault.frames)
    fill(writer, 1)  # older than all
    assert size_of(vault.root) <= limits.whole


def test_a_limit_that_was_taken_away_stops_nothing(vault: Vault, writer: Writer, store: Store) -> None:
    def many(db: Database) -> None:
        db.conn.executemany("INSERT INTO incidents (time, part, what) VALUES (?, '', ?)", [(T0, "x" * 3000)] * 3000)

    writer.limit(Limits(whole=size_of(vault.root) + 3 * MEGABYTE)).result(30)
    with pytest.raises(NoRoomError):
        writer.do(many).result(30)
    writer.limit(Limits()).result(30)
    writer.do(many).result(30)
    assert store.value("SELECT count(*) FROM incidents") == 3000


def test_limits_that_not_enough_may_go_for_are_said(writer: Writer, store: Store) -> None:
    fill(writer, 1)
    with pytest.raises(NoRoomError, match="Raise `budget_gb`"):
        writer.limit(Limits(whole=1000)).result(30)
    assert pictured(store) == [1]  # the newest hour stays
