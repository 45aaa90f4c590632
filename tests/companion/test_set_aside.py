"""EEG that could be whole and cannot be opened: it is kept, and an incident says where, whatever swept the vault."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from vaults import vault_at
from whole_vault import T0, flip, record

from companion import renewing, unlocking
from companion.recover import finish_forgetting
from index.care.aside import ASIDE
from index.keys import keyfile
from index.store import Store
from index.writer import Writer


def unopened(root: Path) -> bytes:
    """Store EEG, lose its row and damage its header; returns the file's bytes."""
    with Writer(vault_at(root)) as writer:
        path = record(writer, T0)
        writer.do(lambda db: db.execute("DELETE FROM recordings")).result()
    flip(path, at=40)
    return path.read_bytes()


def kept(root: Path) -> bytes:
    """Return the one file that was set aside."""
    (path,) = (root / ASIDE / "eeg").iterdir()
    return path.read_bytes()


def test_the_program_that_starts_tells_of_it(tmp_path: Path) -> None:
    held = unopened(tmp_path)
    with Writer(vault_at(tmp_path)) as writer, closing(Store(writer.vault)) as store:
        finish_forgetting(writer, store, clock=lambda: T0)
        (told,) = store.incidents()
    assert (told.time, told.part) == (T0, "start")
    assert str(tmp_path / ASIDE / "eeg") in told.what
    assert kept(tmp_path) == held


def test_a_change_of_keys_tells_of_it(tmp_path: Path) -> None:
    held = unopened(tmp_path)
    vault = vault_at(tmp_path)
    file = keyfile.load(vault.key_file)
    vault.claim()
    try:
        renewing.renew(tmp_path, file, unlocking.open_file(file), None, show=lambda _: None, progress=lambda *_: None)
    finally:
        vault.release()
    with closing(Store(vault_at(tmp_path))) as store:
        told = [incident.what for incident in store.incidents() if str(tmp_path / ASIDE / "eeg") in incident.what]
    assert len(told) == 1
    assert kept(tmp_path) == held
