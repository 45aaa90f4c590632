from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.focus.policy import Decision, Policy, Seen
from companion.focus.rules import AppRule, Local, Override, QuietHours, Rules
from companion.focus.types import Cause, FocusError, Mode

NOON = Local(2, 12 * 60)
RULES = Rules(dwell_enter=10.0, dwell_leave=8.0, longest=200.0, pause=30.0, away=60.0, app_seconds=6.0)
UTC = 1_772_442_720.0


class Person:
    """Steps a policy second by second."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.policy, self.now = Policy(rules), 0.0
        self.local, self.set_by = NOON, 0.0  # seconds that the clock on the wall was set by

    def for_(
        self, seconds: int, probability: float | None, *, frozen: bool = False, idle: float | None = 0.0, app: str = ""
    ) -> Decision:
        decision = None
        for _ in range(seconds):
            self.now += 1.0
            seen = Seen(
                self.now, UTC + self.now + self.set_by, self.local, probability, frozen=frozen, idle=idle, app=app
            )
            decision = self.policy.step(seen)
        assert decision is not None
        return decision

    def say(self, mode: Mode, seconds: float | None = None) -> None:
        time = UTC + self.now + self.set_by
        self.policy.override(Override(mode, None if seconds is None else time + seconds), self.now, time)


def test_it_begins_after_the_dwell_and_ends_below_the_other_threshold() -> None:
    person = Person()
    assert not person.for_(10, 0.9).deep  # the first second only begins to count
    entered = person.for_(1, 0.9)
    assert entered == Decision(deep=True, since=UTC + 11.0, cause=Cause.SIGNS)
    assert person.for_(100, 0.5).deep  # between the two
    assert person.for_(7, 0.3).deep
    assert person.for_(1, 0.5).deep
    assert person.for_(7, 0.3).deep
    assert not person.for_(1, 0.3).deep


def test_nothing_known_is_no_focus() -> None:
    person = Person()
    assert not person.for_(100, None).deep
    person.for_(12, 0.9)
    assert not person.for_(8, None).deep


def test_frozen_seconds_neither_begin_it_nor_count_and_leaving_goes_on() -> None:
    person = Person()
    person.for_(8, 0.9)
    assert not person.for_(500, 0.9, frozen=True).deep
    assert not person.for_(2, 0.9).deep
    assert person.for_(1, 0.9).deep
    assert not person.for_(8, 0.2, frozen=True).deep


def test_it_ends_when_it_has_lasted_and_begins_again_only_after_a_pause() -> None:
    person = Person()
    person.for_(11, 0.9)
    assert person.for_(199, 0.9).deep
    assert person.for_(1, 0.9).cause is Cause.LONGEST
    assert not person.for_(38, 0.9).deep
    assert person.for_(1, 0.9).deep


def test_who_is_away_is_not_focused_and_cannot_begin_to_be() -> None:
    person = Person()
    assert not person.for_(50, 0.9, idle=55.0).deep
    person.for_(11, 0.9)
    assert person.for_(1, 0.9, idle=59.0).deep
    assert person.for_(1, 0.9, idle=60.0) == Decision(deep=False, since=UTC + person.now, cause=Cause.AWAY)


def test_the_persons_word_goes_before_everything_and_ends_at_its_time() -> None:
    person = Person()
    person.say(Mode.ON, 50)
    on = person.for_(1, 0.0, idle=1e9)
    assert (on.deep, on.cause, on.until) == (True, Cause.OVERRIDE, UTC + 50)
    assert person.for_(48, 0.0).deep
    assert not person.for_(1, 0.9).deep  # all begins anew
    assert not person.for_(9, 0.9).deep
    assert person.for_(1, 0.9).deep
    person.say(Mode.OFF)
    assert not person.for_(5000, 0.9).deep
    person.say(Mode.AUTOMATIC)
    assert person.for_(12, 0.9).deep


def test_switched_on_without_an_end_it_lasts_no_longer_than_the_longest() -> None:
    person = Person()
    person.say(Mode.ON)
    assert person.for_(199, 0.0).deep
    assert not person.for_(1, 0.0).deep


def test_switched_on_for_the_longest_it_may_last_a_pause_follows() -> None:
    for seconds in (None, 199.0, 500.0):
        person = Person()
        person.say(Mode.ON, seconds)
        person.for_(round(seconds or 200) - 1, 0.9)
        ended = person.for_(2, 0.9)
        assert (ended.deep, ended.cause) == (False, Cause.LONGEST)
        assert not person.for_(30, 0.9).deep
        assert person.for_(20, 0.9).deep


def test_quiet_hours_that_follow_what_was_switched_on_leave_no_gap() -> None:
    person = Person(Rules(**{**_as_dict(RULES), "quiet_hours": (QuietHours(22 * 60, 7 * 60),)}))  # type: ignore[arg-type]
    person.say(Mode.ON)
    since = person.for_(100, 0.0).since
    person.local = Local(0, 22 * 60)
    told = [person.for_(1, 0.0) for _ in range(200)]
    assert all(one.deep and one.since == since for one in told)
    assert told[-1].cause is Cause.QUIET_HOURS


def test_a_clock_that_is_set_back_prolongs_nothing() -> None:
    for seconds in (None, 100.0):
        person = Person()
        person.say(Mode.ON, seconds)
        person.for_(50, 0.0)
        person.set_by = -3 * 3600.0
        lasts = 200 if seconds is None else 100
        assert person.for_(lasts - 51, 0.0).deep
        assert not person.for_(1, 0.0).deep


def test_quiet_hours_hold_whatever_is_seen_and_let_go_at_their_end() -> None:
    person = Person(Rules(quiet_hours=(QuietHours(22 * 60, 7 * 60),)))
    person.local = Local(0, 23 * 60)
    assert person.for_(1, 0.0).cause is Cause.QUIET_HOURS
    assert person.for_(9000, 0.0).deep
    person.local = Local(1, 7 * 60)
    assert not person.for_(1, 0.0).deep


@pytest.mark.parametrize(
    ("day", "minute", "within"),
    [(0, 22 * 60, True), (1, 3 * 60, True), (1, 7 * 60, False), (1, 23 * 60, False), (2, 60, False), (0, 60, False)],
)
def test_quiet_hours_over_midnight_belong_to_the_day_they_begin_on(day: int, minute: int, within: bool) -> None:
    assert QuietHours(22 * 60, 7 * 60, frozenset({0})).has(Local(day, minute)) is within


def test_a_program_may_decide_once_it_has_been_in_front() -> None:
    person = Person(
        Rules(**{**_as_dict(RULES), "apps": {"zoom": AppRule.NEVER, "impress": AppRule.ALWAYS}})  # type: ignore[arg-type]
    )
    assert not person.for_(100, 0.9, app="zoom").deep
    person.for_(12, 0.9, app="code")
    assert person.for_(6, 0.9, app="Zoom.exe").deep
    left = person.for_(1, 0.9, app="Zoom.exe")
    assert (left.deep, left.cause) == (False, Cause.APP_RULE)
    assert not person.for_(6, 0.1, app="impress").deep
    assert person.for_(1, 0.1, app="impress").cause is Cause.APP_RULE
    assert not person.for_(200, 0.1, app="impress").deep  # no longer than the longest either
    assert person.for_(40, 0.1, app="impress").deep


def test_after_a_sleep_of_the_machine_all_waiting_begins_anew() -> None:
    person = Person()
    person.for_(9, 0.9)
    person.now += 40.0
    assert not person.for_(10, 0.9).deep
    assert person.for_(1, 0.9).deep
    person.now += 100.0
    assert person.for_(1, 0.9).cause is Cause.AWAY


def test_a_correction_ends_it_at_once_and_for_a_while() -> None:
    person = Person()
    person.for_(12, 0.9)
    person.policy.corrected(person.now, UTC + person.now)
    assert not person.for_(30, 0.9).deep
    assert person.for_(20, 0.9).deep
    person.say(Mode.ON, 100)
    person.for_(1, 0.0)
    person.policy.corrected(person.now, UTC + person.now)
    assert person.for_(1, 0.0).deep  # switched on, it claims nothing of focus


def test_the_reason_for_no_focus_goes_with_what_it_speaks_of_and_since_stays() -> None:
    person = Person(WITH_APPS)
    person.for_(12, 0.9)
    away = person.for_(1, 0.9, idle=60.0)
    assert person.for_(5, 0.3, idle=65.0) == away
    back = person.for_(1, 0.3, idle=0.0)
    assert back == Decision(deep=False, since=away.since, cause=Cause.SIGNS)
    assert person.for_(10, 0.9).since == UTC + person.now
    longest = person.for_(200, 0.9)
    assert (longest.deep, longest.cause) == (False, Cause.LONGEST)
    assert person.for_(29, 0.3) == longest
    assert person.for_(1, 0.3) == Decision(deep=False, since=longest.since, cause=Cause.SIGNS)
    person.for_(12, 0.9)
    person.policy.corrected(person.now, UTC + person.now)
    assert person.for_(29, 0.3).cause is Cause.CORRECTED
    assert person.for_(1, 0.3).cause is Cause.SIGNS


def test_a_rule_is_the_reason_only_while_its_program_is_in_front() -> None:
    person = Person(WITH_APPS)
    person.for_(12, 0.9, app="code")
    never = person.for_(7, 0.9, app="zoom")
    assert (never.deep, never.cause) == (False, Cause.APP_RULE)
    assert person.for_(5, 0.9, app="zoom") == never
    assert person.for_(1, 0.3, app="code") == Decision(deep=False, since=never.since, cause=Cause.SIGNS)
    always = person.for_(8, 0.5, app="impress")
    assert (always.deep, always.cause) == (True, Cause.APP_RULE)
    assert person.for_(5, 0.5, app="impress") == always
    assert person.for_(1, 0.5, app="code") == Decision(deep=True, since=always.since, cause=Cause.SIGNS)


@pytest.mark.parametrize(
    "wrong",
    [{"enter": 0.3}, {"leave": 0.0}, {"dwell_enter": 0.0}, {"away": 5.0}, {"pause": -1.0}],
)
def test_rules_that_contradict_themselves_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(FocusError):
        Rules(**wrong)  # type: ignore[arg-type]


def test_quiet_hours_without_a_length_are_refused() -> None:
    with pytest.raises(FocusError):
        QuietHours(60, 60)


def _as_dict(rules: Rules) -> dict[str, object]:
    return {
        name: getattr(rules, name) for name in ("dwell_enter", "dwell_leave", "longest", "pause", "away", "app_seconds")
    }


SECONDS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([0.1, 0.39, 0.4, 0.69, 0.7, 0.95])),
        st.booleans(),
        st.sampled_from(["", "code", "zoom", "impress"]),
        st.integers(1, 60),
    ),
    max_size=40,
)
WITH_APPS = Rules(
    **{**_as_dict(RULES), "apps": {"zoom": AppRule.NEVER, "impress": AppRule.ALWAYS}}  # type: ignore[arg-type]
)
SHORTEST = min(RULES.dwell_enter, RULES.dwell_leave, RULES.app_seconds)


@settings(max_examples=60)
@given(stretches=SECONDS)
def test_it_never_flips_sooner_than_the_dwell_never_lasts_too_long_and_never_begins_frozen_by_signs(
    stretches: list[tuple[float | None, bool, str, int]],
) -> None:
    person = Person(WITH_APPS)
    deep, flipped = False, -SHORTEST
    for probability, frozen, app, seconds in stretches:
        for _ in range(seconds):
            told = person.for_(1, probability, frozen=frozen, app=app)
            if told.deep != deep:
                assert person.now - flipped >= SHORTEST
                assert not (told.deep and told.cause is Cause.SIGNS and frozen)
                deep, flipped = told.deep, person.now
            assert not deep or person.now - flipped < RULES.longest + 1.0
