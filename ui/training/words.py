"""What the training windows say: times, parts, figures with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from companion.feedback.types import Phase, Snapshot, Times
from ui import wording

if TYPE_CHECKING:
    from companion.feedback.figures import Interval
    from companion.feedback.port import AlphaSearch
    from companion.feedback.progress import Progress
    from index.trainings import Training

NO_CLAIM = "This describes a signal. It says nothing about health, treats nothing, and a change may be chance."
BLIND = (
    "A sealed draw decides whether you follow your own signal or a replay of your earlier sessions: train without it "
    "first. No window, report or export tells which before you ask afterwards; trying it out can (in calm, by closing "
    "your eyes). A seal is shown at the start: note it, and you can check later that nothing was changed."
)
TOO_FEW = "too little to tell"
SEALED = "sealed"


def clock(seconds: float) -> str:
    """Return a length of time that runs down: ``2:05``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02d}"


def part(snapshot: Snapshot) -> str:
    """Return which part of a session is at hand."""
    if snapshot.phase is Phase.BLOCK:
        return f"Block {snapshot.block} of {snapshot.blocks}"
    if snapshot.phase is Phase.REST:
        return f"Rest after block {snapshot.block} of {snapshot.blocks}"
    return {Phase.WAITING: "Waiting", Phase.BASELINE: "Baseline", Phase.PAUSED: "Paused"}.get(snapshot.phase, "Over")


def time_left(snapshot: Snapshot) -> str:
    """Return how long it still takes."""
    return f"{clock(snapshot.left)} left, {clock(snapshot.left_all)} in all"


def course(times: Times) -> str:
    """Return how a session goes, in a sentence."""
    whole = times.baseline + times.blocks * times.block + (times.blocks - 1) * times.rest
    blocks = wording.count(times.blocks, "block", "blocks")
    rests = f", rests of {wording.long(times.rest)}" if times.blocks > 1 and times.rest else ""
    return (
        f"{wording.long(whole)}: {wording.long(times.baseline)} with open eyes to begin with, {blocks} of "
        f"{wording.long(times.block)}{rests}."
    )


def share(found: Interval | None) -> str:
    """Return a share with its interval."""
    return TOO_FEW if found is None else f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"


def spreads(found: Interval | None) -> str:
    """Return what was measured, in spreads of the baseline, with its interval."""
    return TOO_FEW if found is None else f"{found.value:+.2f} ({found.low:+.2f} to {found.high:+.2f})"


def session(training: Training, title: str, now: float) -> str:
    """Return a session in a line."""
    blind = ", blind" if training.blind else ""
    sealed = ", not yet told" if training.sealed else ""
    return f"{title}{blind}{sealed} · {wording.when(training.time_start, now)}"


def alpha(search: AlphaSearch) -> str:
    """Return what is known of the own alpha frequency."""
    found = search.found
    if found is None:
        return "“Calm up” follows your own alpha frequency. A minute of closed eyes finds it."
    if found.frequency is None or found.low is None or found.high is None:
        return found.sentence
    return f"Your own alpha frequency: {found.frequency:.1f} Hz ({found.low:.1f} to {found.high:.1f})."


def against_sham(progress: Progress) -> str:
    """Return how sessions with the own signal compare with those with a replay; nothing where that is not known."""
    found = progress.against_sham
    if found is None:
        return ""
    sure = found.low > 0 or found.high < 0
    return f"Own signal against replays: {spreads(found)} spreads{'' if sure else ', which may well be no difference'}."
