"""What fails as do-not-disturb is to begin is tried again while focus goes on; what is not for us is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from deep_parts import SETTINGS, NoGuard, Parts, Ticks, held, over, parts, says, settle
from desktop import wait_until

from companion.deep_work import deep_quiet
from companion.focus.types import Cause
from companion.quiet.journal import Journal
from companion.quiet.types import QuietError

OFF = replace(SETTINGS, quiet_in_focus=False)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    passing = Ticks()
    really = deep_quiet.DeepQuiet
    monkeypatch.setattr("companion.deep_work.consequences.DeepQuiet", partial(really, monotonic=passing))
    monkeypatch.setattr("companion.quiet.keeping.Guard", NoGuard)
    monkeypatch.setattr(deep_quiet, "LOOK_SECONDS", 0.02)
    return passing


@pytest.fixture
def made(tmp_path: Path, ticks: Ticks) -> Iterator[Parts]:
    del ticks
    with parts(tmp_path) as made:
        yield made


def fail(some: Parts, patched: pytest.MonkeyPatch) -> list[str]:
    """Have the desktop give no answer; returns what was asked of it meanwhile."""
    asked: list[str] = []

    def silent() -> bool:
        asked.append("is it on")
        raise QuietError("The session bus does not answer.")

    patched.setattr(some.desktop, "is_on", silent)
    return asked


@pytest.mark.parametrize("cause", [Cause.SIGNS, Cause.QUIET_HOURS])
def test_what_fails_as_focus_begins_is_tried_again_every_few_seconds(
    made: Parts, ticks: Ticks, monkeypatch: pytest.MonkeyPatch, cause: Cause
) -> None:
    with monkeypatch.context() as patched:
        asked = fail(made, patched)
        made.watch.say(deep=True, cause=cause)
        says(made, "does not answer")
        for _ in range(2):
            settle(made)
        assert len(asked) == 1
        ticks.now += deep_quiet.TRY_SECONDS
        wait_until(lambda: len(asked) == 2, "another try")
        settle(made)
        ticks.now += deep_quiet.TRY_SECONDS  # each time it is waited for longer
        settle(made)
        assert len(asked) == 2
    ticks.now += deep_quiet.LONGEST_TRY_SECONDS
    held(made)
    assert made.incidents == ["The session bus does not answer."]


def test_what_failed_is_not_tried_once_focus_is_over_or_it_is_not_wanted(
    made: Parts, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        asked = fail(made, patched)
        ends: list[Callable[[], None]] = [lambda: made.watch.say(deep=False), lambda: made.deep.apply(OFF)]
        for end in ends:
            made.watch.say(deep=True)
            wait_until(lambda: bool(asked), "a try")
            end()
            settle(made)
            asked.clear()
            ticks.now += deep_quiet.LONGEST_TRY_SECONDS
            settle(made)
            settle(made)
            assert asked == []
    assert made.desktop.turns == []


def test_what_is_held_by_somebody_else_is_waited_for(
    made: Parts, ticks: Ticks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.quiet.keeping.LOCK_SECONDS", 0.01)
    with Journal(tmp_path).lock():
        made.watch.say(deep=True)
        says(made, "Another run")
    ticks.now += deep_quiet.TRY_SECONDS
    held(made)


def test_the_persons_own_do_not_disturb_is_not_waited_for(made: Parts, ticks: Ticks) -> None:
    made.desktop.on = True
    made.watch.say(deep=True)
    says(made, "Your own do-not-disturb is on")
    made.desktop.by_hand(on=False)
    ticks.now += deep_quiet.LONGEST_TRY_SECONDS
    settle(made)
    settle(made)
    assert made.desktop.turns == []


def test_notices_that_could_not_be_asked_as_focus_began_are_asked_again(made: Parts, ticks: Ticks) -> None:
    made.notices.sees = False
    made.watch.say(deep=True)
    wait_until(lambda: made.notices.marks == 1, "a try")
    made.notices.sees = True
    ticks.now += deep_quiet.TRY_SECONDS
    held(made)


def test_notices_are_asked_before_do_not_disturb_goes_on_and_that_they_cannot_be_is_told_once(
    made: Parts, ticks: Ticks
) -> None:
    made.notices.sees = False
    for focus in (1, 2):
        made.notices.marks = 0
        made.watch.say(deep=True)
        for tries in range(1, 5):
            wait_until(lambda tries=tries: made.notices.marks == tries, "a try")  # type: ignore[misc]
            settle(made)
            says(made, deep_quiet.NOT_SEEN)
            assert made.incidents == focus * [deep_quiet.NOT_MARKED.format("The session bus is too busy.")]
            ticks.now += deep_quiet.LONGEST_TRY_SECONDS
        made.watch.say(deep=False)
        settle(made)
    assert (made.desktop.turns, made.notices.began) == ([], [])
    made.notices.sees = True
    made.watch.say(deep=True)
    held(made)
    assert made.desktop.turns == [True]


def fail_twice(made: Parts, ticks: Ticks, asked: list[str]) -> None:
    """Have what is to begin fail, and once more when it is tried again."""
    wait_until(lambda: len(asked) == 1, "a try")
    settle(made)
    ticks.now += deep_quiet.TRY_SECONDS
    wait_until(lambda: len(asked) == 2, "another try")
    settle(made)


def test_another_focus_does_not_wait_as_long_as_the_last_one_did(
    made: Parts, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = fail(made, monkeypatch)
    made.watch.say(deep=True)
    fail_twice(made, ticks, asked)
    made.watch.say(deep=False)
    settle(made)
    asked.clear()
    made.watch.say(deep=True)
    fail_twice(made, ticks, asked)


def test_what_failed_before_it_was_on_makes_nothing_wait_longer_that_fails_after_it(
    made: Parts, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        asked = fail(made, patched)
        made.watch.say(deep=True)
        fail_twice(made, ticks, asked)
    ticks.now += deep_quiet.LONGEST_TRY_SECONDS
    held(made)
    made.notices.limits = "The session bus has gone away."
    over(made)
    asked = fail(made, monkeypatch)
    made.notices.limits = ""
    fail_twice(made, ticks, asked)
