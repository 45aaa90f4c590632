"""Full-text search: which moments hold the query's words, and how much of what the query says that is."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise

from index.schema import FOLDING, TOKENIZER
from index.store import Store

CANDIDATES = 200  # moments looked at closely
WEIGHTS = (2.0, 1.0, 1.0, 1.0)  # of title, app, url, text in bm25
SNIPPET_WORDS = 24
MOST_WORDS = 32  # a pasted page is asked by its first words


@dataclass(frozen=True, slots=True)
class Match:
    """How one moment answers a query's words.

    Attributes
    ----------
    coverage
        Share of the query's information (sum of inverse document frequencies) whose words the moment holds, 0 to 1.
    adjacency
        Share of the query's neighbouring word pairs that stand side by side in the moment, 0 to 1.
    rank
        Place by bm25, from 0.

    """

    coverage: float
    adjacency: float
    rank: int


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query.

    Attributes
    ----------
    word
        As it was typed, folded to lower case without accents.
    stem
        As the full text knows it.
    weight
        How much it tells: inverse document frequency.

    """

    word: str
    stem: str
    weight: float


def words(query: str) -> list[tuple[str, str]]:
    """Return the query's words in order, each as typed and as stemmed, cut as the full text cuts them.

    Both are needed: stemming a stem again can change it.
    """
    with closing(sqlite3.connect(":memory:")) as db:
        typed, stemmed = (_cut(db, number, query, tokenizer) for number, tokenizer in enumerate((FOLDING, TOKENIZER)))
    return list(zip(typed, stemmed, strict=True))[:MOST_WORDS]


def terms(store: Store, query: str) -> list[Term]:
    """Return the distinct words of a query with what each tells, by how many moments hold it."""
    total = store.count()
    distinct = {stem: word for word, stem in reversed(words(query))}
    marks = ",".join("?" * len(distinct))
    held = dict(store.rows(f"SELECT term, doc FROM moments_terms WHERE term IN ({marks})", distinct))  # noqa: S608 marks
    return [Term(word, stem, _weight(held.get(stem, 0), total)) for stem, word in reversed(distinct.items())]


def search(store: Store, query: str, known: Sequence[Term], *, moments: set[int] | None = None) -> dict[int, Match]:
    """Return the best `CANDIDATES` by bm25 that hold any of the words, only of ``moments`` if given."""
    if not known:
        return {}
    weights = ",".join(map(str, WEIGHTS))
    asked = " OR ".join(quoted(term.word) for term in known)
    among = "" if moments is None else "AND rowid IN (SELECT value FROM json_each(?3))"
    sql = (
        f"SELECT rowid FROM moments_fts WHERE moments_fts MATCH ?1 {among} "  # noqa: S608 constants
        f"ORDER BY bm25(moments_fts, {weights}) LIMIT ?2"
    )
    arguments = [asked, CANDIDATES] + ([] if moments is None else [json.dumps(sorted(moments))])
    found = [row[0] for row in store.rows(sql, arguments)]
    ranks = {moment_id: rank for rank, moment_id in enumerate(found)}
    coverage = _coverage(store, known, found)
    adjacency = _adjacency(store, [word for word, _ in words(query)], found)
    # Shares that make up a whole can add up to a hair more than it.
    return {i: Match(min(1.0, coverage.get(i, 0.0)), min(1.0, adjacency.get(i, 0.0)), ranks[i]) for i in found}


def snippet(store: Store, moment_id: int, known: Sequence[Term]) -> str:
    """Return the part of a moment's text that matches best, matched words in brackets; its beginning when none does."""
    if known:
        sql = (
            "SELECT snippet(moments_fts, 3, '[', ']', ' … ', ?) "
            "FROM moments_fts WHERE moments_fts MATCH ? AND rowid = ?"
        )
        asked = " OR ".join(quoted(term.word) for term in known)
        found = store.value(sql, [SNIPPET_WORDS, asked, moment_id])
        if found:
            return " ".join(str(found).split())
    text = str(store.value("SELECT text FROM moments WHERE id = ?", [moment_id]) or "")
    start = text.split()[:SNIPPET_WORDS]
    return " ".join(start) + (" …" if len(start) == SNIPPET_WORDS else "")


def quoted(word: str) -> str:
    """Return a word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""') + '"'


def _coverage(store: Store, known: Sequence[Term], candidates: Sequence[int]) -> dict[int, float]:
    """Return the share of the query's weight each candidate holds."""
    whole = sum(term.weight for term in known)
    shares: dict[int, float] = {}
    for term in known:
        for moment_id in _holding(store, quoted(term.word), candidates):
            shares[moment_id] = shares.get(moment_id, 0.0) + term.weight / whole
    return shares


def _adjacency(store: Store, sequence: Sequence[str], candidates: Sequence[int]) -> dict[int, float]:
    """Return the share of neighbouring word pairs each candidate holds side by side."""
    pairs = list(dict.fromkeys(pairwise(sequence)))
    shares: dict[int, float] = {}
    for one, other in pairs:
        for moment_id in _holding(store, quoted(f"{one} {other}"), candidates):
            shares[moment_id] = shares.get(moment_id, 0.0) + 1 / len(pairs)
    return shares


def _holding(store: Store, expression: str, candidates: Sequence[int]) -> list[int]:
    """Return which of the candidates match an FTS5 expression."""
    marks = ",".join("?" * len(candidates))
    sql = f"SELECT rowid FROM moments_fts WHERE moments_fts MATCH ? AND rowid IN ({marks})"  # noqa: S608 marks only
    return [row[0] for row in store.rows(sql, [expression, *candidates])]


def _weight(held: int, total: int) -> float:
    """Return the inverse document frequency as bm25 has it, never negative."""
    return math.log1p((total - held + 0.5) / (held + 0.5))


def _cut(db: sqlite3.Connection, number: int, text: str, tokenizer: str) -> list[str]:
    """Return what a tokenizer makes of a text."""
    db.execute(f"CREATE VIRTUAL TABLE cut{number} USING fts5(text, tokenize = '{tokenizer}')")
    db.execute(f"CREATE VIRTUAL TABLE seen{number} USING fts5vocab(cut{number}, instance)")
    db.execute(f"INSERT INTO cut{number} VALUES (?)", [text])  # noqa: S608 a number
    return [row[0] for row in db.execute(f"SELECT term FROM seen{number} ORDER BY offset")]  # noqa: S608 a number
