from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from whole_vault import T0, fill, flip

from index import changes, database
from index.care.salvaging import Salvaged, salvage
from index.care.verifying import verify
from index.keys.keys import Keys
from index.store import Store
from index.vault import Vault
from index.writer import Writer

PAGE, ROWS = 4096, 60


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault whose features and incidents take many pages."""
    made = Vault(tmp_path / "vault", Keys.random())
    with Writer(made) as writer:
        texts = tuple(f"text {number}" for number in range(3))
        fill(writer, texts=texts)
        writer.do(_grow).result()
    return made


def _grow(db: Database) -> None:
    sql = (
        "INSERT INTO moments (time_start, time_end, app, title, url, monitor, source, frame, text, open) "
        "VALUES (?, ?, 'a', 't', '', 0, 's', '', '', 0)"
    )
    for number in range(ROWS):  # rows of features have higher numbers than there are rows
        db.execute(sql, [T0 - number, T0 - number + 1])
    for number in range(ROWS):
        moment = int(db.execute(sql, [T0 + number, T0 + number + 1]).lastrowid or 0)
        changes.put_features(db, moment, "kind", 1.0, bytes(500), ch_names=("A",))
        changes.incident(db, T0 + number, "part", "what " * 100)


def _fails(vault: Vault, end: str, table: str) -> bool:
    """Whether the first or the last row of a table cannot be read."""
    with closing(database.connect(vault, write=False)) as db:
        try:
            db.execute(f"SELECT {end}(rowid) FROM {table}").fetchall()  # noqa: S608 names of this test
        except database.DatabaseError:
            return True
    return False


def damage_last_leaf(vault: Vault, table: str) -> None:
    """Damage the page with the highest rows of a table, found by trial."""
    whole = vault.database.read_bytes()
    for page in range(len(whole) // PAGE - 1, 1, -1):
        flip(vault.database, page * PAGE + 200)
        if _fails(vault, "max", table) and not _fails(vault, "min", table):
            return
        vault.database.write_bytes(whole)
    raise AssertionError("the table has no page of its own for its last rows")


def salvaged(vault: Vault) -> Salvaged:
    vault.claim()
    try:
        return salvage(vault)
    finally:
        vault.release()


@pytest.mark.parametrize("table", ["features", "incidents"])
def test_of_a_table_whose_last_page_is_damaged_all_others_are_kept(vault: Vault, table: str) -> None:
    damage_last_leaf(vault, table)
    done = salvaged(vault)
    assert ROWS - 10 <= done.kept[table] < ROWS
    assert [sentence.partition(":")[0] for sentence in done.lost] == [table]
    assert verify(vault).clean


def test_a_table_that_cannot_be_read_at_all_is_named_and_costs_no_other(vault: Vault) -> None:
    with closing(Store(vault)) as store:
        page = store.value("SELECT rootpage FROM sqlite_master WHERE name = 'incidents'")
    flip(vault.database, (page - 1) * PAGE + 200)
    done = salvaged(vault)
    assert done.lost == ["incidents: it cannot be read at all."]
    assert (done.kept["moments"], done.kept["features"]) == (2 * ROWS + 3, ROWS)
    assert verify(vault).clean
