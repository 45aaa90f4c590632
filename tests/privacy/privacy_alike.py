"""Whether a text holds a word, or what OCR may have made of it: a letter taken for another, left out or put in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

#: Letters of a word of which one may be wrong.
LETTERS_AN_ERROR = 6


def holds(text: str, word: str) -> bool:
    """Whether ``word`` stands anywhere in ``text`` with at most one letter in six wrong."""
    errors = len(word) // LETTERS_AN_ERROR
    return any(distance_inside(around, word) <= errors for around in _around(text, word, errors))


def distance_inside(text: str, word: str) -> int:
    """Return the fewest letters changed, left out or put in that make ``word`` a part of ``text`` (Sellers)."""
    above = list(range(len(word) + 1))
    best = above[-1]
    for letter in text:
        row = [0]
        for place, wanted in enumerate(word, 1):
            row.append(min(above[place - 1] + (letter != wanted), above[place] + 1, row[place - 1] + 1))
        above, best = row, min(best, row[-1])
    return best


def _around(text: str, word: str, errors: int) -> Iterator[str]:
    """Yield the stretches of a text in which the word can be: one of so many pieces of it is as it should be."""
    edges = [len(word) * number // (errors + 1) for number in range(errors + 2)]
    for start, end in pairwise(edges):
        place = text.find(word[start:end])
        while place >= 0:
            yield text[max(0, place - start - errors) : place - start + len(word) + errors]
            place = text.find(word[start:end], place + 1)
