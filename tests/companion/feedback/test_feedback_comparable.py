"""Sessions that progress and replays do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from feedback_steps import BLOCKS, MUSE, START, Clock, session, steps, wish

from companion.feedback import comparable, kept, progress, report
from companion.feedback.protocols import DIRECTION
from companion.feedback.session import Session
from companion.feedback.types import Wish
from companion.forgetting import BRAIN
from embeddings.feedback.plan import BandPlan, Plan, SharedPlan, StatePlan
from index import trainings
from index.forgetting import forgetting
from index.forgetting.wish import Wish as Forget
from index.forgetting.wish import plan
from index.store import Store
from index.types import Filters
from index.writer import Writer

DAY = 86_400.0
UP, DOWN = (np.full(4, sign, np.float32).tobytes() for sign in (1, -1))


def put(
    writer: Writer,
    asked: Wish,
    *,
    day: float = 0.0,
    level: float = 0.0,
    simulated: bool = False,
    count: int | None = None,
) -> int:
    """Keep a session; ``count`` steps of its first block, where it was ended early."""
    clock, start = Clock(), START + day * DAY
    made = session(clock, asked)
    coming = [*steps(16, seed=int(day), mutes=False, start=start)]
    coming += steps(150, seed=int(day) + 1, level=level, start=start + 16)
    inhibits = isinstance(asked.plan, BandPlan)
    for step in coming if inhibits else (replace(one, inhibits=()) for one in coming):
        clock.now = step.time
        made.take(step)
        if made.over or (count is not None and made.log.phase.count(1) == count):
            break
    made.end()
    number = kept.keep(writer, made, device="Muse 2", delay=0.6, number=None, simulated=simulated)
    assert number is not None
    return number


def towards(target: str, direction: bytes) -> Wish:
    return Wish(DIRECTION, StatePlan(("TP9", "TP10"), direction, b"space"), BLOCKS, target=target)


def calm(plan: Plan) -> Wish:
    return replace(wish(times=BLOCKS), plan=plan)


def without(writer: Writer, *names: str) -> None:
    """Take facts out of every session, as those of old have none."""
    for name in names:
        writer.do(
            lambda db, name=name: db.execute("UPDATE trainings SET facts = json_remove(facts, '$.' || ?)", [name])
        ).result()


def test_what_no_head_sent_is_neither_progress_nor_replayed(writer: Writer, store: Store) -> None:
    own = [put(writer, wish(times=BLOCKS), day=day) for day in (0, 2)]
    put(writer, wish(times=BLOCKS), day=1, level=3.0, simulated=True)
    assert [one.training_id for one in progress.of(store, "calm").points] == own
    assert (
        "1 on a simulated headset or a recording that was played are left out." in progress.of(store, "calm").sentence
    )
    assert [one.number for one in kept.earlier(store, "calm")] == own[::-1]


def test_a_session_of_old_is_simulated_where_its_device_is(writer: Writer, store: Store) -> None:
    put(writer, wish(times=BLOCKS), simulated=True)
    without(writer, "simulated")
    assert not comparable.simulated(trainings.one(store, 1))
    writer.do(lambda db: db.execute("UPDATE trainings SET facts = json_set(facts, '$.device', 'Synthetic')")).result()
    assert comparable.simulated(trainings.one(store, 1))


def test_directions_are_trends_of_their_own(writer: Writer, store: Store) -> None:
    for at in range(7):
        put(writer, towards("the tag “deep”", UP), day=3 * at, level=1.5)
        put(writer, towards("moment 12", DOWN), day=3 * at + 1, level=-1.5)
    newest = progress.of(store, "direction")
    assert len(newest.points) == 7
    assert all(one.value < 0 for one in newest.points)
    assert "All went towards moment 12. 7 towards others are left out." in newest.sentence
    deep = progress.of(store, comparable.kind(trainings.one(store, 1)))
    assert (deep.protocol, len(deep.points)) == ("direction", 7)
    assert all(one.value > 0 for one in deep.points)
    (measured,) = [one.answer for one in report.of(store, 1).items if one.item.code == "4a"]
    assert "the tag “deep”" in measured


def test_directions_of_old_are_no_trend(writer: Writer, store: Store) -> None:
    for at in range(7):
        put(writer, towards("", UP if at % 2 else DOWN), day=3 * at, level=0.2 * at)
    without(writer, "target", "direction", "simulated")
    found = progress.of(store, "direction")
    assert (len(found.points), found.slope, found.weeks) == (7, None, ())
    assert "no trend, as it was not kept what each of them went towards" in found.sentence
    assert report.of(store, 1).value is not None


def test_where_bands_or_electrodes_changed_that_is_said(writer: Writer, store: Store) -> None:
    held = ((22.0, 30.0),)
    put(writer, calm(BandPlan(("TP9", "TP10"), ((8.0, 12.0),), (), held)))
    put(writer, calm(BandPlan(("TP10", "TP9"), ((8.0, 12.0),), (), held)), day=1)
    assert "Not in all" not in progress.of(store, "calm").sentence
    put(writer, calm(BandPlan(("TP9",), ((8.6, 12.6),), (), held)), day=2)
    assert "Not in all of them were the bands and the electrodes the same" in progress.of(store, "calm").sentence


def test_a_direction_that_moved_is_said(writer: Writer, store: Store) -> None:
    put(writer, towards("the tag “deep”", UP))
    put(writer, towards("the tag “deep”", DOWN), day=1)
    assert "the state of the target the same" in progress.of(store, "direction").sentence


def test_a_direction_is_told_from_others_and_from_another_spaces() -> None:
    plans = (
        StatePlan(MUSE, UP, b"space"),
        StatePlan(MUSE, DOWN, b"space"),
        SharedPlan(MUSE, UP, b"map", b"rest", b"spread"),
    )
    assert len({comparable.direction(one) for one in plans}) == 3
    assert comparable.direction(BandPlan(MUSE, ((8.0, 12.0),))) == ""


def test_a_session_that_was_broken_off_is_no_progress(writer: Writer, store: Store) -> None:
    number = put(writer, wish(times=BLOCKS), level=4.0, count=2)
    assert report.of(store, number).value is None
    assert progress.of(store, "calm").points == ()
    longer = put(writer, wish(times=BLOCKS), day=1, count=1210)
    assert [one.training_id for one in progress.of(store, "calm").points] == [longer]


def set_back() -> Session:
    """Return a session whose headset's clock was set back by an hour in its midst."""
    clock, passed = Clock(), [0.0]
    made = Session(wish(times=BLOCKS), draw=None, replay=None, monotonic=lambda: passed[0], clock=clock)
    for number, step in enumerate(steps(200, mutes=False)):
        passed[0] += 0.05
        clock.now = step.time - 3600 * (number > 600)
        made.take(replace(step, time=clock.now))
        if made.over:
            break
    return made


@pytest.mark.parametrize("span", [(5.0, 15.0), (-3560.0, -3550.0)])
def test_forgetting_a_time_finds_a_session_in_which_the_clock_was_set_back(
    writer: Writer, store: Store, span: Sequence[float]
) -> None:
    number = kept.keep(writer, set_back(), device="Muse 2", delay=0.6, number=None)
    assert number is not None
    found = trainings.one(store, number)
    assert found.time_end - found.time_start == pytest.approx(3600, abs=60)
    told = report.of(store, number)
    assert [one.seconds for one in told.blocks] == pytest.approx([60, 60], abs=0.3)
    assert all(one.value is not None for one in told.blocks)
    assert len(kept.earlier(store, "calm")) == 1
    what = plan(store, Forget(Filters(since=START + span[0], until=START + span[1])))
    forgetting.begin(writer, what, time=START + DAY)
    forgetting.finish(writer, store, brain=BRAIN)
    assert trainings.all_of(store) == []


@pytest.mark.parametrize(("simulated", "said"), [(False, ""), (True, "a recording that was played")])
def test_a_report_says_where_the_signal_came_from_no_head(
    writer: Writer, store: Store, simulated: bool, said: str
) -> None:
    number = put(writer, calm(BandPlan(("TP9", "TP10"), ((8.0, 12.0),))), simulated=simulated)
    found = report.of(store, number)
    told = " ".join((*found.sentences, *(item.answer for item in found.items if item.item.code == "4e")))
    assert ("no head" in told, bool(said) and f"({said})" in told) == (simulated, simulated)
