"""Spaces of many vectors, with limits so small that a few thousand are more than memory may hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from filling import unit
from numpy.typing import NDArray
from sqlite_utils import Database

from index import changes
from index.keys.keys import Keys, Secrets
from index.spaces.segments import Segment
from index.spaces.vectors import Vectors
from index.store import Store
from index.writer import Writer

SPACE, DIMENSION, HOT, COUNT = "content:m", 24, 128, 1_500
SECRETS = Secrets.random()
KEYS = Keys.of(SECRETS)


def made(count: int, seed: int = 3) -> NDArray[np.float32]:
    """Return vectors about a few topics, in the precision they are stored in."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(0).normal(size=(40, DIMENSION))
    rows = topics[rng.integers(len(topics), size=count)] + 0.4 * rng.normal(size=(count, DIMENSION))
    return unit(rows).astype(np.float16).astype(np.float32)


def insert(db: Database, first: int, vectors: NDArray[np.float32]) -> None:
    """Store moments with a vector each."""
    ids = range(first, first + len(vectors))
    db.conn.executemany(
        "INSERT INTO moments (id, time_start, time_end, app, title, url, monitor, source, frame, text, open) "
        "VALUES (?, 0, 0, '', '', '', 0, '', '', '', 0)",
        [(i,) for i in ids],
    )
    changes.put_space(db, SPACE, model="m", dimension=DIMENSION, time=0.0)
    changes.put_vectors(db, SPACE, {i: vectors[n : n + 1] for n, i in enumerate(ids)})


@dataclass
class Life:
    """A vault of many vectors, moment i's at place i - 1."""

    writer: Writer
    store: Store
    vectors: NDArray[np.float32]

    def open(self) -> Vectors:
        return Vectors(self.store, hot_rows=HOT, piece_rows=300)

    def grow(self, count: int) -> None:
        new = made(count, seed=len(self.vectors))
        self.writer.do(insert, len(self.vectors) + 1, new).result()
        self.vectors = np.concatenate([self.vectors, new])

    def forget(self, moments: NDArray[np.int64]) -> None:
        sql = "DELETE FROM moments WHERE id IN (SELECT value FROM json_each(?))"
        self.writer.do(lambda db: db.execute(sql, [json.dumps(moments.tolist())])).result()

    def held(self) -> NDArray[np.int64]:
        return np.array([row[0] for row in self.store.rows("SELECT id FROM moments ORDER BY id")])

    def exact(self, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None) -> list[int]:
        ids = self.held() if among is None else among
        return ids[np.argsort(-(self.vectors[ids - 1] @ query), kind="stable")[:k]].tolist()

    def recall(self, vectors: Vectors, among: NDArray[np.int64] | None = None, **how: object) -> float:
        """Return how many of the ten nearest are found, over twenty questions."""
        found = []
        for query in made(20, seed=99):
            exact = self.exact(query, 10, among)
            ours = vectors.search(SPACE, query, 10, **how)  # type: ignore[arg-type] # it is `keep`
            assert list(ours.values()) == pytest.approx([float(self.vectors[i - 1] @ query) for i in ours], abs=1e-4)
            found.append(len(set(exact) & set(ours)) / len(exact))
        return float(np.mean(found))

    def files(self, ending: str) -> list[Path]:
        return sorted(self.store.vault.vectors.glob(f"*{ending}"))


class Some:
    """A `Keep` of too many moments to list."""

    def __init__(self, moments: NDArray[np.int64]) -> None:
        self._moments = moments

    def few(self) -> None:
        return None

    def among(self, moments: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.isin(moments, self._moments)

    def newest(self, below: int, limit: int) -> NDArray[np.int64]:
        return self._moments[self._moments < below][-limit:]


def settle(vectors: Vectors) -> int:
    """Do all the work there is; returns in how many steps."""
    steps = 0
    while vectors.merge():
        steps += 1
        assert steps < 200
    return steps


def rows_on_disk(life: Life) -> set[int]:
    """Return the rows of which any file of the vault holds a code, by opening every one."""
    sealer = life.store.vault.keys.vectors
    found: set[int] = set()
    for file in life.files(".segment"):
        for _, part in Segment.open(file, sealer).parts():
            assert len(part.rows) == len(part.codes) == len(part.moments)
            found |= set(part.rows.tolist())
    return found
