"""Do-not-disturb for as long as focus is deep: begun, ended, and ended as well whatever breaks meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from deep_parts import LIKE_DUNST, LIKE_XFCE, SETTINGS, START, NoGuard, Parts, Ticks, held, over, parts, says, settle
from desktop import wait_until

from companion.deep_work import deep_quiet
from companion.focus.kinds import Kind
from companion.focus.types import Cause, FocusError, Mode
from companion.notices.notices import PAUSED
from companion.quiet.journal import Journal
from companion.quiet.types import QuietError

OFF = replace(SETTINGS, quiet_in_focus=False)
Begin = Callable[..., AbstractContextManager[Parts]]


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    passing = Ticks()
    really = deep_quiet.DeepQuiet
    monkeypatch.setattr("companion.deep_work.consequences.DeepQuiet", partial(really, monotonic=passing))
    return passing


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.quiet.keeping.Guard", NoGuard)
    monkeypatch.setattr("companion.quiet.held.AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(deep_quiet, "LOOK_SECONDS", 0.02)


@pytest.fixture
def made(tmp_path: Path, ticks: Ticks) -> Iterator[Parts]:
    del ticks
    with parts(tmp_path) as made:
        yield made


def test_it_is_on_while_focus_is_deep(made: Parts) -> None:
    made.watch.say(deep=True)
    held(made)
    says(made, "Do-not-disturb is on")
    state = made.deep.state()
    assert (state.quiet.holds, state.quiet.backend, state.notices.focused) == (True, "dunst", True)
    made.watch.say(deep=False)
    over(made)
    made.watch.say(deep=True)
    held(made)
    made.deep.stop()
    assert (made.desktop.turns, made.incidents) == ([True, False, True, False], [])


def test_what_is_not_seen_is_not_held(made: Parts) -> None:
    made.notices.sees = False
    made.watch.say(deep=True)
    says(made, deep_quiet.NOT_SEEN)
    made.deep.stop()
    assert (made.desktop.turns, made.notices.began) == ([], [])


def test_what_is_not_seen_once_it_is_on_is_not_held(made: Parts) -> None:
    def busy() -> None:
        made.notices.sees = False

    made.notices.meanwhile = busy
    made.watch.say(deep=True)
    wait_until(lambda: made.desktop.turns == [True, False], "it to go off again")
    says(made, deep_quiet.NOT_SEEN)
    assert made.notices.began == ["dunst"]


def test_a_focus_that_begins_while_nothing_is_seen_is_held_for_once_it_is(made: Parts) -> None:
    made.notices.limits = "The session bus has gone away."
    made.watch.say(deep=True)
    says(made, deep_quiet.NOT_SEEN)
    settle(made)
    assert made.desktop.turns == []  # it is not turned on and off again
    made.notices.limits = ""
    held(made)


def test_where_seeing_ends_as_focus_begins_it_is_held_for_once_it_is_back(made: Parts) -> None:
    def lost() -> None:
        made.notices.limits, made.notices.sees = "The session bus has gone away.", False

    made.notices.meanwhile = lost
    made.watch.say(deep=True)
    wait_until(lambda: made.desktop.turns == [True, False], "it to go off again")
    made.notices.meanwhile, made.notices.sees = lambda: None, True
    made.notices.limits = ""
    held(made)


def test_turned_off_by_hand_nothing_is_held_until_the_next_focus(made: Parts) -> None:
    made.watch.say(deep=True)
    held(made)
    made.desktop.by_hand(on=False)
    over(made)
    says(made, "by hand")
    made.deep.shown_by(lambda _judged: True, None)
    settle(made)
    assert not made.desktop.on
    made.watch.say(deep=False)
    made.watch.say(deep=True)
    held(made)


def test_that_it_was_turned_off_by_hand_is_said_whoever_lets_go_of_it(
    made: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, keeping = Journal.remove, made.deep._quiet.keeping

    def remove(journal: Journal) -> None:
        if threading.current_thread().name == "do-not-disturb":  # which heard of it first, and is overtaken
            wait_until(lambda: keeping._held is None, "focus to end meanwhile")
        really(journal)

    monkeypatch.setattr(Journal, "remove", remove)
    made.watch.say(deep=True)
    held(made)
    made.desktop.by_hand(on=False)
    over(made)
    says(made, "by hand")


def test_turned_off_by_hand_while_focus_begins_nothing_is_held(made: Parts) -> None:
    def by_hand() -> None:
        made.desktop.by_hand(on=False)
        wait_until(lambda: not made.deep._quiet.keeping.holds, "the word of it")

    made.notices.meanwhile = by_hand
    made.watch.say(deep=True)
    wait_until(lambda: made.notices.began, "focus to begin")
    over(made)


def test_switched_off_during_focus_it_ends_and_switched_on_it_begins(made: Parts) -> None:
    made.watch.say(deep=True)
    held(made)
    made.deep.apply(OFF)
    over(made)
    made.deep.apply(SETTINGS)
    held(made)
    made.desktop.by_hand(on=False)
    over(made)
    made.deep.apply(replace(SETTINGS, focus_longest_minutes=33.0, focus_work=("Helix",)))  # nothing of do-not-disturb
    settle(made)
    assert not made.desktop.on
    assert made.watch.rules.longest == 33 * 60
    assert made.watch.kinds == {"helix": Kind.WORK}
    made.deep.apply(OFF)
    made.deep.apply(SETTINGS)
    held(made)


def test_not_wanted_it_never_begins(tmp_path: Path) -> None:
    with parts(tmp_path, settings=OFF) as made:
        made.watch.say(deep=True)
        settle(made)
        assert made.desktop.turns == []


def test_where_nobody_shows_what_is_urgent_it_stays_off(tmp_path: Path) -> None:
    with parts(tmp_path, semantics=LIKE_DUNST) as made:
        made.watch.say(deep=True)
        says(made, "without windows")
        assert made.desktop.turns == []
        made.deep.shown_by(lambda _judged: True, None)
        held(made)
        assert made.deep.state().quiet.limits == ""
        made.deep.shown_by(None, None)
        over(made)


def test_a_daemon_that_is_only_woken_by_focus_is_looked_at_before_anything_is_held(tmp_path: Path) -> None:
    with parts(tmp_path, semantics=LIKE_DUNST, awake=False) as made:
        made.watch.say(deep=True)
        wait_until(lambda: made.desktop.turns == [True, False], "it to go off again")
        says(made, "without windows")
        assert made.notices.began == []
    with parts(tmp_path, semantics=LIKE_XFCE, awake=False) as made:
        made.watch.say(deep=True)
        held(made)


def test_focus_that_is_not_heard_of_any_more_ends_it_and_heard_of_again_begins_it(made: Parts, ticks: Ticks) -> None:
    made.watch.say(deep=True)
    held(made)
    settle(made)
    made.watch.alive = False
    ticks.now += deep_quiet.STALE_SECONDS
    settle(made)
    held(made)
    made.watch.go_on()
    settle(made)
    ticks.now += deep_quiet.STALE_SECONDS + 1.0
    over(made)
    assert ["nothing was heard" in what for what in made.incidents] == [True]
    says(made, "restart Companion")
    made.watch.go_on()
    held(made)
    assert len(made.incidents) == 1


@pytest.mark.parametrize(
    ("cause", "seconds"),
    [(Cause.SIGNS, 90 * 60.0), (Cause.APP_RULE, 90 * 60.0), (Cause.OVERRIDE, 86_400.0), (Cause.QUIET_HOURS, 86_400.0)],
)
def test_what_nobody_ended_in_time_ends_all_the_same(made: Parts, ticks: Ticks, cause: Cause, seconds: float) -> None:
    made.watch.say(deep=True, cause=cause)
    held(made)
    for passed in (seconds, deep_quiet.GRACE_SECONDS - 1.0):
        ticks.now += passed
        settle(made)
    held(made)
    ticks.now += 2.0
    over(made)
    assert ["longer than focus may last" in what for what in made.incidents] == [True]
    settle(made)
    assert not made.desktop.on


def test_notices_that_see_nothing_any_more_end_it_and_begin_it_when_they_do(made: Parts) -> None:
    made.watch.say(deep=True)
    held(made)
    made.notices.limits = "The session bus has gone away."
    over(made)
    says(made, "not seen")
    assert made.incidents == []  # the notices tell that themselves
    made.notices.limits = ""
    held(made)


@pytest.mark.parametrize("error", [RuntimeError("x"), OSError(24, "Too many open files")])
def test_whatever_breaks_while_it_begins_is_told_and_nothing_is_left_on(made: Parts, error: Exception) -> None:
    made.notices.fails = error
    made.watch.say(deep=True)
    wait_until(lambda: made.incidents, "the word of it")
    over(made)
    assert type(error).__name__ in made.incidents[0]
    made.notices.fails = None
    made.watch.say(deep=False)
    made.watch.say(deep=True)
    held(made)


def test_whatever_breaks_meanwhile_is_told_and_nothing_is_left_on(made: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    made.watch.say(deep=True)
    held(made)

    def broken() -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(made.notices, "snapshot", broken)
        over(made)
    assert "ZeroDivisionError" in made.incidents[0]


def test_what_breaks_at_the_end_leaves_nothing_on(made: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    made.watch.say(deep=True)
    held(made)

    def broken(_release: object = None) -> None:
        made.notices.holds = False
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(made.notices, "focus_ended", broken)
        made.deep.stop()
    assert not made.desktop.on
    assert ["TimeoutError" in what for what in made.incidents] == [True, True]


def test_what_cannot_be_turned_off_is_said_until_it_is(made: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    made.watch.say(deep=True)
    held(made)

    def refuse(_prior: str) -> None:
        raise QuietError("It sulks.")

    with monkeypatch.context() as patched:
        patched.setattr(made.desktop, "restore", refuse)
        made.watch.say(deep=False)
        says(made, "still on. It sulks.")
    over(made)
    wait_until(lambda: made.deep.state().sentence == "Why.", "the word to go")


def test_no_time_is_beyond_a_day(made: Parts) -> None:
    for until in (float("inf"), float("nan"), 1e18, START + 86_401.0):
        with pytest.raises(FocusError, match="within the next 24 hours"):
            made.deep.override(Mode.ON, until)
    made.deep.override(Mode.ON, START + 86_400.0)
    made.deep.override(Mode.OFF)
    assert made.watch.overrides == [(Mode.ON, START + 86_400.0), (Mode.OFF, None)]


def test_how_many_were_held_is_told_of_this_focus_alone(made: Parts) -> None:
    made.notices.held, made.notices.passed = 40, 9
    made.watch.say(deep=True)
    held(made)
    says(made, "nothing has been held yet")
    made.notices.held, made.notices.passed = 43, 10
    says(made, "3 held so far")
    assert (made.deep.state().notices.held, made.deep.state().notices.passed) == (3, 1)
    made.watch.say(deep=False)
    made.watch.say(deep=True)
    says(made, "nothing has been held yet")


def test_whether_hands_are_told_of_follows_the_consent(made: Parts) -> None:
    for told in (True, False):
        made.deep.apply(replace(SETTINGS, consent_input=told))
        assert made.watch.hands is told


def test_who_follows_focus_no_more_is_told_now_of_what_was_held(tmp_path: Path) -> None:
    with parts(tmp_path) as made:
        made.deep.stop(for_good=True)
        assert made.notices.calls == ["start", "stop for good"]


def test_nothing_is_held_while_recording_is_paused(made: Parts) -> None:
    made.watch.say(deep=True)
    held(made)
    made.notices.limits = PAUSED
    says(made, deep_quiet.NOT_KEPT)
    over(made)
    made.notices.limits = ""
    held(made)
