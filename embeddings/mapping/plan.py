"""What a training of the mapping is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.mapping.pairs import Pairs
from embeddings.mapping.vectors import Mapping


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Training ended early because it was asked to; with a checkpoint it can go on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained on what, and for how long.

    Attributes
    ----------
    pairs
        In order of person, session and time.
    person
        Whose each pair is, ``int64[n]``.
    start
        Where to begin; None: with the best straight map.

    """

    pairs: Pairs
    person: NDArray[np.int64]
    start: Mapping | None
    rounds: int
    seed: int

    def digest(self) -> str:
        """Return what tells this training from every other."""
        pairs, seen = self.pairs, hashlib.sha256(f"{self.rounds} {self.seed}".encode())
        for part in (pairs.brain, pairs.content, pairs.time, pairs.session, pairs.weight, self.person):
            seen.update(f"{part.shape} {part.dtype}".encode())
            seen.update(np.ascontiguousarray(part).data)
        seen.update(b"" if self.start is None else self.start.dump())
        return seen.hexdigest()
