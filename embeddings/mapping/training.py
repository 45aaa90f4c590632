"""Training the mapping: for one person, or for many as the place where a new person begins.

Of the ways to learn a start from many people this is the plainest: one network for all, each person counting alike
and compared within themselves alone, then drawn towards by the personal training. Most of what meta-learning gains
over it lies in features that are shared anyway (Raghu et al. 2020, arXiv:1909.09157).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from embeddings.mapping.draw import GROUPS, SIZE, STEPS
from embeddings.mapping.file import Checkpoint, FileCheckpoint
from embeddings.mapping.pairs import Pairs, joined
from embeddings.mapping.plan import Plan, Stopped
from embeddings.mapping.vectors import Mapping
from embeddings.types import EmbeddingsError

__all__ = ["Stopped", "fit_start", "train"]

EPOCHS = 40.0
LEAST_ROUNDS = 2  # few pairs are seen more often: below this the network has hardly left its start
LEAST_PAIRS = 16

Progress = Callable[[float, str], None]


def train(
    pairs: Pairs,
    *,
    start: Mapping | None = None,
    epochs: float = EPOCHS,
    seed: int = 0,
    checkpoint: Path | Checkpoint | None = None,
    progress: Progress = lambda _share, _text: None,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Mapping:
    """Return a mapping trained on one person's pairs.

    Parameters
    ----------
    start
        Where to begin, and what the weights are drawn towards; None begins with nothing.
    epochs
        How often each pair is seen, at least; few pairs are seen more often.
    checkpoint
        File, or other `Checkpoint`, that is written about every ten seconds. A training that finds one of its own goes
        on from it, and ends where it would have ended. It is left when training is done, so that nothing is lost
        before the caller has stored the mapping; the caller deletes it then.
    progress
        Is told the share that is done (0 to 1) and a few words.
    stop
        Is asked between rounds of a fraction of a second.
    clock
        Monotonic seconds.

    Raises
    ------
    Stopped
        When ``stop`` said so; the checkpoint is up to date.
    EmbeddingsError
        When there are too few pairs, or ``start`` or the checkpoint do not fit them.

    """
    plan = _plan([pairs], start, epochs, seed)
    return _trained(plan, checkpoint, progress=progress, stop=stop, clock=clock)


def fit_start(
    people: Sequence[Pairs],
    *,
    epochs: float = EPOCHS,
    seed: int = 0,
    checkpoint: Path | Checkpoint | None = None,
    progress: Progress = lambda _share, _text: None,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Mapping:
    """Return a mapping trained on many people, each counting alike: where a new person begins.

    Pairs without content (weight 0) teach the state alone. For the rest see `train`.
    """
    plan = _plan(people, None, epochs, seed)
    return _trained(plan, checkpoint, progress=progress, stop=stop, clock=clock)


def _trained(plan: Plan, checkpoint: Path | Checkpoint | None, **watched: Any) -> Mapping:
    from embeddings.mapping.course import Course

    kept = FileCheckpoint(checkpoint) if isinstance(checkpoint, Path) else checkpoint
    return Course(plan, kept, **watched).run()


def _plan(people: Sequence[Pairs], start: Mapping | None, epochs: float, seed: int) -> Plan:
    pairs, person = joined([one.in_order() for one in people])
    if len(pairs) < LEAST_PAIRS:
        raise EmbeddingsError(
            f"{len(pairs)} pairs of EEG and content are too few to learn from: {LEAST_PAIRS} are needed. Wear the "
            "headset for longer while you work."
        )
    if start is not None:
        _check_fits(start, pairs)
    seen = GROUPS * SIZE * STEPS
    return Plan(pairs, person, start, max(LEAST_ROUNDS, round(epochs * len(pairs) / seen)), seed)


def _check_fits(start: Mapping, pairs: Pairs) -> None:
    from embeddings.mapping.net import SHARED, STATE

    lengths = start.inputs, start.state_dimension, start.shared_dimension
    if lengths != (pairs.brain.shape[1], STATE, SHARED):
        raise EmbeddingsError(
            "The start was trained with another version of the program. Delete it, or train one with this version."
        )
