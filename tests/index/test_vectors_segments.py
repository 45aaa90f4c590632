"""Spaces beyond what memory holds, with limits so small that a few thousand vectors are many."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from large_spaces import COUNT, DIMENSION, HOT, SECRETS, SPACE, Life, Some, insert, made, rows_on_disk, settle

from index import changes
from index.keys.keys import Keys
from index.keys.sealing import HEAD_BYTES
from index.ranking.filtering import Only
from index.spaces.segment_shelf import prefix_of
from index.spaces.vector_rows import VectorRows
from index.spaces.vector_scan import Scan
from index.spaces.vectors import Vectors
from index.store import Store
from index.vault import Vault
from index.writer import Writer


def test_beyond_memory_nearly_all_of_the_nearest_are_found_and_their_cosines_are_exact(life: Life) -> None:
    vectors = life.open()
    assert life.files(".segment")
    assert vectors.rebuilding == ()
    assert vectors.progress() == (COUNT, COUNT)
    assert life.recall(vectors) >= 0.95
    assert vectors.verify() == []


def test_what_is_asked_before_anything_was_built_is_answered_from_the_newest(life: Life) -> None:
    life.open().rebuild()
    vectors = life.open()
    assert vectors.rebuilding == (SPACE,)
    assert vectors.progress() == (HOT // 4, COUNT)
    query = life.vectors[COUNT - 1]
    newest = np.arange(COUNT - HOT // 4 + 1, COUNT + 1)
    assert list(vectors.search(SPACE, query, 10)) == life.exact(query, 10, newest)


def test_building_reaches_more_with_every_step_and_then_everything(life: Life) -> None:
    life.open().rebuild()
    vectors = life.open()
    told = [vectors.progress()]
    while vectors.merge():
        told.append(vectors.progress())
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {COUNT}
    assert told[-1] == (COUNT, COUNT)
    assert vectors.rebuilding == ()
    assert life.recall(vectors) >= 0.95


def test_as_long_as_nobody_searches_nothing_is_taken_into_memory(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, read, told = life.open(), list[object](), VectorRows.stream
    settle(vectors)
    monkeypatch.setattr(VectorRows, "stream", lambda self, *args: read.append(args) or told(self, *args))
    life.grow(HOT // 8)
    assert vectors.progress() == (len(life.vectors), len(life.vectors))
    assert not vectors.merge()
    assert read == []
    assert next(iter(vectors.search(SPACE, life.vectors[-1], 1))) == len(life.vectors)
    assert read


def test_nothing_is_left_to_do_once_all_is_done(life: Life) -> None:
    assert settle(life.open()) <= len(life.files(".segment"))  # each is compared with SQLite once
    before = [(file.name, file.stat().st_mtime_ns) for file in life.files("")]
    settle(life.open())
    assert [(file.name, file.stat().st_mtime_ns) for file in life.files("")] == before


def test_rows_that_come_later_are_found_at_once_and_move_to_disk(life: Life) -> None:
    vectors = life.open()
    for _ in range(5):
        life.grow(90)
        late = life.vectors[-1]
        assert next(iter(vectors.search(SPACE, late, 1))) == len(life.vectors)
        settle(vectors)
    assert vectors.progress() == (COUNT + 450, COUNT + 450)
    assert vectors._spaces[SPACE].hot_rows() <= HOT
    assert life.recall(vectors) >= 0.95
    assert len(life.files(".segment")) <= 4


def test_a_space_that_has_outgrown_its_centroids_gets_new_ones(life: Life) -> None:
    (old,) = life.files(".quantizer")
    life.grow(3 * COUNT + 1)
    vectors = life.open()
    settle(vectors)
    (new,) = life.files(".quantizer")
    assert new != old
    assert {segment.card.generation for segment in vectors._spaces[SPACE].shards().segments} == {2}
    assert life.recall(vectors) >= 0.95
    assert vectors.verify() == []


@pytest.mark.parametrize("share", [0.5, 0.05])
def test_a_filter_that_lets_a_part_through_finds_the_nearest_of_that_part(life: Life, share: float) -> None:
    some = np.flatnonzero(np.random.default_rng(1).random(COUNT) < share) + 1
    assert life.recall(life.open(), some, keep=Some(some)) >= 0.95


def test_few_moments_are_compared_exactly(life: Life) -> None:
    some = np.flatnonzero(np.random.default_rng(1).random(COUNT) < 0.02) + 1
    assert life.recall(life.open(), some, keep=Only(some.tolist())) == 1.0
    assert life.open().search(SPACE, made(1)[0], 5, keep=Only([])) == {}


@pytest.mark.parametrize("k", [5, 400])
def test_a_filter_that_lets_nothing_through_ends_with_nothing_and_takes_no_more_memory_than_rows_need(
    life: Life, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    begin = Scan.__init__

    def noted(scan: Scan, *how: Any) -> None:
        taken.append(how[-1])
        begin(scan, *how)

    monkeypatch.setattr(Scan, "__init__", noted)
    assert life.open().search(SPACE, made(1)[0], k, keep=Some(np.array([COUNT + 7]))) == {}
    assert max(taken) <= COUNT


def test_a_space_that_begins_late_is_learned_from_as_many_vectors_as_any_other(life: Life) -> None:
    rows = VectorRows.of(life.store, SPACE)
    assert rows is not None
    life.writer.do(lambda db: db.execute("UPDATE vectors SET id = id + 3000000000 WHERE id > 10")).result()
    sample = rows.sample(1_000, np.random.default_rng(1))
    assert len(np.unique(sample, axis=0)) == len(sample) == 1_000
    places = np.argmax(sample @ life.vectors.T, axis=1)
    assert np.histogram(places, 5, (0, COUNT))[0].min() > 150  # from all over it
    assert len(rows.sample(5_000, np.random.default_rng(1))) == COUNT


def test_nothing_is_learned_from_a_handful(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = life.open()
    vectors.rebuild()
    monkeypatch.setattr(VectorRows, "sample", lambda *_: life.vectors[:100])
    assert vectors.merge()
    assert life.files(".quantizer") == []
    monkeypatch.undo()
    settle(vectors)
    assert life.recall(vectors) >= 0.95


def test_rows_in_memory_that_were_deleted_are_let_go_of_instead_of_moved_to_disk(life: Life) -> None:
    vectors = life.open()
    vectors.search(SPACE, made(1)[0], 1)
    life.grow(HOT)
    assert vectors.progress() == (COUNT + HOT, COUNT + HOT)
    life.forget(np.arange(COUNT + 1, COUNT + HOT))
    before = life.files(".segment")
    assert settle(vectors) <= len(before)  # each is compared with SQLite once
    assert life.files(".segment") == before
    assert vectors.progress() == (len(life.held()),) * 2
    assert life.recall(vectors) >= 0.95


def test_a_space_in_memory_alone_that_was_deleted_leaves_nothing_to_do(store: Store, writer: Writer) -> None:
    vectors = Vectors(store, hot_rows=HOT)
    writer.do(insert, 1, made(9)).result()
    vectors.search(SPACE, made(1)[0], 1)
    writer.do(insert, 10, made(HOT)).result()
    assert vectors.progress() == (HOT + 9, HOT + 9)
    writer.do(lambda db: db.execute("DELETE FROM vectors")).result()
    assert settle(vectors) == 0


def test_more_than_there_are_gives_all_there_are(life: Life) -> None:
    assert len(life.open().search(SPACE, made(1)[0], 3 * COUNT)) == COUNT


def test_what_was_deleted_never_comes_back_nor_takes_the_place_of_others(life: Life) -> None:
    vectors = life.open()
    query = made(1, seed=99)[0]
    life.forget(np.array(life.exact(query, 200)))
    assert life.recall(vectors) >= 0.95
    found = vectors.search(SPACE, query, 10)
    assert len(found) == 10
    assert set(found) <= set(life.held().tolist())


def test_purging_leaves_no_code_of_what_was_deleted_in_any_file(life: Life) -> None:
    vectors = life.open()
    gone = np.arange(100, COUNT, 7)
    on_disk = rows_on_disk(life)
    life.forget(gone)
    assert set(gone.tolist()) & rows_on_disk(life)
    assert vectors.purge() == len(on_disk & set(gone.tolist()))
    assert rows_on_disk(life) == on_disk - set(gone.tolist())
    assert life.recall(vectors) >= 0.95
    assert vectors.verify() == []
    assert vectors.purge() == 0


def test_purging_some_moments_leaves_files_that_cannot_hold_them(life: Life) -> None:
    vectors = life.open()
    for _ in range(2):
        life.grow(90)
        settle(vectors)
    before = {file.name for file in life.files(".segment")}
    life.forget(np.array([5, 6]))
    assert vectors.purge([5, 6]) == 2
    kept = before & {file.name for file in life.files(".segment")}
    assert len(kept) == len(before) - 1
    assert {5, 6} & rows_on_disk(life) == set()


def test_forgetting_everything_leaves_no_file_but_the_empty_manifest(life: Life) -> None:
    vectors = life.open()
    life.forget(life.held())
    assert vectors.purge() > 0
    assert life.files(".segment") == life.files(".quantizer") == []
    assert vectors.search(SPACE, made(1)[0], 5) == {}


def test_a_merge_drops_what_was_deleted(life: Life) -> None:
    life.forget(np.arange(1, 900))
    vectors = life.open()
    settle(vectors)
    assert min(rows_on_disk(life)) == 900
    assert life.recall(vectors) >= 0.95


def test_a_process_that_only_reads_follows_what_another_writes(life: Life) -> None:
    reader, writer = life.open(), life.open()
    for _ in range(4):
        life.grow(90)
        settle(writer)
        assert life.recall(reader) >= 0.95
    names = {segment.path.name for segment in reader._spaces[SPACE].shards().segments}
    assert names == {file.name for file in life.files(".segment")}


def test_reading_writes_nothing(life: Life) -> None:
    life.grow(500)
    before = [(file.name, file.stat().st_mtime_ns) for file in life.files("")]
    vectors = life.open()
    life.recall(vectors)
    vectors.progress()
    vectors.verify()
    assert [(file.name, file.stat().st_mtime_ns) for file in life.files("")] == before


def test_questions_are_answered_while_files_are_built_and_rows_deleted(life: Life) -> None:
    life.grow(700)
    vectors = life.open()
    failures: list[object] = []
    over = threading.Event()

    def ask() -> None:
        try:
            while not over.is_set():
                found = vectors.search(SPACE, life.vectors[-1], 10)
                failures.extend([] if len(found) == 10 else [found])
        except Exception as error:  # noqa: BLE001 whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    settle(vectors)
    life.forget(np.arange(1, 500))
    vectors.purge()
    over.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_files_of_a_space_that_was_dropped_are_removed(life: Life) -> None:
    vectors = life.open()
    vectors.search(SPACE, made(1)[0], 1)
    life.writer.do(changes.drop_space, SPACE).result()
    vectors.save()
    assert life.files("") == []


def test_a_space_made_anew_under_its_old_name_does_not_meet_its_old_files(life: Life) -> None:
    vectors = life.open()
    vectors.search(SPACE, made(1)[0], 1)
    life.writer.do(changes.drop_space, SPACE).result()
    life.writer.do(changes.put_space, SPACE, model="m", dimension=DIMENSION, time=7.0).result()
    life.writer.do(changes.put_vectors, SPACE, {9: life.vectors[:1]}).result()
    assert list(vectors.search(SPACE, life.vectors[0], 5)) == [9]
    settle(vectors)
    assert life.files(".segment") == []


def test_files_are_for_their_person_alone_and_tell_nothing(life: Life) -> None:
    files = life.files("")
    assert len(files) == 3
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.name.startswith(prefix_of(SPACE))
        blob = file.read_bytes()
        assert not any(word in blob for word in (SPACE.encode(), b"identity", b"made_at"))
        assert not any(row.astype(kind).tobytes()[:12] in blob for row in life.vectors[::50] for kind in ("f2", "f4"))


def test_a_new_key_encrypts_every_file_anew(life: Life) -> None:
    keys = Keys.of(SECRETS.renewed())
    store = Store(Vault(life.store.vault.root, keys=keys))
    vectors = Vectors(store, hot_rows=HOT)
    assert life.recall(vectors) >= 0.95
    assert not all(keys.vectors.is_current(file.read_bytes()[:HEAD_BYTES]) for file in life.files(""))
    settle(vectors)
    assert all(keys.vectors.is_current(file.read_bytes()[:HEAD_BYTES]) for file in life.files(""))
    assert life.recall(vectors) >= 0.95
    store.close()
