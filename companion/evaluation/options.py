"""What an evaluation can be asked to do differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Model = Literal["train", "start"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to evaluate.

    Attributes
    ----------
    split
        ``person``, ``session`` or ``time``; empty is the task's own.
    model
        ``train``: trained on the other people (sessions, blocks) of the set. ``start``: the shipped weights, untouched.
    seed
        Of everything that is drawn.
    seconds
        Length of a window; 0 is the task's own.
    picks
        Electrodes; none is the task's own choice.
    quick
        Fewer permutations and bootstrap draws: for a look, not for a figure to publish.
    people
        Only these; none is all.

    """

    split: str = ""
    model: Model = "train"
    seed: int = 0
    seconds: float = 0.0
    picks: tuple[str, ...] = ()
    quick: bool = False
    people: tuple[str, ...] = ()
