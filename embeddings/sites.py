"""Where electrodes sit, from their names in the 10-20 and 10-10 systems, and which of them stand for a head.

A headband's four electrodes, or the eight of another device, are brought to the same few sites: front and back, left
and right. That is what lets people with different devices share one start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_ELECTRODES = 8  # whose co-spectra are kept; more would cost disk and gain little

_NAME = re.compile(r"^(?:EEG[ _-]*)?(FP|AF|FT|FC|TP|CP|PO|F|T|C|P|O|A|M|I)(Z|\d{1,2})?(?:[-_ ].*)?$", re.IGNORECASE)
# How far to the front a row lies: 1 at the forehead, -1 at the back of the head.
_ROWS = {"FP": 1.0, "AF": 0.8, "F": 0.6, "FC": 0.3, "FT": 0.3, "C": 0.0, "T": 0.0, "CP": -0.3, "TP": -0.3}
_ROWS |= {"A": -0.4, "M": -0.4, "P": -0.6, "PO": -0.8, "O": -1.0, "I": -1.0}
_OLD_NAMES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8", "A1": "TP9", "A2": "TP10", "M1": "TP9", "M2": "TP10"}
_FRONT, _BACK = 0.4, -0.2
# Where the headband most people wear has its electrodes; the nearest ones are taken.
_LIKE_FRONT, _LIKE_BACK = (0.7, 0.8), (0.9, -0.5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an electrode sits: ``right`` -1 (left) to 1, ``front`` -1 (back) to 1."""

    right: float
    front: float


@dataclass(frozen=True, slots=True)
class Sites:
    """Which channels stand for the front and the back, as (left, right) pairs of indices; None where there are none.

    Of electrodes on one side or in the middle alone, both of a pair are the same.
    """

    front: tuple[int, int] | None
    back: tuple[int, int] | None

    @property
    def kind(self) -> str:
        """``front+back``, ``front``, ``back``, the same with ``middle`` where sides are not told apart, or empty."""
        pairs = [name for name, pair in (("front", self.front), ("back", self.back)) if pair]
        lone = any(pair is not None and pair[0] == pair[1] for pair in (self.front, self.back))
        return "+".join(pairs) + (" middle" if lone else "")


def place(name: str) -> Place | None:
    """Return where an electrode of this name sits, None when the name says nothing."""
    match = _NAME.match(name.strip(" _-"))
    if match is not None and match[2] is not None:  # without what it was recorded against
        match = _NAME.match(_OLD_NAMES.get((match[1] + match[2]).upper(), match[0]))
    if match is None or (match[2] is None and match[1].upper() not in {"A", "M"}):
        return None
    number = 0 if match[2] is None or match[2].upper() == "Z" else int(match[2])
    side = 0.0 if number == 0 else (-1.0 if number % 2 else 1.0)
    lateral = min((number + 1) // 2 * 0.23, 1.0)  # 1 and 2 are next to the middle, 9 and 10 below the ears
    row = match[1].upper()
    # The forehead is narrow: its 1 and 2 already are at the sides.
    return Place(side * (max(lateral, 0.4) if row == "FP" else lateral), _ROWS[row])


def find(ch_names: Sequence[str]) -> Sites:
    """Return the channels that are nearest to a headband's, pairs of the same row before single ones."""
    places = [place(name) for name in ch_names]
    front = [i for i, p in enumerate(places) if p is not None and p.front >= _FRONT]
    back = [i for i, p in enumerate(places) if p is not None and p.front <= _BACK]
    if not back:  # temples are the next best
        back = [i for i, p in enumerate(places) if p is not None and abs(p.front) < -_BACK and abs(p.right) > _FRONT]
    known = {i: p for i, p in enumerate(places) if p is not None}
    return Sites(_pair(front, known, _LIKE_FRONT), _pair(back, known, _LIKE_BACK))


def kept(ch_names: Sequence[str]) -> tuple[int, ...]:
    """Return the channels whose co-spectra are kept, in their own order: all, or the sites' and an even rest."""
    if len(ch_names) <= MOST_ELECTRODES:
        return tuple(range(len(ch_names)))
    sites = find(ch_names)
    chosen = list(dict.fromkeys([*(sites.front or ()), *(sites.back or ())]))
    rest = [i for i in range(len(ch_names)) if i not in chosen]
    more = np.linspace(0, len(rest) - 1, MOST_ELECTRODES - len(chosen)).round().astype(int)
    return tuple(sorted([*chosen, *(rest[i] for i in more)]))


def _pair(among: Sequence[int], places: dict[int, Place], like: tuple[float, float]) -> tuple[int, int] | None:
    """Return the left and the right channel nearest to ``like`` (distance from the middle, front)."""
    if not among:
        return None

    def far(i: int) -> float:
        return abs(abs(places[i].right) - like[0]) + abs(places[i].front - like[1])

    left = [i for i in among if places[i].right < 0]
    right = [i for i in among if places[i].right > 0]
    if left and right:
        pairs = [(a, b) for a in left for b in right]
        return min(pairs, key=lambda ab: far(ab[0]) + far(ab[1]) + 2 * abs(places[ab[0]].front - places[ab[1]].front))
    one = min(among, key=far)
    return one, one
