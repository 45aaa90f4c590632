from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from filling import T0, add, new
from sqlcipher3 import dbapi2
from sqlite_utils import Database

from index import changes, database, schema
from index.store import Store
from index.types import Job, VaultError
from index.vault import Vault
from index.words import segmenting
from index.writer import Writer


def raw(vault: Vault) -> Any:
    """Return a connection that knows nothing of migrations."""
    connection = dbapi2.connect(str(vault.database))
    connection.execute(f'PRAGMA key = "{vault.keys.database[0]}"')
    segmenting.register(connection)
    return connection


def made(vault: Vault, sql: str = "") -> None:
    """Leave a vault behind that a version changed by ``sql`` had made."""
    with Writer(vault) as writer:
        add(writer, "kept")
    with closing(raw(vault)) as db:
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


def test_a_new_vault_has_all_of_its_tables_or_none(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_: Database) -> None:
        raise OSError("the disk is gone")

    *known, last = schema.migrations._migrations
    monkeypatch.setattr(schema.migrations, "_migrations", [*known, replace(last, fn=stopped)])
    with pytest.raises(OSError, match="the disk is gone"):
        database.connect(vault, write=True)
    monkeypatch.undo()
    with pytest.raises(VaultError, match="still being made"):
        Store(vault).count()
    with Writer(vault) as writer:
        assert add(writer, "first") == 1


def test_writing_to_an_older_vault_brings_it_up_to_date(vault: Vault) -> None:
    with Writer(vault) as writer:
        add(writer, "kept")
    with closing(raw(vault)) as db:
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
    with pytest.raises(VaultError, match="readonly"):
        store.rows("DELETE FROM moments")
    assert store.count() == 1


def test_what_older_versions_made_of_eeg_is_made_anew_from_the_raw_signal(vault: Vault) -> None:
    with Writer(vault) as writer:
        for number in range(3):
            add(writer, "kept", time=T0 + 100 * number)
        eeg = {"device": "muse", "source": "muse", "sfreq": 256.0, "ch_names": ("A",), "time_start": T0 - 5}
        writer.do(changes.open_recording, "eeg/1.bdf", **eeg).result()
        writer.do(changes.extend_recording, "eeg/1.bdf", 256 * 110, closed=True).result()  # over two of the moments
        for space in ("state:v1:A:20", "content:m"):
            writer.do(changes.put_space, space, model="m", dimension=2, time=T0).result()
            writer.do(changes.put_vectors, space, {1: np.ones((1, 2), np.float32)}).result()
        writer.do(changes.put_features, 1, "A", 1.0, b"1234").result()
        writer.do(lambda db: db.execute("DELETE FROM jobs")).result()
    with closing(raw(vault)) as db:
        later = "('signal_quality', 'learning')"
        db.executescript(
            f"DELETE FROM _sqlite_migrations WHERE name IN {later}; DROP TABLE signal_quality; DROP TABLE montages; "  # noqa: S608
            "DROP TABLE mappings; DROP TABLE feedback; DROP TABLE fusion"
        )
    Writer(vault).close()
    store = Store(vault)
    assert store.spaces("") == ["content:m"]
    assert store.rows("SELECT DISTINCT space FROM vectors") == [("content:m",)]
    assert store.features_of(1) is None
    assert sorted(store.waiting(Job.BRAIN, 10)) == [1, 2]
    store.close()


def test_frames_that_could_not_be_read_are_looked_at_once_more_and_only_once(vault: Vault) -> None:
    with Writer(vault) as writer:
        picture = np.zeros((20, 30, 3), np.uint8)
        made = [writer.do(changes.open_moment, vault, new(T0 + number), picture).result() for number in range(2)]
        writer.do(changes.set_aside, made[1], Job.READ, "died twice").result()  # its frame is gone
        writer.do(changes.want, made[0], Job.CONTENT).result()
        writer.do(lambda db: db.execute("UPDATE jobs SET quarantined = 1, error = 'unreadable'")).result()
        writer.do(lambda db: db.execute("DELETE FROM _sqlite_migrations WHERE name = 'unread_frames'")).result()
    Writer(vault).close()
    with closing(Store(vault)) as store:
        assert store.waiting(Job.READ, 9) == made[:1]
        content = [(moment, Job.CONTENT, "unreadable") for moment in made]
        assert store.quarantine() == [*content, (made[1], Job.READ, "unreadable")]
    with Writer(vault) as writer:
        writer.do(lambda db: db.execute("UPDATE jobs SET quarantined = 1")).result()
    Writer(vault).close()
    with closing(Store(vault)) as store:
        assert store.waiting(Job.READ, 9) == []
