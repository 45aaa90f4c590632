"""What exact search would answer, to everything and to filters, and how much of it was found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.spaces.vector_bytes import HALF
from index.types import Filters

Rows = NDArray[np.float32]
Ids = NDArray[np.int64]

NEAREST = 10
SECONDS, IN_A_ROW = 10.0, 7  # between moments, and moments of one program in a row
APPS = ("Firefox", "Code", "Slack", "Terminal", "Thunderbird", "Writer", "Calc", "Viewer")
EVERYTHING = "everything"


class Truth:
    """The exact answer, gathered while vectors pass by; all of them together need not fit into memory.

    Parameters
    ----------
    queries
        What is asked, ``float32[n, dimension]``.
    filters
        What the answer is limited to.
    among
        Which moments satisfy the filters, by their ids.

    """

    def __init__(self, queries: Rows, filters: Filters, among: Callable[[Ids], NDArray[np.bool_]]) -> None:
        self.filters = filters
        self.moments = 0
        self._queries = queries
        self._among = among
        self._moments = np.zeros((len(queries), 0), np.int64)
        self._cosines = np.zeros((len(queries), 0), np.float32)

    def see(self, first: int, vectors: Rows) -> None:
        """Take in vectors as they are stored; their moments count up from ``first``."""
        ids = np.arange(first, first + len(vectors))
        chosen = self._among(ids)
        if not chosen.any():
            return
        self.moments += int(chosen.sum())
        new = self._queries @ vectors[chosen].astype(HALF).astype(np.float32).T
        cosines = np.hstack([self._cosines, new])
        moments = np.hstack([self._moments, np.broadcast_to(ids[chosen], new.shape)])
        best = np.argpartition(-cosines, min(NEAREST, cosines.shape[1] - 1), axis=1)[:, :NEAREST]
        self._cosines = np.take_along_axis(cosines, best, axis=1)
        self._moments = np.take_along_axis(moments, best, axis=1)

    def nearest(self) -> list[set[int]]:
        """Return the nearest moments of each query."""
        return [set(row.tolist()) for row in self._moments]


def truths_of(queries: Rows, moments: int) -> dict[str, Truth]:
    """Return what is to be found among all moments, among the older half, and among those of one program."""
    half = moments // 2
    return {
        EVERYTHING: Truth(queries, Filters(), lambda ids: np.ones(len(ids), np.bool_)),
        "time": Truth(queries, Filters(until=SECONDS * half), lambda ids: ids <= half),
        "app": Truth(queries, Filters(app=APPS[3]), lambda ids: ids // IN_A_ROW % len(APPS) == 3),  # noqa: PLR2004 APPS[3]
    }


def app_of(moment: int) -> str:
    """Return the program a moment is of."""
    return APPS[moment // IN_A_ROW % len(APPS)]


def recall_of(found: list[set[int]], truth: list[set[int]]) -> float:
    """Return the share of the nearest that was found."""
    held = [len(ours & exact) / len(exact) for ours, exact in zip(found, truth, strict=True)]
    return round(float(np.mean(held)), 4)
