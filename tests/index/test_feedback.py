from __future__ import annotations

from filling import T0, add

from index import feedback
from index.ranking.thought_fusion import PRIOR
from index.store import Store
from index.types import Hit
from index.writer import Writer


def hits(writer: Writer, store: Store, count: int = 3) -> list[Hit]:
    ids = [add(writer, f"page {i}", time=T0 + 100 * i) for i in range(count)]
    moments = store.moments(ids)
    return [
        Hit(moments[i], 0.9 - 0.2 * n, "s", "why", parts={"state": 1.0 - n, "context": float(n)})
        for n, i in enumerate(ids)
    ]


def rows(store: Store) -> list[tuple[object, ...]]:
    return store.rows("SELECT moment_id, rank, opened FROM feedback ORDER BY asked_at, rank")


def test_what_stood_above_the_opened_hit_was_passed_over_and_what_stood_below_was_not_seen(
    writer: Writer, store: Store
) -> None:
    writer.do(feedback.opened, T0, "thought", hits(writer, store), 1, time=T0 + 5).result()
    assert rows(store) == [(1, 0, 0), (2, 1, 1)]


def test_a_second_hit_opened_from_the_same_answer_does_not_close_the_first(writer: Writer, store: Store) -> None:
    shown = hits(writer, store)
    writer.do(feedback.opened, T0, "thought", shown, 0, time=T0 + 5).result()
    writer.do(feedback.opened, T0, "thought", shown, 2, time=T0 + 9).result()
    assert rows(store) == [(1, 0, 1), (2, 1, 0), (3, 2, 1)]
    assert feedback.fusion(store).opened == 1  # one answer
    assert feedback.openings(store) == {1: 1, 3: 1}


def test_weights_follow_what_is_opened_after_thoughts_alone(writer: Writer, store: Store) -> None:
    shown = hits(writer, store)
    for number in range(20):
        writer.do(feedback.opened, T0 + number, "words", shown, 2, time=T0).result()
    assert feedback.fusion(store).weights == PRIOR
    for number in range(20):
        writer.do(feedback.opened, T0 + 100 + number, "thought", shown, 2, time=T0).result()
    learned = feedback.fusion(store)
    assert learned.weights["context"] > PRIOR["context"]
    assert learned.weights["state"] < PRIOR["state"]
    assert learned.calibrated


def test_a_moment_deleted_since_it_was_shown_is_left_out(writer: Writer, store: Store) -> None:
    shown = hits(writer, store)
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = 1")).result()
    writer.do(feedback.opened, T0, "thought", shown, 1, time=T0).result()
    assert rows(store) == [(2, 1, 1)]
    writer.do(lambda db: db.execute("DELETE FROM moments WHERE id = 2")).result()
    assert rows(store) == []
