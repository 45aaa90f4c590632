from __future__ import annotations

import os
from pathlib import Path

import pytest
from filling import add

from index import database
from index.vault import Vault
from index.writer import Writer


def test_what_was_committed_is_safe_on_disk_before_a_file_goes(
    vault: Vault, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(str(Path(f"/proc/self/fd/{handle}").readlink())), real(handle))
    )
    add(writer, "kept")
    database.make_durable(vault)
    assert synced == [str(vault.database.resolve()) + "-wal"]


def test_a_database_without_a_log_is_safe_already(vault: Vault) -> None:
    with Writer(vault) as writer:
        add(writer, "kept")
    assert not vault.database.with_name("memory.sqlite-wal").exists()
    database.make_durable(vault)
