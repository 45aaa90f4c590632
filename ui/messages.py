"""What the sidebar says in place of a list: one sentence for each honest reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from companion.brain.types import Contact
from companion.ports import Question
from companion.status import Activity
from ui import wording
from ui.view_state import ViewState

WORK_ON = "Close this (Esc) and go on with something: a window that it lies over is not looked at."
Action = Literal["", "settings", "again", "resume", "unlock"]


@dataclass(frozen=True, slots=True)
class Message:
    """A headline, what it means, and the button that helps (``action``; empty = none)."""

    headline: str
    body: str
    button: str = ""
    action: Action = ""


def idle(state: ViewState) -> Message:
    """Return what to say before anything was asked."""
    if not state.running and state.activity is Activity.ERROR:
        return Message("Companion could not start", state.sentence, "Open the settings", "settings")
    if not state.running:
        return Message("Not ready yet", state.sentence)
    if state.locked:
        return locked(state)
    if state.moments == 0:
        return _nothing_recorded(state)
    remembered = wording.count(state.moments, "moment is", "moments are")
    return Message("What was it about?", f"{remembered} remembered. Type a few words, or think of it.")


def locked(state: ViewState) -> Message:
    """Return what to say while memory cannot be read."""
    return Message("Memory is locked", state.sentence, "Unlock…", "unlock")


def no_hit(question: Question, state: ViewState) -> Message:
    """Return what to say when an answer is empty."""
    if state.moments == 0:
        return _nothing_recorded(state)
    if question.thought:
        return Message("Nothing felt like this", "No remembered moment is like your state now.")
    if question.like is not None:
        return Message("No other is like it", "No remembered moment is like the one you chose.")
    waiting = ""
    if state.backlog:
        are = wording.count(state.backlog, "moment is", "moments are")
        waiting = f" {are} still being read and may be found soon."
    return Message(f"Nothing matches “{question.text}”", f"Try other words, or fewer.{waiting}")


def failed(sentence: str) -> Message:
    """Return what to say when asking failed."""
    return Message("That did not work", sentence, "Try again", "again")


def thought_needs(state: ViewState) -> Message | None:
    """Return why a thought cannot be asked about now, or None when it can."""
    if state.locked:
        return locked(state)
    if not state.running or state.contact is Contact.STREAMING:
        return None
    if state.contact is Contact.NONE:
        return Message("Thinking of it needs a headset", state.headset, "Choose a headset", "settings")
    return Message("No brain signal is coming", state.headset, "Try again", "again")


def _nothing_recorded(state: ViewState) -> Message:
    if state.activity is Activity.PAUSED:
        return Message("Nothing is remembered yet", state.sentence, "Record again", "resume")
    if state.activity is Activity.ERROR:
        return Message("Nothing is remembered yet", state.sentence, "Open the settings", "settings")
    return Message("Nothing is remembered yet", f"{state.sentence} {WORK_ON}")
