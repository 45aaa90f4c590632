from __future__ import annotations

import numpy as np
import pytest
from filling import T0, add_many, put
from numpy.typing import NDArray

from index.ranking import allowed
from index.ranking.recall import Asked
from index.ranking.thought import Thought, by_thought
from index.ranking.thought_fusion import Fusion
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, Hit
from index.writer import Writer

STATE, CONTENT = "state:v2:A+B:20", "content:m"


def at_angle(cosine: float) -> NDArray[np.float32]:
    return np.array([cosine, np.sqrt(1 - cosine**2), 0, 0], np.float32)


AXIS = at_angle(1.0)


@pytest.fixture
def pages(writer: Writer) -> list[int]:
    """Six moments a minute apart: the first is alike in state, the second in content, the third in its words."""
    ids = add_many(writer, ["calm sea", "rolling beds", "the boiler was serviced", "lamps", "roofs", "swifts"])
    states, contents = (0.9, 0.2, 0.1, 0.0, 0.2, -0.1), (0.1, 0.9, 0.0, 0.2, 0.1, 0.15)
    put(writer, STATE, {i: at_angle(c)[np.newaxis] for i, c in zip(ids, states, strict=True)})
    put(writer, CONTENT, {i: at_angle(c)[np.newaxis] for i, c in zip(ids, contents, strict=True)})
    return ids


def ask(
    store: Store,
    *names: str,
    text: str = "",
    exclude: float = 0.0,
    own: frozenset[int] = frozenset(),
    filters: Filters | None = None,
    around: tuple[float, float] = (T0 + 9000, T0 + 9010),
    fusion: Fusion | None = None,
) -> list[Hit]:
    spaces = {"state": STATE, "context": CONTENT}
    vectors = {name: Asked(spaces[name], AXIS) for name in names}
    thought = Thought(vectors, around, "your state at noon", text, None, own)
    nearest = Vectors(store)
    return by_thought(
        store,
        nearest,
        thought,
        fusion or Fusion(),
        k=10,
        keep=allowed.keep(store, nearest, filters or Filters()),
        exclude_seconds=exclude,
    )


def test_state_alone_ranks_by_state_and_says_so_plainly(store: Store, pages: list[int]) -> None:
    hits = ask(store, "state")
    assert [hit.moment.id for hit in hits] == [pages[0], pages[4], pages[1]]
    assert hits[0].reason == "very like your state at noon"
    assert hits[0].shares == {"state": 1.0}
    assert hits[0].space == STATE


def test_each_source_brings_its_own_and_its_share_is_said(store: Store, pages: list[int]) -> None:
    hits = {hit.moment.id: hit for hit in ask(store, "state", "context", text="boiler serviced")}
    assert {pages[0], pages[1], pages[2]} <= hits.keys()
    assert hits[pages[0]].space == STATE
    assert hits[pages[1]].space == CONTENT
    assert hits[pages[1]].reason.startswith("about what is on screen now")
    assert hits[pages[2]].space == "text"
    assert "boiler" in hits[pages[2]].snippet
    for hit in hits.values():
        assert sum(hit.shares.values()) == pytest.approx(1, abs=1e-3)
        assert 0 < hit.score < 1


def test_learned_weights_change_the_order(store: Store, pages: list[int]) -> None:
    only = {"words": 0.0, "shared": 0.0, "alike": 0.0, "state": 0.0, "context": 0.0}
    assert ask(store, "state", "context", fusion=Fusion(only | {"state": 1.0}))[0].moment.id == pages[0]
    assert ask(store, "state", "context", fusion=Fusion(only | {"context": 1.0}))[0].moment.id == pages[1]


def test_what_no_source_speaks_for_is_not_listed(store: Store, pages: list[int]) -> None:
    listed = {hit.moment.id for hit in ask(store, "state", "context")}
    assert not {pages[3], pages[5]} & listed


def test_the_questions_own_time_and_moments_are_left_out(store: Store, pages: list[int]) -> None:
    around = (T0 + 70, T0 + 80)  # within the second moment
    assert pages[1] not in {hit.moment.id for hit in ask(store, "context", around=around)}
    near = {hit.moment.id for hit in ask(store, "state", around=around, exclude=60)}
    assert not {pages[0], pages[1], pages[2]} & near
    assert ask(store, "context", own=frozenset(pages[:2])) == []


def test_filters_hold(store: Store, pages: list[int]) -> None:
    hits = ask(store, "state", "context", text="boiler", filters=Filters(until=T0 + 70))
    assert {hit.moment.id for hit in hits} == {pages[0], pages[1]}
    assert ask(store, "state", filters=Filters(app="Word")) == []
