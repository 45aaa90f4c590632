"""A forgetting that was broken off, and what was recorded since: at the next start, and when something is forgotten."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from vaults import vault_at
from whole_vault import SECONDS, record

from companion import app, unlocking
from companion.__main__ import main
from companion.forgetting import forget, forget_between, go_on, opened_writer
from companion.locked.entries import CLOSED, OPENED, Entry, Journal
from index import changes
from index.forgetting import forgetting, wish
from index.forgetting.wish import Wish
from index.keys import erasing, keyfile
from index.keys.sealing import DamagedError
from index.pictures import cold_frames, compaction, frames
from index.signals.bdf import BdfFile
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

NOW = 1_790_000_000.0


def clock() -> float:
    return NOW


def moment(writer: Writer, title: str, time: float = NOW - 100) -> int:
    image = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    made = writer.do(changes.open_moment, writer.vault, NewMoment(time, time, "app", title), image).result()
    writer.do(changes.close_moment, made, time + 10).result()
    return int(made)


def broken_off(root: Path) -> None:
    """Begin to forget the only moment of a vault, and no more."""
    with Writer(vault_at(root), clock=clock) as writer, closing(Store(writer.vault)) as store:
        plan = wish.plan(store, Wish(moments=(moment(writer, "secret"),)))
        forgetting.begin(writer, plan, time=NOW)


def recorded_while_locked(root: Path) -> None:
    vault = Vault(root)
    journal = Journal(vault.journal, keyfile.load(vault.key_file).public, clock=lambda: NOW + 60)
    new = NewMoment(NOW + 60, NOW + 60, "app", "since")
    journal.append(Entry(OPENED, {"number": 1, "new": asdict(new), "whole": 0}, b""))
    journal.append(Entry(CLOSED, {"number": 1, "time": NOW + 70}))
    journal.close()


def titles(store: Store) -> list[str]:
    return [row[0] for row in store.rows("SELECT title FROM moments ORDER BY id")]


def test_what_was_recorded_while_locked_since_is_taken_in_at_the_next_start(tmp_path: Path) -> None:
    broken_off(tmp_path)
    recorded_while_locked(tmp_path)
    writer, store = app._opened(vault_at(tmp_path), clock)
    with writer, closing(store):
        assert titles(store) == ["since"]
        assert not forgetting.waits(store)
        assert list(writer.vault.journal.iterdir()) == []


def test_what_was_recorded_while_locked_since_is_taken_in_by_the_next_wish(tmp_path: Path) -> None:
    broken_off(tmp_path)
    recorded_while_locked(tmp_path)
    assert main(["forget", "--app", "nowhere", "--yes", "--vault", str(tmp_path)]) == 1  # there is nothing of that
    with closing(Store(vault_at(tmp_path))) as store:
        assert titles(store) == ["since"]


def test_files_that_a_crash_left_go_before_anything_is_forgotten(tmp_path: Path) -> None:
    vault = vault_at(tmp_path)
    with Writer(vault, clock=clock) as writer, closing(Store(vault)) as store:
        moment(writer, "secret")
        names = [row[0] for row in store.rows("SELECT frame FROM moments")]
        group = compaction.encoded(vault, names)
        cold_frames.write(vault, NOW, group)  # the program ends before its transaction
    orphan = [path for path in vault.frames.rglob("*") if path.suffix in {cold_frames.GROUP, ".thumbs"}]
    assert len(orphan) == 2
    assert main(["forget", "--since", "0", "--yes", "--vault", str(tmp_path)]) == 0
    assert [path for path in vault.frames.rglob("*") if path.is_file()] == []


@pytest.fixture
def killed_before_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Forget all EEG of a vault, and end before its key goes; returns something that this key opens."""
    with Writer(vault_at(tmp_path), clock=clock) as writer, closing(Store(writer.vault)) as store:
        record(writer, NOW - 1000)
        sealed = writer.vault.keys.eeg.seal(b"what a backup holds")

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        plan = wish.plan(store, Wish(brain=True))
        with monkeypatch.context() as patch:
            patch.setattr(erasing, "replace_keys", killed)
            with pytest.raises(KeyboardInterrupt):
                forget(writer, store, plan, time=NOW)
    return sealed


def test_the_key_of_eeg_goes_when_forgetting_it_goes_on(tmp_path: Path, killed_before_the_key: bytes) -> None:
    assert vault_at(tmp_path).keys.eeg.open(killed_before_the_key)
    with Writer(vault_at(tmp_path), clock=clock) as writer, closing(Store(writer.vault)) as store:
        assert go_on(writer, store)
        assert not forgetting.waits(store)
    with pytest.raises(DamagedError, match="a key that is gone"):
        vault_at(tmp_path).keys.eeg.open(killed_before_the_key)


def test_what_is_recorded_after_the_key_went_at_the_start_can_be_read(
    tmp_path: Path, killed_before_the_key: bytes
) -> None:
    writer, store = app._opened(vault_at(tmp_path), clock)
    with writer, closing(store):
        assert store.recordings_between(0, 1e12) == []
        path = record(writer, NOW)
    again = vault_at(tmp_path)
    assert BdfFile(path, again.keys.eeg).samples == SECONDS * 64
    with pytest.raises(DamagedError):
        again.keys.eeg.open(killed_before_the_key)


def test_a_key_that_needs_the_passphrase_once_more_is_said(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault", passphrase="correct horse")
    with Writer(vault, clock=clock) as writer, closing(Store(vault)) as store:
        record(writer, NOW - 1000)
        forgetting.begin(writer, wish.plan(store, Wish(brain=True)), time=NOW)
    with pytest.raises(VaultError, match="Run `companion forget --brain` in a terminal"):
        app._opened(vault, clock)
    with (
        opened_writer(vault, clock=clock, ask=lambda: "correct horse") as writer,
        closing(Store(writer.vault)) as store,
    ):
        assert not forgetting.key_waits(store)
        assert writer.vault is not vault
        assert go_on(writer, store)
        assert list(vault.eeg.iterdir()) == []


def test_a_picture_of_a_moment_that_was_refused_goes_with_its_time_though_there_is_nothing_else(
    tmp_path: Path,
) -> None:
    with Writer(vault_at(tmp_path), clock=clock) as writer, closing(Store(writer.vault)) as store:
        name = frames.save(writer.vault, 1, NOW - 100, np.zeros((40, 60, 3), np.uint8))
        gone = forget_between(writer, Vectors(store), NOW - 600, NOW)
        assert (gone.moments, gone.frames) == (0, 0)
        assert not (writer.vault.root / name).exists()
        assert not (writer.vault.root / frames.thumbnail(name)).exists()
