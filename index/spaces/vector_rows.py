"""What SQLite holds of a space's vectors, asked in the ways the index of vectors needs: in pieces, never whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from index.spaces.vector_bytes import unpack_all
from index.spaces.vector_scan import Ids, Rows
from index.store import Store

BATCH = 16_384  # rows in memory at once
MIXER, MIXED = 1_327_217_885, 1 << 31  # multiplying puts ids into an order that has nothing to do with theirs (Knuth)


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a space this one and no other of the same name."""

    space: str
    model: str
    dimension: int
    made_at: float


@dataclass(frozen=True, slots=True)
class Span:
    """The rows with ids above ``after`` up to ``upto``; rows of other spaces lie between them."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: ids, moments and vectors ``float32[n, dimension]``, in step."""

    rows: Ids
    moments: Ids
    vectors: Rows


class VectorRows:
    """The rows of one space."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store = store
        self.identity = identity

    @classmethod
    def of(cls, store: Store, space: str) -> VectorRows | None:
        """Return the rows of a space, None when it is not known."""
        found = store.rows("SELECT name, model, dimension, made_at FROM spaces WHERE name = ?", [space])
        return cls(store, Identity(*found[0])) if found else None

    def stream(self, span: Span) -> Iterator[Batch]:
        """Yield the rows of a span, oldest first."""
        sql = (
            "SELECT id, moment_id, vector FROM whole_vectors WHERE space = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
        )
        after = span.after
        while found := self._store.rows(sql, [self.identity.space, after, span.upto, BATCH]):
            yield self._batch(found)
            after = found[-1][0]

    def newest(self) -> int:
        """Return the id of the newest row, 0 without any."""
        sql = "SELECT id FROM vectors WHERE space = ? ORDER BY id DESC LIMIT 1"
        return int(self._store.value(sql, [self.identity.space]) or 0)

    def highest_ever(self) -> int:
        """Return the highest id a row of any space ever had; ids are not given twice."""
        return int(self._store.value("SELECT seq FROM sqlite_sequence WHERE name = 'vectors'") or 0)

    def before_newest(self, span: Span, count: int) -> int:
        """Return after which id the newest ``count`` rows of a span begin; its own beginning when it has fewer."""
        sql = "SELECT id FROM vectors WHERE space = ? AND id > ? AND id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?"
        found = self._store.value(sql, [self.identity.space, span.after, span.upto, count])
        return span.after if found is None else int(found)

    def any(self, span: Span) -> bool:
        """Whether a span holds a row."""
        sql = "SELECT 1 FROM vectors WHERE space = ? AND id > ? AND id <= ? LIMIT 1"
        return self._store.value(sql, [self.identity.space, span.after, span.upto]) is not None

    def count(self, span: Span) -> int:
        """Return how many rows a span holds."""
        sql = "SELECT count(*) FROM vectors WHERE space = ? AND id > ? AND id <= ?"
        return int(self._store.value(sql, [self.identity.space, span.after, span.upto]))

    def ids(self, span: Span) -> Ids:
        """Return the ids of a span's rows, ascending."""
        sql = "SELECT id FROM vectors WHERE space = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?"
        parts, after = [np.empty(0, np.int64)], span.after
        while found := self._store.rows(sql, [self.identity.space, after, span.upto, 4 * BATCH]):
            parts.append(np.array(found, np.int64)[:, 0])
            after = found[-1][0]
        return np.concatenate(parts)

    def sample(self, count: int, rng: np.random.Generator) -> Rows:
        """Return ``count`` vectors from all over the space, or all where there are no more, ``float32[n, dimension]``.

        Spaces share their ids, so that these lie as close or as far apart as it came: drawn are rows, not ids.
        """
        sql = "SELECT id FROM vectors WHERE space = ?1 ORDER BY (id + ?2) % ?3 * ?4 % ?3 LIMIT ?5"
        begin = int(rng.integers(MIXED))
        rows = [row[0] for row in self._store.rows(sql, [self.identity.space, begin, MIXED, MIXER, count])]
        parts = [self.among(np.array(rows[i : i + BATCH], np.int64)).vectors for i in range(0, len(rows), BATCH)]
        return np.concatenate([np.empty((0, self.identity.dimension), np.float32), *parts])

    def among(self, rows: Ids) -> Batch:
        """Return those of ``rows`` that SQLite (still) holds."""
        sql = (
            "SELECT id, moment_id, vector FROM whole_vectors WHERE id IN (SELECT value FROM json_each(?)) AND space = ?"
        )
        return self._batch(self._store.rows(sql, [json.dumps(rows.tolist()), self.identity.space]))

    def of_moments(self, moments: Ids) -> Iterator[Batch]:
        """Yield the rows of those moments."""
        sql = (
            "SELECT id, moment_id, vector FROM whole_vectors "
            "WHERE moment_id IN (SELECT value FROM json_each(?)) AND space = ?"
        )
        for start in range(0, len(moments), BATCH):
            wanted = json.dumps(moments[start : start + BATCH].tolist())
            yield self._batch(self._store.rows(sql, [wanted, self.identity.space]))

    def _batch(self, found: list[tuple[int, int, bytes]]) -> Batch:
        ids = np.array([row[:2] for row in found], np.int64).reshape(len(found), 2)
        return Batch(ids[:, 0], ids[:, 1], unpack_all([row[2] for row in found], self.identity.dimension))
