from __future__ import annotations

from collections.abc import Callable

import pytest
from filling import T0, add
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import focus_history as history
from index.focus_history import Piece, Source, Totals
from index.forgetting import forgetting, wish
from index.forgetting.forgetting import OfBrain
from index.forgetting.wish import Wish
from index.store import Store
from index.types import Filters
from index.writer import Writer

BRAIN = OfBrain(spaces=("state:*",), parts=("headset",))
CH_NAMES = ("TP9", "AF7")


def piece(second: float, *, deep: bool = False, eeg: float | None = None, data: bytes = b"seen") -> Piece:
    return Piece(T0 + second, 10.0, 0.5, eeg, 0.4, deep, False, "signs", eeg, data)


def put(writer: Writer, *pieces: Piece) -> None:
    writer.do(history.put, pieces).result()


def forget(writer: Writer, store: Store, wished: Wish) -> None:
    planned = wish.plan(store, wished)
    assert not planned.empty
    forgetting.begin(writer, planned, time=T0 + 9000)
    forgetting.finish(writer, store, brain=BRAIN)


def test_what_is_put_comes_back_in_order(writer: Writer, store: Store) -> None:
    pieces = [piece(10, eeg=0.7), piece(20, deep=True), piece(30)]
    put(writer, *pieces)
    assert history.between(store, T0, T0 + 30) == pieces
    assert history.between(store, T0 + 10, T0 + 20) == pieces[1:2]


def test_totals_tell_stretches_of_deep_focus(writer: Writer, store: Store) -> None:
    deep = {20, 30, 40, 60, 200}
    put(writer, *(piece(second, deep=second in deep) for second in (10, 20, 30, 40, 50, 60, 200)))
    assert history.totals(store, T0, T0 + 1000) == Totals(seconds=70.0, deep=50.0, longest=30.0, stretches=3)
    assert history.totals(store, T0 + 1000, T0 + 2000) == Totals(0.0, 0.0, 0.0, 0)


def test_the_last_word_on_a_time_counts_and_taken_back_the_one_before(writer: Writer, store: Store) -> None:
    put(writer, *(piece(second) for second in range(10, 101, 10)))
    say = history.put_label
    writer.do(say, (T0, T0 + 100), focused=True, source=Source.CORRECTION, time=T0 + 200).result()
    last = writer.do(say, (T0 + 35, T0 + 65), focused=False, source=Source.CORRECTION, time=T0 + 300).result()
    told = {round(p.time - T0): label.focused for p, label in history.labelled(store, 0.0)}
    assert told == {second: second not in (40, 50, 60) for second in range(10, 101, 10)}
    writer.do(history.take_back, last).result()
    assert all(label.focused for _, label in history.labelled(store, 0.0))
    assert len(history.labelled(store, T0 + 50)) == 5


def test_rest_is_kept_once_for_each_set_of_electrodes(writer: Writer, store: Store) -> None:
    writer.do(history.put_rest, CH_NAMES, (T0, T0 + 60), b"first").result()
    writer.do(history.put_rest, CH_NAMES, (T0 + 100, T0 + 160), b"second").result()
    writer.do(history.put_rest, ("Fz",), (T0, T0 + 60), b"other").result()
    assert history.rests(store) == {CH_NAMES: b"second", ("Fz",): b"other"}


def test_old_details_go_unless_the_person_said_something_of_them(writer: Writer, store: Store) -> None:
    put(writer, *(piece(second) for second in (10, 20, 30, 40)))
    writer.do(history.put_label, (T0 + 15, T0 + 25), focused=True, source=Source.CORRECTION, time=T0).result()
    assert writer.do(history.thin, T0 + 35, 1).result() == 1
    assert writer.do(history.thin, T0 + 35, 10).result() == 1
    assert writer.do(history.thin, T0 + 35, 10).result() == 0
    assert [p.data for p in history.between(store, T0, T0 + 50)] == [b"", b"seen", b"", b"seen"]


def test_forgetting_a_time_takes_history_words_and_rest_of_it(writer: Writer, store: Store) -> None:
    put(writer, *(piece(second) for second in (10, 20, 30, 40, 50)))
    for start, end in ((0, 15), (25, 35), (45, 60)):
        span = (T0 + start, T0 + end)
        writer.do(history.put_label, span, focused=True, source=Source.CORRECTION, time=T0).result()
    writer.do(history.put_rest, CH_NAMES, (T0, T0 + 15), b"early").result()
    writer.do(history.put_rest, ("Fz",), (T0 + 30, T0 + 45), b"late").result()
    forget(writer, store, Wish(Filters(since=T0 + 22, until=T0 + 31)))
    assert [p.time - T0 for p in history.between(store, T0, T0 + 60)] == [10, 20, 50]
    assert [label.time_start - T0 for label in history.labels(store)] == [0, 45]
    assert history.rests(store) == {CH_NAMES: b"early"}


def test_a_time_of_which_only_focus_is_known_can_be_forgotten(writer: Writer, store: Store) -> None:
    put(writer, piece(10))
    assert wish.plan(store, Wish(Filters(since=T0 + 500, until=T0 + 600))).empty
    forget(writer, store, Wish(Filters(since=T0, until=T0 + 100)))
    assert history.between(store, T0, T0 + 100) == []


def test_forgetting_a_program_takes_the_time_it_was_in_front(writer: Writer, store: Store) -> None:
    add(writer, "words", time=T0 + 100)
    lasted = store.moments_between(T0, T0 + 1000)[0]
    put(writer, piece(50), piece(lasted.time_start - T0 + 5))
    forget(writer, store, Wish(moments=(lasted.id,)))
    assert [p.time - T0 for p in history.between(store, T0, T0 + 1000)] == [50]


def test_forgetting_the_brain_leaves_what_behaviour_told_and_the_persons_corrections(
    writer: Writer, store: Store
) -> None:
    put(writer, piece(10, eeg=0.9), piece(20))
    writer.do(history.put_rest, CH_NAMES, (T0, T0 + 15), b"rest").result()
    for source in Source:
        writer.do(history.put_label, (T0, T0 + 30), focused=True, source=source, time=T0).result()
    forget(writer, store, Wish(brain=True))
    assert history.rests(store) == {}
    assert [label.source for label in history.labels(store)] == [Source.CORRECTION]
    first, second = history.between(store, T0, T0 + 60)
    assert (first.eeg, first.eeg_said, first.probability, first.data) == (None, None, first.behaviour, b"seen")
    assert second.probability == 0.5


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.lists(st.tuples(st.floats(0, 500), st.floats(0.5, 60)), max_size=12),
    start=st.floats(0, 500),
    length=st.floats(0.5, 300),
)
def test_nothing_that_overlaps_a_forgotten_time_is_left_and_nothing_else_goes(
    writer: Writer, store: Store, times: list[tuple[float, float]], start: float, length: float
) -> None:
    writer.do(lambda db: db.execute("DELETE FROM focus_history")).result()
    put(writer, *(Piece(T0 + t, s, 0.5, None, 0.5, False, False, "signs") for t, s in times))
    span = (T0 + start, T0 + start + length)
    writer.do(history.forget, [span]).result()
    stays: Callable[[float, float], bool] = lambda t, s: not (T0 + t > span[0] and T0 + t - s < span[1])  # noqa: E731
    expected = sorted(T0 + t for t, s in times if stays(t, s))
    assert [p.time for p in history.between(store, T0 - 1, T0 + 1000)] == pytest.approx(expected)
