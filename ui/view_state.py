"""The engine's state as every window shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.brain.types import Contact, HeadsetState
from companion.status import Activity, Status
from ui.focus.wording import mode_of, word

if TYPE_CHECKING:
    from companion.focus.types import FocusState, Mode

HEADSET_UNKNOWN = HeadsetState(Contact.NONE, "Headset: not known yet")


@dataclass(frozen=True, slots=True)
class ViewState:
    """What is shown, and nothing that changes without being seen.

    Attributes
    ----------
    activity
        None while the engine is not running yet.
    running
        Whether there is an engine that records.
    locked
        Whether what it records, and all that was recorded, cannot be read now.
    mode
        Who decides whether this is deep focus; None where focus is not followed.
    deep, focus_word, focus
        Whether it is, in a word or two, and in a sentence.
    device, simulated
        The headset's name once it is known, and whether it is on no head.

    """

    activity: Activity | None
    sentence: str
    headset: str
    contact: Contact = Contact.NONE
    paused: bool = False
    running: bool = False
    locked: bool = False
    moments: int = 0
    backlog: int = 0
    model_sentence: str = ""
    mode: Mode | None = None
    deep: bool = False
    focus_word: str = ""
    focus: str = ""
    device: str = ""
    simulated: bool = False


STARTING = "Starting… You can type already."
BRINGING_IN = "Bringing in what was recorded while locked…"


def before_start(sentence: str = STARTING) -> ViewState:
    """Return what is shown while there is no engine yet."""
    return ViewState(None, sentence, HEADSET_UNKNOWN.sentence)


def broken(sentence: str) -> ViewState:
    """Return what is shown when the engine could not be started."""
    return ViewState(Activity.ERROR, sentence, HEADSET_UNKNOWN.sentence)


def view(status: Status, focus: FocusState | None = None) -> ViewState:
    """Return what is shown of a status, and of focus where it is followed.

    Counters nobody sees are left out, so that equal states look equal.
    """
    return ViewState(
        activity=status.activity,
        sentence=status.sentence,
        headset=status.headset.sentence,
        contact=status.headset.contact,
        paused=status.paused_until is not None,
        running=True,
        locked=status.locked,
        moments=status.moments,
        backlog=status.backlog,
        model_sentence=status.model_sentence,
        mode=mode_of(focus) if focus is not None else None,
        deep=focus is not None and focus.deep,
        focus_word=word(focus) if focus is not None else "",
        focus=status.focus if focus is not None else "",
        device=status.headset.device,
        simulated=status.headset.simulated,
    )
