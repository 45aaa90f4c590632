"""What was recorded while locked is taken in safely, once, and within the budget."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from vaults import locked_vault_at, vault_at

from companion.brain.types import Contact, HeadsetState
from companion.capture.types import Frame, Window
from companion.jobs.tasks import ReaderTasks
from companion.jobs.worker import Worker
from companion.locked import entries, merging
from companion.locked.engine import LockedEngine, LockedParts
from companion.locked.entries import INCIDENT, SAMPLES, Entry, Journal
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from companion.settings import Settings
from companion.status import Activity
from index import changes
from index.forgetting.budget import MEGABYTE, Kind, Ledger, Limits, NoRoomError
from index.keys import keyfile
from index.store import Store
from index.types import NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

BEGIN = 1_780_000_000.0
LONG_AGO = BEGIN - 1e6
PIXELS = (40, 60, 3)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return locked_vault_at(tmp_path / "vault")


@pytest.fixture
def journal(vault: Vault) -> Iterator[Journal]:
    made = Journal(vault.journal, keyfile.load(vault.key_file).public, clock=lambda: BEGIN)
    yield made
    made.close()


def unlocked(vault: Vault, limits: Limits) -> Vault:
    opened = vault_at(vault.root)
    opened.ledger.limits = limits
    return opened


def image(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, PIXELS, np.uint8)


def record(journal: Journal, count: int) -> None:
    sealed = SealedMoments(journal)
    for number in range(count):
        at = BEGIN + 10.0 * number
        sealed.open(Frame(image(number), at, Window("gedit", f"locked {number}")), "screen")
        sealed.close(0, at + 5.0)


def fill(writer: Writer, count: int) -> int:
    """Store old moments whose pictures may go; returns the bytes of these."""
    for number in range(count):
        new = NewMoment(LONG_AGO + 1000 * number, LONG_AGO + 1000 * number, "gedit", "old")
        moment = writer.do(changes.open_moment, writer.vault, new, image(number)).result()
        writer.do(changes.close_moment, moment, LONG_AGO + 1000 * number).result()
    return sum(path.stat().st_size for path in writer.vault.frames.rglob("*.*") if path.is_file())


def block() -> Entry:
    return Entry(SAMPLES, {"source": "x"}, bytes(100_000))


def fill_up(journal: Journal) -> None:
    for _ in range(40):
        journal.append(block())


def record_eeg(journal: Journal) -> None:
    """Write two seconds of EEG."""
    for second in range(2):
        facts = {"device": "Muse", "sfreq": 256.0, "ch_names": ["TP9"], "simulated": False, "source": "muse"}
        facts |= {"time_start": BEGIN + second, "segment": 1, "continues": second > 0}
        journal.append(Entry(SAMPLES, facts, np.zeros(256, "<f4").tobytes()))


def test_a_full_vault_makes_the_room_for_a_whole_journal(vault: Vault, journal: Journal) -> None:
    with Writer(unlocked(vault, Limits())) as writer:
        size = fill(writer, 30)
    record(journal, 20)
    journal.close()
    opened = unlocked(vault, Limits(frames=size + 1000, newest=10.0))
    with Writer(opened) as writer:
        assert [one.moments for one in merge_all(writer, time=BEGIN)] == [20]
        store = Store(opened)
        assert store.value("SELECT count(*) FROM moments WHERE frame <> '' AND title LIKE 'locked%'") == 20
        store.close()
        assert opened.ledger.used()[Kind.FRAMES] <= size + 1000


def test_what_there_is_no_room_for_waits_and_is_said(vault: Vault, journal: Journal) -> None:
    record(journal, 3)
    journal.close()
    opened = unlocked(vault, Limits(frames=100))
    with Writer(opened) as writer:
        with pytest.raises(NoRoomError):
            merge_all(writer, time=BEGIN)
        assert merge_all(writer, time=BEGIN, put_off=True) == []
        store = Store(opened)
        assert store.count() == 0
        (incident,) = store.incidents()
        assert "waits in a file" in incident.what
        assert "budget_frames_gb" in incident.what
        opened.ledger.limits = Limits()
        assert [one.moments for one in merge_all(writer, time=BEGIN, put_off=True)] == [3]
        store.close()


def test_a_journal_that_was_taken_in_is_counted_no_more(vault: Vault, journal: Journal) -> None:
    record(journal, 5)
    journal.close()
    opened = unlocked(vault, Limits(whole=100 * MEGABYTE))
    with Writer(opened) as writer:
        merge_all(writer, time=BEGIN)
        now = Ledger(opened.root, opened.database)
        now.measure()
        used = opened.ledger.used()
        assert {kind: used[kind] for kind in (Kind.REST, Kind.FRAMES, Kind.EEG)} == {
            kind: now.used()[kind] for kind in (Kind.REST, Kind.FRAMES, Kind.EEG)
        }


def test_a_moment_goes_on_though_the_journal_it_began_in_was_taken_in_before(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "LARGEST_FILE", 1)  # a file for each entry
    record(journal, 1)
    journal.close()
    _, closing = sorted(vault.journal.iterdir())
    later = closing.rename(vault.root / closing.name)
    with Writer(unlocked(vault, Limits())) as writer:
        merge_all(writer, time=BEGIN)
        later.rename(closing)
        merge_all(writer, time=BEGIN)
        store = Store(writer.vault)
        assert store.moment(1).time_end == BEGIN + 5.0
        store.close()


def test_while_locked_the_vault_stays_within_its_budget(vault: Vault, journal: Journal) -> None:
    vault.ledger.limits = Limits(whole=5 * MEGABYTE)
    vault.ledger.measure()
    journal.stay_within(vault.ledger)
    for _ in range(22):
        journal.append(block())
    with pytest.raises(VaultError, match=r"unlock it, or raise `budget_gb`"):
        fill_up(journal)
    taken = sum(path.stat().st_size for path in vault.root.rglob("*") if path.is_file())
    assert 2 * MEGABYTE < taken < 4 * MEGABYTE  # what unlocking needs for the database is left
    assert journal.refused == entries.FULL
    journal.append(Entry(INCIDENT, {"time": BEGIN, "part": "x", "what": "it is full"}))
    assert journal.refused == entries.FULL
    vault.ledger.limits = Limits(whole=50 * MEGABYTE)
    journal.append(block())
    assert journal.refused == ""
    assert max(path.stat().st_size for path in vault.journal.iterdir()) <= entries.LEAST_FILE * 50 / 16


def test_the_locked_engine_says_that_the_budget_is_used_up(vault: Vault, journal: Journal) -> None:
    class Headset:
        pid = None
        received = lost = 0

        def start(self) -> None:
            pass

        def stop(self) -> None:
            pass

        def state(self) -> HeadsetState:
            return HeadsetState(Contact.STREAMING, "Muse.")

    parts = LockedParts(
        vault=vault,
        journal=journal,
        moments=SealedMoments(journal),
        reader=Worker("reader", ReaderTasks, on_incident=lambda *_: None),
        make_keeper=lambda _: None,
        make_listening=lambda _: Headset(),  # type: ignore[arg-type,return-value] # as much of one as is asked for
        on_incident=lambda *_: None,
    )
    engine = LockedEngine(parts, settings=Settings(budget_gb=0.002), clock=lambda: BEGIN)
    engine.start()
    assert engine.status().activity is Activity.LOCKED
    assert engine.headset_window(1.0) is None  # what comes is sealed at once
    assert engine.electrodes is None
    with pytest.raises(VaultError):
        journal.append(block())
    assert (engine.status().activity, engine.status().sentence) == (Activity.ERROR, f"Locked. {entries.FULL}")
    engine.apply(Settings(budget_gb=1.0))
    journal.append(block())
    assert engine.status().activity is Activity.LOCKED
    engine.stop()


def test_a_journal_goes_only_when_what_was_in_it_is_safe_on_disk(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(journal, 2)
    record_eeg(journal)
    journal.close()
    (path,) = vault.journal.iterdir()
    safe: set[int] = set()
    seen: list[bool] = []
    fsync = os.fsync

    def note(file: int) -> None:
        safe.add(os.fstat(file).st_ino)
        fsync(file)

    with Writer(unlocked(vault, Limits())) as writer:

        def durable(_: Vault) -> None:
            if writer.do(merging._known, path.name).result():  # and not as the EEG is made known
                pictures = [file for file in vault.frames.rglob("*.*") if file.is_file()]
                assert len(pictures) == 4
                inner = [*pictures, pictures[0].parent, vault.frames, vault.eeg]
                assert {file.stat().st_ino for file in inner} <= safe
                seen.append(path.exists())

        monkeypatch.setattr(os, "fsync", note)
        monkeypatch.setattr(merging, "make_durable", durable)
        merge_all(writer, time=BEGIN)
    assert (seen, path.exists()) == ([True], False)


def test_eeg_of_a_journal_is_known_for_good_before_there_is_signal(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_eeg(journal)
    journal.close()
    rows: list[tuple[int, int]] = []
    with Writer(unlocked(vault, Limits())) as writer:
        store = Store(writer.vault)

        def durable(_: Vault) -> None:
            rows.append((store.rows("SELECT samples FROM recordings")[0][0], len(list(vault.journal.iterdir()))))

        monkeypatch.setattr(merging, "make_durable", durable)
        merge_all(writer, time=BEGIN)
        store.close()
    assert rows == [(0, 1), (512, 1)]


def test_no_journal_has_the_name_of_one_that_was_taken_in(vault: Vault) -> None:
    with Writer(unlocked(vault, Limits())) as writer:
        for what in ("first", "second"):
            journal = Journal(vault.journal, keyfile.load(vault.key_file).public, clock=lambda: BEGIN)
            journal.append(Entry(INCIDENT, {"time": BEGIN, "part": "x", "what": what}))
            journal.close()
            merge_all(writer, time=BEGIN)
        store = Store(writer.vault)
        assert sorted(incident.what for incident in store.incidents()) == ["first", "second"]
        store.close()


def test_a_damaged_journal_is_kept_also_when_the_program_ends_before_it_is_set_aside(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(journal, 2)
    journal.close()
    (path,) = vault.journal.iterdir()
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with Writer(unlocked(vault, Limits())) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(merging, "_set_aside", killed)
            with pytest.raises(KeyboardInterrupt):
                merge_all(writer, time=BEGIN)
        (merged,) = merge_all(writer, time=BEGIN)
    assert "cannot be read" in merged.damaged
    assert [(file.suffix, file.read_bytes()) for file in vault.journal.iterdir()] == [(".damaged", bytes(raw))]


def test_the_new_picture_of_a_moment_taken_in_before_is_safe_before_its_journal_goes(
    vault: Vault, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = SealedMoments(journal)
    first = Frame(image(1), BEGIN, Window("gedit", "long"), text="one")
    sealed.open(first, "screen")
    journal.close()
    with Writer(unlocked(vault, Limits())) as writer:
        merge_all(writer, time=BEGIN)
    sealed.change(replace(first, time=BEGIN + 3, image=image(2), text="two"))
    sealed.close(0, BEGIN + 5)
    journal.close()
    safe: set[int] = set()
    fsync = os.fsync

    def note(file: int) -> None:
        safe.add(os.fstat(file).st_ino)
        fsync(file)

    with Writer(unlocked(vault, Limits())) as writer:
        monkeypatch.setattr(os, "fsync", note)
        merge_all(writer, time=BEGIN)
        pictures = {file.stat().st_ino for file in vault.frames.rglob("*.*") if file.is_file()}
    assert len(pictures) == 2
    assert pictures <= safe
