"""How the full text cuts text into words and stems them, asked of SQLite itself, so that no second opinion exists."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlcipher3 import dbapi2

from index import segmenting
from index.schema import FOLDING, TOKENIZER

MOST_WORDS = 32  # a pasted page is asked by its first words
KEPT = 2  # how many first letters Porter's stemmer keeps of longer words
SHORTEST_STEMMED = 3  # letters of the words that can become a single one
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
    db = _tokenizer()
    made: list[list[list[str]]] = []
    for table in ("folding", "stemming"):
        db.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", enumerate(texts))  # noqa: S608 two constants
        lists: list[list[str]] = [[] for _ in texts]
        for row, term in db.execute(f"SELECT doc, term FROM {table}_seen ORDER BY doc, offset"):  # noqa: S608 as above
            lists[row].append(term)
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608 as above
        made.append(lists)
    return [list(zip(*both, strict=True)) for both in zip(*made, strict=True)]


def raw_words(text: str) -> list[str]:
    """Return the words of a text as it is indexed (`segmenting.spaced`), in lower case, quickly."""
    return _ASCII_WORD.findall(text.lower()) if text.isascii() else _WORD.findall(text.lower())


class Stems:
    """Which of some stems any word has; asks the full text's stemmer only about words that can have one."""

    def __init__(self, wanted: Iterable[str], beginnings: Iterable[str] = ()) -> None:
        self._wanted = set(wanted)
        self._begins = tuple({stem[:KEPT] for stem in self._wanted if len(stem) >= KEPT})
        self._short = tuple({stem for stem in self._wanted if len(stem) < KEPT})
        self._characters = tuple(beginnings)
        self._known: dict[str, str | None] = {}

    def learn(self, raw: Iterable[str]) -> Mapping[str, str | None]:
        """Return what is known of all words met so far, ``raw`` among them; None where a word has no such stem."""
        unmet = set(raw) - self._known.keys()
        self._known.update(dict.fromkeys(unmet))
        likely = [word for word in unmet if self._may_have_one(_plain(word))]
        for word, pieces in zip(likely, cut(likely), strict=True):
            self._known[word] = next((stem for _, stem in pieces if stem in self._wanted), None)
        for word in unmet if self._characters else ():
            if word[0] in self._characters:
                self._known[word] = self._known[word] or word[0]
        return self._known

    def _may_have_one(self, plain: str) -> bool:
        return plain.startswith(self._begins) or (len(plain) <= SHORTEST_STEMMED and plain.startswith(self._short))


def _plain(word: str) -> str:
    """Return a word without accents, near enough to the full text's own folding to tell its first letters."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


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
