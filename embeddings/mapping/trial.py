"""How far to go with a training: as far as it helps in time (or people) it was not trained on.

A trial is trained without a part of the pairs. Between where it began and where it ended, that place on the straight
line is looked for which does best on the part that was left out (Wortsman et al. 2022, arXiv:2109.01903); the real
training, on everything, then goes as far. Weak signals are common here, and for them the beginning is often best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.mapping.judging import scores
from embeddings.mapping.linear import groups_of
from embeddings.mapping.pairs import Pairs
from embeddings.mapping.retrieval import Session, answers, sessions
from embeddings.mapping.vectors import Mapping

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
LEAST_PAIRS = 100  # with content; what fewer say of a share is chance
HELD_OUT = 0.25
GUARD_SECONDS = 60.0
CLEAR = 2.0  # standard errors
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def parts(pairs: Pairs, person: NDArray[np.int64]) -> tuple[Mask, Mask] | None:
    """Return what a trial is trained on and judged by, ``bool[n]`` each; None when there is too little of it.

    Whole people are left out where there are several, else the last sessions, else the last stretch of time. Pairs are
    in order of person, session and time.
    """
    known = pairs.weight > 0
    if np.count_nonzero(known) < LEAST_PAIRS:
        return None
    group = groups_of(pairs, person)
    names = np.unique(group)
    held = group >= names[-max(1, round(HELD_OUT * len(names)))]
    trained = ~held
    for session in np.unique(pairs.session[held]):  # of a session cut in two, a guard is in neither part
        begin = pairs.time[held & (pairs.session == session)].min()
        trained &= (pairs.session != session) | (pairs.time < begin - GUARD_SECONDS)
    enough = np.count_nonzero(known & trained) >= LEAST_PAIRS / 2
    return (trained, held) if enough else None


def best_share(mapping: Callable[[float], Mapping], held: Pairs) -> float:
    """Return the share of the way from the beginning (0) to the end (1) of a training that does best on ``held``.

    It is 0 unless the gain is `CLEAR` times its standard error: noise alone makes one of the shares look best.
    """
    asked = list(sessions(held))
    if not asked:
        return 0.0
    order, weight = zip(*(_order(mapping(share), held, asked) for share in SHARES), strict=True)
    gains = np.array(order) - order[0]
    kept = weight[0] / weight[0].sum() if weight[0].any() else weight[0]
    best = int(np.argmax(gains @ kept))
    gain = float(gains[best] @ kept)
    error = float(np.sqrt(np.square(kept) @ np.square(gains[best] - gain)))
    return SHARES[best] if gain > CLEAR * error else 0.0


def _order(mapping: Mapping, held: Pairs, asked: Sequence[Session]) -> tuple[Numbers, Numbers]:
    """Return how often the right content came first of two at each question, and what each question counts."""
    found = [answers(session, scores(mapping, held, session)) for session in asked]
    return np.concatenate([one.order for one in found]), np.concatenate([one.share for one in found])
