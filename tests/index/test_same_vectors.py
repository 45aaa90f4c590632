"""A vector that comes again, of what stayed on the screen, is stored once, whatever goes of what it came with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from filling import add, put, unit
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlite_utils import Database
from vaults import vault_at

from index import changes
from index.care.salvaging import salvage
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Job
from index.vault import Vault
from index.writer import Writer

SPACE, DIMENSION = "s", 8
PASSAGES = unit(np.random.default_rng(3).normal(size=(6, DIMENSION))).astype(np.float16).astype(np.float32)


def of(*passages: int) -> NDArray[np.float32]:
    return PASSAGES[list(passages)]


def held(store: Store) -> int:
    """Return how many vectors are stored whole."""
    return int(store.value("SELECT count(*) FROM vectors WHERE vector <> x''"))


def says(store: Store, *moments: int) -> list[list[list[float]]]:
    found = store.matrices(moments, SPACE)
    return [found[moment].tolist() for moment in moments]


def delete(writer: Writer, *moments: int) -> None:
    def gone(db: Database) -> None:
        db.execute(f"DELETE FROM moments WHERE id IN ({', '.join(map(str, moments))})")  # noqa: S608 numbers

    writer.do(gone).result()


def test_a_passage_that_stays_on_the_screen_is_stored_once(writer: Writer, store: Store) -> None:
    first, second, third = (add(writer) for _ in range(3))
    put(writer, SPACE, {first: of(0, 1, 2)})
    put(writer, SPACE, {second: of(1, 2, 3), third: of(3, 3)})
    assert held(store) == 4
    assert store.value("SELECT count(*) FROM vectors") == 8
    assert says(store, first, second, third) == [of(0, 1, 2).tolist(), of(1, 2, 3).tolist(), of(3, 3).tolist()]
    assert np.array_equal(store.vector(third, SPACE), PASSAGES[3])


def test_every_moment_that_shows_a_passage_is_found_by_it(writer: Writer, store: Store) -> None:
    moments = [add(writer) for _ in range(4)]
    for moment in moments:
        put(writer, SPACE, {moment: of(0, moment)})
    found = Vectors(store).search(SPACE, PASSAGES[0], 4)
    assert set(found) == set(moments)
    assert list(found.values()) == pytest.approx([1.0] * 4, abs=1e-3)
    assert Vectors(store).search(SPACE, PASSAGES[moments[3]], 1) == pytest.approx({moments[3]: 1.0}, abs=1e-3)


def test_another_space_has_vectors_of_its_own(writer: Writer, store: Store) -> None:
    moment = add(writer)
    put(writer, SPACE, {moment: of(0)})
    put(writer, "other", {moment: of(0)})
    assert held(store) == 2
    writer.do(changes.drop_space, SPACE).result()
    assert store.matrices([moment], "other")[moment].tolist() == of(0).tolist()


def test_what_was_forgotten_is_gone_and_what_others_show_of_it_stays(writer: Writer, store: Store) -> None:
    first, second, third = (add(writer) for _ in range(3))
    for moment, shown in ((first, of(0, 1)), (second, of(1, 2)), (third, of(1))):
        put(writer, SPACE, {moment: shown})
    delete(writer, first)
    assert held(store) == 2
    assert says(store, second, third) == [of(1, 2).tolist(), of(1).tolist()]
    delete(writer, second)
    assert says(store, third) == [of(1).tolist()]
    delete(writer, third)
    assert store.value("SELECT count(*) FROM vectors") == 0


def test_what_is_encoded_anew_is_stored_once_too(writer: Writer, store: Store) -> None:
    first, second = add(writer), add(writer)
    put(writer, SPACE, {first: of(0, 1)})
    put(writer, SPACE, {second: of(0, 1)})
    put(writer, SPACE, {first: of(1, 2)})
    assert held(store) == 3
    assert says(store, first, second) == [of(1, 2).tolist(), of(0, 1).tolist()]


def test_what_came_long_ago_is_stored_again(writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "AGAIN", 2)
    moments = [add(writer) for _ in range(4)]
    for moment, passage in zip(moments, (0, 1, 2, 0), strict=True):
        put(writer, SPACE, {moment: of(passage)})
    assert held(store) == 4


def test_where_nothing_new_comes_for_long_no_more_than_so_many_rows_are_looked_at(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LOOKED", 4)
    for _ in range(5):
        put(writer, SPACE, {add(writer): of(0, 1)})
    assert held(store) == 4  # once more, for the rows between them


def lose(db: Database, moment: int, space: str, part: int) -> None:
    """Lose a row as when the page it lay on cannot be read."""
    db.execute("DROP TRIGGER vectors_handed_on")
    db.execute("DELETE FROM vectors WHERE moment_id = ? AND space = ? AND part = ?", [moment, space, part])


@pytest.mark.parametrize(("space", "job"), [("content:m", Job.CONTENT), ("state:v2:m:30", Job.BRAIN)])
def test_what_a_lost_row_held_is_asked_for_anew_and_nothing_else_goes(vault: Vault, space: str, job: Job) -> None:
    with Writer(vault) as writer:
        store = Store(vault)
        moments = [add(writer, "words") for _ in range(3)]
        for moment, shown in zip(moments, (of(0, 4), of(1, 0), of(3)), strict=True):
            for each in (space, "shared:v1:brain"):
                put(writer, each, {moment: shown})
            for kind in Job:
                writer.do(changes.done, moment, kind).result()

        writer.do(lose, moments[0], space, 0).result()
        store.close()
    salvage(vault)
    store = Store(vault)
    assert store.backlog() == {job: 2}
    assert store.waiting(job, 9) == [moments[1], moments[0]]
    assert list(store.matrices(moments, space)) == [moments[2]]
    assert list(store.matrices(moments, "shared:v1:brain")) == moments
    store.close()


@pytest.mark.parametrize("lost", [0, 1])
def test_where_the_row_that_held_a_vector_is_lost_its_moments_are_encoded_anew(vault: Vault, lost: int) -> None:
    with Writer(vault) as writer:
        store = Store(vault)
        moments = [add(writer, "words") for _ in range(3)]
        for moment, shown in zip(moments, (of(0, 1), of(1, 2), of(3)), strict=True):
            put(writer, SPACE, {moment: shown})
            writer.do(changes.done, moment, Job.CONTENT).result()

        writer.do(lose, moments[0], SPACE, lost).result()
        store.close()
    salvage(vault)
    with Writer(vault) as writer:
        store = Store(vault)
        anew = moments[1 if lost else 0]  # where a vector is referred to that is gone; one without its first
        assert sorted(store.matrices(moments[1:], SPACE)) == sorted({*moments[1:]} - {anew})
        writer.do(changes.want_content, SPACE, 1 << 40, 100).result()
        assert store.waiting(Job.CONTENT, 9) == [anew]
        store.close()


Done = tuple[bool, int, Sequence[int]]  # whether vectors come or go, of which moment, which they are
DONE = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete"]), st.integers(0, 4), st.lists(st.integers(0, 5), min_size=1, max_size=4)
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(done=DONE)
def test_whatever_comes_and_goes_each_moment_keeps_its_vectors_and_none_is_left_over(
    tmp_path_factory: pytest.TempPathFactory, done: list[Done]
) -> None:
    vault = vault_at(tmp_path_factory.mktemp("vault"))
    with Writer(vault) as writer:
        store = Store(vault)
        moments = [add(writer) for _ in range(5)]
        there: dict[int, Sequence[int]] = {}
        for comes, which, passages in done:
            moment = moments[which]
            if comes:
                put(writer, SPACE, {moment: of(*passages)})
                there[moment] = passages
            else:
                writer.do(lambda db, one: db.execute("DELETE FROM vectors WHERE moment_id = ?", [one]), moment).result()
                there.pop(moment, None)
        assert says(store, *there) == [of(*passages).tolist() for passages in there.values()]
        assert held(store) == len({passage for passages in there.values() for passage in passages})
        store.close()
