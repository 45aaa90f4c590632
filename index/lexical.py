"""Full-text search: which moments hold the query's words, and how much of what the query says that is."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise

from index.schema import FOLDING, TOKENIZER
from index.store import Store

CANDIDATES = 200  # moments looked at closely
COMMON_SHARE, COMMON_LEAST = 0.05, 1_000  # a word that more moments hold than this chooses no candidates by itself
RAREST = 3  # of words that are all common, those that do
UNSEEN = 0.1  # what a word that no moment holds weighs, against its information: a typo must not outweigh the rest
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
    held
        How many moments hold it.
    weight
        How much it tells: inverse document frequency.

    """

    word: str
    stem: str
    held: int
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
    return [
        Term(word, stem, held.get(stem, 0), _weight(held.get(stem, 0), total))
        for stem, word in reversed(distinct.items())
    ]


def search(
    store: Store,
    query: str,
    known: Sequence[Term],
    *,
    moments: set[int] | None = None,
    also: Collection[int] = (),
) -> dict[int, Match]:
    """Return how the best `CANDIDATES` by bm25 answer the query's words, and those ``also`` that hold any of them.

    ``moments`` limits the candidates to those moments.
    """
    ranked = _ranked(store, known, moments)
    judged = [*ranked, *(moment_id for moment_id in also if moment_id not in set(ranked))]
    coverage = _coverage(store, known, judged)
    adjacency = _adjacency(store, [word for word, _ in words(query)], judged)
    ranks = {moment_id: rank for rank, moment_id in enumerate(ranked)}
    return {i: Match(coverage[i], adjacency.get(i, 0.0), ranks.get(i, CANDIDATES)) for i in judged if i in coverage}


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


def _ranked(store: Store, known: Sequence[Term], moments: set[int] | None) -> list[int]:
    """Return the best moments by bm25 of the words that can choose."""
    choosing = _choosing(known, store.count())
    if not choosing:
        return []
    # The plus keeps SQLite from seeking in the full text once for every allowed moment.
    among = "" if moments is None else "AND +rowid IN (SELECT value FROM json_each(?3))"
    weights = ",".join(map(str, WEIGHTS))
    sql = (
        f"SELECT rowid FROM moments_fts WHERE moments_fts MATCH ?1 {among} "  # noqa: S608 constants
        f"ORDER BY bm25(moments_fts, {weights}), rowid DESC LIMIT ?2"
    )
    asked = " OR ".join(quoted(term.word) for term in choosing)
    return [row[0] for row in store.rows(sql, [asked, CANDIDATES, *([] if moments is None else [_listed(moments)])])]


def _choosing(known: Sequence[Term], total: int) -> list[Term]:
    """Return the words that choose candidates: ranking everything that holds a very common one would take too long."""
    seen = sorted((term for term in known if term.held), key=lambda term: term.held)
    rare = [term for term in seen if term.held <= max(COMMON_LEAST, COMMON_SHARE * total)]
    return rare or seen[:RAREST]


def _listed(moments: Iterable[int]) -> str:
    """Return moments as SQLite's json_each takes them."""
    return json.dumps(sorted(moments))


def _coverage(store: Store, known: Sequence[Term], candidates: Sequence[int]) -> dict[int, float]:
    """Return the share of the query's weight each candidate holds."""
    whole = sum(term.weight for term in known) or 1.0
    shares: dict[int, float] = {}
    for term in known:
        for moment_id in _holding(store, quoted(term.word), candidates) if term.held else ():
            shares[moment_id] = shares.get(moment_id, 0.0) + term.weight / whole
    return {moment_id: min(1.0, share) for moment_id, share in shares.items()}  # a sum can be a hair more than whole


def _adjacency(store: Store, sequence: Sequence[str], candidates: Sequence[int]) -> dict[int, float]:
    """Return the share of neighbouring word pairs each candidate holds side by side."""
    pairs = list(dict.fromkeys(pairwise(sequence)))
    shares: dict[int, float] = {}
    for one, other in pairs:
        for moment_id in _holding(store, quoted(f"{one} {other}"), candidates):
            shares[moment_id] = shares.get(moment_id, 0.0) + 1 / len(pairs)
    return {moment_id: min(1.0, share) for moment_id, share in shares.items()}


def _holding(store: Store, expression: str, candidates: Sequence[int]) -> list[int]:
    """Return which of the candidates match an FTS5 expression."""
    sql = "SELECT rowid FROM moments_fts WHERE moments_fts MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
    return [row[0] for row in store.rows(sql, [expression, _listed(candidates)])]


def _weight(held: int, total: int) -> float:
    """Return the inverse document frequency as bm25 has it, never negative; little for a word no moment holds."""
    return math.log1p((total - held + 0.5) / (held + 0.5)) * (1.0 if held else UNSEEN)


def _cut(db: sqlite3.Connection, number: int, text: str, tokenizer: str) -> list[str]:
    """Return what a tokenizer makes of a text."""
    db.execute(f"CREATE VIRTUAL TABLE cut{number} USING fts5(text, tokenize = '{tokenizer}')")
    db.execute(f"CREATE VIRTUAL TABLE seen{number} USING fts5vocab(cut{number}, instance)")
    db.execute(f"INSERT INTO cut{number} VALUES (?)", [text])  # noqa: S608 a number
    return [row[0] for row in db.execute(f"SELECT term FROM seen{number} ORDER BY offset")]  # noqa: S608 a number
