"""Nearest vectors at any scale: a cache of what SQLite holds, checked against it, built anew where they disagree."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from index.ranking.filtering import Keep
from index.spaces.quantizer import InterruptedWorkError
from index.spaces.segment_build import Stop
from index.spaces.segment_shelf import Shelf, prefix_of
from index.spaces.segment_work import SegmentWork
from index.spaces.vector_rows import VectorRows
from index.spaces.vector_space import VectorSpace
from index.store import Store

HOT_ROWS = 65_536  # of a space, held in memory exactly: 50 MB with 384 dimensions
PIECE_ROWS = 131_072


def _never() -> bool:
    return False


class Vectors:
    """Nearest vectors by inner product (cosine, as vectors have unit norm). Safe to use from several threads.

    Any process may search; `merge`, `purge`, `rebuild` and `save` change files and are for the writing process alone.

    Parameters
    ----------
    store
        The vault's rows.
    hot_rows
        How many of a space's newest rows are held in memory; a space that is no larger has no files and is searched
        exactly.
    piece_rows
        How many rows are encoded at once while segments are built.

    """

    def __init__(self, store: Store, *, hot_rows: int = HOT_ROWS, piece_rows: int = PIECE_ROWS) -> None:
        self._store = store
        self._hot_rows = hot_rows
        self._piece_rows = piece_rows
        self._spaces: dict[str, VectorSpace] = {}
        self._works: dict[str, SegmentWork] = {}
        self._lock = threading.Lock()
        self._changing = threading.Lock()
        self._purging = threading.Event()
        self._tidied = False

    def search(self, space: str, query: NDArray[np.float32], k: int, *, keep: Keep | None = None) -> dict[int, float]:
        """Return the best ``k`` vectors' moments and their cosine with ``query`` (``float32[dimension]``), best first.

        A moment with several vectors counts by its best. ``keep`` limits the search to some moments. Up to
        `HOT_ROWS` vectors, and within few moments, the answer is exact; beyond, at least 95 of 100 of the nearest ten
        are found, and their cosines are exact. Raises ValueError when ``query`` is not of the dimension of ``space``.
        """
        found = self._space(space)
        if found is None:
            return {}
        dimension = found.rows.identity.dimension
        if query.shape != (dimension,):
            raise ValueError(f"a query of {query.shape} was asked in {space}, which has dimension {dimension}")
        return found.search(query, k, keep)

    @property
    def rebuilding(self) -> tuple[str, ...]:
        """The spaces some of whose rows a search does not reach yet; `merge` makes up for it."""
        return tuple(name for name, space in self._all() if space.uncovered())

    def progress(self) -> tuple[int, int]:
        """Return how many vectors a search reaches, and how many there are, over all spaces."""
        told = [self._work(name, space).progress() for name, space in self._all()]
        return sum(done for done, _ in told), sum(total for _, total in told)

    def merge(self, *, stop: Stop = _never) -> bool:
        """Do one step of what the files need; returns whether there may be more to do.

        A step is a piece built, a merge, or a generation trained: seconds, up to a minute at ten million. ``stop`` is
        asked often; a step that is broken off is done anew another time, and the files of before are valid still.
        Raises `VaultError` when the disk does not take it.
        """
        with self._changing:
            self._tidy_once()
            try:
                return any(
                    self._work(name, space).step(lambda: stop() or self._purging.is_set())
                    for name, space in self._all()
                )
            except InterruptedWorkError:
                return True

    def purge(self, moments: Collection[int] | None = None) -> int:
        """Take every trace of rows that were deleted from SQLite out of memory and files; returns how many there were.

        ``moments``, when given, are those that were deleted: files that cannot hold any of them are not looked at.
        Everything is looked at without. A `merge` under way is broken off first.
        """
        within = None if moments is None else (min(moments, default=0), max(moments, default=-1))
        self._purging.set()
        with self._changing:
            self._purging.clear()
            self._remove_gone()
            return sum(self._work(name, space).purge(within) for name, space in self._all())

    def verify(self) -> list[str]:
        """Read every file whole and say what is wrong with it, a sentence each; what is damaged is left out."""
        return [said for name, space in self._all() for said in self._work(name, space).verify()]

    def rebuild(self) -> None:
        """Let go of every file, for `merge` to build them anew from SQLite."""
        with self._changing, self._lock:
            self._spaces.clear()
            self._works.clear()
            for file in self._store.vault.vectors.iterdir():
                self._store.vault.ledger.remove(file)

    def save(self) -> None:
        """Remove the files of spaces that are gone."""
        with self._changing:
            self._remove_gone()

    def _all(self) -> Iterator[tuple[str, VectorSpace]]:
        for (name,) in self._store.rows("SELECT name FROM spaces ORDER BY made_at, rowid"):
            space = self._space(name)
            if space is not None:
                yield name, space

    def _space(self, name: str) -> VectorSpace | None:
        """Return a space as it is now; one made anew under the same name is another."""
        rows = VectorRows.of(self._store, name)
        with self._lock:
            self._let_go()
            if rows is None:
                return None
            if name not in self._spaces or self._spaces[name].rows.identity != rows.identity:
                vault = self._store.vault
                shelf = Shelf(vault.vectors, vault.keys.vectors, rows.identity, vault.ledger)
                self._spaces[name] = VectorSpace(rows, shelf, hot_limit=self._hot_rows)
            return self._spaces[name]

    def _let_go(self) -> None:
        """Let go of the memory of spaces that newer ones replaced."""
        known = {row[0] for row in self._store.rows("SELECT name FROM spaces")}
        for name in self._spaces.keys() - known:
            del self._spaces[name]
            self._works.pop(name, None)

    def _work(self, name: str, space: VectorSpace) -> SegmentWork:
        work = self._works.get(name)
        if work is None or work.space is not space:
            work = self._works[name] = SegmentWork(space, piece=self._piece_rows)
        return work

    def _tidy_once(self) -> None:
        """Remove what a crash left, once."""
        if not self._tidied:
            self._remove_gone()
            for _, space in self._all():
                space.shelf.tidy(space.shards().manifest)
            self._tidied = True

    def _remove_gone(self) -> None:
        kept = {prefix_of(name) for name, _ in self._all()}
        with self._lock:
            self._let_go()
        for file in self._store.vault.vectors.iterdir():
            if file.name[: len(prefix_of(""))] not in kept:
                self._store.vault.ledger.remove(file)
