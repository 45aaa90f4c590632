"""FAISS, one index a space: a cache of what SQLite holds, checked against it and rebuilt when they disagree."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.replacing import FILE_MODE
from index.store import Store

BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Card:
    """What a saved index says of itself, kept beside it."""

    space: str
    dimension: int
    count: int
    highest: int
    sha256: str


@dataclass(slots=True)
class _Loaded:
    index: faiss.IndexIDMap2
    highest: int  # the newest row of the table `vectors` in it
    saved: tuple[int, int] | None = None  # what the file on disk holds: rows, newest row


class Vectors:
    """Nearest vectors by inner product (cosine, as vectors have unit norm). Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loaded: dict[str, _Loaded] = {}
        self._lock = threading.Lock()
        self.rebuilt: list[str] = []

    def search(
        self, space: str, query: NDArray[np.float32], k: int, *, moments: set[int] | None = None
    ) -> dict[int, float]:
        """Return the best ``k`` vectors' moments and their cosine with ``query`` (``float32[dimension]``).

        A moment with several vectors counts by its best. ``moments`` limits the search to those moments.
        Raises ValueError when ``query`` is not of the dimension of ``space``.
        """
        dimension = self._store.value("SELECT dimension FROM spaces WHERE name = ?", [space])
        if dimension is None:
            return {}
        if query.shape != (dimension,):
            raise ValueError(f"a query of {query.shape} was asked in {space}, which has dimension {dimension}")
        with self._lock:
            self._drop_gone()
            loaded = self._fresh(space, dimension)
            while True:
                ids, scores = self._nearest(space, loaded.index, query, k, moments)
                owner = self._owners(ids)
                if len(owner) == len(ids):
                    return _by_moment(ids, scores, owner)
                self._weed(space, loaded.index)

    def save(self) -> None:
        """Bring every space up to date on disk, so that nobody need rebuild it. Only the writing process may.

        The files of spaces that are gone are removed.
        """
        spaces = dict(self._store.rows("SELECT name, dimension FROM spaces"))
        with self._lock:
            self._drop_gone()
            for space, dimension in spaces.items():
                self._save(space, self._fresh(space, dimension))
        kept = {self._path(space).stem for space in spaces}
        for file in self._store.vault.vectors.iterdir():
            if file.stem not in kept:
                file.unlink()

    def _drop_gone(self) -> None:
        """Let go of the memory of spaces that newer ones replaced."""
        known = {row[0] for row in self._store.rows("SELECT name FROM spaces")}
        for space in self._loaded.keys() - known:
            del self._loaded[space]

    def _fresh(self, space: str, dimension: int) -> _Loaded:
        """Return the index of ``space`` with everything SQLite holds in it."""
        if space not in self._loaded:
            self._loaded[space] = self._open(space, dimension)
        loaded = self._loaded[space]
        self._top_up(space, loaded)
        return loaded

    def _open(self, space: str, dimension: int) -> _Loaded:
        """Load the saved index if it agrees with SQLite, else begin an empty one (which is then filled)."""
        path = self._path(space)
        saved = _read(path, space, dimension)
        if saved is not None:
            within = self._store.value(
                "SELECT count(*) FROM vectors WHERE space = ? AND id <= ?", [space, saved.highest]
            )
            if within == saved.index.ntotal:
                return saved
        if path.exists():
            self.rebuilt.append(space)
        return _Loaded(faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)), highest=0)

    def _top_up(self, space: str, loaded: _Loaded) -> None:
        """Add what was committed since."""
        while True:
            rows = self._store.rows(
                "SELECT id, vector FROM vectors WHERE space = ? AND id > ? ORDER BY id LIMIT ?",
                [space, loaded.highest, BATCH],
            )
            if not rows:
                return
            block = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), -1)
            loaded.index.add_with_ids(block, np.array([row[0] for row in rows], np.int64))
            loaded.highest = rows[-1][0]

    def _weed(self, space: str, index: faiss.IndexIDMap2) -> None:
        """Take out what was deleted since, so that it does not take the place of others."""
        held = [row[0] for row in self._store.rows("SELECT id FROM vectors WHERE space = ?", [space])]
        gone = np.setdiff1d(faiss.vector_to_array(index.id_map), np.array(held, np.int64))
        index.remove_ids(faiss.IDSelectorBatch(gone))

    def _rows_of(self, space: str, moments: set[int]) -> NDArray[np.int64]:
        sql = "SELECT id FROM vectors WHERE space = ? AND moment_id IN (SELECT value FROM json_each(?))"
        return np.array([row[0] for row in self._store.rows(sql, [space, json.dumps(sorted(moments))])], np.int64)

    def _nearest(
        self, space: str, index: faiss.IndexIDMap2, query: NDArray[np.float32], k: int, moments: set[int] | None
    ) -> tuple[list[int], list[float]]:
        """Return the ids of the best ``k`` rows and their scores; fewer when there are fewer."""
        parameters = None
        if moments is not None:
            rows = self._rows_of(space, moments)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(rows))  # type: ignore[call-arg] # its stubs lack it
        k = min(k, index.ntotal)
        if k == 0:
            return [], []
        scores, ids = index.search(query[np.newaxis], k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found].tolist(), scores[0][found].tolist()

    def _owners(self, rows: list[int]) -> dict[int, int]:
        """Return the moment of each row that SQLite (still) holds."""
        sql = "SELECT id, moment_id FROM vectors WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._store.rows(sql, [json.dumps(rows)]))

    def _path(self, space: str) -> Path:
        return self._store.vault.vectors / f"{re.sub(r'[^A-Za-z0-9.+-]', '_', space)}.faiss"

    def _save(self, space: str, loaded: _Loaded) -> None:
        if loaded.saved == _extent(loaded.index):
            return
        blob = faiss.serialize_index(loaded.index).tobytes()
        card = Card(space, loaded.index.d, *_extent(loaded.index), hashlib.sha256(blob).hexdigest())
        path = self._path(space)
        _replace(path, blob)
        _replace(path.with_suffix(".json"), json.dumps(asdict(card)).encode())
        loaded.saved = _extent(loaded.index)


def _by_moment(ids: list[int], scores: list[float], owner: dict[int, int]) -> dict[int, float]:
    """Return the best score a moment."""
    best: dict[int, float] = {}
    for row, score in zip(ids, scores, strict=True):
        best[owner[row]] = max(score, best.get(owner[row], -1.0))
    return best


def _read(path: Path, space: str, dimension: int) -> _Loaded | None:
    """Return a saved index whose card is right in every point, or None."""
    try:
        card = Card(**json.loads(path.with_suffix(".json").read_bytes()))
        blob = path.read_bytes()
    except (FileNotFoundError, ValueError, TypeError):  # gone, or damaged
        return None
    if (card.space, card.dimension, card.sha256) != (space, dimension, hashlib.sha256(blob).hexdigest()):
        return None
    index = faiss.deserialize_index(np.frombuffer(blob, np.uint8))
    if not isinstance(index, faiss.IndexIDMap2) or _extent(index) != (card.count, card.highest):
        return None
    return _Loaded(index, card.highest, _extent(index))


def _extent(index: faiss.IndexIDMap2) -> tuple[int, int]:
    """Return how many rows an index holds and the newest of them."""
    ids = faiss.vector_to_array(index.id_map)
    return index.ntotal, int(ids.max(initial=0))


def _replace(path: Path, blob: bytes) -> None:
    """Write a file in one step."""
    draft = path.with_name(path.name + ".draft")
    draft.touch(mode=FILE_MODE)
    draft.write_bytes(blob)
    draft.replace(path)
