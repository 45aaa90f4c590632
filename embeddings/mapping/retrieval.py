"""Content given brain, as a question: which of the contents of one session was on, asked at every pair.

Every content counts alike, however long it was on, and the chance of each question is known exactly. So a mapping
that always prefers some contents, whatever the brain says, gets what chance gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.mapping.pairs import Pairs, contents_of

GUARD = 30.0  # s around a question in which other contents are no candidates: they are what was on a moment ago
MOST_QUESTIONS = 2_000  # a session; more would only cost time
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Session:
    """The questions of one session.

    Attributes
    ----------
    rows
        Which pairs they are, ``intp[q]``, in order of time.
    time
        ``float64[q]``.
    target
        Which content was on, ``intp[q]``, numbers below ``len(candidates)``.
    candidates
        One vector a content, ``float32[m, c]``.
    guard
        Seconds.

    """

    rows: NDArray[np.intp]
    time: NDArray[np.float64]
    target: NDArray[np.intp]
    candidates: NDArray[np.float32]
    guard: float

    def allowed(self) -> NDArray[np.bool_]:
        """Return which contents may answer, ``bool[q, m]``: the target, and what is on outside the guard as well."""
        first, last = np.full(len(self.candidates), np.inf), np.full(len(self.candidates), -np.inf)
        np.minimum.at(first, self.target, self.time)
        np.maximum.at(last, self.target, self.time)
        may = (first < self.time[:, None] - self.guard) | (last > self.time[:, None] + self.guard)
        may[np.arange(len(may)), self.target] = True
        return np.asarray(may, np.bool_)


@dataclass(frozen=True, slots=True)
class Answers:
    """How each question was answered, and what chance would give; arrays of ``float64[q]``.

    Attributes
    ----------
    hit, reciprocal
        Whether the target came first; one over its rank.
    order
        How often the target came before another candidate, 0.5 by chance.
    share
        How much a question counts; the questions of each content add up to 1.

    """

    hit: NDArray[np.float64]
    reciprocal: NDArray[np.float64]
    order: NDArray[np.float64]
    chance_hit: NDArray[np.float64]
    chance_reciprocal: NDArray[np.float64]
    share: NDArray[np.float64]


def sessions(pairs: Pairs, guard: float = GUARD) -> Iterator[Session]:
    """Yield the questions of every session that has at least two contents."""
    for number in np.unique(pairs.session):
        rows = np.flatnonzero((pairs.session == number) & (pairs.weight > 0))
        rows = rows[np.argsort(pairs.time[rows], kind="stable")]
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_QUESTIONS)).astype(np.intp)]
        target = contents_of(pairs.content[rows])
        kinds, first = np.unique(target, return_index=True)
        if len(kinds) > 1:
            yield Session(rows, pairs.time[rows], target, pairs.content[rows[first]], guard)


def answers(session: Session, scores: Scores) -> Answers:
    """Judge scores ``float32[q, m]``, the higher the likelier; ties count as what breaking them by lot would give.

    Questions with the target as the only candidate do not count.
    """
    allowed = session.allowed()
    own = np.take_along_axis(scores, session.target[:, None], axis=1)
    above = (allowed & (scores > own)).sum(axis=1)
    level = (allowed & (scores == own)).sum(axis=1)
    count = allowed.sum(axis=1)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, scores.shape[1] + 1))])
    asked = (count > 1).astype(float)
    per_content = np.bincount(session.target, asked, len(session.candidates))[session.target]
    return Answers(
        hit=np.where(above == 0, 1 / level, 0.0),
        reciprocal=(harmonic[above + level] - harmonic[above]) / level,
        order=1 - (above + (level - 1) / 2) / np.maximum(count - 1, 1),
        chance_hit=1 / count,
        chance_reciprocal=harmonic[count] / count,
        share=asked / np.maximum(per_content, 1),
    )
