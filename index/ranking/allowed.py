"""What filters let through, asked of SQLite's indexes; a million moments are never listed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index import tagging
from index.ranking.filtering import Keep, Only
from index.ranking.recall import LIKE, Asked
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters
from index.words import segmenting

FEW = 20_000  # moments that may be listed
AT_ONCE = 20_000  # moments asked about at a time
MOST_ALIKE = 2_000  # moments in the most similar states; more would be no filter

_KNOWN = "SELECT id FROM moments INDEXED BY moments_known"  # an index of all that conditions ask of, without the texts

# Sites as they are, found one after another by the index instead of reading every moment's.
_SITES = """WITH RECURSIVE one (site) AS (
              SELECT min(site) FROM moments UNION ALL
              SELECT (SELECT min(site) FROM moments WHERE site > one.site) FROM one WHERE one.site IS NOT NULL)
            SELECT site FROM one WHERE site = ? OR substr(site, -length(?) - 1) = '.' || ?"""

_APPS = """WITH RECURSIVE one (app) AS (
             SELECT min(app_folded) FROM moments UNION ALL
             SELECT (SELECT min(app_folded) FROM moments WHERE app_folded > one.app) FROM one
             WHERE one.app IS NOT NULL)
           SELECT app FROM one WHERE app IS NOT NULL"""


class Allowed:
    """A `Keep` of the moments that satisfy filters by time, program, site and tag."""

    def __init__(self, store: Store, filters: Filters) -> None:
        self._store = store
        self._conditions, self._arguments = _conditions(store, filters)

    def few(self) -> NDArray[np.int64] | None:
        """Return all of them, ascending, when there are at most `FEW`; else None."""
        return self._few

    def among(self, moments: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of ``moments`` are among them."""
        if self._few is not None:
            return np.isin(moments, self._few)
        sql = f"{_KNOWN} WHERE id IN (SELECT value FROM json_each(?)) AND {self._conditions}"  # noqa: S608 our own
        parts = [np.empty(0, np.bool_)]
        for start in range(0, len(moments), AT_ONCE):
            part = moments[start : start + AT_ONCE]
            found = self._store.rows(sql, [json.dumps(part.tolist()), *self._arguments])
            parts.append(np.isin(part, np.array([row[0] for row in found], np.int64)))
        return np.concatenate(parts)

    def newest(self, below: int, limit: int) -> NDArray[np.int64]:
        """Return the newest ``limit`` of them below the moment ``below``, ascending."""
        sql = f"{_KNOWN} WHERE id < ? AND {self._conditions} ORDER BY id DESC LIMIT ?"
        found = self._store.rows(sql, [below, *self._arguments, limit])
        return np.array([row[0] for row in found][::-1], np.int64)

    @cached_property
    def _few(self) -> NDArray[np.int64] | None:
        sql = f"SELECT id FROM moments WHERE {self._conditions} LIMIT ?"  # noqa: S608 our own conditions
        found = self._store.rows(sql, [*self._arguments, FEW + 1])
        return None if len(found) > FEW else np.sort(np.array([row[0] for row in found], np.int64))


def keep(store: Store, vectors: Vectors, filters: Filters, state: Asked | None = None) -> Keep | None:
    """Return what filters let through, None when that is everything.

    ``state`` is the brain state of the moment that `Filters.state_like` names.
    """
    plain = replace(filters, state_like=None)
    allowed = None if plain == Filters() else Allowed(store, plain)
    if state is None:
        return allowed
    cosines = vectors.search(state.space, state.vector, MOST_ALIKE, keep=allowed)
    return Only([moment_id for moment_id, cosine in cosines.items() if cosine >= LIKE])


def apps(store: Store) -> list[str]:
    """Return the names of all programs there are, folded."""
    return [row[0] for row in store.rows(_APPS) if row[0]]


def narrowed(filters: Filters, span: tuple[float, float] | None, app: str) -> Filters:
    """Return filters that also hold for a time and a program; a program already asked for stays."""
    since, until = span or (-np.inf, np.inf)
    return replace(
        filters,
        since=max(since, -np.inf if filters.since is None else filters.since) if span else filters.since,
        until=min(until, np.inf if filters.until is None else filters.until) if span else filters.until,
        app=filters.app or app,
    )


def _conditions(store: Store, filters: Filters) -> tuple[str, list[float | str]]:
    """Return the filters as SQL and its arguments."""
    wanted: list[tuple[str, list[float | str]]] = []
    if filters.since is not None:
        # The index is by when moments began: one that began earlier may reach into the time, but only so far.
        wanted.append(("time_end >= ? AND time_start >= ?", [filters.since, filters.since - store.longest()]))
    if filters.until is not None:
        wanted.append(("time_start <= ?", [filters.until]))
    if filters.app:
        wanted.append(("app_folded = ?", [segmenting.folded(filters.app)]))
    if filters.site:
        site = segmenting.site_of(filters.site) or segmenting.folded(filters.site)
        wanted.append((f"site IN ({_SITES})", [site, site, site]))
    if filters.tag:
        wanted.append(("id IN (SELECT moment_id FROM tags WHERE tag = ?)", [tagging.tag_of(filters.tag)]))
    return " AND ".join(sql for sql, _ in wanted) or "1", [value for _, values in wanted for value in values]
