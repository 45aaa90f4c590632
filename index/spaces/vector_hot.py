"""The newest rows of a space, exact and in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.spaces.segment_build import held_among
from index.spaces.vector_bytes import HALF
from index.spaces.vector_rows import Batch
from index.spaces.vector_scan import Halves, Ids, Rows

ROOM = 64  # rows there is place for at first; it doubles


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may be nearest: ids, moments and cosines, in step."""

    rows: Ids
    moments: Ids
    cosines: Rows

    @classmethod
    def joined(cls, parts: list[Candidates], want: int) -> Candidates:
        """Return the best ``want`` of several, best first."""
        cosines = np.concatenate([part.cosines for part in parts])
        best = np.argsort(-cosines, kind="stable")[:want]
        rows = np.concatenate([part.rows for part in parts])[best]
        return cls(rows, np.concatenate([part.moments for part in parts])[best], cosines[best])


class Hot:
    """Rows after ``after``, in the half precision in which SQLite holds them, so that nothing is lost. Not for threads.

    Attributes
    ----------
    after
        The row after which it begins.
    highest
        The newest row it has seen.

    """

    def __init__(self, dimension: int, after: int) -> None:
        self._halves = Halves(dimension)
        self._ids = np.empty((ROOM, 2), np.int64)  # row and moment, with room at the end
        self._vectors = np.empty((ROOM, dimension), HALF)
        self._count = 0
        self.after = after
        self.highest = after

    def __len__(self) -> int:
        return self._count

    def add(self, batch: Batch) -> None:
        """Take in rows, all newer than those it has."""
        upto = self._count + len(batch.rows)
        if upto > len(self._ids):
            self._ids, self._vectors = (_with_room(held, self._count, 2 * upto) for held in (self._ids, self._vectors))
        self._ids[self._count : upto] = np.column_stack([batch.rows, batch.moments])
        self._vectors[self._count : upto] = batch.vectors
        self._count, self.highest = upto, int(batch.rows[-1])

    def begin_after(self, row: int) -> None:
        """Let go of rows up to ``row``."""
        if row > self.after:
            self._keep(self._rows > row)
            self.after, self.highest = row, max(row, self.highest)

    def row_before_newest(self, count: int) -> int:
        """Return the newest row that is not among the newest ``count``; there must be more than those."""
        return int(self._rows[-count - 1])

    def weed(self, held: Ids) -> None:
        """Let go of rows that are not in ``held``, which is ascending."""
        self._keep(held_among(self._rows, held))

    def nearest(self, query: Rows, want: int, *, moments: Ids | None = None) -> Candidates:
        """Return the best ``want`` rows, of ``moments`` alone where given; fewer when there are fewer."""
        ids, vectors = self._ids[: self._count], self._vectors[: self._count]
        if moments is not None:
            chosen = np.flatnonzero(np.isin(ids[:, 1], moments))
            ids, vectors = ids[chosen], vectors[chosen]
        scan = self._halves.scan(query, min(want, len(ids)))
        if len(ids):
            scan.look(0, 0.0, vectors.view(np.uint8))
        places, cosines = scan.best()
        return Candidates(ids[places, 0], ids[places, 1], cosines)

    @property
    def _rows(self) -> Ids:
        return self._ids[: self._count, 0]

    def _keep(self, which: NDArray[np.bool_]) -> None:
        """Keep some rows, in arrays of their own size: nothing of the others is left in memory."""
        self._ids, self._vectors = self._ids[: self._count][which], self._vectors[: self._count][which]
        self._count = len(self._ids)


def _with_room(held: NDArray[Any], count: int, room: int) -> NDArray[Any]:
    """Return the first ``count`` rows of an array in one of ``room`` rows; what is empty there takes no memory yet."""
    roomy = np.empty((room, held.shape[1]), held.dtype)
    roomy[:count] = held[:count]
    return roomy
