from __future__ import annotations

from dataclasses import replace

import pytest
from feedback_steps import SHORT, START, Clock, driven, session, steps, wish

from companion.feedback.course import Course, parts
from companion.feedback.session import LONGEST_SILENCE, LOST, SILENCE
from companion.feedback.types import Phase, Snapshot, Times
from embeddings.feedback.plan import SETTLING, BandPlan


def test_a_session_goes_through_its_parts_in_order() -> None:
    assert [(part.phase, part.block) for part in parts(Times(blocks=3))] == [
        (Phase.BASELINE, 0),
        (Phase.BLOCK, 1),
        (Phase.REST, 1),
        (Phase.BLOCK, 2),
        (Phase.REST, 2),
        (Phase.BLOCK, 3),
    ]
    assert len(parts(Times(blocks=3, rest=0.0))) == 4
    with pytest.raises(ValueError, match="baseline and blocks"):
        Times(blocks=0)


def test_pauses_take_no_time_from_a_part() -> None:
    course = Course(SHORT)
    assert course.phase is Phase.WAITING
    assert course.left_all(7.0) == 15 + 40 + 5 + 40
    course.begin(10.0)
    course.passed(26.0)
    assert (course.phase, course.left(36.0)) == (Phase.BLOCK, 30.0)
    course.pause(36.0)
    assert (course.phase, course.left(99.0), course.move(999.0)) == (Phase.PAUSED, 30.0, False)
    course.go_on(100.0)
    assert course.left(110.0) == 20.0
    assert course.move(130.0)
    assert course.phase is Phase.REST
    course.end(Phase.ENDED)
    course.end(Phase.DONE)
    assert (course.phase, course.left(0.0), course.left_all(0.0)) == (Phase.ENDED, 0.0, 0.0)


def test_a_whole_session_is_shown_and_kept_step_by_step() -> None:
    clock, seen = Clock(), list[Snapshot]()
    made = session(clock, wish())
    assert made.snapshot().phase is Phase.WAITING
    for step in steps(200, seed=1):
        clock.now = step.time
        made.take(step)
        seen.append(made.snapshot())
        if made.over:
            break
    phases = list(dict.fromkeys(one.phase for one in seen))
    assert phases == [Phase.BASELINE, Phase.BLOCK, Phase.REST, Phase.DONE]
    blocks = [one for one in seen if one.phase is Phase.BLOCK]
    assert all(one.value is None for one in seen if one.phase is not Phase.BLOCK)
    assert all(0 < one.value < 1 for one in blocks if one.value is not None)
    assert all(one.rewarded == (one.value >= 0.5) for one in blocks if not one.muted and one.value is not None)
    assert not any(one.rewarded for one in seen if one.muted)
    muted = [one for one in blocks if one.muted]
    assert muted
    assert {one.why for one in muted} == {"blink"}
    assert all("blink" in one.sentence for one in muted)
    assert blocks[0].left_all == pytest.approx(85, abs=0.2)
    assert [marker.word for marker in made.markers] == ["baseline", "block 1", "rest 1", "block 2", "done"]
    assert len(made.log.time) == len(seen)
    assert seen[-1].sentence == "Done. The report is ready."


def test_the_value_stands_still_while_muted() -> None:
    clock = Clock()
    made = session(clock, wish())
    before: Snapshot | None = None
    for step in steps(60, seed=1):
        clock.now = step.time
        made.take(step)
        now = made.snapshot()
        if now.muted and before is not None and before.phase is Phase.BLOCK:
            assert now.value == before.value
        before = now


def test_a_bad_baseline_goes_on_until_it_is_good_or_given_up() -> None:
    clock = Clock()
    made = session(clock, wish())
    bad = [replace(step, muted="AF7: poor contact", faults=("", "")) for step in steps(100)]
    driven(made, clock, bad[:400])
    assert made.phase is Phase.BASELINE
    good = [replace(step, time=step.time + 20) for step in steps(30, mutes=False)]
    assert driven(made, clock, good).phase is Phase.BLOCK
    clock = Clock()
    given_up = driven(session(clock, wish()), clock, bad)
    assert given_up.phase is Phase.FAILED
    assert "AF7: poor contact" in given_up.snapshot().sentence


def test_an_electrode_that_lies_badly_throughout_is_left_out() -> None:
    clock = Clock()
    made = session(clock, wish())
    loose = (replace(step, muted="TP9: poor contact", faults=("poor contact", "")) for step in steps(16))
    driven(made, clock, loose)
    assert isinstance(made.plan, BandPlan)
    assert made.plan.electrodes == ("TP10",)
    assert "TP9 is left out" in made.snapshot().sentence
    assert made.phase is Phase.BASELINE
    later = [replace(step, time=step.time + 16, faults=("",)) for step in steps(20, mutes=False)]
    assert driven(made, clock, later).phase is Phase.BLOCK


def test_silence_is_told_then_waited_for() -> None:
    clock = Clock()
    made = driven(session(clock, wish()), clock, steps(20, mutes=False))
    assert made.phase is Phase.BLOCK
    clock.now += SILENCE + 0.1
    made.tick()
    assert made.snapshot().why == LOST
    assert made.snapshot().muted
    left = made.snapshot().left
    clock.now += LONGEST_SILENCE
    made.tick()
    assert made.phase is Phase.PAUSED
    assert "sends nothing" in made.snapshot().sentence
    clock.now += 500
    made.tick()
    made.take(next(steps(1, start=clock.now)))
    assert made.phase is Phase.BLOCK
    assert left - made.snapshot().left <= LONGEST_SILENCE + 0.1


def test_pausing_and_ending_early_are_the_persons() -> None:
    clock = Clock()
    made = driven(session(clock, wish()), clock, steps(20, mutes=False))
    made.pause()
    made.take(next(steps(1, start=clock.now + 1)))
    assert made.phase is Phase.PAUSED
    made.go_on()
    assert made.phase is Phase.BLOCK
    kept = len(made.log.time)
    made.end()
    made.end()
    made.fail("too late")
    made.take(next(steps(1, start=clock.now + 2)))
    assert made.phase is Phase.ENDED
    assert len(made.log.time) == kept
    assert [marker.word for marker in made.markers] == ["baseline", "block 1", "paused", "resumed", "ended early"]


def test_while_the_filters_settle_nothing_is_measured() -> None:
    clock = Clock()
    made = session(clock, wish())
    first = (replace(step, value=None, inhibits=(), muted=SETTLING) for step in steps(15.2))
    driven(made, clock, first)
    assert made.phase is Phase.BASELINE
    assert made.snapshot().value is None
    assert made.log.time[0] == START


@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_a_short_baseline_goes_on_until_it_is_enough_or_says_why_not(seconds: float) -> None:
    short = Times(seconds, 40.0, 5.0, 1)
    clock = Clock()
    assert driven(session(clock, wish(times=short)), clock, steps(20, mutes=False)).phase is Phase.BLOCK
    clock = Clock()
    settling = (replace(step, value=None, inhibits=(), muted=SETTLING) for step in steps(100))
    given_up = driven(session(clock, wish(times=short)), clock, settling)
    assert (given_up.phase, SETTLING in given_up.snapshot().sentence) == (Phase.FAILED, True)
    clock = Clock()
    nothing = (replace(step, value=None, inhibits=()) for step in steps(100))
    given_up = driven(session(clock, wish(times=short)), clock, nothing)
    assert (given_up.phase, LOST in given_up.snapshot().sentence) == (Phase.FAILED, True)


def test_a_pause_of_the_person_holds_when_samples_come_again() -> None:
    clock = Clock()
    made = driven(session(clock, wish()), clock, steps(20, mutes=False))
    clock.now += LONGEST_SILENCE + 1
    made.tick()
    assert "sends nothing" in made.snapshot().sentence
    made.pause()
    assert made.snapshot().sentence == "Paused."
    driven(made, clock, steps(2, start=clock.now))
    assert made.phase is Phase.PAUSED
    made.go_on()
    assert made.phase is Phase.BLOCK
