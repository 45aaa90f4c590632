"""Which moments hold a word, at a cost that does not grow with how common it is.

The full text is asked newest first and only so far: a word's first moments tell how often it comes, rarer words are
read in full, and of words that are everywhere only the newest moments are. SQLite's bm25() is never asked: it reads
all that a word has, and so does counting.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.ranking.filtering import Keep
from index.store import Store

PROBE = 1_000  # newest moments looked at, to tell how common a word is
FEW = 2_000  # moments that are each looked up in the full text
PAGE = 2_000  # moments read at a time, where they are filtered afterwards
PAGES = 10  # read at most: what filters so strictly that these do not do knows its few moments

Ids = NDArray[np.int64]
NONE: Ids = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Extent:
    """The oldest and the newest moment of a vault; how many lie between is near enough to how many there are."""

    oldest: int
    newest: int

    @property
    def total(self) -> int:
        """How many moments there are at most."""
        return self.newest - self.oldest + 1


def extent(store: Store) -> Extent:
    """Return the extent of a vault, without counting."""
    oldest = store.value("SELECT min(id) FROM moments")
    return Extent(oldest or 1, store.value("SELECT max(id) FROM moments") or 0)


def holding(store: Store, expression: str, limit: int, *, keep: Keep | None = None, floor: int = 0) -> Ids:
    """Return the newest ``limit`` moments that match an FTS5 expression, newest first.

    Only moments above ``floor`` and those to ``keep``.
    """
    if keep is None:
        return _newest(store, expression, limit, "", [], floor=floor)
    few = keep.few()
    if few is None:
        return _sifted(store, expression, limit, keep, floor=floor)
    few = few[few > floor]
    if not len(few):
        return NONE
    among = "rowid IN (SELECT value FROM json_each(?))"
    if len(few) > FEW:  # the plus keeps SQLite from looking each of them up
        bounds = f"rowid BETWEEN {few[0]} AND {few[-1]}"
        return _newest(store, expression, limit, f"AND {bounds} AND +{among}", [json.dumps(few.tolist())])
    return _newest(store, expression, limit, f"AND {among}", [json.dumps(few.tolist())])


def kept(ids: Ids, keep: Keep | None, limit: int) -> Ids:
    """Return the first ``limit`` of ``ids`` that are to be kept, in their order."""
    if keep is None:
        return ids[:limit]
    few = keep.few()
    if few is not None:
        return ids[np.isin(ids, few)][:limit]
    found: list[Ids] = []
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        found.append(page[keep.among(page)])
        if sum(map(len, found)) >= limit:
            break
    return np.concatenate([NONE, *found])[:limit]


def estimate(newest: Ids, extent: Extent) -> int:
    """Return how many moments hold a word, from the newest `PROBE` that do: all, or as many as come so closely."""
    if len(newest) < PROBE:
        return len(newest)
    return min(extent.total, round(PROBE * extent.total / (extent.newest - int(newest[-1]) + 1)))


def _sifted(store: Store, expression: str, limit: int, keep: Keep, *, floor: int) -> Ids:
    found: list[Ids] = []
    below: list[int] = []
    for _ in range(PAGES):
        condition = "AND rowid < ?" if below else ""
        page = _newest(store, expression, PAGE, condition, below, floor=floor)
        found.append(page[keep.among(page)])
        if len(page) < PAGE or sum(map(len, found)) >= limit:
            break
        below = [int(page[-1])]
    return np.concatenate([NONE, *found])[:limit]


def _newest(
    store: Store, expression: str, limit: int, condition: str, arguments: list[str] | list[int], *, floor: int = 0
) -> Ids:
    above = f"AND rowid > {int(floor)}" if floor else ""
    sql = f"SELECT rowid FROM moments_fts WHERE moments_fts MATCH ? {above} {condition} ORDER BY rowid DESC LIMIT ?"  # noqa: S608 our own conditions
    rows = store.rows(sql, [expression, *arguments, limit])
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))
