"""What other commands ask of focus: how it stands, and to have it on, off or automatic."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from companion.control import ControlError

if TYPE_CHECKING:
    from companion.deep_work_port import DeepWorkPort

WHAT = "focus"
NOT_FOLLOWED = "Focus is not followed. Switch it on in “What is recorded…”, or set follow_focus in the settings file."
LOCKED = "Memory is locked: unlock it first."


def answer(deep: DeepWorkPort | None, request: Mapping[str, str], clock: Callable[[], float]) -> str:
    """Do what is asked for and return what to tell, JSON for ``mode`` = ``status``; raises `ControlError`."""
    from companion.deep_work import without_content  # only where focus may be followed
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
        minutes = float(request.get("minutes", "") or "nan")
        deep.override(Mode(wanted), None if minutes != minutes else clock() + 60.0 * minutes)  # noqa: PLR0124 nan: no end
    except (ValueError, FocusError) as error:
        raise ControlError(str(error)) from error
    return _SAID[Mode(wanted).value]


_SAID = {
    "automatic": "Focus is told by what you do, and by the headset where it is worn.",
    "on": "Focus is on.",
    "off": "Focus is off.",
}
