from __future__ import annotations

from dataclasses import replace

import pytest
from recording_deep_work import CALM, DEEP, DOWN, UNKNOWN, RecordingDeepWork
from recording_engine import NOW, status

from companion.focus.types import Cause, FocusState, Mode
from companion.quiet.keeping import Standing
from companion.settings import Settings
from ui.focus import wording
from ui.view_state import view

ALL_TOLD = Settings(consent_input=True, consent_text=True)


@pytest.mark.parametrize(
    ("state", "said", "word"),
    [
        (DEEP, "Deep focus, quite sure", "deep focus"),
        (replace(DEEP, probability=0.7), "Deep focus, fairly sure", "deep focus"),
        (replace(DEEP, probability=0.5), "Deep focus, not sure", "deep focus"),
        (replace(DEEP, probability=0.1), "Deep focus, about to change", "deep focus"),
        (CALM, "No deep focus, fairly sure", "no deep focus"),
        (replace(CALM, probability=0.9), "No deep focus, about to change", "no deep focus"),
        (UNKNOWN, "Not known yet", "focus unknown"),
        (replace(DEEP, cause=Cause.OVERRIDE), "Focus is on", "focus on"),
        (replace(CALM, cause=Cause.OVERRIDE), "Focus is off", "focus off"),
        (replace(UNKNOWN, cause=Cause.OVERRIDE), "Focus is off", "focus off"),
        (replace(UNKNOWN, cause=Cause.QUIET_HOURS, deep=True), "Quiet hours", "quiet hours"),
        (replace(CALM, cause=Cause.LONGEST), "Time for a break", "no deep focus"),
        (replace(CALM, cause=Cause.CORRECTED), "No deep focus, as you said", "no deep focus"),
    ],
)
def test_the_state_is_said_with_how_sure_it_is(state: FocusState, said: str, word: str) -> None:
    assert wording.headline(state) == said
    assert wording.word(state) == word


def test_who_decides_is_told() -> None:
    assert wording.mode_of(DEEP) is Mode.AUTOMATIC
    assert wording.mode_of(replace(DEEP, cause=Cause.OVERRIDE)) is Mode.ON
    assert wording.mode_of(replace(CALM, cause=Cause.OVERRIDE)) is Mode.OFF


def test_figures_are_for_whoever_asks() -> None:
    assert "90%" in wording.figures(DEEP)
    assert "90%" not in wording.headline(DEEP)
    assert wording.figures(UNKNOWN) == "There is no figure yet."


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DEEP, "speaks for deep focus."),
        (CALM, "speaks clearly against it."),
        (replace(DEEP, eeg=0.5), "says neither."),
        (UNKNOWN, "says nothing: no headset."),
        (replace(DEEP, frozen=True, quality="TP9 moves"), "waits for a clean signal (TP9 moves)."),
    ],
)
def test_the_eeg_speaks_for_itself(state: FocusState, said: str) -> None:
    assert wording.of_eeg(state) == said


@pytest.mark.parametrize(
    ("state", "settings", "said"),
    [
        (DEEP, ALL_TOLD, "speaks for deep focus."),
        (UNKNOWN, ALL_TOLD, "says nothing yet: it takes a minute of work."),
        (UNKNOWN, replace(ALL_TOLD, consent_input=False), wording.NO_HANDS),
        (UNKNOWN, replace(ALL_TOLD, consent_text=False), wording.NO_HANDS),
    ],
)
def test_behaviour_says_why_it_cannot_be_told(state: FocusState, settings: Settings, said: str) -> None:
    assert wording.of_behaviour(state, settings) == said


def test_what_becomes_of_notifications_is_said() -> None:
    deep = RecordingDeepWork()
    assert wording.of_notices(deep.state()) == "Notifications come as usual."
    deep.quiet = Standing(limits="Your own do-not-disturb is on.")
    assert wording.of_notices(deep.state()) == "Your own do-not-disturb is on."
    deep.quiet, deep.notices = Standing(holds=True, backend="dunst"), replace(DOWN, held=3, passed=1)
    assert wording.of_notices(deep.state()) == "Do-not-disturb is on (dunst). Since then: 3 held, 1 passed."


def test_how_long_it_lasts_is_said_once_it_lasts() -> None:
    assert wording.lasting(DEEP, NOW).startswith("For 10 min, since ")
    assert wording.lasting(replace(DEEP, since=NOW), NOW) == ""
    assert wording.lasting(UNKNOWN, NOW) == ""


def test_what_the_windows_show_is_empty_where_focus_is_not_followed() -> None:
    state = view(replace(status(), focus="left over"))
    assert (state.mode, state.deep, state.focus_word, state.focus) == (None, False, "", "")
    state = view(replace(status(), focus="Deep focus."), DEEP)
    assert (state.mode, state.deep, state.focus_word, state.focus) == (
        Mode.AUTOMATIC,
        True,
        "deep focus",
        "Deep focus.",
    )
