from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from filling import add
from sqlcipher3 import dbapi2

from index import database
from index.care.verifying import verify
from index.keys.keys import Keys, Secrets
from index.store import Store
from index.types import LockedError, VaultError
from index.vault import Vault
from index.writer import Writer

CANARY = "heliotrope perambulator"


def filled(vault: Vault) -> Vault:
    with Writer(vault) as writer:
        add(writer, CANARY, title=f"title of {CANARY}")
    return vault


def text_of(vault: Vault) -> str:
    with closing(Store(vault)) as store:
        return store.moment(1).text


def test_no_file_of_the_database_holds_plain_text_while_it_is_written(vault: Vault) -> None:
    with Writer(vault) as writer:
        add(writer, CANARY, title=f"title of {CANARY}")
        files = {path.name: path.read_bytes() for path in vault.root.glob("memory.sqlite*")}
        assert {"memory.sqlite", "memory.sqlite-wal", "memory.sqlite-shm"} <= files.keys()
        assert len(files["memory.sqlite-wal"]) > 4096
        for content in files.values():
            for told in (b"heliotrope", b"perambulator", b"Firefox", b"CREATE TABLE", b"SQLite format 3", b"moments"):
                assert told not in content


def test_no_file_of_the_database_holds_plain_text_once_it_is_closed(vault: Vault) -> None:
    filled(vault)
    content = vault.database.read_bytes()
    assert b"heliotrope" not in content
    assert not content.startswith(b"SQLite format 3")
    with closing(sqlite3.connect(vault.database)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM moments")


def test_what_is_sorted_or_gathered_stays_in_memory(vault: Vault) -> None:
    filled(vault)
    for write in (False, True):
        with closing(database.connect(vault, write=write)) as db:
            assert db.execute("PRAGMA temp_store").fetchone() == (2,)


def test_what_is_deleted_is_overwritten(vault: Vault) -> None:
    with closing(database.connect(filled(vault), write=True)) as db:
        assert db.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_the_keys_of_another_vault_are_said_not_to_fit(vault: Vault) -> None:
    filled(vault)
    other = Vault(vault.root, Keys.random())
    for use in (lambda: database.connect(other, write=False), lambda: Writer(other)):
        with pytest.raises(VaultError, match=r"cannot be opened .*keys\.json that of another vault"):
            use()
    assert text_of(vault) == CANARY


def test_a_full_disk_is_no_damage(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **_named: object) -> None:
        raise dbapi2.OperationalError("disk I/O error")

    filled(vault)
    monkeypatch.setattr(database, "_unlocked", refused)
    with pytest.raises(VaultError, match=r"cannot be opened \(disk I/O error\)\. Is the disk full"):
        database.connect(vault, write=False)
    monkeypatch.setattr(database.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=0))
    with pytest.raises(database.FullDiskError, match=r"the disk is full\. Free some space"):
        database.connect(vault, write=False)
    with pytest.raises(database.FullDiskError):  # nothing is said of `companion vault rebuild`
        verify(vault)


def test_without_keys_nothing_is_opened(vault: Vault) -> None:
    with pytest.raises(LockedError, match="is locked"):
        database.connect(Vault(filled(vault).root), write=False)


def test_while_the_key_changes_the_database_opens_before_and_after(tmp_path: Path) -> None:
    before = Secrets.random()
    during = before.renewed()
    vault = filled(Vault(tmp_path / "vault", Keys.of(before)))
    both = Vault(vault.root, Keys.of(during))
    assert text_of(both) == CANARY  # the new key is tried first and does not open it yet
    new = both.keys.database[0]
    with closing(dbapi2.connect(str(vault.database), isolation_level=None)) as connection:
        connection.execute(f'PRAGMA key = "{vault.keys.database[0]}"')
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f'PRAGMA rekey = "{new}"')
    assert text_of(both) == CANARY
    assert text_of(Vault(vault.root, Keys.of(during.settled()))) == CANARY
    with pytest.raises(VaultError, match="cannot be opened"):
        text_of(vault)


def test_a_new_database_is_encrypted_with_the_newest_key(tmp_path: Path) -> None:
    during = Secrets.random().renewed()
    filled(Vault(tmp_path / "vault", Keys.of(during)))
    assert text_of(Vault(tmp_path / "vault", Keys.of(during.settled()))) == CANARY


def test_a_plain_database_is_not_taken_for_an_encrypted_one(vault: Vault) -> None:
    vault.create()
    with closing(sqlite3.connect(vault.database)) as plain:
        plain.execute("CREATE TABLE moments (id)")
        plain.commit()
    before = vault.database.read_bytes()
    with pytest.raises(VaultError, match="cannot be opened"):
        Writer(vault)
    assert vault.database.read_bytes() == before


def test_a_damaged_page_is_noticed_before_anything_of_it_is_told(vault: Vault) -> None:
    filled(vault)
    raw = bytearray(vault.database.read_bytes())
    for page in range(1, len(raw) // 4096):  # all but the first, which tells whether the key fits
        raw[page * 4096 + 100] ^= 1
    vault.database.write_bytes(raw)
    with pytest.raises((VaultError, database.DatabaseError)):
        text_of(vault)
