"""What the program is doing, as the person should see it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from companion.brain.types import HeadsetState


class Activity(StrEnum):
    """The one thing the tray icon shows, worst first."""

    ERROR = "error"  # something does not work until the person mends it
    PAUSED = "paused"
    FILTERING = "filtering"  # recording, but what is on screen now is kept out by a privacy rule
    NO_HEADSET = "no headset"  # recording the screen; no brain signal is coming
    RECORDING = "recording"  # screen (where allowed) and headset


@dataclass(frozen=True, slots=True)
class Status:
    """A snapshot of the engine.

    Attributes
    ----------
    sentence
        What the tray says, ready to be shown.
    paused_until
        UTC seconds, ``inf`` for "until I resume", None when not paused.
    backlog
        Moments still waiting for text or vectors.
    model_sentence
        What is wrong with the text model and how to mend it; empty when it works or has not been needed yet.

    """

    activity: Activity
    sentence: str
    headset: HeadsetState
    paused_until: float | None = None
    moments: int = 0
    filtered: int = 0
    backlog: int = 0
    quarantined: int = 0
    model_sentence: str = ""
