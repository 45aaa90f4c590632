"""What the program is doing, as the person should see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from companion.brain.types import Contact, HeadsetState
from companion.wording import clock_time


class Activity(StrEnum):
    """The one thing the tray icon shows, worst first."""

    ERROR = "error"  # something does not work until the person mends it
    PAUSED = "paused"
    FILTERING = "filtering"  # recording, but what is on screen now is kept out by a privacy rule
    NO_HEADSET = "no headset"  # recording the screen; no brain signal is coming
    RECORDING = "recording"  # screen (where allowed) and headset


@dataclass(frozen=True, slots=True)
class Seeing:
    """What capture is doing.

    Attributes
    ----------
    problem
        What the person must mend; empty when capture works.
    private
        Why what is on screen now is kept out; empty when it is not.
    frames
        How many frames were taken in.
    unseen
        How often something could not be looked at that no rule keeps out.
    dropped
        How many frames should have opened a moment and could not be stored.

    """

    problem: str = ""
    private: str = ""
    frames: int = 0
    filtered: int = 0
    unseen: int = 0
    dropped: int = 0
    ended: bool = False


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


NO_HEADSET = HeadsetState(Contact.NONE, "No headset chosen.")
STREAMS = (Contact.STREAMING, Contact.ENDED)


def summarise(
    *,
    seeing: Seeing | None,
    headset: HeadsetState,
    paused_until: float | None,
    moments: int,
    backlog: int,
    quarantined: int,
    obstacles: Sequence[str],
) -> Status:
    """Put together what the person should see; the worst comes first."""
    activity, sentence = _activity(seeing, headset, paused_until, obstacles)
    return Status(
        activity=activity,
        sentence=sentence,
        headset=headset,
        paused_until=paused_until,
        moments=moments,
        filtered=seeing.filtered if seeing else 0,
        backlog=backlog,
        quarantined=quarantined,
        model_sentence=" ".join(obstacles),
    )


def _activity(
    seeing: Seeing | None, headset: HeadsetState, paused_until: float | None, obstacles: Sequence[str]
) -> tuple[Activity, str]:
    if paused_until is not None:
        until = "you resume" if math.isinf(paused_until) else clock_time(paused_until)
        return Activity.PAUSED, f"Paused until {until}. Nothing is recorded."
    if seeing is None and headset.contact is Contact.NONE:
        return Activity.PAUSED, "Nothing is recorded: no source is switched on. Choose what to record in the settings."
    problems = [seeing.problem] if seeing and seeing.problem else []
    problems += [headset.sentence] if headset.contact is Contact.FAILED else []
    problems += obstacles
    if problems:
        return Activity.ERROR, " ".join(problems)
    if seeing and seeing.private:
        return Activity.FILTERING, f"Not looking: {seeing.private}"
    screen = "Recording the screen" if seeing else "The screen is not recorded"
    if headset.contact not in STREAMS:
        return Activity.NO_HEADSET, f"{screen}. {headset.sentence}"
    return (
        Activity.RECORDING,
        f"{screen} and the headset. {headset.sentence}" if seeing else f"{screen}. {headset.sentence}",
    )
