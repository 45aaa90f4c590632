"""The words of a query, each with what it tells: how many moments hold it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.store import Store
from index.words import postings
from index.words.function_words import FUNCTION_WORDS
from index.words.postings import NONE, Extent, Ids
from index.words.stems import Word, words

UNSEEN = 0.05  # what a word that no moment holds weighs, against its information: a typo must not outweigh the rest
UNSEEN_IN_SENTENCE = 0.6
SENTENCE = 4  # words, from which a query is one when some of them hold it together
FUNCTION = 0.02  # what a word weighs that only holds sentences together, against its information


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query.

    Attributes
    ----------
    word
        As it was typed, and its stem as the full text knows it.
    held
        How many moments hold it; an estimate where it is very common.
    weight
        How much it tells: inverse document frequency.
    newest
        The newest moments that hold it, newest first: all of them where they are as many as ``held``.

    """

    word: Word
    held: int
    weight: float
    newest: Ids = field(default_factory=lambda: NONE, compare=False, repr=False)

    @property
    def expression(self) -> str:
        """What finds it in the full text: the word, or the parts of a camelCase name in a row."""
        return expression(self.word)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: every word in its order, each distinct word with what it tells, and the vault's extent."""

    words: tuple[Word, ...]
    terms: tuple[Term, ...]
    extent: Extent


def read(store: Store, text: str) -> Query:
    """Take a query apart and look up how common its words are."""
    extent = postings.extent(store)
    in_order = words(text)
    distinct = {word.stem: word for word in reversed(in_order)}
    found = [_term(store, word, extent) for word in reversed(distinct.values())]
    return Query(tuple(in_order), tuple(_telling(found)), extent)


def expression(word: Word) -> str:
    """Return what finds a word in the full text."""
    if word.begins:
        return f"{quoted(word.folded)} *"
    if word.parts:
        return f"{quoted(word.folded)} OR {quoted(' '.join(folded for folded, _ in word.parts))}"
    return quoted(word.folded)


def quoted(word: str) -> str:
    """Return a word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""') + '"'


def _term(store: Store, word: Word, extent: Extent) -> Term:
    held, newest = postings.common(store, expression(word), extent)
    return Term(word, held, _weight(held, extent.total), newest)


def _telling(found: Sequence[Term]) -> list[Term]:
    """Return words weighed by what they are to the query.

    Those that hold a sentence together tell next to nothing, unless there are no others. A word that no moment holds
    is a typo where words were typed in haste; in a sentence it tells that the sentence is no quotation.
    """
    joints = {term.word.stem for term in found if term.word.folded in FUNCTION_WORDS}
    if len(joints) == len(found):
        return list(found)
    unseen = UNSEEN_IN_SENTENCE if joints and len(found) >= SENTENCE else UNSEEN
    shares = [FUNCTION if term.word.stem in joints else 1.0 if term.held else unseen for term in found]
    return [replace(term, weight=share * term.weight) for share, term in zip(shares, found, strict=True)]


def _weight(held: int, total: int) -> float:
    """Return the inverse document frequency as bm25 has it, never negative."""
    return math.log1p((max(total, held) - held + 0.5) / (held + 0.5))
