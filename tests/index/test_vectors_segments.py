"""Spaces beyond what memory holds, with limits so small that a few thousand vectors are many."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import pytest
from filling import unit
from numpy.typing import NDArray
from sqlite_utils import Database

from index import changes, segments
from index.filtering import Only
from index.keys import Keys, Secrets
from index.sealing import HEAD_BYTES
from index.segment_shelf import prefix_of
from index.segments import Segment
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.vectors import Vectors
from index.writer import Writer

SPACE, DIMENSION, HOT, COUNT = "content:m", 24, 128, 1_500
SECRETS = Secrets.random()
KEYS = Keys.of(SECRETS)


def made(count: int, seed: int = 3) -> NDArray[np.float32]:
    """Return vectors about a few topics, in the precision they are stored in."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(0).normal(size=(40, DIMENSION))
    rows = topics[rng.integers(len(topics), size=count)] + 0.4 * rng.normal(size=(count, DIMENSION))
    return unit(rows).astype(np.float16).astype(np.float32)


def insert(db: Database, first: int, vectors: NDArray[np.float32]) -> None:
    """Store moments with a vector each."""
    ids = range(first, first + len(vectors))
    db.conn.executemany(
        "INSERT INTO moments (id, time_start, time_end, app, title, url, monitor, source, frame, text, open) "
        "VALUES (?, 0, 0, '', '', '', 0, '', '', '', 0)",
        [(i,) for i in ids],
    )
    changes.put_space(db, SPACE, model="m", dimension=DIMENSION, time=0.0)
    changes.put_vectors(db, SPACE, {i: vectors[n : n + 1] for n, i in enumerate(ids)})


@dataclass
class Life:
    """A vault of many vectors, moment i's at place i - 1."""

    writer: Writer
    store: Store
    vectors: NDArray[np.float32]

    def open(self) -> Vectors:
        return Vectors(self.store, hot_rows=HOT, piece_rows=300)

    def grow(self, count: int) -> None:
        new = made(count, seed=len(self.vectors))
        self.writer.do(insert, len(self.vectors) + 1, new).result()
        self.vectors = np.concatenate([self.vectors, new])

    def forget(self, moments: NDArray[np.int64]) -> None:
        sql = "DELETE FROM moments WHERE id IN (SELECT value FROM json_each(?))"
        self.writer.do(lambda db: db.execute(sql, [json.dumps(moments.tolist())])).result()

    def held(self) -> NDArray[np.int64]:
        return np.array([row[0] for row in self.store.rows("SELECT id FROM moments ORDER BY id")])

    def exact(self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None) -> list[int]:
        ids = self.held() if among is None else among
        return ids[np.argsort(-(self.vectors[ids - 1] @ query), kind="stable")[:k]].tolist()

    def recall(self, vectors: Vectors, among: NDArray[np.int64] | None = None, **how: object) -> float:
        """Return how many of the ten nearest are found, over twenty questions."""
        found = []
        for query in made(20, seed=99):
            exact = self.exact(query, 10, among)
            ours = vectors.search(SPACE, query, 10, **how)  # type: ignore[arg-type] # it is `keep`
            assert list(ours.values()) == pytest.approx([float(self.vectors[i - 1] @ query) for i in ours], abs=1e-4)
            found.append(len(set(exact) & set(ours)) / len(exact))
        return float(np.mean(found))

    def files(self, ending: str) -> list[Path]:
        return sorted(self.store.vault.vectors.glob(f"*{ending}"))


class Some:
    """A `Keep` of too many moments to list."""

    def __init__(self, moments: NDArray[np.int64]) -> None:
        self._moments = moments

    def few(self) -> None:
        return None

    def among(self, moments: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.isin(moments, self._moments)


def settle(vectors: Vectors) -> int:
    """Do all the work there is; returns in how many steps."""
    steps = 0
    while vectors.merge():
        steps += 1
        assert steps < 200
    return steps


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Keep FAISS from starting threads, which wait for each other where other tests run beside these."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    yield
    faiss.omp_set_num_threads(threads)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault whose segments are all built, to be copied."""
    root = tmp_path_factory.mktemp("grown") / "vault"
    with Writer(Vault(root, keys=KEYS)) as writer:
        store = Store(writer.vault)
        life = Life(writer, store, np.empty((0, DIMENSION), np.float32))
        life.grow(COUNT)
        settle(life.open())
        store.close()
    return root


@pytest.fixture
def life(grown: Path, tmp_path: Path) -> Iterator[Life]:
    shutil.copytree(grown, tmp_path / "vault")
    with Writer(Vault(tmp_path / "vault", keys=KEYS)) as writer:
        store = Store(writer.vault)
        yield Life(writer, store, made(COUNT, seed=0))
        store.close()


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


def test_a_filter_that_lets_nothing_through_ends_with_nothing(life: Life) -> None:
    assert life.open().search(SPACE, made(1)[0], 5, keep=Some(np.array([COUNT + 7]))) == {}


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


def rows_on_disk(life: Life) -> set[int]:
    """Return the rows of which any file of the vault holds a code, by opening every one."""
    sealer = life.store.vault.keys.vectors
    found: set[int] = set()
    for file in life.files(".segment"):
        for _, part in Segment.open(file, sealer).parts():
            assert len(part.rows) == len(part.codes) == len(part.moments)
            found |= set(part.rows.tolist())
    return found


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


def flip(file: Path) -> None:
    blob = bytearray(file.read_bytes())
    blob[len(blob) // 2] ^= 1
    file.write_bytes(blob)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def empty(file: Path) -> None:
    file.write_bytes(b"")


DAMAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    f"{how.__name__} {ending}": (ending, how)
    for ending in (".segment", ".quantizer", ".manifest")
    for how in (flip, cut, empty, Path.unlink)
}


@pytest.mark.parametrize(("ending", "damage"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_left_out_of_answers_and_built_again_from_the_database(
    life: Life, ending: str, damage: Callable[[Path], None]
) -> None:
    for file in life.files(ending):
        damage(file)
    vectors = life.open()
    query = life.vectors[COUNT - 1]
    for _ in range(3):
        assert next(iter(vectors.search(SPACE, query, 1))) == COUNT  # what is whole answers
    vectors.verify()
    assert vectors.rebuilding == (SPACE,)
    done, total = vectors.progress()
    assert done < total == COUNT
    settle(vectors)
    assert vectors.rebuilding == ()
    assert life.recall(vectors) >= 0.95
    assert life.open().verify() == []


def test_damage_that_comes_while_it_is_open_is_found_by_a_question(life: Life) -> None:
    vectors = life.open()
    assert life.recall(vectors) >= 0.95
    (file,) = life.files(".segment")
    blob = file.read_bytes()
    with file.open("r+b") as opened:  # the same file, as the open segment sees it
        opened.write(bytes(len(blob) // 2))
    vectors.search(SPACE, made(1)[0], 10)
    assert vectors.rebuilding == (SPACE,)
    settle(vectors)
    assert life.recall(vectors) >= 0.95


def test_an_older_file_put_back_is_not_believed(life: Life) -> None:
    old = {file.name: file.read_bytes() for file in life.files("")}
    vectors = life.open()
    life.forget(np.arange(1, 400))
    vectors.purge()
    (new,) = life.files(".segment")
    (older,) = [blob for name, blob in old.items() if name.endswith(".segment")]
    new.write_bytes(older)
    again = life.open()
    assert again.rebuilding == (SPACE,)
    settle(again)
    assert set(range(1, 400)) & rows_on_disk(life) == set()
    assert life.recall(again) >= 0.95


def test_a_whole_older_state_put_back_is_topped_up_and_holds_nothing_deleted_for_long(life: Life) -> None:
    old = {file: file.read_bytes() for file in life.files("")}
    life.forget(np.arange(1, 400))
    life.open().purge()
    for file in life.files(""):
        file.unlink()
    for file, blob in old.items():
        file.write_bytes(blob)
    vectors = life.open()
    assert life.recall(vectors) >= 0.95
    settle(vectors)
    assert set(range(1, 400)) & rows_on_disk(life) == set()


def test_files_of_rows_the_database_never_had_are_not_believed(life: Life) -> None:
    life.writer.do(lambda db: db.execute("DELETE FROM vectors WHERE id > 500")).result()
    life.writer.do(lambda db: db.execute("UPDATE sqlite_sequence SET seq = 500 WHERE name = 'vectors'")).result()
    vectors = life.open()
    assert vectors._spaces == {}
    found = vectors.search(SPACE, life.vectors[3], 600)
    assert set(found) <= set(range(1, 501))
    settle(vectors)
    assert max(rows_on_disk(life)) <= 500
    assert vectors.verify() == []


@pytest.mark.parametrize("moment", ["_read_card", "replace", "fsync"])
def test_a_crash_at_any_step_loses_nothing(life: Life, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break off at the n-th time anything is written, for every n there is."""
    life.grow(700)
    target = {"_read_card": (Segment, "_read_card"), "replace": (Path, "replace"), "fsync": (segments.os, "fsync")}
    owner, name = target[moment]
    real = getattr(owner, name)
    broken = 0
    for nth in range(0, 40, 5):
        calls = 0

        def fail(*args: object, nth: int = nth) -> object:
            nonlocal calls
            calls += 1
            if calls > nth:
                raise KeyboardInterrupt
            return real(*args)

        vectors = life.open()
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, fail)
            try:
                settle(vectors)
                break
            except KeyboardInterrupt:
                broken += 1
        again = life.open()
        assert life.recall(again) > 0.3
        assert len(again.verify()) == len(again._spaces[SPACE].uncovered())
    assert broken > 1
    vectors = life.open()
    settle(vectors)
    assert life.recall(vectors) >= 0.95
    assert life.files(".draft") == []
    named = vectors._spaces[SPACE].shards().manifest.segments
    assert {file.name for file in life.files(".segment")} == set(named)


def test_work_that_is_stopped_is_done_another_time(life: Life) -> None:
    life.grow(700)
    vectors = life.open()
    for patience in range(30):
        asked = iter(range(1000))
        assert vectors.merge(stop=lambda asked=asked, patience=patience: next(asked) >= patience)  # type: ignore[misc]
    assert life.files(".draft") == []
    settle(vectors)
    assert life.recall(vectors) >= 0.95


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.grow(700)
    vectors = life.open()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(segments.os, "fsync", full)
        with pytest.raises(VaultError, match="Is the disk full"):
            settle(vectors)
    assert life.files(".draft") == []
    settle(vectors)
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
