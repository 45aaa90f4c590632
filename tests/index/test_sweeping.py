from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from vaults import plain_bdf
from whole_vault import SECONDS, SFREQ, T0, files, fill, flip, record, signal

from index import changes
from index.care import sweeping
from index.care.aside import ASIDE, set_aside
from index.care.sweeping import EMPTY, found, sweep, take_in
from index.care.verifying import verify
from index.forgetting.budget import Kind
from index.keys.keys import Keys
from index.signals import recordings
from index.store import Store
from index.types import Job, NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer


class StoppedError(Exception):
    """The computer was switched off."""


def swept(store: Store) -> list[str]:
    """Sweep where nothing is to be set aside."""
    return sweep(store, tell=pytest.fail)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    vault = Vault(tmp_path / "vault", Keys.random())
    with Writer(vault) as writer:
        fill(writer)
    return Store(vault)


def test_a_whole_vault_loses_nothing(store: Store) -> None:
    before = {path: path.read_bytes() for path in store.vault.frames.rglob("*.*")}
    assert len(before) == 6
    assert swept(store) == []
    assert {path: path.read_bytes() for path in store.vault.frames.rglob("*.*")} == before
    store.close()


def test_what_a_crash_left_is_removed(store: Store) -> None:
    day = files(store.vault, ".frame")[0].parent
    left = [day / "4.frame", day / "4.small", day / "5.frame.draft", store.vault.eeg / "x.bdf"]
    left += [store.vault.root / "keys.json.draft", store.vault.eeg / "y.bdf.draft"]
    for path in left:
        path.write_bytes(b"half")
    assert set(swept(store)) == {str(path.relative_to(store.vault.root)) for path in left}
    assert not any(path.exists() for path in left)
    assert verify(store.vault).clean
    store.close()


def test_a_picture_whose_moment_was_rolled_back_is_removed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(db: object) -> None:
        image = np.zeros((20, 30, 3), np.uint8)
        changes.open_moment(db, store.vault, NewMoment(T0 + 500, T0 + 500, "a", "b"), image)  # type: ignore[arg-type] # a database
        raise StoppedError

    monkeypatch.setattr(changes, "take_back_frames", lambda *_: None)  # nothing more is done then
    with Writer(store.vault) as writer, pytest.raises(StoppedError):
        writer.do(change).result()
    assert sorted(Path(name).name for name in swept(store)) == ["4.frame", "4.small"]
    assert verify(store.vault).clean
    store.close()


def test_folders_that_did_not_change_since_are_not_read_again(store: Store) -> None:
    old = store.vault.frames / "2020-01-01"
    old.mkdir()
    swept(store)
    (old / "99.frame").write_bytes(b"half")
    os.utime(old, (T0 - 1e7, T0 - 1e7))
    assert swept(store) == []
    os.utime(old)
    assert swept(store) == ["frames/2020-01-01/99.frame"]
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
        assert swept(store) == []
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
    assert swept(store) == ["eeg/part.bdf"]
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
    assert swept(store) == []
    assert path.exists()
    store.close()


def test_what_is_removed_is_counted_no_more(store: Store) -> None:
    (store.vault.eeg / "x.bdf").write_bytes(bytes(EMPTY))
    store.vault.ledger.measure()
    before = sum(store.vault.ledger.used().values())
    swept(store)
    assert sum(store.vault.ledger.used().values()) == before - EMPTY
    store.close()


def unknown(store: Store) -> Path:
    """Return a whole recording that the database lost."""
    with Writer(store.vault) as writer:
        path = record(writer, T0 + 5000, seed=3)
        lose_row(writer, path)
    return path


def without_key(store: Store) -> Store:
    """Return the same vault after its key of EEG was lost."""
    return Store(Vault(store.vault.root, replace(store.vault.keys, eeg=Keys.random().eeg)))


def test_eeg_whose_header_is_damaged_is_set_aside_whole_and_told(store: Store) -> None:
    path = unknown(store)
    flip(path, at=40)
    held = path.read_bytes()
    told: list[str] = []
    assert sweep(store, tell=told.append) == []
    aside = store.vault.root / ASIDE / "eeg" / path.name
    assert not path.exists()
    assert aside.read_bytes() == held
    assert (aside.stat().st_mode & 0o777, aside.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    (what,) = told
    assert f"1 file(s), {path.name} the first, are moved to {aside.parent}" in what
    assert swept(store) == []  # told once
    assert verify(store.vault).clean
    store.close()


def test_eeg_whose_key_was_lost_is_taken_in_when_the_key_is_back(store: Store) -> None:
    path = unknown(store)
    lost, told = without_key(store), list[str]()
    assert sweep(lost, tell=told.append) == []
    assert len(told) == 1
    lost.close()
    (store.vault.root / ASIDE / "eeg" / path.name).rename(path)
    assert swept(store) == []
    with Writer(store.vault) as writer:
        for one in found(store):
            writer.do(take_in, one).result()
        (stretch,) = recordings.between(store, T0 + 5000, T0 + 6000)
    assert np.array_equal(stretch.data, signal(3))
    store.close()


def test_a_file_of_another_tool_is_set_aside(store: Store) -> None:
    whole = unknown(store)
    plain = plain_bdf(whole, store.vault.keys.eeg, store.vault.eeg / "put-here.bdf")
    held = plain.read_bytes()
    told: list[str] = []
    assert sweep(store, tell=told.append) == []
    assert len(told) == 1
    assert (store.vault.root / ASIDE / "eeg" / plain.name).read_bytes() == held
    assert whole.exists()
    store.close()


def test_what_was_set_aside_before_under_the_same_name_stays(store: Store) -> None:
    for content in (b"one" * EMPTY, b"two" * EMPTY, b"three" * EMPTY):
        (store.vault.eeg / "x.bdf").write_bytes(content)
        sweep(store, tell=lambda _: None)
    kept = {path.name: path.read_bytes()[:3] for path in (store.vault.root / ASIDE / "eeg").iterdir()}
    assert kept == {"x.bdf": b"one", "x-2.bdf": b"two", "x-3.bdf": b"thr"}
    store.close()


def test_what_is_set_aside_is_told_before_so_that_a_crash_between_loses_no_word(store: Store) -> None:
    path = unknown(store)
    flip(path, at=40)

    def killed(_: str) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        sweep(store, tell=killed)
    assert path.exists()
    told: list[str] = []
    sweep(store, tell=told.append)
    assert len(told) == 1
    assert not path.exists()
    store.close()


def test_a_crash_between_two_that_are_set_aside_leaves_the_other_for_the_next_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("x.bdf", "y.bdf"):
        (store.vault.eeg / name).write_bytes(bytes(5000))

    def once(vault: Vault, name: str) -> Path:
        set_aside(vault, name)
        raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "set_aside", once)
        with pytest.raises(StoppedError):
            sweep(store, tell=lambda _: None)
    sweep(store, tell=lambda _: None)
    kept = {path.name: path.read_bytes() for path in (store.vault.root / ASIDE / "eeg").iterdir()}
    assert kept == {"x.bdf": bytes(5000), "y.bdf": bytes(5000)}
    store.close()


def test_a_disk_that_refuses_is_said_and_nothing_moves(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = unknown(store)
    opened = Path.open

    def refuse(self: Path, *args: object, **named: object) -> object:
        if self == path:
            raise OSError(5, "Input/output error")
        return opened(self, *args, **named)  # type: ignore[call-overload] # as it was called

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(VaultError, match="Input/output error"):
            swept(store)
    assert path.exists()
    assert not (store.vault.root / ASIDE).exists()
    store.close()


def test_eeg_that_is_to_be_forgotten_is_not_set_aside(store: Store) -> None:
    path = unknown(store)
    flip(path, at=40)
    with Writer(store.vault) as writer:
        note = "INSERT INTO forgetting (kind, path) VALUES ('file', ?)"
        writer.do(lambda db: db.execute(note, [f"eeg/{path.name}"])).result()
    assert swept(store) == []
    assert path.exists()
    store.close()


def test_what_is_set_aside_is_counted_where_it_is(store: Store) -> None:
    (store.vault.eeg / "x.bdf").write_bytes(bytes(5000))
    ledger = store.vault.ledger
    ledger.measure()
    before = ledger.used()
    sweep(store, tell=lambda _: None)
    after = ledger.used()
    assert (after[Kind.EEG], after[Kind.REST]) == (before[Kind.EEG] - 5000, before[Kind.REST] + 5000)
    ledger.measure()
    assert ledger.used() == after
    store.close()


class Counted(float):
    """A time that counts how often it is compared."""

    times = 0

    def __lt__(self, other: float) -> bool:
        Counted.times += 1
        return super().__lt__(other)

    def __gt__(self, other: float) -> bool:
        Counted.times += 1
        return super().__gt__(other)


def test_the_days_that_many_stretches_touch_are_told_in_one_pass(store: Store) -> None:
    rng, begin = np.random.default_rng(0), datetime(2020, 1, 1, tzinfo=UTC)
    for day in range(300):
        (store.vault.frames / (begin + timedelta(day)).strftime("%Y-%m-%d")).mkdir(exist_ok=True)
    starts = begin.timestamp() + rng.integers(-5, 305, 120) * 86_400.0 + rng.choice([0.0, 3600.0, 43_000.0], 120)
    lasts = rng.choice([0.0, 60.0, 86_400.0, 3 * 86_400.0], 120)
    spans = [(Counted(start), Counted(start + last)) for start, last in zip(starts, lasts, strict=True)]
    touched = []
    for folder in sorted(store.vault.frames.iterdir()):
        try:
            from_ = datetime.strptime(folder.name, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
        except ValueError:  # of grouped pictures
            continue
        if any(float(start) < from_ + 86_400.0 and float(end) > from_ for start, end in spans):
            touched.append(folder)
    Counted.times = 0
    assert sweeping.days(store.vault, spans) == touched
    assert 0 < len(touched) < 300
    assert Counted.times < 30 * (300 + 120)
    assert sweeping.days(store.vault, []) == []
    store.close()
