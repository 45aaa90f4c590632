from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from filling import T0, add, add_many, put
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from vaults import vault_at

from index.ranking import allowed, recall
from index.ranking.recall import Asked, Hinted
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, Hit
from index.writer import Writer

CONTENT, STATE = "content:m", "state:v2:TP9+AF7:20"
NO_FILTER = Filters()


def by_words(
    store: Store, text: str, vector: NDArray[np.float32] | None = None, *, k: int = 10, filters: Filters = NO_FILTER
) -> list[Hit]:
    asked = None if vector is None else Asked(CONTENT, vector)
    vectors = Vectors(store)
    return recall.by_words(store, vectors, text, asked, k=k, keep=allowed.keep(store, vectors, filters))


def by_state(
    store: Store,
    vector: NDArray[np.float32],
    around: tuple[float, float],
    *,
    k: int = 10,
    exclude: float = 0.0,
    filters: Filters = NO_FILTER,
) -> list[Hit]:
    vectors = Vectors(store)
    return recall.by_state(
        store,
        vectors,
        Asked(STATE, vector),
        around=around,
        whose="your state at noon",
        k=k,
        keep=allowed.keep(store, vectors, filters),
        exclude_seconds=exclude,
    )


def at_angle(cosine: float) -> NDArray[np.float32]:
    """Return a unit vector with this cosine to the first axis."""
    return np.array([cosine, np.sqrt(1 - cosine**2), 0, 0], np.float32)


FIRST_AXIS = at_angle(1.0)


@pytest.fixture
def pages(writer: Writer) -> list[int]:
    ids = add_many(
        writer,
        ["the boiler was serviced on Monday", "the boiler of the ship", "lamps and candles", "a serviced apartment"],
        ["Heating", "Titanic", "Light", "Flats"],
    )
    put(writer, CONTENT, {i: at_angle(c)[np.newaxis] for i, c in zip(ids, (0.3, 0.2, 0.7, 0.0), strict=True)})
    return ids


def test_a_quotation_is_first_and_says_so(store: Store, pages: list[int]) -> None:
    hit = by_words(store, "boiler was serviced", FIRST_AXIS)[0]
    assert hit.moment.id == pages[0]
    assert hit.space == recall.TEXT
    assert hit.reason.startswith("the same words in a row")
    assert hit.snippet == "the [boiler] [was] [serviced] on Monday"
    assert hit.parts["words"] == 1.0
    assert hit.score > 0.9


def test_what_a_description_is_about_is_first_and_says_so(store: Store, pages: list[int]) -> None:
    hit = by_words(store, "illumination", FIRST_AXIS)[0]
    assert hit.moment.id == pages[2]
    assert hit.space == CONTENT
    assert hit.reason == "about the same thing"
    assert hit.parts["words"] == 0.0


def test_without_a_vector_the_words_alone_are_asked(store: Store, pages: list[int]) -> None:
    hits = by_words(store, "serviced boiler")
    assert {hit.moment.id for hit in hits} == {pages[0], pages[1], pages[3]}
    assert hits[0].moment.id == pages[0]
    assert hits[0].reason == "the same words"
    assert {hit.space for hit in hits} == {recall.TEXT}
    assert by_words(store, "?!") == []
    assert by_words(store, "") == []


def test_what_shares_nothing_is_not_listed(store: Store, pages: list[int]) -> None:
    assert by_words(store, "unheard", -FIRST_AXIS) == []
    far = by_words(store, "illumination", FIRST_AXIS)
    assert pages[3] not in {hit.moment.id for hit in far}
    assert all(hit.score >= recall.LEAST_SCORE for hit in far)


def test_hits_come_best_first_and_no_more_than_asked(store: Store, pages: list[int]) -> None:
    hits = by_words(store, "boiler", FIRST_AXIS)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert by_words(store, "boiler", FIRST_AXIS, k=2) == hits[:2]
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert len(pages) == 4


@pytest.mark.parametrize("vector", [None, FIRST_AXIS], ids=["words", "words and content"])
def test_filters_hold_for_both_sources(writer: Writer, store: Store, vector: NDArray[np.float32] | None) -> None:
    for i, app in enumerate(("Firefox", "Mail", "firefox")):
        moment_id = add(writer, "the boiler", time=T0 + 1000 * i, app=app)
        put(writer, CONTENT, {moment_id: FIRST_AXIS[np.newaxis]})

    def found(filters: Filters) -> set[int]:
        return {hit.moment.id for hit in by_words(store, "boiler", vector, filters=filters)}

    assert found(Filters()) == {1, 2, 3}
    assert found(Filters(app="FIREFOX")) == {1, 3}
    assert found(Filters(since=T0 + 500)) == {2, 3}
    assert found(Filters(until=T0 + 1500)) == {1, 2}
    assert found(Filters(app="Word")) == set()


@pytest.mark.parametrize("vector", [None, FIRST_AXIS], ids=["words", "words and content"])
def test_what_a_filter_lets_through_is_found_among_very_many_better(
    writer: Writer, store: Store, vector: NDArray[np.float32] | None
) -> None:
    many = add_many(writer, ["boiler boiler boiler"] * 450, ["boiler"] * 450)
    rare = add(writer, "a boiler among many other words of a long page", app="Mail")
    put(writer, CONTENT, dict.fromkeys(many, FIRST_AXIS[np.newaxis]) | {rare: at_angle(0.3)[np.newaxis]})
    hits = by_words(store, "boiler", vector, filters=Filters(app="mail"))
    assert [hit.moment.id for hit in hits] == [rare]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[int, float]]]:
    """A day of a moment a minute, each lasting 50 s; their cosines to the first axis."""
    rng = np.random.default_rng(11)
    with Writer(vault_at(tmp_path_factory.mktemp("day"))) as writer:
        ids = add_many(writer, [f"minute {i}" for i in range(120)])
        cosines = rng.uniform(-0.4, 0.99, len(ids))
        put(writer, STATE, {i: at_angle(c)[np.newaxis] for i, c in zip(ids, cosines, strict=True)})
        store = Store(writer.vault)
        yield store, dict(zip(ids, cosines.tolist(), strict=True))
        store.close()


@settings(max_examples=80)
@given(
    asked=st.tuples(st.floats(-600, 8000), st.floats(0.1, 900)),
    exclude=st.floats(0, 3000),
    k=st.integers(1, 40),
    until=st.none() | st.floats(0, 7200),
)
def test_alike_states_are_the_best_far_enough_away(
    day: tuple[Store, dict[int, float]], asked: tuple[float, float], exclude: float, k: int, until: float | None
) -> None:
    store, cosines = day
    around = (T0 + asked[0], T0 + sum(asked))
    filters = Filters(until=None if until is None else T0 + until)
    hits = by_state(store, FIRST_AXIS, around, k=k, exclude=exclude, filters=filters)

    def may_be_listed(moment_id: int) -> bool:
        begins = T0 + 60 * (moment_id - 1)
        apart = begins + 50 <= around[0] - exclude or begins >= around[1] + exclude
        return apart and cosines[moment_id] >= recall.LEAST_ALIKE and (until is None or begins <= T0 + until)

    wanted = sorted(filter(may_be_listed, cosines), key=lambda i: -cosines[i])[:k]
    # Vectors are kept in half precision: two that differ by less may change places.
    assert [hit.score for hit in hits] == pytest.approx([cosines[i] for i in wanted], abs=2e-3)
    assert [cosines[hit.moment.id] for hit in hits] == pytest.approx([cosines[i] for i in wanted], abs=2e-3)
    assert len({hit.moment.id for hit in hits}) == len(hits)
    assert all(may_be_listed(hit.moment.id) for hit in hits if hit.score > recall.LEAST_ALIKE + 2e-3)


@pytest.mark.parametrize(
    ("cosine", "how"), [(0.9, "very like"), (0.5, "like"), (0.2, "a little like"), (0.14, None), (-0.9, None)]
)
def test_how_alike_a_state_is_is_said_in_words(writer: Writer, store: Store, cosine: float, how: str | None) -> None:
    moment_id = add(writer, "what was read then")
    put(writer, STATE, {moment_id: at_angle(cosine)[np.newaxis]})
    hits = by_state(store, FIRST_AXIS, (T0 + 9000, T0 + 9010))
    if how is None:
        assert hits == []
        return
    assert [hit.reason for hit in hits] == [f"{how} your state at noon"]
    assert hits[0].space == STATE
    assert hits[0].snippet == "what was read then"
    assert hits[0].parts == {"state": pytest.approx(cosine, abs=1e-3)}


def test_one_who_asks_for_content_never_meets_states(writer: Writer, store: Store) -> None:
    add(writer, "nothing")
    put(writer, STATE, {1: FIRST_AXIS[np.newaxis]})
    assert by_words(store, "unheard", FIRST_AXIS) == []


def test_a_moment_forgotten_after_it_was_encoded_is_not_a_hit(
    writer: Writer, store: Store, pages: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: Callable[..., object] = store.moments

    def forget_first(ids: list[int]) -> object:
        writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [pages[0]])).result()
        return moments(ids)

    monkeypatch.setattr(store, "moments", forget_first)
    assert pages[0] not in {hit.moment.id for hit in by_words(store, "boiler was serviced", FIRST_AXIS)}


def hinted(store: Store, text: str, rest: str, meant: Filters) -> list[int]:
    vectors = Vectors(store)
    keep = allowed.keep(store, vectors, meant)
    assert keep is not None
    hits = recall.by_words(store, vectors, text, None, k=10, hinted=Hinted(rest, None, (keep,)))
    return [hit.moment.id for hit in hits]


def test_what_a_hint_means_is_preferred_and_nothing_is_left_out(writer: Writer, store: Store) -> None:
    for i in range(3):
        add(writer, f"the invoice of the printer {'repair' * (i == 2)}", time=T0 + 86_400 * i)
    for number in (1, 2, 3):
        begin = T0 + 86_400 * (number - 1)
        found = hinted(store, "invoice yesterday", "invoice", Filters(since=begin - 100, until=begin + 100))
        assert found[0] == number
        assert set(found) == {1, 2, 3}
    assert set(hinted(store, "invoice yesterday", "invoice", Filters(since=T0 + 9e6))) == {1, 2, 3}


def test_words_that_stand_on_a_screen_as_they_were_typed_are_no_hint(writer: Writer, store: Store) -> None:
    add(writer, "all my troubles seemed so far away yesterday")
    add(writer, "troubles of a different kind", time=T0 + 86_400)
    meant = Filters(since=T0 + 86_000)
    assert hinted(store, "far away yesterday", "far away", meant)[0] == 1
    assert hinted(store, "troubles yesterday", "troubles", meant)[0] == 2
