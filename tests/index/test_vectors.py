from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from filling import add_many, put, unit
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlite_utils import Database
from vaults import vault_at

from index import changes
from index.ranking.filtering import Only
from index.spaces import vector_rows
from index.spaces.vectors import Vectors
from index.store import Store
from index.vault import Vault
from index.writer import Writer

SPACE, DIMENSION = "content:all-MiniLM-L6-v2", 16
NEAR = 5e-4  # what is rounded to half precision may be that much longer or shorter
Parts = dict[int, NDArray[np.float32]]


def drawn(rng: np.random.Generator, ids: list[int], most_parts: int = 1) -> Parts:
    """Return vectors in the precision they are stored in."""
    whole = {i: unit(rng.normal(size=(rng.integers(1, most_parts + 1), DIMENSION))) for i in ids}
    return {i: vectors.astype(np.float16).astype(np.float32) for i, vectors in whole.items()}


def brute(parts: Parts, query: NDArray[np.float32]) -> dict[int, float]:
    """Return the best cosine of every moment, best first."""
    best = {i: float((vectors @ query).max()) for i, vectors in parts.items()}
    return dict(sorted(best.items(), key=lambda item: -item[1]))


def query_of(rng: np.random.Generator) -> NDArray[np.float32]:
    return unit(rng.normal(size=DIMENSION)).astype(np.float16).astype(np.float32)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def parts(writer: Writer, rng: np.random.Generator) -> Parts:
    found = drawn(rng, add_many(writer, [""] * 30), most_parts=3)
    put(writer, SPACE, found)
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One vault for many examples; each has a space of its own."""
    with Writer(vault_at(tmp_path_factory.mktemp("shared"))) as writer:
        add_many(writer, [""] * 25)
        store = Store(writer.vault)
        yield writer, store
        store.close()


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 25),
    k=st.integers(1, 40),
    limited=st.none() | st.sets(st.integers(1, 27)),
)
@example(seed=0, count=5, k=3, limited=set())
def test_the_nearest_are_those_numpy_finds(
    shared: tuple[Writer, Store], seed: int, count: int, k: int, limited: set[int] | None
) -> None:
    writer, store = shared
    rng = np.random.default_rng(seed)
    parts = drawn(rng, list(range(1, count + 1)))
    space = f"s:{seed}:{count}:{k}:{limited}"
    put(writer, space, parts)
    query = query_of(rng)
    found = Vectors(store).search(space, query, k, keep=None if limited is None else Only(limited))
    wanted = brute({i: v for i, v in parts.items() if limited is None or i in limited}, query)
    assert list(found) == list(wanted)[:k]
    assert list(found.values()) == pytest.approx(list(wanted.values())[:k], abs=NEAR)


def test_a_moment_with_several_vectors_counts_by_its_best(
    vectors: Vectors, parts: Parts, rng: np.random.Generator
) -> None:
    for _ in range(20):
        query = query_of(rng)
        assert vectors.search(SPACE, query, 90) == pytest.approx(brute(parts, query), abs=NEAR)


def test_what_is_committed_after_the_first_search_is_found(
    writer: Writer, vectors: Vectors, parts: Parts, rng: np.random.Generator
) -> None:
    query = query_of(rng)
    vectors.search(SPACE, query, 5)
    (late,) = add_many(writer, [""])
    put(writer, SPACE, {late: query[np.newaxis]})
    assert next(iter(vectors.search(SPACE, query, 1))) == late
    assert vectors.search(SPACE, query, 200) == pytest.approx(brute(parts | {late: query[np.newaxis]}, query), abs=NEAR)


def test_what_is_committed_in_batches_is_all_there(
    store: Store, parts: Parts, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_rows, "BATCH", 7)
    query = query_of(rng)
    assert Vectors(store).search(SPACE, query, 90) == pytest.approx(brute(parts, query), abs=NEAR)


def test_a_moment_whose_vectors_were_replaced_is_found_by_the_new_alone(
    writer: Writer, vectors: Vectors, parts: Parts
) -> None:
    old = parts[1][0]
    vectors.search(SPACE, old, 1)
    parts[1] = -parts[1][:1]
    put(writer, SPACE, {1: parts[1]})
    assert vectors.search(SPACE, old, 90) == pytest.approx(brute(parts, old), abs=NEAR)


def test_deleted_rows_do_not_take_the_place_of_others(
    writer: Writer, vectors: Vectors, parts: Parts, rng: np.random.Generator
) -> None:
    query = query_of(rng)
    best = list(brute(parts, query))
    vectors.search(SPACE, query, 5)

    def forget(db: Database) -> None:
        for moment_id in best[:10]:
            db.execute("DELETE FROM moments WHERE id = ?", [moment_id])

    writer.do(forget).result()
    assert next(iter(vectors.search(SPACE, query, 1))) == best[10]
    rest = {i: parts[i] for i in best[10:]}
    assert vectors.search(SPACE, query, 90) == pytest.approx(brute(rest, query), abs=NEAR)
    vectors.save()
    assert vectors.search(SPACE, query, 90) == pytest.approx(brute(rest, query), abs=NEAR)


def test_a_space_made_anew_in_another_dimension_does_not_meet_its_old_rows(
    writer: Writer, vectors: Vectors, parts: Parts
) -> None:
    vectors.search(SPACE, parts[1][0], 3)
    writer.do(changes.drop_space, SPACE).result()
    put(writer, SPACE, {1: unit(np.ones((1, 5)))})
    assert vectors.search(SPACE, unit(np.ones(5)), 9) == pytest.approx({1: 1.0}, abs=1e-3)


def test_a_space_that_was_dropped_takes_no_memory(
    writer: Writer, vectors: Vectors, parts: Parts, rng: np.random.Generator
) -> None:
    put(writer, "newer", parts)
    for space in (SPACE, "newer"):
        vectors.search(space, query_of(rng), 1)
    writer.do(changes.drop_space, SPACE).result()
    vectors.search("newer", query_of(rng), 1)
    assert list(vectors._spaces) == ["newer"]
    writer.do(changes.drop_space, "newer").result()
    vectors.save()
    assert list(vectors._spaces) == []


def test_vectors_of_two_spaces_never_meet(writer: Writer, store: Store, rng: np.random.Generator) -> None:
    ids = add_many(writer, [""] * 6)
    names = ["a:b", "a_b", "state:v2:TP9+AF7:15", "A:B"]
    spaces = {name: drawn(rng, ids) for name in names}
    query = query_of(rng)
    for _ in range(3):
        vectors = Vectors(store)
        for name in names:
            put(writer, name, spaces[name])
            assert vectors.search(name, query, 99) == pytest.approx(brute(spaces[name], query), abs=NEAR)
        vectors.save()


def test_a_space_that_is_not_there_has_nothing(vectors: Vectors, parts: Parts) -> None:
    assert vectors.search("content:unheard-of", unit(np.ones(DIMENSION)), 5) == {}
    assert len(parts) == 30


def test_a_space_without_vectors_has_nothing(writer: Writer, vectors: Vectors) -> None:
    writer.do(changes.put_space, "s", model="m", dimension=4, time=0.0).result()
    assert vectors.search("s", unit(np.ones(4)), 5) == {}
    assert vectors.search("s", unit(np.ones(4)), 5, keep=Only({1})) == {}
    vectors.save()


def test_a_query_of_another_dimension_is_a_mistake_and_spoils_nothing(
    vectors: Vectors, parts: Parts, rng: np.random.Generator
) -> None:
    with pytest.raises(ValueError, match="dimension 16"):
        vectors.search(SPACE, unit(np.ones(DIMENSION + 1)), 5)
    query = query_of(rng)
    assert vectors.search(SPACE, query, 90) == pytest.approx(brute(parts, query), abs=NEAR)


def test_several_threads_search_while_one_writes(
    writer: Writer, vectors: Vectors, parts: Parts, rng: np.random.Generator
) -> None:
    query = query_of(rng)
    failures: list[object] = []

    def search() -> None:
        try:
            for _ in range(30):
                found = vectors.search(SPACE, query, 300)
                failures.extend(i for i in parts if i not in found)
        except Exception as error:  # noqa: BLE001 whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for late in add_many(writer, [""] * 20):
        put(writer, SPACE, drawn(rng, [late]))
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(vectors.search(SPACE, query, 300)) == 50


def test_vectors_of_an_older_vault_are_halved_and_found_as_before(vault: Vault, rng: np.random.Generator) -> None:
    with Writer(vault) as writer:
        parts = drawn(rng, add_many(writer, [""] * 9))
        put(writer, SPACE, parts)
        for moment_id, vectors in parts.items():
            whole = ["UPDATE vectors SET vector = ? WHERE moment_id = ?", [vectors[0].tobytes(), moment_id]]
            writer.do(lambda db, sql, values: db.execute(sql, values), *whole).result()
        writer.do(lambda db: db.execute("DELETE FROM _sqlite_migrations WHERE name = 'half_vectors'")).result()
    with Writer(vault):
        store = Store(vault)
        assert store.value("SELECT max(length(vector)) FROM vectors") == 2 * DIMENSION
        for moment_id, vectors in parts.items():
            assert store.matrices([moment_id], SPACE)[moment_id].tolist() == vectors.tolist()
        query = query_of(rng)
        assert Vectors(store).search(SPACE, query, 9) == pytest.approx(brute(parts, query), abs=NEAR)
        store.close()
