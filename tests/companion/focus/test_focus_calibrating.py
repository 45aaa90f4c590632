from __future__ import annotations

from typing import Any

import pytest
from focus_desk import UTC, Desk
from quiet_eeg import CH_NAMES, Stream, quiet, rest

from companion.focus import outcome
from companion.focus.brain import PATIENCE_SECONDS
from companion.focus.calibration import FORGOTTEN, LOST, LOST_SECONDS, Part
from companion.focus.types import FocusError
from index import database, focus_history
from index.forgetting.forgetting import OfBrain
from index.store import Store
from index.writer import Writer

NOTHING = OfBrain(spaces=(), parts=())


def test_a_calibration_keeps_the_persons_rest_and_what_it_saw(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store, Stream(quiet(400, seed=7)))
    with pytest.raises(FocusError, match="headset"):
        desk.watch.calibrate()
    desk.for_(3)
    desk.watch.calibrate()
    parts = []
    for _ in range(300):
        assert not desk.for_(1).deep
        step = desk.watch.calibrating()
        assert step is not None
        parts.append(step.part)
        if step.part is Part.DONE:
            break
    assert list(dict.fromkeys(parts)) == [
        Part.READY,
        Part.REST,
        Part.MORE_REST,
        Part.PAUSE,
        Part.RUN_IN,
        Part.WORK,
        Part.DONE,
    ]
    last = desk.watch.calibrating()
    assert last is not None
    assert last.outcome is not None
    assert last.outcome.apart is not None
    assert abs(last.outcome.apart) < outcome.CLEAR  # noise all along
    assert not last.outcome.adds
    assert last.outcome.belief_before == 1.0
    assert last.outcome.belief == desk.watch._following.person.belief
    desk.watch.end_calibration()
    assert desk.watch.calibrating() is None
    desk.watch.stop()
    assert list(focus_history.rests(store)) == [CH_NAMES]
    told = focus_history.labelled(store, 0.0)
    assert {label.focused for _, label in told} == {True, False}
    assert all(piece.eeg_said is not None for piece, _ in told)

    again = Desk(writer, store, Stream(quiet(100, seed=7)))
    assert again.for_(3).eeg is not None  # nothing has to be learned anew
    again.watch.stop()


def test_whoever_sits_through_a_calibration_is_there_although_they_touch_nothing(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store, Stream(quiet(400, seed=7)))
    desk.for_(3)
    desk.idle = 400.0
    desk.watch.calibrate()
    began = desk.watch.calibrating()
    assert began is not None
    assert began.part is Part.READY
    desk.for_(300)
    desk.watch.stop()
    assert {label.focused for _, label in focus_history.labelled(store, 0.0)} == {True, False}


def test_of_a_calibration_whose_time_is_forgotten_nothing_is_left(writer: Writer, store: Store) -> None:
    learned = (UTC - 900.0, UTC - 840.0)
    writer.do(focus_history.put_rest, CH_NAMES, learned, rest()).result()
    desk = Desk(writer, store, Stream(quiet(400, seed=7)))
    desk.for_(3)
    desk.watch.calibrate()
    desk.for_(150)
    start, end = UTC + 900.0, UTC + desk.now
    desk.watch.let_go(start, end)
    writer.do(focus_history.forget, [(start, end)]).result()
    desk.watch.forget(start, end)
    desk.for_(1)
    step = desk.watch.calibrating()
    assert step is not None
    assert (step.part, step.sentence) == (Part.FAILED, FORGOTTEN)
    desk.for_(20)
    desk.watch.forget(start, end)
    assert desk.watch.calibrating() is None
    desk.watch.stop()
    assert focus_history.labels(store) == []
    kept = store.rows("SELECT time_start, time_end FROM focus_rests")
    assert [tuple(row) for row in kept] == [learned]  # it is forgotten with the time it was learned in, not later


def test_a_calibration_that_the_vault_refuses_says_so(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise database.OperationalError("database or disk is full")

    monkeypatch.setattr(focus_history, "put_rest", full)
    desk = Desk(writer, store, Stream(quiet(400, seed=7)))
    desk.for_(3)
    desk.watch.calibrate()
    desk.for_(300)
    last = desk.watch.calibrating()
    assert last is not None
    assert last.outcome is None
    assert "could not be kept" in last.sentence
    assert any("could not be kept" in one for one in desk.incidents)
    desk.watch.stop()


def test_a_calibration_that_failed_after_its_rest_leaves_everything_as_it_was(writer: Writer, store: Store) -> None:
    before = rest(seed=3)
    writer.do(focus_history.put_rest, CH_NAMES, (UTC, UTC + 60), before).result()
    desk = Desk(writer, store, Stream(quiet(400, seed=7)))
    desk.for_(3)
    desk.watch.calibrate()
    for _ in range(300):
        desk.for_(1)
        step = desk.watch.calibrating()
        assert step is not None
        if step.part is Part.RUN_IN:
            break
    playing, desk.stream = desk.stream, None
    desk.for_(round(LOST_SECONDS + PATIENCE_SECONDS) + 2)
    step = desk.watch.calibrating()
    assert step is not None
    assert (step.part, step.sentence, step.outcome) == (Part.FAILED, LOST, None)
    assert focus_history.rests(store) == {CH_NAMES: before}
    assert focus_history.labels(store) == []
    desk.stream = playing
    desk.for_(2)
    assert desk.watch._brain.rest == before  # it is measured against again
    desk.watch.stop()


def test_a_calibration_that_is_broken_off_leaves_the_rest_of_before(writer: Writer, store: Store) -> None:
    writer.do(focus_history.put_rest, CH_NAMES, (UTC, UTC + 60), rest()).result()
    desk = Desk(writer, store, Stream(quiet(200, seed=7)))
    desk.for_(3)
    desk.watch.calibrate()
    assert desk.for_(20).eeg is None
    desk.watch.end_calibration()
    assert desk.for_(2).eeg is not None
    assert focus_history.rests(store) == {CH_NAMES: rest()}
    desk.watch.stop()
