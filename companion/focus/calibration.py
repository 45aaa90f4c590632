"""A guided minute of rest and of work, after which the EEG is measured against this person. Pure: time is passed in.

Rest is what everything is measured against (docs/adr/0011-focus.md); only seconds with a fit signal count. Some more
of it, and the work that follows, say how well the two are told apart in this person.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from companion.focus import outcome
from companion.focus.outcome import Outcome


class Part(StrEnum):
    """Where a calibration is."""

    READY = "ready"
    REST = "rest"  # learned from
    MORE_REST = "more rest"  # told apart from work
    PAUSE = "pause"
    RUN_IN = "run in"  # work, until nothing of the rest is in the running mean any more
    WORK = "work"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Stage:
    """One part: what the person is told, and how long it takes.

    Attributes
    ----------
    seconds
        By the clock; of `Part.REST` about as many with a fit signal, until the rest is known.
    most
        Seconds by the clock after which it has failed.

    """

    part: Part
    sentence: str
    seconds: float
    most: float = math.inf


_REST = "Sit back, close your eyes and let your thoughts go where they like, your jaw loose. A sound tells the end."
_WORK = "Close your eyes and count down from 1000 in sevens, silently and without moving: 1000, 993, 986, ..."
STAGES = (
    Stage(Part.READY, "Sit comfortably. First you rest for about two minutes, then you count for two.", 5.0),
    Stage(Part.REST, _REST, 60.0, most=180.0),
    Stage(Part.MORE_REST, _REST, 45.0),
    Stage(Part.PAUSE, f"Open your eyes. Next: {_WORK[0].lower()}{_WORK[1:]}", 8.0),
    Stage(Part.RUN_IN, _WORK, 32.0),
    Stage(Part.WORK, _WORK, 75.0),
)
DONE = "Thank you. Your rest is known now, and focus is measured against it."
NO_SIGNAL = (
    "In three minutes there was not one minute with a good signal. Look at how the electrodes lie (Headset), moisten "
    "the skin under them, sit still, and calibrate again."
)
FORGOTTEN = "What was recorded in the last minutes is forgotten, and this calibration with it. Calibrate again."
LOST = "The headset stopped sending. Look at it (Headset), and calibrate again."
LOST_SECONDS = 20.0  # without an answer from the EEG
WHOLE_SECONDS = sum(stage.seconds for stage in STAGES)  # with a good signal all along


@dataclass(frozen=True, slots=True)
class Step:
    """What to show.

    Attributes
    ----------
    left
        Seconds until the next part, if the signal stays good.
    share
        How much of the whole is done, 0 to 1.
    outcome
        What came of it, once it is done and kept.

    """

    part: Part
    sentence: str
    left: float
    share: float
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A time (monotonic) that is known to have been work, or rest."""

    start: float
    end: float
    focused: bool


class Calibration:
    """Follows the parts from ``now`` (monotonic) on.

    Attributes
    ----------
    begun
        When it began.
    spans
        What has been seen so far of rest and of work, the rest that is learned from left out.

    """

    def __init__(self, now: float) -> None:
        self._at, self._part_begun, self._heard = 0, now, now
        self._known = 0.0
        self._failed = ""
        self._said: dict[Part, list[float]] = {Part.MORE_REST: [], Part.WORK: []}
        self.begun = now
        self.spans: tuple[Span, ...] = ()

    @property
    def part(self) -> Part:
        """Where it is."""
        if self._failed:
            return Part.FAILED
        return STAGES[self._at].part if self._at < len(STAGES) else Part.DONE

    @property
    def over(self) -> bool:
        """Whether it is done, or has failed."""
        return self.part in (Part.DONE, Part.FAILED)

    def step(self, now: float, known: float | None, said: float | None = None) -> Step:
        """Go on to ``now``.

        ``known`` says how much of the rest is known, 0 to 1, None that no EEG comes; ``said`` are the log odds of focus
        by a signal that is good now, None by none.
        """
        if not self.over:
            if known is not None:
                self._heard, self._known = now, known
            if said is not None and self.part in self._said:
                self._said[self.part].append(said)
            self._advance(now)
        return self._told(now)

    def forget(self) -> None:
        """Let go of all that was seen so far: it has failed, unless it is over."""
        if not self.over:
            self._failed, self.spans = FORGOTTEN, ()
            self._said = {part: [] for part in self._said}

    def outcome(self, before: float, after: float) -> Outcome:
        """Return what came of it; how far the EEG was believed before, and is after."""
        rest, work = (outcome.mean(self._said[part]) for part in (Part.MORE_REST, Part.WORK))
        return Outcome(rest, work, before, after)

    def _advance(self, now: float) -> None:
        stage = STAGES[self._at]
        gone = now - self._part_begun
        if now - self._heard > LOST_SECONDS:
            self._failed = LOST
            return
        if stage.part is Part.REST and self._known < 1.0 and gone > stage.most:
            self._failed = NO_SIGNAL
        elif self._known >= 1.0 if stage.part is Part.REST else gone >= stage.seconds:
            if stage.part in (Part.MORE_REST, Part.WORK):
                self.spans += (Span(self._part_begun, now, stage.part is Part.WORK),)
            self._at, self._part_begun, self._known = self._at + 1, now, 0.0

    def _told(self, now: float) -> Step:
        if self.over:
            return Step(self.part, self._failed or DONE, 0.0, 1.0)
        stage = STAGES[self._at]
        gone = self._known * stage.seconds if stage.part is Part.REST else now - self._part_begun
        left = max(0.0, stage.seconds - gone)
        after = sum(one.seconds for one in STAGES[self._at + 1 :])
        return Step(stage.part, stage.sentence, left, 1.0 - (left + after) / WHOLE_SECONDS)
