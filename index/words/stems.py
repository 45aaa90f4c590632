"""How the full text cuts text into words and stems them, asked of SQLite itself, so that no second opinion exists."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlcipher3 import dbapi2

from index.first_schema import FOLDING, TOKENIZER
from index.words import segmenting

MOST_WORDS = 32  # a pasted page is asked by its first words
KEPT = 2  # first letters that Porter's stemmer keeps of any longer word
CHANGED = 2  # last letters of a stem that need not be the word's own: happi, relat(e)
LETTERS_END = "\u2e80"  # beyond, characters have neither case nor accents that come apart
_ASCII_WORD = re.compile("[a-z0-9]+")
_WORD = re.compile("[^\\W_]+(?:[\u0300-\u036f][^\\W_]*)*")  # a letter may come with its accent beside it
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query: folded to lower case without accents, its stem, and the same of a camelCase name's parts."""

    folded: str
    stem: str
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def begins(self) -> bool:
        """Whether it is one character of a script without spaces, found by what begins with it."""
        return segmenting.is_character(self.folded)


def words(query: str) -> list[Word]:
    """Return the query's words in order, the first `MOST_WORDS`, cut as the full text cuts them."""
    chunks = [chunk for piece in segmenting.asked(query).split() for chunk in _chunks(piece)][: 4 * MOST_WORDS]
    parts = [segmenting.parts_of(chunk) for chunk in chunks]
    cut_parts = iter(cut([part for of_chunk in parts for part in of_chunk]))
    found = []
    for of_chunk, cut_chunk in zip(parts, cut(chunks), strict=True):
        pieces = tuple(piece for _ in of_chunk for piece in next(cut_parts))
        found += [Word(folded, stem, pieces) for folded, stem in cut_chunk]
    return found[:MOST_WORDS]


def cut(texts: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Return the words of each text, folded and stemmed. Both are needed: stemming a stem again can change it."""
    both = zip(_cut(texts, "folding"), _cut(texts, "stemming"), strict=True)
    return [list(zip(folded, stemmed, strict=True)) for folded, stemmed in both]


def _cut(texts: Sequence[str], table: str) -> list[list[str]]:
    """Return the words of each text as one of the tokenizers leaves them."""
    db = _tokenizer()
    lists: list[list[str]] = [[] for _ in texts]
    if texts:
        db.execute("BEGIN")  # what is never committed need not be put away again
        db.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", enumerate(texts))  # noqa: S608 two constants
        for row, term in db.execute(f"SELECT doc, term FROM {table}_seen ORDER BY doc, offset"):  # noqa: S608 as above
            lists[row].append(term)
        db.execute("ROLLBACK")
    return lists


def raw_words(text: str) -> list[str]:
    """Return the words of a text as it is indexed (`segmenting.spaced`), in lower case, quickly."""
    return _ASCII_WORD.findall(text.lower()) if text.isascii() else _WORD.findall(text.lower())


class Stems:
    """Which of some stems any word has; asks the full text's stemmer only about words that can have one.

    Parameters
    ----------
    query
        Words of a query; the stems of camelCase names' parts are wanted as well.

    """

    def __init__(self, query: Iterable[Word]) -> None:
        words = list(query)
        self._wanted = {stem for word in words for stem in (word.stem, *(stem for _, stem in word.parts))}
        self._characters = frozenset(word.folded for word in words if word.begins)
        self._begins = frozenset(stem[:KEPT] for stem in self._wanted)
        self._prefixes = tuple(stem[: max(KEPT, len(stem) - CHANGED)] for stem in self._wanted)
        self._short = frozenset(stem for stem in self._wanted if len(stem) < KEPT)
        self._known: dict[str, str | None] = {}
        self._met: set[str] = set()
        self._likely: set[str] = set()  # of those met

    def likely(self, words: Sequence[str]) -> list[tuple[int, str]]:
        """Return the places and words that can have one of the stems."""
        new = set(words) - self._met
        self._met |= new
        begins, single, likely = self._begins, self._short | self._characters, self._likely
        maybe = (word for word in new if word[:KEPT] in begins or word[0] in single or not word.isascii())
        likely.update(filter(self._may_have_one, maybe))
        return [] if likely.isdisjoint(words) else [(at, word) for at, word in enumerate(words) if word in likely]

    def learn(self, words: Iterable[str]) -> Mapping[str, str | None]:
        """Return the stem of every word met so far, ``words`` among them; None where a word has none of them."""
        unmet = list(set(words) - self._known.keys())
        for word, pieces in zip(unmet, _cut(unmet, "stemming"), strict=True):
            stem = next((stem for stem in pieces if stem in self._wanted), None)
            self._known[word] = stem or (word[0] if word[0] in self._characters else None)
        return self._known

    def _may_have_one(self, word: str) -> bool:
        plain = _plain(word)
        begins = plain[:KEPT] in self._begins and plain.startswith(self._prefixes)
        return begins or plain[:1] in self._short or word[0] in self._characters


def _plain(word: str) -> str:
    """Return a word without accents, near enough to the full text's own folding to tell its first letters."""
    if word.isascii() or word >= LETTERS_END:
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _chunks(piece: str) -> list[str]:
    """Return a piece without spaces, cut into the names in it where one is camelCase."""
    names = segmenting.names_in(piece)
    return names if any(segmenting.parts_of(name) for name in names) else [piece]


def _tokenizer() -> Any:
    """Return this thread's tables of the full text's tokenizers, in memory."""
    if not hasattr(_local, "db"):
        db = dbapi2.connect(":memory:", isolation_level=None)
        for table, tokenizer in (("folding", FOLDING), ("stemming", TOKENIZER)):
            db.execute(f"CREATE VIRTUAL TABLE {table} USING fts5(text, content = '', tokenize = '{tokenizer}')")
            db.execute(f"CREATE VIRTUAL TABLE {table}_seen USING fts5vocab({table}, instance)")
        _local.db = db
    return _local.db
