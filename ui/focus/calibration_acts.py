"""What a person is to do while focus is calibrated, act by act, and what is said before and after."""

from __future__ import annotations

from enum import Enum

from companion.focus.brain import BUSY, GOOD, LEARNING, NO_HEADSET
from companion.focus.calibration import WHOLE_SECONDS, Part, Step
from ui import wording

TITLE = "Calibrate focus"
WHAT = f"""\
What your EEG says of focus is measured against how you rest. It takes {wording.long(WHOLE_SECONDS)}, longer where the \
signal is poor.

1. You rest with closed eyes for about two minutes.
2. You count down from 1000 in sevens for two, silently, with closed eyes.

A bell rings when you begin, and whenever you are to open or to close your eyes. No deep focus begins meanwhile. \
Breaking it off leaves everything as it was."""
NEEDS = "It needs a headset that sends. Without one, focus goes on being told by what you do."
SILENT = "No bell can be heard on this machine: open your eyes now and then, and look how far it is."


class Act(Enum):
    """What the person is to do, and the headline that says so."""

    BEFORE = TITLE
    READY = "Make yourself comfortable"
    REST = "Rest"
    PAUSE = "Open your eyes"
    COUNT = "Count down in sevens"
    DONE = "Done"
    FAILED = "It did not work out"


_ACTS = {
    Part.READY: Act.READY,
    Part.REST: Act.REST,
    Part.MORE_REST: Act.REST,
    Part.PAUSE: Act.PAUSE,
    Part.RUN_IN: Act.COUNT,
    Part.WORK: Act.COUNT,
    Part.DONE: Act.DONE,
    Part.FAILED: Act.FAILED,
}
OVER = frozenset({Act.DONE, Act.FAILED})


def act_of(step: Step | None) -> Act:
    """Return what is to be done at a step; None is before the first."""
    return Act.BEFORE if step is None else _ACTS[step.part]


def body(step: Step | None) -> str:
    """Return what is said at a step, and once it is over what came of it."""
    if step is None:
        return WHAT
    return f"{step.sentence} {step.outcome.sentence}" if step.outcome is not None else step.sentence


def left(step: Step | None) -> str:
    """Return how long it will take still; empty before and after."""
    if step is None or act_of(step) in OVER:
        return ""
    return f"About {wording.long((1.0 - step.share) * WHOLE_SECONDS)} left, while the signal is good."


def signal(quality: str) -> tuple[str, bool]:
    """Say how the signal is (`FocusState.quality`), and whether it is good."""
    if quality == NO_HEADSET:
        return NEEDS, False
    if quality == BUSY:
        return "The signal is being looked at.", True
    if quality == GOOD or quality.startswith(LEARNING):
        return "The signal is good.", True
    return f"The signal is not good just now: {quality}.", False
