from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from filling import T0, add

from index import schema
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer


def made(vault: Vault, sql: str = "") -> None:
    """Leave a vault behind that a version changed by ``sql`` had made."""
    with Writer(vault) as writer:
        add(writer, "kept")
    with closing(sqlite3.connect(vault.database)) as db:
        db.execute(sql)
        db.commit()


OLDER = "DELETE FROM _sqlite_migrations WHERE name = 'recordings'"
NEWER = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('vault', 'dreams', '2031-01-01')"


def test_an_empty_folder_gets_every_table(writer: Writer, store: Store) -> None:
    names = {row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"moments", "moments_fts", "jobs", "spaces", "vectors", "features", "recordings", "outputs"} <= names
    assert schema.migrations.pending(store.db) == []
    assert store.value("PRAGMA journal_mode") == "wal"
    assert add(writer, "first") == 1


def test_opening_again_changes_nothing(vault: Vault) -> None:
    made(vault)
    with Writer(vault):
        store = Store(vault)
        assert store.moment(1).text == "kept"
        assert store.value("SELECT count(*) FROM _sqlite_migrations") == len(schema.migrations.applied(store.db))
        store.close()


def test_reading_an_older_vault_says_how_to_bring_it_up_to_date(vault: Vault) -> None:
    made(vault, OLDER)
    with pytest.raises(VaultError, match=r"older version.*companion run"):
        Store(vault).count()


def test_writing_to_an_older_vault_brings_it_up_to_date(vault: Vault) -> None:
    with Writer(vault) as writer:
        add(writer, "kept")
    with closing(sqlite3.connect(vault.database)) as db:
        db.executescript(f"{OLDER}; DROP TABLE recordings; DROP TABLE incidents; DROP TABLE outputs")
    Writer(vault).close()
    store = Store(vault)
    assert store.moment(1).text == "kept"
    assert store.newest_recording() is None
    store.close()


def test_a_newer_vault_is_neither_read_nor_written(vault: Vault) -> None:
    made(vault, NEWER)
    with pytest.raises(VaultError, match=r"newer version.*[Uu]pdate"):
        Store(vault).count()
    with pytest.raises(VaultError, match=r"newer version.*[Uu]pdate"):
        Writer(vault)
    assert not vault.in_use()


def test_a_damaged_database_is_named(vault: Vault) -> None:
    vault.create()
    vault.database.write_bytes(b"this is no database" * 100)
    with pytest.raises(VaultError, match=r"cannot be opened .*damaged"):
        Writer(vault)
    with pytest.raises(VaultError, match=r"cannot be opened .*damaged"):
        Store(vault).count()
    assert not vault.in_use()


def test_a_reader_cannot_change_anything(writer: Writer, store: Store) -> None:
    add(writer, "kept", time=T0)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.rows("DELETE FROM moments")
    assert store.count() == 1
