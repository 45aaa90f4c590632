"""What the mapping sees together: groups of neighbours in time, and who of them counts as near and as far.

EEG drifts and content comes in blocks, so a network that is shown a whole day at once learns to tell the time. In a
group drawn from one stretch of one session the time says little about which content belongs to which EEG.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

GROUPS, SIZE = 8, 64  # groups a step, pairs a group
STEPS = 50  # a round
NEIGHBOURHOOD = 256  # pairs a group is drawn from: 17 minutes of 4 s windows
# Seconds between the middles of two windows: not overlapping; the same state; another state. What lies between the
# last two is neither: a state lasts for nobody knows how long.
APART, NEAR, FAR = 4.0, 30.0, 300.0


@dataclass(frozen=True, slots=True)
class Draw:
    """Draws groups from pairs that are in order of session and time.

    Attributes
    ----------
    first, last
        Bounds of each pair's session, ``int64[n]``; ``last`` is the one after.
    chance
        Cumulated probability of each pair to be the middle of a group, ``float64[n]``.

    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    chance: NDArray[np.float64]

    @classmethod
    def over(cls, session: NDArray[np.int64], person: NDArray[np.int64]) -> Self:
        """Return a draw in which every person, and every pair of a person, counts alike."""
        _, begin, own, count = np.unique(session, return_index=True, return_inverse=True, return_counts=True)
        _, whose, pairs = np.unique(person, return_inverse=True, return_counts=True)
        chance = np.cumsum(1 / pairs[whose])
        return cls(begin[own].astype(np.int64), (begin + count)[own].astype(np.int64), chance / chance[-1])

    def groups(self, rng: np.random.Generator, groups: int = GROUPS, size: int = SIZE) -> NDArray[np.int64]:
        """Return indices of pairs, ``int64[groups, size]``, spread evenly over a neighbourhood in one session each.

        A session of fewer pairs than ``size`` gives some of them twice.
        """
        middle = np.searchsorted(self.chance, rng.random(groups), side="right").clip(max=len(self.chance) - 1)
        begin = np.minimum(middle - NEIGHBOURHOOD // 2, self.last[middle] - NEIGHBOURHOOD)
        begin = np.maximum(begin, self.first[middle])
        width = np.minimum(self.last[middle] - begin, NEIGHBOURHOOD)
        places = (np.arange(size) + rng.random((groups, size))) / size
        return np.asarray(begin[:, None] + (places * width[:, None]).astype(np.int64), np.int64)


def near_and_far(time: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who is near whom and who far, ``bool[groups, size, size]`` each, from ``float64[groups, size]``."""
    between = np.abs(time[:, :, None] - time[:, None, :])
    return (between >= APART) & (between <= NEAR), between >= FAR
