"""Which moments hold a word, at a cost that does not grow with how common it is.

The full text is asked newest first and only so far: a word's first moments tell how often it comes, rarer words are
read in full, and of words that are everywhere only the newest moments are. SQLite's bm25() is never asked: it reads
all that a word has, and so does counting.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.ranking.filtering import Keep
from index.store import Store

PROBE = 1_000  # newest moments looked at, to tell how common a word is
STEADY = 4  # times as seldom a word may come in the older half of a vault, to pass for one that is everywhere
MOST_READ = 30_000  # moments that hold a word, read for one query: about 10 ms
FEW = 2_000  # moments that are each looked up in the full text
PAGE = 2_000  # moments filtered at a time, where they are found already
LISTED = 20_000  # moments listed at a time, of a filter that lets more through

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
        return _listed(store, expression, limit, keep, floor=floor)
    return _among(store, expression, limit, few[few > floor])


def _listed(store: Store, expression: str, limit: int, keep: Keep, *, floor: int) -> Ids:
    """Return the newest moments that match, of a filter's newest and then of older ones, until there are enough."""
    found, some = [NONE], keep.newest(sys.maxsize, LISTED)
    while len(some) and int(some[-1]) > floor and sum(map(len, found)) < limit:
        found.append(_among(store, expression, limit, some[some > floor]))
        some = keep.newest(int(some[0]), LISTED)
    return np.concatenate(found)[:limit]


def _among(store: Store, expression: str, limit: int, few: Ids) -> Ids:
    """Return the newest moments that match of some that are known one by one, ascending."""
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


def common(store: Store, expression: str, extent: Extent) -> tuple[int, Ids]:
    """Return how many moments match an expression, and the newest of them: all where they are known to be so many.

    An estimate where they are very many. What came all the time lately, and seldom before, is read in full: the
    newest would tell that it is everywhere.
    """
    newest = holding(store, expression, PROBE)
    held = _estimate(newest, extent, PROBE)
    if held <= MOST_READ or _is_steady(store, expression, newest, extent):
        return held, newest
    newest = holding(store, expression, MOST_READ)
    return _estimate(newest, extent, MOST_READ), newest


def _estimate(newest: Ids, extent: Extent, asked: int) -> int:
    """Return how many moments match, from the newest that do: all, or as many as come so closely."""
    if len(newest) < asked:
        return len(newest)
    return min(extent.total, round(asked * extent.total / (extent.newest - int(newest[-1]) + 1)))


def _is_steady(store: Store, expression: str, newest: Ids, extent: Extent) -> bool:
    """Whether as many come about as closely in the older half."""
    middle = (extent.oldest + extent.newest) // 2
    older = _newest(store, expression, len(newest), "AND rowid <= ?", [middle])
    closely = STEADY * (extent.newest - int(newest[-1]) + 1)
    return len(older) == len(newest) and middle - int(older[-1]) < closely


def _newest(
    store: Store, expression: str, limit: int, condition: str, arguments: list[str] | list[int], *, floor: int = 0
) -> Ids:
    above = f"AND rowid > {int(floor)}" if floor else ""
    sql = f"SELECT rowid FROM moments_fts WHERE moments_fts MATCH ? {above} {condition} ORDER BY rowid DESC LIMIT ?"  # noqa: S608 our own conditions
    rows = store.rows(sql, [expression, *arguments, limit])
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))
