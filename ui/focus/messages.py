"""What the focus window says where there is nothing to show."""

from __future__ import annotations

from ui.messages import Message
from ui.view_state import ViewState

WHAT_IT_IS = (
    "Companion can tell deep focus from how you work and from your headset, keep the desktop quiet meanwhile, and "
    "show afterwards, in one message, what was held. Nothing of it happens before you switch it on."
)
LOCKED = (
    "Focus is not followed meanwhile, because what it is told by lies in there. Notifications come as usual, and "
    "do-not-disturb is as you have it."
)


def not_followed(state: ViewState) -> Message:
    """Return why focus is not followed, and what helps."""
    if state.locked:
        return Message("Memory is locked", LOCKED, "Unlock…", "unlock")
    if not state.running:
        return Message("Not ready yet", state.sentence)
    return Message("Focus is not followed", WHAT_IT_IS, "Switch it on…", "settings")
