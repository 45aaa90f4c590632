"""Private vectors: what leaves the machine says how someone was, and hardly who it was.

Brain vectors identify people. Four things do it: where a person's mean lies, how far they scatter, the many directions
in which only that person varies, and how directions go together over a session. So vectors are reduced to the few
directions in which *everyone* varies from moment to moment, and in these a session is measured from its own mean in its
own spreads, its steps uncorrelated. The directions come from a cohort of other people: one's own would be as telling as
a face.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from embeddings.types import EmbeddingsError

# Directions kept. On Muse recordings of 42 people the best of several adversaries named 4 % of 10 s windows of another
# session by 3 of them (chance 2.4 %) and 6 % of whole sessions (chance 1.3 %); without taking out how they go together
# it was 6 % and 14 %. They cost -0.04 to 0.02 AUC of rest against arithmetic, by electrodes.
KEPT = 3
LEAST_VECTORS = 6  # of a session: mean and spread of fewer say little, and hide little
RANK = 1e-9  # of the strongest direction of a session: what is weaker is rounding
DECIMALS = 9  # so that rounding is not taken for spread
CLIP = 4.0  # spreads; a session's wildest moment is as telling as a name

Vectors = NDArray[np.floating]
Words = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class PrivateMap:
    """Makes vectors private.

    Attributes
    ----------
    directions
        Orthonormal, ``float64[dimension, kept]``.

    """

    directions: NDArray[np.float64]

    @classmethod
    def fit(cls, vectors: Vectors, person: Words, session: Words, *, kept: int = KEPT) -> Self:
        """Learn the directions in which a cohort varies within sessions; needs no labels.

        Parameters
        ----------
        vectors
            ``float[n, dimension]``, of one space.
        person, session
            ``str[n]``; every person counts the same, however much there is of them.

        Raises
        ------
        EmbeddingsError
            With fewer than two people, or fewer features than directions.

        """
        people = np.unique(person)
        if len(people) < 2 or vectors.shape[1] < kept:  # noqa: PLR2004 - of one alone the directions would be personal
            raise EmbeddingsError(
                f"Private directions need two people and {kept} features, and there are {len(people)} and "
                f"{vectors.shape[1]}. Give recordings of more people."
            )
        centred = _each_session(np.asarray(vectors, np.float64), _named(person, session), _centred)
        scatter = np.mean([_scatter(centred[person == who]) for who in people], axis=0)
        _, directions = np.linalg.eigh(scatter)
        return cls(directions[:, ::-1][:, :kept])

    def apply(self, vectors: Vectors, person: Words, session: Words) -> NDArray[np.float32]:
        """Return private vectors, ``float32[n, kept]``, each session measured from itself.

        Raises
        ------
        EmbeddingsError
            When a session has fewer than `LEAST_VECTORS`.

        """
        names = _named(person, session)
        found, counts = np.unique(names, return_counts=True)
        if counts.min() < LEAST_VECTORS:
            raise EmbeddingsError(
                f"Session {found[counts.argmin()]} has {counts.min()} vectors, and {LEAST_VECTORS} are needed to hide "
                "whose they are. Export a longer stretch."
            )
        made = _each_session(np.asarray(vectors, np.float64) @ self.directions, names, _white)
        return np.asarray(np.clip(made, -CLIP, CLIP), np.float32)

    def dump(self) -> bytes:
        """Return it as bytes for `load`."""
        stream = io.BytesIO()
        np.savez(stream, directions=self.directions)
        return stream.getvalue()

    @classmethod
    def load(cls, blob: bytes) -> Self:
        """Undo `dump`."""
        with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
            return cls(saved["directions"])


def _named(person: Words, session: Words) -> Words:
    """Return ``str[n]`` that tells sessions of different people apart."""
    return np.asarray(np.char.add(np.char.add(person, "/"), session), np.str_)


def _centred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values - values.mean(axis=0), np.float64)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = values.std(axis=0)
    return np.asarray(_centred(values) / np.where(spread > 0, spread, 1.0), np.float64)


def _white(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values of mean 0 and spread 1 whose steps from moment to moment are uncorrelated.

    ZCA-cor (Kessy, Lewin & Strimmer 2018, doi:10.1080/00031305.2016.1277159) by the steps, not the values: what lasts,
    as a state does, is not shrunk. Directions that do not vary stay 0.
    """
    standard = _standard(values)
    steps = np.diff(standard, axis=0)
    strength, turned = np.linalg.eigh(steps.T @ steps / len(steps))
    varies = strength > RANK * max(float(strength[-1]), np.finfo(np.float64).tiny)
    scale = np.divide(1.0, np.sqrt(np.abs(strength)), out=np.zeros_like(strength), where=varies)
    return _standard(np.round(standard @ (turned * scale) @ turned.T, DECIMALS))


def _scatter(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance of one person, brought to unit trace."""
    scatter = centred.T @ centred
    return np.asarray(scatter / np.maximum(np.trace(scatter), np.finfo(np.float64).tiny), np.float64)


def _each_session(
    values: NDArray[np.float64], names: Words, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return what ``change`` makes of each session alone."""
    found = np.empty_like(values)
    for name in np.unique(names):
        mine = names == name
        found[mine] = change(values[mine])
    return found
