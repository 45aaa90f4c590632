from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from filling import T0, new
from sqlite_utils import Database

from index import changes, database, tagging, transactions
from index.forgetting import forgotten, least_valuable, within_budget
from index.forgetting.budget import MEGABYTE, Kind, Ledger, Limits, NoRoomError
from index.forgetting.forgotten import Forgotten, Why
from index.forgetting.least_valuable import Thing
from index.forgetting.making_room import OpenVault, make
from index.keys.keys import Keys
from index.store import Store
from index.transactions import TooLargeError
from index.vault import Vault

DAY = 86_400.0


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "vault", Keys.random())
    made.create()
    return made


@pytest.fixture
def work(vault: Vault) -> Iterator[OpenVault]:
    """A vault with a budget of 8 MB, 1 MB of it for pictures."""
    db = database.connect(vault, write=True)
    ledger = vault.ledger
    ledger.limits = Limits(whole=8 * MEGABYTE, frames=MEGABYTE, newest=1000.0)
    transactions.prepare(db, ledger)
    made = OpenVault(vault, db, ledger)
    ledger.attach(lambda: within_budget.run(made, lambda _: None, time=T0))
    yield made
    db.close()


def picture(work: OpenVault, time: float, *, size: int = 200_000, text: str = "words", seconds: float = 50.0) -> int:
    """Store a moment whose picture takes ``size`` bytes."""

    def change(db: Database) -> int:
        moment = changes.open_moment(db, work.vault, new(time), np.zeros((8, 8, 3), np.uint8))
        changes.put_text(db, moment, text)
        changes.close_moment(db, moment, time + seconds)
        return moment

    moment = within_budget.run(work, change, time=T0)
    (name,) = work.db.execute("SELECT frame FROM moments WHERE id = ?", [moment]).fetchone()
    path = work.vault.root / name
    with work.ledger.room(path, size):
        path.write_bytes(bytes(size))
    return moment


def pictured(work: OpenVault) -> list[int]:
    return [row[0] for row in work.db.execute("SELECT id FROM moments WHERE frame <> '' ORDER BY id").fetchall()]


def test_without_limits_nothing_is_counted_and_nothing_refused(vault: Vault) -> None:
    ledger = Ledger(vault.root, vault.database)
    with ledger.room(vault.frames / "x", 10**15):
        pass
    assert ledger.used()[Kind.FRAMES] == 0


def test_what_is_asked_for_counts_until_what_was_written_does(vault: Vault) -> None:
    ledger = Ledger(vault.root, vault.database)
    ledger.limits = Limits(eeg=1000)
    path = vault.eeg / "x.bdf"
    with ledger.room(path, 900):
        assert ledger.free(Kind.EEG) == 100
        with pytest.raises(NoRoomError, match="budget_eeg_gb"), ledger.room(path, 101):
            raise AssertionError("it must be refused before anything is written")
        path.write_bytes(bytes(300))
    assert ledger.free(Kind.EEG) == 700

    def fail() -> None:
        with ledger.room(path, 500):
            path.write_bytes(bytes(100))
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        fail()
    assert ledger.free(Kind.EEG) == 900


def test_the_count_is_that_of_the_disk(vault: Vault) -> None:
    for place, size in (("frames/2026/1.frame", 10), ("eeg/1.bdf", 200), ("vectors/1", 3000), ("keys.json", 40_000)):
        (vault.root / place).parent.mkdir(exist_ok=True)
        (vault.root / place).write_bytes(bytes(size))
    ledger = Ledger(vault.root, vault.database)
    ledger.measure()
    used = ledger.used()
    assert (used[Kind.FRAMES], used[Kind.EEG], used[Kind.REST]) == (10, 200, 43_000)


def test_another_thread_waits_until_the_writer_made_room(vault: Vault) -> None:
    ledger = Ledger(vault.root, vault.database)
    ledger.limits = Limits(eeg=1000)
    path = vault.eeg / "old.bdf"
    with ledger.room(path, 1000):
        path.write_bytes(bytes(1000))
    asked: list[tuple[Kind, int]] = []

    def make_room() -> None:
        asked.extend(ledger.wanted())
        ledger.remove(path)

    ledger.attach(make_room)
    with ledger.room(vault.eeg / "new.bdf", 600):
        pass
    assert asked == [(Kind.EEG, 600)]


def test_the_writer_itself_is_refused_at_once(vault: Vault) -> None:
    ledger = Ledger(vault.root, vault.database)
    ledger.limits = Limits(eeg=10)
    ledger.attach(lambda: pytest.fail("it would wait for itself"))
    with ledger.change(), pytest.raises(NoRoomError):
        ledger.ask(Kind.EEG, 11)
    other = threading.Thread(target=ledger.ask, args=(Kind.EEG, 10))
    other.start()
    other.join()
    assert ledger.free(Kind.EEG) == 0


def test_the_oldest_pictures_go_for_a_new_one_and_moments_stay(work: OpenVault) -> None:
    made = [picture(work, T0 + 2000 * number) for number in range(8)]
    assert pictured(work) == made[-len(pictured(work)) :]
    assert 3 <= len(pictured(work)) <= 5
    assert work.db.execute("SELECT count(*) FROM moments").fetchone() == (8,)
    names = {row[0] for row in work.db.execute("SELECT frame FROM moments WHERE frame <> ''").fetchall()}
    assert {str(path.relative_to(work.vault.root)) for path in work.vault.frames.rglob("*.frame")} == names
    assert work.ledger.used()[Kind.FRAMES] <= MEGABYTE


def test_what_goes_is_noted_and_told_once_a_day(work: OpenVault) -> None:
    for number in range(12):
        picture(work, T0 + 2000 * number)
    store = Store(work.vault)
    (noted,) = forgotten.all_of(store)
    assert (noted.why, noted.frames) == (Why.BUDGET, 12 - len(pictured(work)))
    assert (noted.time_start, noted.moments) == (T0, 0)
    assert noted.bytes > noted.frames * 200_000
    assert [incident.part for incident in store.incidents()] == ["budget"]
    store.close()


def test_tagged_and_opened_pictures_outlive_younger_ones(work: OpenVault) -> None:
    made = [picture(work, T0 + 2000 * number) for number in range(2)]
    tagging.add(work.db, made[0], "keep")
    work.db.execute("INSERT INTO feedback VALUES (1, ?, 1, 'words', 0, 1, 0.5, '{}')", [made[1]])
    made += [picture(work, T0 + 2000 * number) for number in range(2, 8)]
    assert pictured(work)[:2] == made[:2]
    assert made[2] not in pictured(work)


def test_the_newest_never_go_and_the_refusal_says_how_to_mend_it(work: OpenVault) -> None:
    for number in range(4):
        picture(work, T0 + 10 * number)
    with pytest.raises(NoRoomError, match="Raise `budget_gb`"):
        picture(work, T0 + 40, size=300_000)
    assert len(pictured(work)) >= 4
    assert work.db.execute("SELECT count(*) FROM forgotten").fetchone() == (0,)


def test_a_picture_that_could_not_be_read_yet_leaves_its_title_to_be_found(work: OpenVault) -> None:
    made = within_budget.run(
        work,
        lambda db: changes.open_moment(db, work.vault, new(T0, title="seen"), np.zeros((8, 8, 3), np.uint8)),
        time=T0,
    )
    work.db.execute("UPDATE moments SET open = 0")
    picture(work, T0 + 9000)
    make(work, Kind.FRAMES, MEGABYTE, time=T0)
    assert made not in pictured(work)
    jobs = work.db.execute("SELECT kind FROM jobs WHERE moment_id = ?", [made]).fetchall()
    assert jobs == [("content",)]


def test_whole_moments_go_when_the_database_itself_is_too_large(work: OpenVault) -> None:
    rng = np.random.default_rng(0)
    for number in range(16):

        def change(db: Database, number: int = number) -> None:
            moment = changes.open_moment(db, work.vault, new(T0 + 2000 * number), None)
            changes.put_features(db, moment, "kind", 1.0, rng.bytes(500_000))
            changes.close_moment(db, moment, T0 + 2000 * number + 10)

        within_budget.run(work, change, time=T0)
        assert sum(path.stat().st_size for path in work.vault.root.rglob("*") if path.is_file()) <= 8 * MEGABYTE
    left = [row[0] for row in work.db.execute("SELECT id FROM moments ORDER BY id").fetchall()]
    assert left
    assert left == list(range(17 - len(left), 17))
    noted = work.db.execute("SELECT sum(moments) FROM forgotten").fetchone()
    assert noted == (16 - len(left),)


def test_a_change_that_can_never_fit_is_refused_whole(work: OpenVault) -> None:
    def change(db: Database) -> None:
        moment = changes.open_moment(db, work.vault, new(T0), None)
        changes.put_features(db, moment, "kind", 1.0, bytes(20 * MEGABYTE))

    with pytest.raises(NoRoomError):
        within_budget.run(work, change, time=T0)
    assert work.db.execute("SELECT count(*) FROM moments").fetchone() == (0,)
    assert work.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_change_too_large_for_the_log_lets_nothing_go(work: OpenVault) -> None:
    made = [picture(work, T0 + 2000 * number, size=100_000) for number in range(6)]

    def change(db: Database) -> None:
        rows = [(T0, "part", "x" * 3000)] * 1000
        db.conn.executemany("INSERT INTO incidents (time, part, what) VALUES (?, ?, ?)", rows)

    work.ledger.limits = Limits(whole=sum(work.ledger.used().values()) + MEGABYTE // 2, newest=1000.0)
    with pytest.raises(TooLargeError, match="Raise `budget_gb`"):
        within_budget.run(work, change, time=T0)
    assert pictured(work) == made
    assert work.db.execute("SELECT count(*) FROM incidents").fetchone() == (0,)


def test_a_full_vault_takes_new_pictures_as_long_as_old_ones_may_go(work: OpenVault) -> None:
    work.ledger.limits = Limits(whole=3 * MEGABYTE, newest=1000.0)
    image = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)

    def change(db: Database, time: float) -> None:
        changes.close_moment(db, changes.open_moment(db, work.vault, new(time), image), time + 10)

    for number in range(40):
        within_budget.run(work, partial(change, time=T0 + 2000 * number), time=T0)
    assert 5 < len(pictured(work)) < 40


def test_recordings_go_oldest_first_and_never_the_newest(work: OpenVault) -> None:
    for number in range(4):
        path = work.vault.eeg / f"{number}.bdf"
        path.write_bytes(bytes(100_000))
        named = {"device": "d", "source": "s", "sfreq": 256.0, "ch_names": ["A"], "time_start": T0 + 100 * number}
        changes.open_recording(work.db, f"eeg/{number}.bdf", **named)
        changes.extend_recording(work.db, f"eeg/{number}.bdf", 256, closed=True)
    work.ledger.limits = Limits(whole=8 * MEGABYTE, eeg=500_000)
    work.ledger.measure()
    assert make(work, Kind.EEG, 250_000, time=T0)
    assert sorted(path.name for path in work.vault.eeg.iterdir()) == ["2.bdf", "3.bdf"]
    assert not make(work, Kind.EEG, 450_000, time=T0)
    assert [path.name for path in work.vault.eeg.iterdir()] == ["3.bdf"]


def test_only_what_is_certain_to_be_the_least_valuable_goes() -> None:
    things = [Thing(number, DAY * number, DAY * number + 1, "", 0.0) for number in range(2000)]
    things[3] = Thing(3, DAY * 3, DAY * 3 + 1, "", 100_000 * DAY)
    chosen = least_valuable.enough(lambda limit: things[:limit], lambda _: 1, 600)
    assert [thing.id for thing in chosen] == [number for number in range(601) if number != 3]
    everything = least_valuable.enough(lambda limit: things[:limit], lambda _: 1, 5000)
    assert everything[-1].id == 3
    assert len(everything) == 2000


def test_worth_grows_with_what_the_person_did() -> None:
    worth = least_valuable.worth
    plain = worth(chosen=False, words=False, unread=False, seconds=0.0)
    looked = worth(chosen=False, words=False, unread=False, seconds=600.0)
    read = worth(chosen=False, words=True, unread=False, seconds=0.0)
    chosen = worth(chosen=True, words=False, unread=False, seconds=0.0)
    assert plain < looked < read < chosen


def test_what_went_for_want_of_room_is_summed_up_a_day(work: OpenVault) -> None:
    for hours in (1.0, 2.0, 30.0):
        what = Forgotten(DAY * 20_000 + 3600 * hours, Why.BUDGET, T0 + hours, T0 + hours + 1, frames=2, bytes=10)
        forgotten.note(work.db, what)
    store = Store(work.vault)
    newer, older = forgotten.all_of(store)
    assert (older.frames, older.bytes, older.time_start, older.time_end) == (4, 20, T0 + 1, T0 + 3)
    assert newer.frames == 2
    store.close()


def test_a_file_that_two_threads_remove_is_subtracted_once(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    path = vault.eeg / "old.bdf"
    path.write_bytes(bytes(1000))
    vault.ledger.measure()
    before = vault.ledger.used()[Kind.EEG]
    both, unlink = threading.Barrier(2), Path.unlink

    def together(self: Path, missing_ok: bool = False) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):  # the other waits for this one
            both.wait(0.1)
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", together)
    threads = [threading.Thread(target=vault.ledger.remove, args=(path,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vault.ledger.used()[Kind.EEG] == before - 1000
