"""What a training session is made of, shows and leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from companion.feedback.protocols import Protocol
from embeddings.feedback.plan import Plan


class Phase(StrEnum):
    """Where a session is."""

    WAITING = "waiting"  # for the headset's signal
    BASELINE = "baseline"
    BLOCK = "block"
    REST = "rest"
    PAUSED = "paused"
    DONE = "done"
    ENDED = "ended"  # early, by the person
    FAILED = "failed"


LEAST_BASELINE = 15.0  # seconds that a person may choose; ten of them have to be clean
OVER = frozenset({Phase.DONE, Phase.ENDED, Phase.FAILED})
GOING = frozenset({Phase.BASELINE, Phase.BLOCK, Phase.REST})


@dataclass(frozen=True, slots=True)
class Times:
    """How long a session's parts last, in seconds; ``blocks`` how many there are."""

    baseline: float = 60.0
    block: float = 180.0
    rest: float = 30.0
    blocks: int = 5

    def __post_init__(self) -> None:
        if not (self.baseline > 0 and self.block > 0 and self.rest >= 0 and self.blocks >= 1):  # nor what is no number
            raise ValueError("a session has a baseline and blocks")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wishes to train.

    Attributes
    ----------
    plan
        What is measured, see `companion.feedback.protocols.plan`.
    rate
        Share of unmuted time that should be rewarded.
    blind
        Whether a sealed draw decides between the person's own signal and a replayed one.
    sham_share
        How often that draw falls on the replay.
    alpha
        The alpha frequency it was planned with, Hz; None where it was not known or does not matter.
    modality
        How it is fed back, in words: ``scene``, ``scene and sound``.
    strategy
        What the person was told to try; empty for nothing.
    target
        What a direction goes towards, in words; empty for another protocol.

    """

    protocol: Protocol
    plan: Plan
    times: Times = Times()
    rate: float = 0.6
    blind: bool = False
    sham_share: float = 0.5
    alpha: float | None = None
    modality: str = "scene"
    strategy: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a session is now: all that a window may show while it runs.

    Attributes
    ----------
    value
        What the scene and the sound follow, 0 to 1; None outside of blocks and before anything is known.
    rewarded
        Whether it is at the threshold or above. Never while muted.
    muted
        Whether nothing is rewarded because of the signal.
    why
        Why, in words.
    block, blocks
        The number of the block at hand (from 1; 0 before the first), and how many there are.
    left, left_all
        Seconds left of this part and of the whole session.
    sentence
        What to tell the person.
    time
        UTC seconds of the newest sample that is in ``value``; None before any came.

    """

    phase: Phase
    value: float | None = None
    rewarded: bool = False
    muted: bool = False
    why: str = ""
    block: int = 0
    blocks: int = 0
    left: float = 0.0
    left_all: float = 0.0
    sentence: str = ""
    time: float | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened in a session: UTC seconds, and a word."""

    time: float
    word: str
