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
    LOCKED = "locked"  # recording what can only be read once the vault is unlocked
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
        How many frames were taken in. Each opened a new moment, continued one, is known from an earlier run, or was
        dropped.
    filtered
        How often a rule began to keep something out.
    kept_out
        How many looks a rule kept out.
    unseen
        How many looks were not taken for another reason.
    damaged
        How many of those were files that cannot be read.
    unreadable
        The first of these, each in a sentence that names the file.
    dropped
        How many frames should have opened a moment and could not be stored.
    limits
        What cannot be seen here, and how to mend it.
    unread
        Why the text in pictures cannot be read, so that none are kept.

    """

    problem: str = ""
    limits: str = ""
    unread: str = ""
    private: str = ""
    frames: int = 0
    new: int = 0
    continued: int = 0
    known: int = 0
    filtered: int = 0
    kept_out: int = 0
    unseen: int = 0
    damaged: int = 0
    unreadable: tuple[str, ...] = ()
    dropped: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Missed:
    """Screens that could not be stored, and when the first and the last of them were seen (UTC seconds)."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0

    def one_more(self, time: float) -> Missed:
        """Return this with one more screen."""
        return Missed(self.count + 1, min(self.first, time) if self.count else time, max(self.last, time))

    def sentences(self) -> tuple[str, ...]:
        """Say what is missing; nothing when nothing is."""
        if not self.count:
            return ()
        first, last = clock_time(self.first), clock_time(self.last)
        when = f"at {first}" if first == last else f"between {first} and {last}"
        return (f"{_screens(self.count)} could not be stored {when}.",)


NOTHING_MISSED = Missed()


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
    unseen
        How many looks at the screen were not taken, privacy rules apart (it was locked, or a file is damaged).
    dropped
        How many screens could not be stored.
    model_sentence
        What is wrong with the text model and how to mend it; empty when it works or has not been needed yet.
    focus
        How deep focus stands, in words; empty where it is not followed.

    """

    activity: Activity
    sentence: str
    headset: HeadsetState
    paused_until: float | None = None
    moments: int = 0
    filtered: int = 0
    backlog: int = 0
    quarantined: int = 0
    unseen: int = 0
    dropped: int = 0
    model_sentence: str = ""
    locked: bool = False
    focus: str = ""


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
    went: str = "",
) -> Status:
    """Put together what the person should see; the worst comes first. ``went`` is what went today for want of room."""
    activity, sentence = _activity(seeing, headset, paused_until, obstacles)
    if seeing and seeing.dropped and activity not in {Activity.ERROR, Activity.PAUSED}:
        sentence += f" {_screens(seeing.dropped)} could not be stored (see `companion doctor`)."
    if seeing and seeing.limits and activity not in {Activity.ERROR, Activity.PAUSED}:
        sentence += f" {seeing.limits}"
    return Status(
        activity=activity,
        sentence=f"{sentence} {went}".rstrip(),
        headset=headset,
        paused_until=paused_until,
        moments=moments,
        filtered=seeing.filtered if seeing else 0,
        backlog=backlog,
        quarantined=quarantined,
        unseen=seeing.unseen if seeing else 0,
        dropped=seeing.dropped if seeing else 0,
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
    problems = [told for told in (seeing.problem, seeing.unread) if told] if seeing else []
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


def _screens(count: int) -> str:
    return "1 screen" if count == 1 else f"{count} screens"
