"""Stored features of EEG: those that a baseline is fitted to, and those of moments that have no state by it yet."""

from __future__ import annotations

import sys

from embeddings import spaces
from index.store import Store
from index.types import Job

AT_ONCE = 300  # moments that are given their states together: a fraction of a second's work, and a small transaction
LOOKED = 2_000  # moments looked at in one go

_OF_ALL = (
    "SELECT moment_id FROM (SELECT moment_id, row_number() OVER (ORDER BY moment_id) AS place FROM features "
    "WHERE kind = ?1) WHERE place * ?2 / ?3 > (place - 1) * ?2 / ?3"
)
_LOOK = (
    "SELECT moment_id, EXISTS (SELECT 1 FROM vectors WHERE vectors.moment_id = looked.moment_id AND space = ?1) "
    "OR EXISTS (SELECT 1 FROM jobs WHERE jobs.moment_id = looked.moment_id AND jobs.kind = ?2) FROM "
    "(SELECT moment_id FROM features WHERE kind = ?3 AND moment_id < ?4 ORDER BY moment_id DESC LIMIT ?5) AS looked"
)


def spread(store: Store, montage: str, most: int) -> list[tuple[int, float, bytes]]:
    """Return moment, weight and features of at most ``most`` moments of a montage, in order.

    Where there are more they are evenly spread over all: what is usual for a person is not what was usual last week.
    """
    count = int(store.value("SELECT count(*) FROM features WHERE kind = ?", [montage]))
    sql = f"SELECT moment_id, weight, data FROM features WHERE moment_id IN ({_OF_ALL}) ORDER BY moment_id"  # noqa: S608 constants
    return [(row[0], row[1], bytes(row[2])) for row in store.rows(sql, [montage, min(most, count), count])]


class Stateless:
    """Finds moments with features of a montage that has a state space, and no vector in that, newest first.

    That is asked of the vault, so that a crash leaves none out; all of it is gone through once a run, and once more
    where a space came anew. What waits to be encoded, or was set aside, is none of them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._below: dict[str, int] = {}  # moments from here on have theirs, by space

    def some(self) -> list[int]:
        """Return the next few; none also where the next that were looked at all have theirs."""
        for space in self._store.spaces(spaces.STATE):
            if found := self._of(space):
                return found
        return []

    def again(self, space: str) -> None:
        """Go through all moments once more: the vectors of a space are no longer those it had."""
        self._below.pop(space, None)

    def _of(self, space: str) -> list[int]:
        below = self._below.get(space, sys.maxsize)
        if not below:
            return []
        montage = space.removeprefix(spaces.STATE).rpartition(":")[0]
        looked = self._store.rows(_LOOK, [space, Job.BRAIN, montage, below, LOOKED])
        lacking = [moment_id for moment_id, has in looked if not has][:AT_ONCE]
        if lacking:
            self._below[space] = lacking[0] + 1  # they may fail: they are looked at once more
        else:
            self._below[space] = looked[-1][0] if len(looked) == LOOKED else 0
        return lacking
