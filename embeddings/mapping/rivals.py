"""What a mapping is held against: its own answers to EEG of other moments, and a clock that knows no EEG at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embeddings.mapping.pairs import Pairs
from embeddings.mapping.retrieval import Scores, Session

DAY_SECONDS = 86_400.0
NEIGHBOURS = 15  # earlier moments the clock goes by
NEAREST = 10  # a turn leaves at least this part of a session between a question and the EEG it gets

Numbers = NDArray[np.float64]
Clock = Callable[[Pairs, Pairs], tuple[Numbers, Numbers]]


def turns(count: int, most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return by how many questions a session's EEG is moved on in a circle, ``most`` times or as often as it can be.

    The order of the EEG stays what it was, and so does how alike neighbouring moments are.
    """
    least = max(1, count // NEAREST)
    possible = np.arange(least, count - least + 1)
    return np.asarray(rng.permutation(possible)[:most], np.intp)


def time_of_day(earlier: Pairs, later: Pairs) -> tuple[Numbers, Numbers]:
    """Return the seconds since midnight (UTC) of both, the earlier ones' a day before and after as well."""
    own = earlier.time % DAY_SECONDS
    return np.concatenate([own - DAY_SECONDS, own, own + DAY_SECONDS]), later.time % DAY_SECONDS


def time_in_session(earlier: Pairs, later: Pairs) -> tuple[Numbers, Numbers]:
    """Return the seconds since its session began of both; a session may have begun among the earlier ones."""
    together = np.concatenate([earlier.session, later.session])
    time = np.concatenate([earlier.time, later.time])
    kinds, number = np.unique(together, return_inverse=True)
    begin = np.full(len(kinds), np.inf)
    np.minimum.at(begin, number, time)
    since = time - begin[number]
    return since[: len(earlier)], since[len(earlier) :]


CLOCKS: dict[str, Clock] = {"the time of day": time_of_day, "the time since the session began": time_in_session}


def by_clock(clock: Clock, earlier: Pairs, later: Pairs, session: Session) -> Scores:
    """Return how well each content goes with what was on at the same time earlier, ``float32[q, m]``.

    Parameters
    ----------
    clock
        One of `CLOCKS`.
    earlier
        What the mapping learned from.
    session
        Of ``later``.

    """
    known = earlier.where(earlier.weight > 0)
    if len(known) == 0:
        return np.zeros((len(session.rows), len(session.candidates)), np.float32)
    past, now = clock(known, later)
    order = np.argsort(past, kind="stable")
    count = min(NEIGHBOURS, len(known))
    first = np.searchsorted(past[order], now[session.rows]) - count // 2
    near = order[np.clip(first, 0, len(past) - count)[:, None] + np.arange(count)] % len(known)
    usual = np.array([known.content[rows].mean(axis=0) for rows in near], np.float32)
    return np.asarray(usual @ session.candidates.T, np.float32)
