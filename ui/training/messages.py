"""What the training window says where nothing can be trained, or nothing at all be shown."""

from __future__ import annotations

from companion.brain.types import Contact
from ui.headset import words
from ui.messages import Message
from ui.view_state import ViewState

LOADING = Message("One moment", "Training is being made ready.")
_SEALED = "Your sessions lie in it, and so does what new ones are measured against."
_PAUSED = "Nothing is recorded, and the headset is let go of until you go on."
_NONE = "A scene follows your EEG, so there has to be some. Without a headset, a recording can be played back."


def nothing(state: ViewState) -> Message | None:
    """Return why neither training nor earlier sessions can be shown; None when they can."""
    if not state.running:
        return words.obstacle(state)
    if state.locked:
        return Message("Memory is locked", _SEALED, "Unlock…", "unlock")
    return None


def no_training(state: ViewState) -> Message | None:
    """Return why nothing can be trained now; None when something can."""
    if state.paused:
        return Message("Paused", _PAUSED, "Record again", "resume")
    if state.running and state.contact is Contact.NONE:
        return Message("Training needs a headset", _NONE, "Choose a headset", "settings")
    return words.obstacle(state)
