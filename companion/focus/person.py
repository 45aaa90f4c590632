"""What was learned of this person: the weights of behaviour's signs, and how far the EEG is believed.

Kept are the person's own words and what was seen then (`index.focus_history`), never the weights: these are found anew
at each start, and whatever is forgotten has had no part in them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from companion.focus import learned, signs
from companion.focus.learned import Examples, Prior
from index.focus_history import Label, Piece, Source

# Of the EEG: what it says counts as said until the person's words tell otherwise; log odds to add, and a factor.
EEG_PRIOR = Prior((0.0, 1.0), (0.5, 0.3))
BEHAVIOUR_SECONDS, EEG_SECONDS = 120.0, 32.0  # of a label that are worth one independent example
LEARNED_SECONDS = 365 * 86_400.0  # what the person said longer ago is no longer learned from
_NUMBER = struct.Struct("<f")


@dataclass(frozen=True, slots=True)
class Person:
    """Weights of `signs.SIGNS`, and of the EEG's log odds."""

    behaviour: tuple[float, ...] = signs.PRIOR.mean
    eeg: tuple[float, ...] = EEG_PRIOR.mean

    @property
    def belief(self) -> float:
        """How far the EEG is believed: what its log odds are multiplied by."""
        return self.eeg[1]

    def by_eeg(self, said: float) -> float:
        """Return the log odds of focus that what the EEG said comes to in this person."""
        return learned.log_odds(self.eeg, (1.0, said))


def learn(told: Sequence[tuple[Piece, Label]]) -> Person:
    """Learn from pieces of history and what the person said of each.

    Calibration teaches the EEG alone: whoever sits with closed eyes says nothing of how they work.
    """
    typed = [(p, label) for p, label in told if label.source is Source.CORRECTION and _is_whole(p.data)]
    heard = [(piece, label) for piece, label in told if piece.eeg_said is not None and not piece.frozen]
    rows = [unpack(piece.data) for piece, _ in typed]
    said = [(1.0, piece.eeg_said or 0.0) for piece, _ in heard]
    return Person(
        learned.fit(signs.PRIOR, _examples(rows, typed, BEHAVIOUR_SECONDS, len(signs.SIGNS))),
        learned.fit(EEG_PRIOR, _examples(said, heard, EEG_SECONDS, len(EEG_PRIOR.mean))),
    )


def pack(numbers: Sequence[float]) -> bytes:
    """Return the numbers of `signs.row` as bytes, four each."""
    return b"".join(map(_NUMBER.pack, numbers))


def unpack(data: bytes) -> tuple[float, ...]:
    """Undo `pack`."""
    return tuple(number for (number,) in _NUMBER.iter_unpack(data))


def _is_whole(data: bytes) -> bool:
    """Whether a piece tells the numbers that are looked at now: one of another version may tell others."""
    return len(data) == _NUMBER.size * len(signs.SIGNS)


def _examples(
    rows: Sequence[Sequence[float]], told: Sequence[tuple[Piece, Label]], seconds: float, width: int
) -> Examples:
    return Examples(
        np.array(rows, np.float64).reshape(len(rows), width),
        np.array([label.focused for _, label in told], np.bool_),
        np.array([piece.seconds / seconds for piece, _ in told], np.float64),
    )
