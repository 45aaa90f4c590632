from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from filling import T0, add, new, put, unit
from numpy.typing import NDArray

from index import changes, database
from index.ranking import allowed
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, Incident, Job, Moment, NewMoment, Output, VaultError
from index.writer import Writer

PICTURE = np.zeros((40, 60, 3), np.uint8)


def opened(writer: Writer, time: float = T0, image: NDArray[Any] | None = PICTURE) -> int:
    return writer.do(changes.open_moment, writer.vault, new(time), image).result()


def test_a_moment_comes_back_as_it_was_stored(writer: Writer, store: Store) -> None:
    given_ = NewMoment(T0 + 0.123456, T0 + 1.5, "Füchse", "Über\n\0uns", "https://a.example/?q=ä", 2, "replay")
    moment_id = writer.do(changes.open_moment, writer.vault, given_, PICTURE).result()
    writer.do(changes.put_text, moment_id, "Zeile 1\nZeile 2 🦊").result()
    assert store.moment(moment_id) == Moment(
        id=1,
        time_start=T0 + 0.123456,
        time_end=T0 + 1.5,
        app="Füchse",
        title="Über\n\0uns",
        url="https://a.example/?q=ä",
        monitor=2,
        source="replay",
        frame="frames/2026-09-21/1.frame",
        text="Zeile 1\nZeile 2 🦊",
    )


def test_attention_only_ever_extends_a_moment(writer: Writer, store: Store) -> None:
    moment_id = opened(writer)
    for time in (T0 + 5, T0 + 20, T0 + 10):
        writer.do(changes.extend_moment, moment_id, time).result()
    assert store.moment(moment_id).time_end == T0 + 20


def test_a_moment_never_ends_before_it_began(writer: Writer, store: Store) -> None:
    moment_id = opened(writer)
    writer.do(changes.close_moment, moment_id, T0 - 100).result()
    assert store.moment(moment_id).time_end == T0


def test_what_is_missing_from_a_moment_follows_its_life(writer: Writer, store: Store) -> None:
    moment_id = opened(writer)
    assert store.backlog() == {Job.READ: 1}
    writer.do(changes.put_text, moment_id, "read").result()
    assert store.backlog() == {Job.CONTENT: 1}
    writer.do(changes.close_moment, moment_id, T0 + 9).result()
    assert store.backlog() == {Job.CONTENT: 1, Job.BRAIN: 1}
    for job in (Job.CONTENT, Job.BRAIN):
        assert store.waiting(job, 10) == [moment_id]
        writer.do(changes.done, moment_id, job).result()
    assert store.backlog() == {}


def test_a_moment_without_a_frame_has_nothing_to_be_read(writer: Writer, store: Store) -> None:
    opened(writer, image=None)
    assert store.backlog() == {}


def test_a_frame_that_cannot_be_read_is_set_aside_and_the_moment_still_found_by_title(
    writer: Writer, store: Store
) -> None:
    moment_id = opened(writer)
    writer.do(changes.set_aside, moment_id, Job.READ, "died twice").result()
    assert store.quarantine() == [(moment_id, Job.READ, "died twice")]
    assert store.moment(moment_id).frame == ""
    assert store.backlog() == {Job.CONTENT: 1}
    assert store.waiting(Job.READ, 10) == []


def test_what_was_set_aside_can_be_asked_for_again(writer: Writer, store: Store) -> None:
    moment_id = opened(writer)
    writer.do(changes.set_aside, moment_id, Job.CONTENT, "never asked").result()
    assert store.quarantine() == []
    writer.do(changes.set_aside, moment_id, Job.READ, "died twice").result()
    writer.do(changes.want, moment_id, Job.READ).result()
    assert store.quarantine() == []
    assert store.waiting(Job.READ, 10) == [moment_id]


def test_the_newest_moment_is_served_first(writer: Writer, store: Store) -> None:
    ids = [opened(writer, T0 + i) for i in range(5)]
    assert store.waiting(Job.READ, 3) == ids[:1:-1]


def test_what_a_crash_left_open_is_closed_where_it_was_last_seen(writer: Writer, store: Store) -> None:
    closed, left = opened(writer), opened(writer, T0 + 100)
    writer.do(changes.close_moment, closed, T0 + 50).result()
    writer.do(changes.done, closed, Job.BRAIN).result()
    writer.do(changes.extend_moment, left, T0 + 140).result()
    assert writer.do(changes.close_left_open).result() == 1
    assert store.moment(left).time_end == T0 + 140
    assert store.waiting(Job.BRAIN, 10) == [left]
    assert writer.do(changes.close_left_open).result() == 0


def test_neighbours_go_by_time_and_end_at_the_ends(writer: Writer, store: Store) -> None:
    late, first, same, same_too = (add(writer, time=T0 + t) for t in (90, 0, 50, 50))
    order = [first, same, same_too, late]

    def step(moment_id: int, way: int) -> int | None:
        found = store.neighbour(moment_id, way)
        return found.id if found else None

    assert [step(i, 1) for i in order] == [*order[1:], None]
    assert [step(i, -1) for i in order] == [None, *order[:-1]]


def test_a_moment_that_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(VaultError, match="no moment 77"):
        store.moment(77)
    with pytest.raises(VaultError, match="no moment 77"):
        store.neighbour(77, 1)


def test_moments_of_a_time_range_are_those_that_overlap_it(writer: Writer, store: Store) -> None:
    for start in (40, 0, 20):
        add(writer, time=T0 + start, seconds=20)
    assert [m.time_start - T0 for m in store.moments_between(T0 + 10, T0 + 40)] == [0, 20]
    assert [m.time_start - T0 for m in store.moments_between(T0 + 20, T0 + 20.1)] == [20]
    assert store.moments_between(T0 + 60, T0 + 90) == []


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
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
    ],
)
def test_filters_let_through_what_overlaps_and_compare_apps_without_case(
    writer: Writer, store: Store, filters: Filters, wanted: set[int]
) -> None:
    for i, app in enumerate(("Firefox", "Übersicht", "firefox")):
        add(writer, time=T0 + 100 * i, app=app)
    found = allowed.Allowed(store, filters)
    few = found.few()
    assert few is not None
    assert set(few.tolist()) == wanted
    assert found.among(np.arange(5)).tolist() == [number in wanted for number in range(5)]


def test_no_filter_is_not_a_list_of_every_moment(store: Store, vectors: Vectors) -> None:
    assert allowed.keep(store, vectors, Filters()) is None


def test_a_recording_that_comes_later_asks_for_the_eeg_of_the_moments_in_its_time(writer: Writer, store: Store) -> None:
    ids = [add(writer, time=T0 + t, seconds=10) for t in (0, 20, 40)]
    for moment_id in ids:
        writer.do(changes.done, moment_id, Job.BRAIN).result()
    still_open = opened(writer, T0 + 22)
    writer.do(changes.want_brain_between, T0 + 25, T0 + 41).result()
    assert store.waiting(Job.BRAIN, 10) == [ids[2], ids[1]]
    assert still_open not in store.waiting(Job.BRAIN, 10)


def test_vectors_of_a_moment_take_the_place_of_its_older_ones(writer: Writer, store: Store) -> None:
    moment_id = add(writer)
    put(writer, "a", {moment_id: np.eye(3, 4, dtype=np.float32)})
    put(writer, "b", {moment_id: np.eye(1, 2, dtype=np.float32)})
    put(writer, "a", {moment_id: -np.eye(1, 4, dtype=np.float32)})
    rows = store.rows("SELECT space, part FROM vectors ORDER BY space, part")
    assert rows == [("a", 0), ("b", 0)]
    stored = store.vector(moment_id, "a")
    assert stored is not None
    assert stored.tolist() == [-1, 0, 0, 0]
    assert store.vector(moment_id, "c") is None


@pytest.mark.parametrize(
    "bad",
    [
        np.array([[np.nan, 1.0]], np.float32),
        np.array([[np.inf, 1.0]], np.float32),
        np.array([[1.0, 0.0]], np.float64),
        np.array([1.0, 0.0], np.float32),
        np.array([[1.0, 0.0, 0.0]], np.float32),
    ],
    ids=["nan", "inf", "float64", "no matrix", "another dimension"],
)
def test_a_vector_that_is_none_is_refused_and_the_old_one_stays(
    writer: Writer, store: Store, bad: NDArray[Any]
) -> None:
    good, other = add(writer), add(writer)
    put(writer, "s", {good: unit(np.ones((1, 2)))})
    with pytest.raises(ValueError, match=f"moment {good}"):
        writer.do(changes.put_vectors, "s", {other: unit(np.ones((1, 2))), good: bad}).result()
    assert store.rows("SELECT moment_id FROM vectors") == [(good,)]


def test_vectors_of_an_unknown_space_or_moment_are_refused(writer: Writer, store: Store) -> None:
    moment_id = add(writer)
    with pytest.raises(ValueError, match="nowhere is not known"):
        writer.do(changes.put_vectors, "nowhere", {moment_id: unit(np.ones((1, 2)))}).result()
    writer.do(changes.put_space, "s", model="m", dimension=2, time=T0).result()
    with pytest.raises(database.IntegrityError):
        writer.do(changes.put_vectors, "s", {99: unit(np.ones((1, 2)))}).result()
    assert store.value("SELECT count(*) FROM vectors") == 0


def test_a_space_keeps_what_it_was_first_made_with(writer: Writer, store: Store) -> None:
    for data in (b"first", b"second"):
        writer.do(changes.put_space, "state:v2:x:15", model="m", dimension=2, time=T0, data=data).result()
    assert store.space_data("state:v2:x:15") == b"first"
    assert store.space_data("state:v2:y:15") is None


def test_spaces_are_listed_newest_first_by_how_they_begin(writer: Writer, store: Store) -> None:
    for name, time in (("state:a:1", 1.0), ("state:a:2", 3.0), ("state:ab:1", 2.0), ("content:a", 9.0)):
        writer.do(changes.put_space, name, model="m", dimension=2, time=time).result()
    assert store.spaces("state:a:") == ["state:a:2", "state:a:1"]
    assert store.spaces("state:%") == []


def test_dropping_a_space_leaves_the_others(writer: Writer, store: Store) -> None:
    moment_id = add(writer)
    for space in ("old", "new"):
        put(writer, space, {moment_id: unit(np.ones((1, 2)))})
    writer.do(changes.drop_space, "old").result()
    assert store.spaces("") == ["new"]
    assert store.vector(moment_id, "old") is None
    assert store.vector(moment_id, "new") is not None


def test_features_come_back_by_kind_in_order(writer: Writer, store: Store) -> None:
    ids = [add(writer) for _ in range(3)]
    for moment_id, kind in zip(ids, ("muse", "cap", "muse"), strict=True):
        writer.do(changes.put_features, moment_id, kind, 4.0, bytes([moment_id])).result()
    writer.do(changes.put_features, ids[0], "muse", 5.0, b"again").result()
    assert list(store.features("muse")) == [(ids[0], 5.0, b"again"), (ids[2], 4.0, bytes([ids[2]]))]


def test_incidents_are_listed_newest_first(writer: Writer, store: Store) -> None:
    for i in range(5):
        writer.do(changes.incident, T0 + i, "headset", f"gone {i}").result()
    assert store.incidents(2) == [Incident(T0 + 4, "headset", "gone 4"), Incident(T0 + 3, "headset", "gone 3")]


def test_outputs_are_counted_and_the_last_is_told(writer: Writer, store: Store) -> None:
    writer.do(changes.output, "screen", T0).result()
    writer.do(changes.output, "screen", T0 + 9, 3, "a frame").result()
    writer.do(changes.output, "headset", T0).result()
    assert store.outputs() == [Output("headset", T0, 1, ""), Output("screen", T0 + 9, 4, "a frame")]


def test_what_is_stored_is_seen_at_once_by_other_readers(writer: Writer, store: Store) -> None:
    other = Store(writer.vault)
    for n in range(1, 4):
        add(writer)
        assert (store.count(), other.count()) == (n, n)
    other.close()


def test_what_has_no_vector_in_a_space_is_asked_for_newest_first_and_a_few_at_a_time(
    writer: Writer, store: Store
) -> None:
    ids = [add(writer, f"text {i}") for i in range(5)]
    writer.do(lambda db: db.execute("DELETE FROM jobs")).result()
    put(writer, "content:old", {i: unit(np.ones((1, 3))) for i in ids})
    put(writer, "content:new", {ids[1]: unit(np.ones((1, 3)))})
    unread = opened(writer)
    empty = writer.do(changes.open_moment, writer.vault, new(), None).result()
    below = writer.do(changes.want_content, "content:new", empty + 1, 4).result()
    assert below == ids[3]
    assert store.waiting(Job.CONTENT, 9) == [ids[4], ids[3]]
    assert writer.do(changes.want_content, "content:new", below, 9).result() == ids[0]
    assert store.waiting(Job.CONTENT, 9) == [ids[4], ids[3], ids[2], ids[0]]
    assert store.waiting(Job.READ, 9) == [unread]
    assert writer.do(changes.want_content, "content:new", ids[0], 9).result() == 0


def test_what_was_set_aside_is_not_asked_for_again(writer: Writer, store: Store) -> None:
    moment = add(writer, "text")
    writer.do(changes.set_aside, moment, Job.CONTENT, "no").result()
    writer.do(changes.want_content, "content:new", moment + 1, 9).result()
    assert store.set_aside() == 1


def test_moments_near_in_time_are_found_without_reading_all_that_were_before(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = add(writer, "long", time=T0, seconds=500.0)
    near = [add(writer, "near", time=T0 + 400 + 20 * i) for i in range(3)]
    add(writer, "far", time=T0 + 100)
    put(writer, "content:m", {i: unit(np.ones((1, 3))) for i in [long, *near]})
    asked: list[tuple[str, list[Any]]] = []
    rows = store.rows
    with monkeypatch.context() as patched:
        patched.setattr(store, "rows", lambda sql, arguments=(): asked.append((sql, arguments)) or rows(sql, arguments))
        assert [m.id for m in store.moments_between(T0 + 405, T0 + 425)] == [long, *near[:2]]
        assert store.latest_with("content:m", T0 + 405, T0 + 425, 2) == [near[1], near[0]]
    for sql, arguments in asked:
        plan = [row[3] for row in rows(f"EXPLAIN QUERY PLAN {sql}", arguments)]
        assert any("moments_time (time_start>? AND time_start<?)" in step for step in plan), plan
    (longest,) = rows("EXPLAIN QUERY PLAN SELECT max(time_end - time_start) FROM moments")
    assert "SEARCH" in longest[3]
    assert "moments_length" in longest[3]
