"""What is known of focus as a person says it: words first, figures for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from companion.focus.types import Cause, FocusState, Mode
from ui import wording

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkState
    from companion.settings import Settings

SURE, FAIRLY, HARDLY, NOT = 0.85, 0.65, 0.35, 0.15  # probabilities that words change at
NO_HANDS = "cannot be told: clicks and typing rhythm are not recorded."
_CAUSES = {
    (Cause.OVERRIDE, True): "Focus is on",
    (Cause.OVERRIDE, False): "Focus is off",
    (Cause.QUIET_HOURS, True): "Quiet hours",
    (Cause.APP_RULE, True): "Deep focus, by your rule",
    (Cause.APP_RULE, False): "No deep focus, by your rule",
    (Cause.CORRECTED, False): "No deep focus, as you said",
    (Cause.LONGEST, False): "Time for a break",
    (Cause.AWAY, False): "Nobody is here",
}
_WORDS = {
    (Cause.OVERRIDE, True): "focus on",
    (Cause.OVERRIDE, False): "focus off",
    (Cause.QUIET_HOURS, True): "quiet hours",
}


def mode_of(state: FocusState) -> Mode:
    """Return who decides: the person, who said on or off, or nobody but the signs and the rules."""
    if state.cause is not Cause.OVERRIDE:
        return Mode.AUTOMATIC
    return Mode.ON if state.deep else Mode.OFF


def word(state: FocusState) -> str:
    """Return the state in a word or two."""
    usual = "deep focus" if state.deep else "focus unknown" if state.probability is None else "no deep focus"
    return _WORDS.get((state.cause, state.deep), usual)


def headline(state: FocusState) -> str:
    """Return the state with how sure that is."""
    said = _CAUSES.get((state.cause, state.deep))
    if said is not None:
        return said
    return f"{'Deep focus' if state.deep else 'No deep focus'}{_sure(state)}" if _known(state) else "Not known yet"


def lasting(state: FocusState, now: float) -> str:
    """Return since when it is so; empty where nothing is known, or it just began."""
    seconds = now - state.since
    if not _known(state) or seconds < 1.0:
        return ""
    return f"For {wording.long(seconds)}, since {wording.clock(state.since)}."


def figures(state: FocusState) -> str:
    """Return the figures behind the words."""
    if state.probability is None:
        return "There is no figure yet."
    return f"Deep focus at the moment: {state.probability:.0%} probable, by all that is known."


def part_figure(name: str, probability: float | None) -> str:
    """Return the figure of one part, which is that of it alone."""
    return "" if probability is None else f"{name} alone: {probability:.0%} probable."


def speaks(probability: float) -> str:
    """Return what one part says."""
    if probability >= SURE:
        return "speaks clearly for deep focus."
    if probability >= FAIRLY:
        return "speaks for deep focus."
    if probability > HARDLY:
        return "says neither."
    return "speaks against it." if probability > NOT else "speaks clearly against it."


def of_eeg(state: FocusState) -> str:
    """Return what the EEG says, or why it says nothing."""
    if state.eeg is None or state.frozen:
        return f"waits for a clean signal ({state.quality})." if state.frozen else f"says nothing: {state.quality}."
    return speaks(state.eeg)


def of_behaviour(state: FocusState, settings: Settings) -> str:
    """Return what the hands and the attention say, or why they say nothing."""
    if state.behaviour is not None:
        return speaks(state.behaviour)
    if not (settings.consent_input and settings.looks_at_windows):
        return NO_HANDS
    return "says nothing yet: it takes a minute of work."


def of_notices(state: DeepWorkState) -> str:
    """Return whether notifications are held, or why they are not."""
    notices, quiet = state.notices, state.quiet
    if quiet.holds:
        told = f"Since then: {notices.held} held, {notices.passed} passed."
        return f"Do-not-disturb is on ({quiet.backend}). {told}"
    limits = " ".join(filter(None, (quiet.limits, notices.limits)))
    return limits or "Notifications come as usual."


def _known(state: FocusState) -> bool:
    return state.deep or state.probability is not None


def _sure(state: FocusState) -> str:
    if state.probability is None:
        return ""
    for_it = state.probability if state.deep else 1.0 - state.probability
    if for_it >= SURE:
        return ", quite sure"
    if for_it >= FAIRLY:
        return ", fairly sure"
    return ", not sure" if for_it > HARDLY else ", about to change"
