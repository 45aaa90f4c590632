from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from whole_vault import SECONDS, SFREQ, T0, files, fill, flip, record, signal

from index import changes
from index.care.sweeping import found, sweep, take_in
from index.care.verifying import verify
from index.keys.keys import Keys
from index.signals import recordings
from index.store import Store
from index.types import Job, NewMoment
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


def lose_row(writer: Writer, path: Path) -> None:
    """Have the database forget a recording, as a power cut does with what was not safe yet."""
    writer.do(lambda db: db.execute("DELETE FROM recordings WHERE path = ?", [f"eeg/{path.name}"])).result()


def test_eeg_that_the_database_lost_is_kept_and_taken_in(store: Store) -> None:
    with Writer(store.vault) as writer:
        path = record(writer, T0 + 5000, seed=3)
        lose_row(writer, path)
        with path.open("ab") as file:
            file.write(b"half a record")
        assert sweep(store) == []
        (one,) = found(store)
        assert (one.path, one.device, one.samples) == (f"eeg/{path.name}", "board", round(SFREQ * SECONDS))
        moment = writer.do(changes.open_moment, writer.vault, NewMoment(T0 + 5001, T0 + 5005, "a", "b"), None).result()
        writer.do(changes.close_moment, moment, T0 + 5005).result()
        writer.do(changes.done, moment, Job.BRAIN).result()
        writer.do(take_in, one).result()
        assert found(store) == []
        (stretch,) = recordings.between(store, T0 + 5000, T0 + 6000)
        assert np.array_equal(stretch.data, signal(3))
        assert moment in store.waiting(Job.BRAIN, 9)
    store.close()


def test_a_part_of_a_recording_that_is_there_is_no_recording_of_its_own(store: Store) -> None:
    (whole,) = files(store.vault, ".bdf")
    copy = whole.with_name("part.bdf")
    copy.write_bytes(whole.read_bytes())
    assert found(store) == []
    assert sweep(store) == ["eeg/part.bdf"]
    store.close()


def test_what_is_to_be_forgotten_is_not_taken_in(store: Store) -> None:
    with Writer(store.vault) as writer:
        path = record(writer, T0 + 5000)
        lose_row(writer, path)
        assert len(found(store)) == 1
        note = "INSERT INTO forgetting (kind, path) VALUES (?, ?)"
        writer.do(lambda db: db.execute(note, ["file", f"eeg/{path.name}"])).result()
        assert found(store) == []
        writer.do(lambda db: db.execute("DELETE FROM forgetting")).result()
        writer.do(lambda db: db.execute(note, ["brain", ""])).result()
        assert found(store) == []
    store.close()


def test_signal_that_does_not_tell_when_it_began_stays_where_it_is(store: Store) -> None:
    with Writer(store.vault) as writer:
        path = record(writer, T0 + 5000)
        lose_row(writer, path)
    flip(path, at=path.stat().st_size - round(path.stat().st_size * 0.8))  # its first record
    assert found(store) == []
    assert sweep(store) == []
    assert path.exists()
    store.close()


def test_what_is_removed_is_counted_no_more(store: Store) -> None:
    (store.vault.eeg / "x.bdf").write_bytes(bytes(5000))
    store.vault.ledger.measure()
    before = sum(store.vault.ledger.used().values())
    sweep(store)
    assert sum(store.vault.ledger.used().values()) == before - 5000
    store.close()
