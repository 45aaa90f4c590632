from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from vaults import vault_at
from whole_vault import TEXTS, fill

from companion import unlocking
from companion.renewing import gone_on, renew, unlocked_to_write
from index import schema
from index.care.verifying import verify
from index.keys import keyfile, rekeying
from index.keys.keyfile import Way
from index.keys.keys import Secrets
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer


def begin_new_keys(root: Path) -> None:
    """Save a key file with new keys beside the old ones, as a change of keys begins."""
    opened = unlocking.open_file(keyfile.load(root / "keys.json"))
    file, opened = keyfile.new(rekeying.renewed(opened.secrets, journal_empty=True))
    unlocking.with_way(file, opened, None).save(root / "keys.json")


def test_a_vault_that_is_whole_is_only_unlocked(tmp_path: Path) -> None:
    with Writer(vault_at(tmp_path / "vault")) as writer:
        fill(writer)
    before = (tmp_path / "vault" / "keys.json").read_bytes()
    assert verify(unlocked_to_write(tmp_path / "vault")).clean
    assert (tmp_path / "vault" / "keys.json").read_bytes() == before


def test_a_change_of_keys_that_was_broken_off_is_finished_before_anything_is_written(tmp_path: Path) -> None:
    with Writer(vault_at(tmp_path / "vault")) as writer:
        fill(writer)
    begin_new_keys(tmp_path / "vault")
    told: list[str] = []
    vault = unlocked_to_write(tmp_path / "vault", progress=lambda what, _done, _all: told.append(what))
    assert {"database", "frames", "recordings"} <= set(told)
    assert not rekeying.unfinished(unlocking.open_file(keyfile.load(vault.key_file)).secrets)
    assert verify(vault).clean


def test_it_waits_for_whoever_writes(tmp_path: Path) -> None:
    begun = vault_at(tmp_path / "vault")
    with Writer(begun) as writer:
        fill(writer)
        begin_new_keys(tmp_path / "vault")
        with pytest.raises(VaultError, match="already recording"):
            unlocked_to_write(tmp_path / "vault")
    with closing(Store(unlocked_to_write(tmp_path / "vault"))) as store:
        assert [row[0] for row in store.rows("SELECT text FROM moments ORDER BY id")] == list(TEXTS)


def test_a_change_of_keys_that_another_program_finished_meanwhile_is_not_done_again(tmp_path: Path) -> None:
    vault_at(tmp_path / "vault")
    begin_new_keys(tmp_path / "vault")
    begun = unlocking.open_file(keyfile.load(tmp_path / "vault" / "keys.json"))
    unlocked_to_write(tmp_path / "vault")
    settled = (tmp_path / "vault" / "keys.json").read_bytes()
    assert len(gone_on(tmp_path / "vault", begun).keys.database) == 1
    assert (tmp_path / "vault" / "keys.json").read_bytes() == settled


def test_a_way_chosen_while_keys_begin_to_be_changed_is_not_undone(tmp_path: Path) -> None:
    vault = vault_at(tmp_path / "vault")
    file = keyfile.load(vault.key_file)
    opened = unlocking.open_file(file)

    def choose_another(_code: str) -> None:
        unlocking.change_code(vault.root, opened, "ABCD")

    with pytest.raises(VaultError, match=r"changed meanwhile.*Start again"):
        renew(vault.root, file, opened, None, show=choose_another, progress=lambda *_: None)
    assert keyfile.load(vault.key_file).open(Way.RECOVERY, b"ABCD") == opened


def test_a_vault_of_an_older_version_is_encrypted_before_anything_is_written(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.create()
    with closing(sqlite3.connect(vault.database, isolation_level=None)) as connection:
        schema.migrations.apply(Database(connection, recursive_triggers=False), stop_before="search")
    file, opened = keyfile.new(Secrets.random())
    unlocking.with_way(file, opened, None).save(vault.key_file)
    with Writer(unlocked_to_write(tmp_path / "vault")) as writer:
        fill(writer)
    assert b"SQLite format 3" not in vault.database.read_bytes()
    assert verify(unlocked_to_write(tmp_path / "vault")).clean
