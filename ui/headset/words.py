"""What the headset window says: how an electrode lies, and why there is nothing to be seen."""

from __future__ import annotations

from enum import Enum, auto

from companion.brain.types import Contact
from ui import messages
from ui.messages import Message
from ui.view_state import ViewState

SIMULATED = "Simulated. Contact is judged only of a signal that came from a head."
NOT_JUDGED = "How the electrodes lie is judged once the signal has come for some seconds."
LOADING = Message("One moment", "The traces are being made ready.")
_PAUSED = "Nothing is recorded, and the headset is let go of until you go on."
_SEALED = "What the headset sends is sealed the moment it comes, and cannot be shown."
_SETTINGS = "Headset settings"
_OBSTACLES = {
    Contact.NONE: ("No headset", "The screen is remembered all the same.", "Choose a headset"),
    Contact.CONNECTING: ("Looking for the headset", "Switch it on and keep it near.", _SETTINGS),
    Contact.SILENT: ("Nothing comes from the headset", "", _SETTINGS),
    Contact.LOST: ("The headset cannot be reached", "", _SETTINGS),
    Contact.ENDED: ("The recording is over", "To have it played once more, choose it again.", _SETTINGS),
    Contact.FAILED: ("The headset cannot be used", "", "Choose another headset"),
}

_WORDS = {
    Contact.CONNECTING: " …",
    Contact.STREAMING: "",
    Contact.SILENT: " silent",
    Contact.LOST: " lost",
    Contact.ENDED: " ended",
    Contact.FAILED: " fails",
}


class Lying(Enum):
    """How an electrode lies."""

    GOOD = auto()
    BADLY = auto()
    SILENT = auto()
    UNKNOWN = auto()


def lying(fault: str | None, silent: str) -> Lying:
    """Return the state that a fault (empty: none, None: not judged) stands for; ``silent`` is the one of no signal."""
    if fault is None:
        return Lying.UNKNOWN
    if not fault:
        return Lying.GOOD
    return Lying.SILENT if fault == silent else Lying.BADLY


def word(fault: str | None) -> str:
    """Say how an electrode lies."""
    return "not judged" if fault is None else fault or "good"


def headset_word(state: ViewState) -> str:
    """Say in a word or two what the headset does; nothing without one."""
    name = "simulated headset" if state.simulated else "headset"
    return f"{name}{_WORDS[state.contact]}" if state.running and state.contact is not Contact.NONE else ""


def obstacle(state: ViewState) -> Message | None:
    """Return why no signal can be shown, with the button that helps; None when it can."""
    if not state.running:
        return messages.idle(state)
    if state.locked:
        return Message("Memory is locked", _SEALED, "Unlock…", "unlock")
    if state.paused:
        return Message("Paused", _PAUSED, "Record again", "resume")
    if state.contact is Contact.STREAMING:
        return None
    headline, more, button = _OBSTACLES[state.contact]
    return Message(headline, f"{state.headset} {more}".rstrip(), button, "settings")
