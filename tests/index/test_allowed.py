from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest
from filling import T0, new, put, unit

from index import changes, tagging
from index.ranking import allowed
from index.ranking.allowed import Allowed
from index.ranking.recall import Asked
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, VaultError
from index.writer import Writer

STATE = "state:v2:A+B:15"
SITES = ("https://www.docs.example.org/a", "http://example.org", "https://notexample.org/x")


@pytest.fixture
def three(writer: Writer) -> list[int]:
    """Three moments of 10 s, 100 s apart, in different programs and on different sites; the second one is tagged."""
    made = []
    for i, app in enumerate(("Firefox", "Übersicht", "firefox")):
        moment = writer.do(changes.open_moment, writer.vault, new(T0 + 100 * i, app=app, url=SITES[i]), None).result()
        writer.do(changes.close_moment, moment, T0 + 100 * i + 10).result()
        made.append(moment)
    writer.do(tagging.add, made[1], " My  Taxes").result()
    return made


FILTERS = [
    (Filters(since=T0 + 100), {2, 3}),
    (Filters(since=T0 + 105), {2, 3}),
    (Filters(since=T0 + 111), {3}),
    (Filters(until=T0 + 99), {1}),
    (Filters(until=T0 + 100), {1, 2}),
    (Filters(since=T0 + 50, until=T0 + 150), {2}),
    (Filters(app="FIREFOX"), {1, 3}),
    (Filters(app="übersicht"), {2}),
    (Filters(app="ÜBERSICHT"), {2}),
    (Filters(app="Fire"), set()),
    (Filters(app="' OR 1 --"), set()),
    (Filters(since=T0 + 150, app="firefox"), {3}),
    (Filters(site="example.org"), {1, 2}),
    (Filters(site="https://docs.EXAMPLE.org/other"), {1}),
    (Filters(site="xample.org"), set()),
    (Filters(tag="MY taxes"), {2}),
    (Filters(tag="other"), set()),
    (Filters(tag="my taxes", app="firefox"), set()),
]


@pytest.mark.parametrize("few", [allowed.FEW, 0], ids=["listed", "asked"])
@pytest.mark.parametrize(("filters", "wanted"), FILTERS)
@pytest.mark.usefixtures("three")
def test_filters_let_through_what_satisfies_all_of_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int, filters: Filters, wanted: set[int]
) -> None:
    monkeypatch.setattr(allowed, "FEW", few)
    keep = Allowed(store, filters)
    asked = np.array([3, 1, 2, 77])
    assert set(asked[keep.among(asked)].tolist()) == wanted
    assert keep.newest(sys.maxsize, 9).tolist() == sorted(wanted)
    assert keep.newest(3, 1).tolist() == sorted(wanted - {3})[-1:]
    listed = keep.few()
    assert (listed is None) == (len(wanted) > few)
    if listed is not None:
        assert listed.tolist() == sorted(wanted)


def test_no_filter_is_not_a_list_of_every_moment(store: Store, vectors: Vectors) -> None:
    assert allowed.keep(store, vectors, Filters()) is None


def test_a_long_moment_reaches_into_a_later_time(writer: Writer, store: Store, three: list[int]) -> None:
    writer.do(changes.extend_moment, three[0], T0 + 5000).result()
    assert Allowed(store, Filters(since=T0 + 4000)).few().tolist() == [three[0]]  # type: ignore[union-attr] # listed


def test_states_like_one_are_let_through_where_the_other_filters_hold(
    writer: Writer, store: Store, vectors: Vectors, three: list[int]
) -> None:
    states = unit(np.array([[1, 0], [0.9, 0.3], [-1, 0.2]]))
    put(writer, STATE, {moment: state[np.newaxis] for moment, state in zip(three, states, strict=True)})
    asked = Asked(STATE, states[0])
    assert set(allowed.keep(store, vectors, Filters(state_like=1), asked).few()) == {1, 2}  # type: ignore[union-attr,arg-type] # listed
    narrow = allowed.keep(store, vectors, Filters(app="firefox", state_like=1), asked)
    assert set(narrow.few()) == {1}  # type: ignore[union-attr,arg-type] # listed


def test_indexes_answer_filters_without_reading_texts(store: Store, three: list[int]) -> None:
    for filters in (Filters(since=T0), Filters(app="a"), Filters(site="b.c"), Filters(app="a", since=T0, until=T0 + 9)):
        sql, arguments = allowed._conditions(store, filters)
        plan = store.rows(f"EXPLAIN QUERY PLAN SELECT id FROM moments WHERE {sql} LIMIT 9", arguments)  # noqa: S608 ours
        assert any("COVERING INDEX" in row[3] for row in plan), plan
    assert three


def test_the_newest_moments_of_a_filter_are_listed_without_reading_texts_or_sorting(
    store: Store, three: list[int]
) -> None:
    sql, arguments = allowed._conditions(store, Filters(app="a", until=T0))
    plan = store.rows(f"EXPLAIN QUERY PLAN {allowed._KNOWN} WHERE id < 9 AND {sql} ORDER BY id DESC", arguments)
    assert [("COVERING INDEX" in row[3], "TEMP B-TREE" in row[3]) for row in plan] == [(True, False)], plan
    assert three


def test_many_moments_are_asked_about_in_parts(store: Store, three: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowed, "FEW", 0)
    monkeypatch.setattr(allowed, "AT_ONCE", 2)
    keep = Allowed(store, Filters(app="firefox"))
    assert keep.among(np.array([77, 3, 2, 1, 78])).tolist() == [False, True, False, True, False]
    assert keep.among(np.array([], np.int64)).tolist() == []
    assert three


def test_tags_come_and_go(writer: Writer, store: Store, three: list[int]) -> None:
    writer.do(tagging.add, three[0], "Zoo").result()
    writer.do(tagging.add, three[0], "alps").result()
    writer.do(tagging.add, three[0], "ALPS").result()
    assert tagging.tags(store, three) == {three[0]: ("alps", "zoo"), three[1]: ("my taxes",)}
    writer.do(tagging.remove, three[0], "zoo").result()
    assert tagging.tags(store, [three[0]]) == {three[0]: ("alps",)}
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = ?", [three[1]])).result()
    assert store.value("SELECT count(*) FROM tags") == 1


@pytest.mark.parametrize(
    ("change", "moment", "name", "mend"),
    [
        (tagging.add, 77, "zoo", "no moment 77"),
        (tagging.add, 1, " ", "name of 1 to 100"),
        (tagging.remove, 1, "zoo", "has no tag “zoo”"),
    ],
)
@pytest.mark.usefixtures("three")
def test_tags_that_cannot_be_say_why(
    writer: Writer, change: Callable[..., None], moment: int, name: str, mend: str
) -> None:
    with pytest.raises(VaultError, match=mend):
        writer.do(change, moment, name).result()


def test_programs_are_listed_once_and_folded(store: Store, three: list[int]) -> None:
    assert allowed.apps(store) == ["firefox", "übersicht"]
    assert three


def test_a_hint_narrows_what_the_person_filters_by() -> None:
    filters = Filters(since=10.0, until=50.0, app="mail")
    assert allowed.narrowed(filters, (20.0, 90.0), "firefox") == Filters(20.0, 50.0, "mail")
    assert allowed.narrowed(Filters(tag="a"), None, "firefox") == Filters(app="firefox", tag="a")
