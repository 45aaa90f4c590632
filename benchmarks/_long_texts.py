"""Screens of a hundred words and more, as many as wanted: prose of several topics, code, and Chinese.

Words come as often as they do in language, by Zipf's law: a few on nearly every screen, most on hardly any.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from _varied_vectors import TOPICS
from numpy.typing import NDArray

JOINTS = tuple("the of and to a in is for on that with as it by this are be from at or file edit view help".split())  # noqa: SIM905 readable
SYLLABLES = tuple("ka lo mi ter ban ou sin pre ga vel dor ni ex ra tu ple con st ing ver qu ash im ol fe".split())  # noqa: SIM905 as above
INVENTED, CHARACTERS = 40_000, 3_000
SHORTEST, LONGEST = 100, 200  # words
JOINT_SHARE, CODE_SHARE, CHINESE_SHARE = 0.4, 0.12, 0.08
FLATTEST = 10.0  # added to a rank: the commonest words of one topic are not everywhere


class LongTexts:
    """Makes texts; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._topics = [self._vocabulary(words.split()) for words in TOPICS.values()]
        self._often = _zipf(INVENTED)
        self._characters = np.array([chr(0x4E00 + i) for i in self._rng.permutation(CHARACTERS)])
        self._character_often = _zipf(CHARACTERS)

    def text(self, topic: int) -> str:
        """Return one text; texts of one topic share their commonest words."""
        kind = self._rng.random()
        words = self._words(self._topics[topic % len(self._topics)], int(self._rng.integers(SHORTEST, LONGEST)))
        if kind < CODE_SHARE:
            names = [a + b.title() if i % 2 else f"{a}_{b}" for i, (a, b) in enumerate(pairwise(words))]
            return " ".join(
                name if i % 3 == 0 else word for i, (name, word) in enumerate(zip(names, words, strict=False))
            )
        return self._chinese() if kind < CODE_SHARE + CHINESE_SHARE else " ".join(words)

    def _words(self, vocabulary: NDArray[np.str_], count: int) -> list[str]:
        drawn = vocabulary[np.searchsorted(self._often, self._rng.random(count)).clip(0, INVENTED - 1)].tolist()
        for at in np.flatnonzero(self._rng.random(count) < JOINT_SHARE):
            drawn[at] = JOINTS[int(len(JOINTS) * self._rng.random() ** 2)]
        return list(map(str, drawn))

    def _chinese(self) -> str:
        drawn = np.searchsorted(self._character_often, self._rng.random(LONGEST)).clip(0, CHARACTERS - 1)
        run = "".join(self._characters[drawn])
        return "\uff0c".join(run[i : i + 11] for i in range(0, len(run), 11))

    def _vocabulary(self, own: list[str]) -> NDArray[np.str_]:
        """Return a topic's own words first, then invented ones that topics share in orders of their own."""
        lengths = np.random.default_rng(7).integers(2, 5, INVENTED)
        pieces = np.random.default_rng(8).choice(SYLLABLES, (INVENTED, 4))
        invented = ["".join(row[:length]) for row, length in zip(pieces, lengths, strict=True)]
        return np.array([*own, *self._rng.permutation(invented)])[:INVENTED]


def _zipf(count: int) -> NDArray[np.float64]:
    shares = 1 / (np.arange(count) + FLATTEST)
    return np.asarray(np.cumsum(shares / shares.sum()), np.float64)
