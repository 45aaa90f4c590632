"""The words of a query, each with what it tells: how many moments hold it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from index import postings
from index.postings import NONE, Extent, Ids
from index.stems import Word, words
from index.store import Store

UNSEEN = 0.1  # what a word that no moment holds weighs, against its information: a typo must not outweigh the rest


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
        The newest moments that hold it, at most `postings.PROBE`, newest first.

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
    """What was typed, taken apart: every word in its order, each distinct word with what it tells, the vault's extent."""

    words: tuple[Word, ...]
    terms: tuple[Term, ...]
    extent: Extent

    @property
    def row(self) -> str:
        """What finds the words in a row."""
        return quoted(" ".join(word.folded for word in self.words))


def read(store: Store, text: str) -> Query:
    """Take a query apart and look up how common its words are."""
    extent = postings.extent(store)
    in_order = words(text)
    distinct = {word.stem: word for word in reversed(in_order)}
    return Query(tuple(in_order), tuple(_term(store, word, extent) for word in reversed(distinct.values())), extent)


def _term(store: Store, word: Word, extent: Extent) -> Term:
    newest = postings.holding(store, expression(word), postings.PROBE)
    held = postings.estimate(newest, extent)
    return Term(word, held, _weight(held, extent.total), newest)


def expression(self) -> str:
        """What finds it in the full text: the word, or the parts of a camelCase name in a row."""
        return expression(self.word)

    @property
    def phrase(self) -> str:
        """What finds it within a phrase."""
        return quoted(self.word.folded) + (" *" if self.word.begins else "")


def terms(store: Store, query: str) -> list[Term]:
    """Return the distinct words of a query in order, with what each tells by how many moments hold it."""
    extent = postings.extent(store)
    distinct: dict[str, tuple[int, Word]] = {}
    for place, word in enumerate(words(query)):
        distinct.setdefault(word.stem, (place, word))
    found = []
    for place, word in distinct.values():
        newest = postings.holding(store, expression(word), postings.PROBE)
        held = postings.estimate(newest, extent)
        found.append(Term(word, place, held, _weight(held, extent.total), newest))
    return found


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


def _weight(held: int, total: int) -> float:
    """Return the inverse document frequency as bm25 has it, never negative; little for a word no moment holds."""
    return math.log1p((max(total, held) - held + 0.5) / (held + 0.5)) * (1.0 if held else UNSEEN)
