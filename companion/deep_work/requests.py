"""What other commands ask of focus: how it stands, and to have it on, off or automatic."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from companion.control import ControlError

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkPort

WHAT = "focus"
MOST_MINUTES = 24 * 60.0
MINUTES = f"Choose more than 0 and at most {MOST_MINUTES:.0f} minutes."
NOT_FOLLOWED = "Focus is not followed. Switch it on in “What is recorded…”, or set follow_focus in the settings file."
LOCKED = "Memory is locked: unlock it first."


def answer(deep: DeepWorkPort | None, request: Mapping[str, str], clock: Callable[[], float]) -> str:
    """Do what is asked for and return what to tell, JSON for ``mode`` = ``status``; raises `ControlError`."""
    from companion.deep_work.consequences import without_content  # only where focus may be followed
    from companion.focus.types import FocusError, Mode

    if deep is None:
        raise ControlError(NOT_FOLLOWED)
    wanted = request.get("mode", "")
    if wanted == "status":
        state = without_content(deep.state())
        return json.dumps({**asdict(state.focus), "quiet": asdict(state.quiet), "says": state.sentence})
    if wanted not in tuple(Mode):
        raise ControlError("This version of the program does not know what was asked.")
    try:
        minutes = minutes_of(request.get("minutes", ""))
        deep.override(Mode(wanted), None if minutes is None else clock() + 60.0 * minutes)
    except FocusError as error:
        raise ControlError(str(error)) from error
    return _SAID[Mode(wanted).value]


def minutes_of(written: str) -> float | None:
    """Return for how many minutes something is wanted, None for no end; raises `ControlError`."""
    if not written:
        return None
    try:
        minutes = float(written)
    except ValueError as error:
        raise ControlError(MINUTES) from error
    if not 0.0 < minutes <= MOST_MINUTES:  # what is no number neither
        raise ControlError(MINUTES)
    return minutes


_SAID = {
    "automatic": "Focus is told by what you do, and by the headset where it is worn.",
    "on": "Focus is on.",
    "off": "Focus is off.",
}
