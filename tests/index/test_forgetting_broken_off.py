from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filling import T0, add, new, put, unit
from large_spaces import Life, rows_on_disk, settle
from sqlite_utils import Database
from whole_vault import SECONDS, record

from index import changes, database
from index.forgetting import forgetting, forgotten, wish
from index.forgetting.budget import MEGABYTE, Kind, Limits, NoRoomError
from index.forgetting.forgetting import OfBrain
from index.forgetting.wish import Wish
from index.keys.keys import Keys
from index.pictures import compaction
from index.signals.bdf import BdfFile
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, Job
from index.vault import Vault
from index.writer import Writer

BRAIN = OfBrain(spaces=("state:*",), parts=("headset",))
NOW = T0 + 9_000


def begin(writer: Writer, store: Store, wished: Wish, *, time: float = NOW) -> None:
    forgetting.begin(writer, wish.plan(store, wished), time=time)


def finish(writer: Writer, store: Store) -> None:
    forgetting.finish(writer, store, brain=BRAIN, clock=lambda: NOW)


def recorded(store: Store) -> list[tuple[float, float]]:
    return [(info.time_start - T0, info.time_end - T0) for info in store.recordings_between(0, 1e12)]


def test_what_waits_to_be_taken_in_stays_and_what_was_set_aside_goes(writer: Writer, store: Store) -> None:
    begin(writer, store, Wish(moments=(add(writer, "secret"),)))
    since, damaged = writer.vault.journal / "1.journal", writer.vault.journal / "0.damaged"
    since.write_bytes(b"recorded while locked")
    damaged.write_bytes(b"of before")
    finish(writer, store)
    assert list(writer.vault.journal.iterdir()) == [since]


def test_a_time_without_an_end_ends_when_it_was_wished(writer: Writer, store: Store) -> None:
    record(writer, T0)
    begin(writer, store, Wish(Filters(since=T0 + 4)), time=T0 + 100)
    record(writer, T0 + 5000)
    finish(writer, store)
    assert recorded(store) == [(0, 4), (5000, 5000 + SECONDS)]


def test_a_clock_that_was_set_back_keeps_nothing_that_was_wished(writer: Writer, store: Store) -> None:
    record(writer, T0)
    begin(writer, store, Wish(Filters(since=T0)), time=T0 - 5000)
    finish(writer, store)
    assert recorded(store) == []


def test_vectors_of_moments_deleted_before_a_crash_are_in_no_segment(life: Life) -> None:
    low, high = rows_range(life)
    begin(life.writer, life.store, Wish(moments=(*range(low, low + 5), high)))
    life.writer.do(forgetting._delete_some, 5).result()  # the program ends here
    finish(life.writer, life.store)
    gone = {*range(low, low + 5), high}
    assert not gone & rows_on_disk(life)


def rows_range(life: Life) -> tuple[int, int]:
    """Return moments in the oldest and in the newest of at least two segments."""
    life.grow(200)
    settle(life.open())
    found = sorted(rows_on_disk(life))
    assert len(life.files(".segment")) > 1
    return found[0], found[-1]


def test_state_vectors_of_other_moments_are_looked_for_everywhere(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    purged: list[tuple[Any, ...]] = []
    monkeypatch.setattr(Vectors, "purge", lambda _, *within: purged.append(within))
    begin(writer, store, Wish(moments=(add(writer, "secret"),)))
    finish(writer, store)
    assert purged == [()]


def test_many_moments_of_one_time_lose_their_features_in_a_full_vault_and_none_goes(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault", Keys.random())
    with Writer(vault) as writer:
        gone = add(writer, "secret", seconds=600.0)
        others = writer.do(at_one_time, vault, 600).result()
    size = sum(path.stat().st_size for path in vault.root.rglob("*") if path.is_file())
    vault.ledger.limits = Limits(whole=size + 2 * MEGABYTE, newest=0.0)  # hardly more than the log's share
    with Writer(vault, clock=lambda: NOW) as writer:
        store = Store(vault)
        begin(writer, store, Wish(moments=(gone,)))
        finish(writer, store)
        assert [row[0] for row in store.rows("SELECT id FROM moments ORDER BY id")] == others
        assert store.value("SELECT count(*) FROM features") == 0
        assert sorted(store.waiting(Job.BRAIN, 1000)) == others
        assert [row.why for row in forgotten.all_of(store)] == [forgotten.Why.ASKED]
        store.close()


def at_one_time(db: Database, vault: Vault, count: int) -> list[int]:
    """Store moments of one time whose features are large and whose jobs are done."""
    ids = []
    for number in range(count):
        moment = changes.open_moment(db, vault, new(T0 + number), None)
        changes.close_moment(db, moment, T0 + number + 10)
        changes.put_features(db, moment, "m", 1.0, bytes(10_000), ch_names=("A",))
        changes.done(db, moment, Job.CONTENT)
        changes.done(db, moment, Job.BRAIN)
        ids.append(moment)
    return ids


def test_fewer_rows_go_at_once_where_the_log_has_no_room_for_more(writer: Writer) -> None:
    left, asked = list(range(20)), []

    def change(_: Database, at_once: int) -> int:
        asked.append(at_once)
        if at_once > 6:
            raise NoRoomError(Kind.DATABASE, 1)
        count = len(left[:at_once])
        del left[:at_once]
        return count

    assert list(forgetting._in_pieces(writer, change, 16)) == [4, 4, 4, 4, 4]
    assert asked[:3] == [16, 8, 4]


def test_a_single_row_that_has_no_room_is_refused(writer: Writer) -> None:
    def change(_db: Database, _at_once: int) -> int:
        raise NoRoomError(Kind.DATABASE, 1)

    with pytest.raises(NoRoomError):
        list(forgetting._in_pieces(writer, change, 8))


def test_a_piece_never_takes_the_place_of_another_recordings_piece(writer: Writer, store: Store) -> None:
    path = record(writer, T0, seed=1)
    for seed in (1, 2):  # a file of the same name as one that was cut before, as imports have
        begin(writer, store, Wish(Filters(since=T0 + 8, until=T0 + 10)))
        finish(writer, store)
        if seed == 1:
            assert record(writer, T0, seed=2) == path
    files = [writer.vault.root / info.path for info in store.recordings_between(0, 1e12)]
    assert recorded(store) == [(0, 8), (0, 8), (10, 12), (10, 12)]
    assert len(set(files)) == 4
    held = {BdfFile(file, writer.vault.keys.eeg).read(0, 64).tobytes() for file in files}
    assert len(held) == 4


def test_no_file_goes_before_the_disk_has_the_change_it_goes_for(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record(writer, T0)
    safe: list[int] = []  # notes of files, and whether the file is there
    monkeypatch.setattr(database, "make_durable", lambda vault: safe.append(len(noted(vault, path))))
    begin(writer, store, Wish(Filters(since=T0)))
    assert safe == [0]  # the wish itself
    finish(writer, store)
    assert 1 in safe
    assert not path.exists()


def noted(vault: Vault, path: Path) -> list[tuple[Any, ...]]:
    store = Store(vault)
    try:
        name = changes.relative(vault, path)
        return store.rows("SELECT 1 FROM forgetting WHERE kind = 'file' AND path = ?", [name]) if path.exists() else []
    finally:
        store.close()


def test_pictures_lost_beside_what_was_forgotten_are_an_incident(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(writer, store, Wish(moments=(add(writer, "secret"),)))
    monkeypatch.setattr(compaction, "mend", lambda *_: ["The pictures of 3 moments are gone: damaged"])
    finish(writer, store)
    told = [(incident.time, incident.part, incident.what) for incident in store.incidents()]
    assert told == [(NOW, "forgetting", "The pictures of 3 moments are gone: damaged")]


def test_the_key_of_eeg_waits_until_it_is_said_to_be_gone(writer: Writer, store: Store) -> None:
    put(writer, "state:m", {add(writer, "x"): unit(np.eye(1, 8))})
    begin(writer, store, Wish(brain=True))
    assert forgetting.key_waits(store)
    forgetting.key_is_gone(writer)
    assert not forgetting.key_waits(store)
    assert forgetting.waits(store)
