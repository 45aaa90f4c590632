from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from focus_desk import UTC, Desk, pieces
from quiet_eeg import CH_NAMES, Stream, quiet, rest

from companion.focus import person
from companion.focus.kinds import Kind
from companion.focus.rules import AppRule, QuietHours, Rules
from companion.focus.types import Cause, FocusError, Mode
from companion.focus.watch import wall_time
from index import database, focus_history
from index.forgetting import forgetting, wish
from index.forgetting.forgetting import OfBrain
from index.forgetting.wish import Wish
from index.store import Store
from index.types import Filters
from index.writer import Writer

NOTHING = OfBrain(spaces=(), parts=())


def test_behaviour_alone_begins_and_ends_it_and_it_is_told_and_kept(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    first = desk.for_(1)
    assert (first.probability, first.deep, first.quality) == (None, False, "no headset")
    assert "Nothing is known" in first.why
    deep = desk.for_(300, desk.works)
    assert deep.deep
    assert deep.eeg is None
    assert deep.behaviour == deep.probability
    assert "steady typing" in deep.why
    back = desk.for_(400, desk.mails)
    assert not back.deep
    assert "mail" in back.why
    desk.watch.stop()
    assert [state.deep for state in desk.changes] == [True, False]
    assert desk.changes[0].since == desk.changes[0].time
    kept = pieces(store)
    assert sum(piece.seconds for piece in kept) == pytest.approx(700.0 - 60.0, abs=2.0)
    assert max(piece.seconds for piece in kept) <= 11.0
    totals = focus_history.totals(store, 0, float("inf"))
    assert totals.stretches == 1
    assert totals.deep == pytest.approx(desk.changes[1].time - desk.changes[0].time, abs=1.0)


def test_nothing_is_kept_of_a_time_in_which_nobody_was_there(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    desk.for_(100, desk.works)
    desk.idle = 400.0
    desk.for_(50)
    desk.watch.stop()
    assert max(piece.time for piece in pieces(store)) == UTC + 1100.0


def test_quiet_hours_are_no_focus_and_of_an_empty_room_nothing_is_kept(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store, rules=Rules(quiet_hours=(QuietHours(540, 720),)))
    desk.for_(100, desk.works)
    assert desk.watch.snapshot().cause is Cause.QUIET_HOURS
    assert desk.watch.snapshot().deep
    desk.idle = 4000.0
    desk.for_(100)
    desk.watch.stop()
    assert focus_history.totals(store, 0, float("inf")).deep == 0.0
    assert max(piece.time for piece in pieces(store)) == UTC + 1100.0


def test_a_rule_for_a_program_counts_where_hands_are_not_told_of_and_nothing_else_is_said(
    writer: Writer, store: Store
) -> None:
    rules = Rules(apps={"zoom": AppRule.NEVER, "impress": AppRule.ALWAYS}, app_seconds=5.0)
    desk = Desk(writer, store, rules=rules, hands=False)
    told = desk.for_(200, lambda: desk.watch.window("impress", "", desk.now - 1.0))
    assert (told.deep, told.cause, told.behaviour, told.why) == (True, Cause.APP_RULE, None, "Your rule for impress.")
    told = desk.for_(20, lambda: desk.watch.window("zoom", "", desk.now - 1.0))
    assert (told.deep, told.cause, told.behaviour) == (False, Cause.APP_RULE, None)
    desk.watch.stop()


def test_consent_to_hands_that_is_given_or_withdrawn_counts_at_once(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store, hands=False)
    assert desk.for_(100, desk.works).behaviour is None
    desk.watch.set_hands(told=True)
    assert desk.for_(2, desk.works).behaviour is None  # it takes a minute of work
    assert desk.for_(70, desk.works).behaviour is not None
    desk.watch.set_hands(told=False)
    assert desk.for_(1).behaviour is None
    assert desk.for_(100, desk.works).behaviour is None
    desk.watch.stop()


def test_while_recording_is_paused_nothing_is_taken_down(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    desk.for_(100, desk.works)
    desk.may_keep = False
    desk.for_(100, desk.works)
    desk.watch.stop()
    assert max(piece.time for piece in pieces(store)) == UTC + 1100.0


def test_what_is_let_go_of_before_it_is_forgotten_is_not_written_meanwhile(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    desk.for_(304, desk.works)
    start, end = UTC + 1010.0, UTC + 1304.0
    desk.watch.let_go(start, end)
    writer.do(focus_history.forget, [(start, end)]).result()
    desk.for_(100, desk.mails)  # forgetting takes its time
    desk.watch.forget(start, end)
    desk.watch.stop()
    left = [piece for piece in pieces(store) if piece.time > start]
    assert left
    assert min(piece.time - piece.seconds for piece in left) >= end
    typing = [person.unpack(piece.data)[1] for piece in left if piece.data]
    assert typing
    assert max(typing) == 0.0  # of what was typed before nothing is in it


def test_the_person_switches_it_on_until_a_time(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    with pytest.raises(FocusError, match="over"):
        desk.watch.override(Mode.ON, UTC)
    desk.watch.override(Mode.ON, UTC + desk.now + 30.0)
    on = desk.for_(1)
    assert (on.deep, on.cause, on.probability) == (True, Cause.OVERRIDE, None)
    assert "You switched focus on until" in on.why
    assert not desk.for_(30).deep
    desk.watch.stop()
    assert pieces(store)[0].probability is None  # that it was deep is kept all the same


def test_a_correction_ends_it_teaches_and_can_be_taken_back(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    before = desk.for_(400, desk.works)
    assert before.deep
    number = desk.watch.correct(UTC + 1000.0, UTC + desk.now, focused=False)
    after = desk.for_(1, desk.works)
    assert (after.deep, after.cause) == (False, Cause.CORRECTED)
    assert after.behaviour is not None
    assert before.behaviour is not None
    assert after.behaviour < before.behaviour - 0.1
    desk.watch.stop()

    again = Desk(writer, store)  # the next start has learned it, too
    assert again.for_(400, again.works).behaviour == pytest.approx(after.behaviour, abs=0.05)
    again.watch.take_back(number)
    assert again.for_(1, again.works).behaviour == pytest.approx(before.behaviour, abs=0.02)
    again.watch.stop()


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.0), (10.0, 5.0), (0.0, 5000.0)])
def test_a_correction_of_no_time_or_one_to_come_is_refused(
    writer: Writer, store: Store, start: float, end: float
) -> None:
    desk = Desk(writer, store)
    with pytest.raises(FocusError, match="before now"):
        desk.watch.correct(UTC + start, UTC + end, focused=True)
    desk.watch.stop()


def test_what_is_forgotten_in_the_vault_is_not_known_here_either(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    desk.for_(400, desk.works)
    desk.watch.correct(UTC + 1100.0, UTC + 1300.0, focused=False)
    begin, end = UTC + 900.0, UTC + desk.now
    forgetting.begin(writer, wish.plan(store, Wish(Filters(since=begin, until=end))), time=end)
    forgetting.finish(writer, store, brain=NOTHING)
    desk.watch.forget(begin, end)
    state = desk.for_(1)
    assert state.behaviour is None
    assert desk.for_(60, desk.works).behaviour is not None  # of what the attention is on since
    assert desk.watch._following.person == person.Person()
    desk.watch.stop()
    assert focus_history.between(store, 0, end) == []
    assert focus_history.labels(store) == []


def test_eeg_is_heard_beside_behaviour_and_said_when_it_is_gone(writer: Writer, store: Store) -> None:
    writer.do(focus_history.put_rest, CH_NAMES, (UTC, UTC + 60), rest()).result()
    stream = Stream(quiet(200, seed=3))
    desk = Desk(writer, store, stream)
    heard = desk.for_(5)
    assert heard.quality == "good"
    assert heard.eeg is not None
    assert heard.behaviour is None
    assert desk.for_(100, desk.works).behaviour is not None
    stream.off = True
    gone = desk.for_(12, desk.works)
    assert (gone.eeg, gone.quality) == (None, "no headset")
    desk.watch.stop()
    assert any(piece.eeg_said is not None for piece in pieces(store))


def test_artefacts_freeze_it(writer: Writer, store: Store) -> None:
    writer.do(focus_history.put_rest, CH_NAMES, (UTC, UTC + 60), rest()).result()
    data = quiet(200, seed=3)
    hiss = 150.0 * np.random.default_rng(0).normal(size=data.shape)
    data[:, 80 * 256 : 95 * 256] += hiss[:, 80 * 256 : 95 * 256]
    desk = Desk(writer, store, Stream(data))
    before = desk.for_(70, desk.works)
    during = [desk.for_(1, desk.works) for _ in range(15)]
    assert not before.frozen
    frozen = [state for state in during if state.frozen]
    assert len(frozen) >= 8
    assert len({state.eeg for state in frozen}) == 1
    said = [state.probability for state in frozen]
    assert None not in said
    assert said == sorted(said, reverse=True)  # type: ignore[type-var]
    assert any("jaw" in state.quality or "poor contact" in state.quality for state in frozen)
    desk.watch.stop()


def test_an_encoder_that_fails_is_told_once_and_behaviour_goes_on(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store, Stream(quiet(200)))
    desk.encoder.broken = True
    state = desk.for_(100, desk.works)
    assert state.behaviour is not None
    assert state.eeg is None
    assert len(desk.incidents) == 1
    desk.watch.stop()


def test_an_encoder_that_is_busy_holds_nothing_up(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.focus.brain.ANSWER_SECONDS", 0.0)
    desk = Desk(writer, store, Stream(quiet(200)))
    desk.encoder.silent = True
    assert desk.for_(95, desk.works).behaviour is not None
    assert desk.encoder.asked == pytest.approx(95 / 12, abs=2)  # one at a time, given up on after ten seconds
    desk.encoder.silent = False
    assert desk.for_(15).quality.startswith("getting to know your rest")
    desk.watch.stop()


def test_what_the_disk_refuses_is_written_once_it_takes_it(
    writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise database.OperationalError("database or disk is full")

    desk = Desk(writer, store)
    with monkeypatch.context() as disk:
        disk.setattr(focus_history, "put", full)
        desk.for_(150, desk.works)
        desk.watch.stop()
        assert "could not be taken down" in desk.incidents[0]
    desk.for_(20, desk.works)
    desk.watch.stop()
    assert sum(piece.seconds for piece in pieces(store)) == pytest.approx(110.0, abs=2.0)


def test_rules_hold_from_the_next_second_on(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    desk.for_(100, desk.works)
    desk.watch.set_rules(replace(Rules(), enter=0.999, leave=0.99))
    assert not desk.for_(200, desk.works).deep
    desk.watch.stop()


def test_what_the_person_says_of_programs_holds_from_the_next_second_on(writer: Writer, store: Store) -> None:
    desk = Desk(writer, store)
    before = desk.for_(100, desk.works).behaviour
    desk.watch.set_kinds({"code": Kind.DISTRACTING})
    after = desk.for_(1, desk.works).behaviour
    assert before is not None
    assert after is not None
    assert after < before - 0.1
    desk.watch.stop()


def test_the_wall_tells_the_day_and_the_minute() -> None:
    told = wall_time(UTC)
    assert 0 <= told.day <= 6
    assert 0 <= told.minute < 1440
