from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from whole_vault import T0, files, fill

from index import changes
from index.care.sweeping import sweep
from index.care.verifying import verify
from index.keys.keys import Keys
from index.store import Store
from index.types import NewMoment
from index.vault import Vault
from index.writer import Writer


class StoppedError(Exception):
    """The computer was switched off."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    vault = Vault(tmp_path / "vault", Keys.random())
    with Writer(vault) as writer:
        fill(writer)
    return Store(vault)


def test_a_whole_vault_loses_nothing(store: Store) -> None:
    before = {path: path.read_bytes() for path in store.vault.frames.rglob("*.*")}
    assert len(before) == 6
    assert sweep(store) == []
    assert {path: path.read_bytes() for path in store.vault.frames.rglob("*.*")} == before
    store.close()


def test_what_a_crash_left_is_removed(store: Store) -> None:
    day = files(store.vault, ".frame")[0].parent
    left = [day / "4.frame", day / "4.small", day / "5.frame.draft", store.vault.eeg / "x.bdf"]
    left += [store.vault.root / "keys.json.draft", store.vault.eeg / "y.bdf.draft"]
    for path in left:
        path.write_bytes(b"half")
    assert set(sweep(store)) == {str(path.relative_to(store.vault.root)) for path in left}
    assert not any(path.exists() for path in left)
    assert verify(store.vault).clean
    store.close()


def test_a_picture_whose_moment_was_rolled_back_is_removed(store: Store) -> None:
    def change(db: object) -> None:
        image = np.zeros((20, 30, 3), np.uint8)
        changes.open_moment(db, store.vault, NewMoment(T0 + 500, T0 + 500, "a", "b"), image)  # type: ignore[arg-type] # a database
        raise StoppedError

    with Writer(store.vault) as writer, pytest.raises(StoppedError):
        writer.do(change).result()
    assert sorted(Path(name).name for name in sweep(store)) == ["4.frame", "4.small"]
    assert verify(store.vault).clean
    store.close()


def test_folders_that_did_not_change_since_are_not_read_again(store: Store) -> None:
    old = store.vault.frames / "2020-01-01"
    old.mkdir()
    sweep(store)
    (old / "99.frame").write_bytes(b"half")
    os.utime(old, (T0 - 1e7, T0 - 1e7))
    assert sweep(store) == []
    os.utime(old)
    assert sweep(store) == ["frames/2020-01-01/99.frame"]
    store.close()
