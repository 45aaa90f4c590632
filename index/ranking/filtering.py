"""Which moments an answer may hold, asked in the two ways a search needs: few at once, or some of those it found."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Keep(Protocol):
    """Moments that may be answered."""

    def few(self) -> NDArray[np.int64] | None:
        """Return all of them, ascending, when they are so few that each can be looked at; else None."""

    def among(self, moments: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of ``moments`` are among them."""

    def newest(self, below: int, limit: int) -> NDArray[np.int64]:
        """Return the newest ``limit`` of them below the moment ``below``, ascending."""


class Only:
    """A `Keep` of moments that are known one by one."""

    def __init__(self, moments: Collection[int]) -> None:
        self._moments = np.unique(np.fromiter(moments, np.int64, len(moments)))

    def few(self) -> NDArray[np.int64]:
        """Return all of them."""
        return self._moments

    def among(self, moments: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of ``moments`` are among them."""
        return np.isin(moments, self._moments)

    def newest(self, below: int, limit: int) -> NDArray[np.int64]:
        """Return the newest ``limit`` of them below the moment ``below``, ascending."""
        return self._moments[self._moments < below][-limit:]
