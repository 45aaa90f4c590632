"""What the mapping learns from: what the EEG was like, and what was on screen meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME_CONTENT = 0.95  # cosine from which two contents are one: a page after a scroll, a sentence with another comma
_UNIT = 0.01  # how far from 1 the norm of a unit vector may be


@dataclass(frozen=True, slots=True)
class Pairs:
    """``n`` moments of one person: EEG beside content.

    Attributes
    ----------
    brain
        ``float32[n, 90]``: `site_features.SiteReference.features` of a 4 s window, or their mean over a moment.
    content
        ``float32[n, c]``: unit vectors of the text model; a row of zeros where nothing is known of the content.
    time
        ``float64[n]``: UTC seconds of the window's (moment's) middle.
    session
        ``int64[n]``: number of the recording or day. Contents are only ever told apart within a session.
    weight
        ``float32[n]``: how much the pair counts; 1 is usual, more for what the person confirmed, 0 for no content.

    """

    brain: NDArray[np.float32]
    content: NDArray[np.float32]
    time: NDArray[np.float64]
    session: NDArray[np.int64]
    weight: NDArray[np.float32]

    def __post_init__(self) -> None:
        lengths = {len(self.brain), len(self.content), len(self.time), len(self.session), len(self.weight)}
        if len(lengths) != 1 or self.brain.ndim != 2 or self.content.ndim != 2:  # noqa: PLR2004 rows and columns
            raise ValueError("brain and content have two axes, and everything is of one length")
        if not all(np.isfinite(part).all() for part in (self.brain, self.content, self.time, self.weight)):
            raise ValueError("every number is finite")
        norms = np.linalg.norm(self.content, axis=1)
        if (np.abs(norms[self.weight > 0] - 1) > _UNIT).any():
            raise ValueError("contents with a weight are unit vectors")

    def __len__(self) -> int:
        return len(self.time)

    def where(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Pairs:
        """Return the pairs a mask, an index or a slice names."""
        return Pairs(self.brain[which], self.content[which], self.time[which], self.session[which], self.weight[which])

    def in_order(self) -> Pairs:
        """Return the pairs session by session, each in order of time."""
        return self.where(np.lexsort((self.time, self.session)))


def joined(people: Sequence[Pairs]) -> tuple[Pairs, NDArray[np.int64]]:
    """Return the pairs of several people with sessions renumbered apart, and whose each pair is, ``int64[n]``."""
    sessions: list[NDArray[np.int64]] = []
    first = 0
    for pairs in people:
        told, own = np.unique(pairs.session, return_inverse=True)
        sessions.append(own.astype(np.int64) + first)
        first += len(told)
    person = np.repeat(np.arange(len(people), dtype=np.int64), [len(pairs) for pairs in people])
    together = Pairs(
        np.concatenate([pairs.brain for pairs in people]),
        np.concatenate([pairs.content for pairs in people]),
        np.concatenate([pairs.time for pairs in people]),
        np.concatenate(sessions),
        np.concatenate([pairs.weight for pairs in people]),
    )
    return together, person


def contents_of(content: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which content each row is, ``intp[n]``, numbered as they first appear; nearly the same ones are one.

    The first of its kind leads: a row belongs to the earliest leader whose cosine is above `SAME_CONTENT`.
    """
    number = np.full(len(content), -1, np.intp)
    found = 0
    while (open_rows := np.flatnonzero(number < 0)).size:
        leader = content[open_rows[0]]
        alike = open_rows[content[open_rows] @ leader > SAME_CONTENT]
        number[alike] = found
        number[open_rows[0]] = found  # a row of zeros is like nothing, not even itself
        found += 1
    return number
