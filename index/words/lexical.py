"""Full-text search: which moments hold the query's words, and how much of what the query says that is.

The full text only chooses whom to look at; how each of them answers is read from its own text, by the full text's
own stems. So a query costs the same in a vault of a day and of ten years.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from index.ranking.filtering import Keep
from index.store import Store
from index.words import segmenting
from index.words.candidates import candidates
from index.words.stems import Stems, raw_words
from index.words.terms import Query, Term

TITLE = 2.0  # what a word in the title counts for, against one in the app, URL or text
AS_TYPED = 1.5  # what a word counts for in the very form that was typed, against another form of it
SATURATION, LENGTH_SHARE = 1.2, 0.75  # k1 and b of BM25 (Robertson and Zaragoza 2009), as FTS5 has them
Place = tuple[int, int]  # field, word


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
        Place by BM25 among the moments looked at, from 0.

    """

    coverage: float
    adjacency: float
    rank: int


@dataclass(frozen=True, slots=True)
class _Page:
    """One moment as it is judged: where the query's stems are, how many words it has, and which have such stems."""

    moment_id: int
    places: Mapping[str, list[Place]]
    length: int
    words: frozenset[str]


def search(store: Store, query: Query, *, keep: Keep | None = None, also: Collection[int] = ()) -> dict[int, Match]:
    """Return how the moments that hold most of the query's words answer them, and those ``also`` that hold any.

    ``keep`` limits the former.
    """
    if not query.terms:
        return {}
    chosen = dict.fromkeys([*candidates(store, query, keep), *also])
    pages = _pages(store, query, list(chosen))
    average = fmean(page.length for page in pages) if pages else 1.0
    scores = {page.moment_id: _bm25(page, query.terms, average) for page in pages}
    ranked = sorted(scores, key=lambda i: (-scores[i], -i))
    ranks = {moment_id: rank for rank, moment_id in enumerate(ranked)}
    matches = {page.moment_id: _match(page, query, ranks[page.moment_id]) for page in pages}
    return {moment_id: match for moment_id, match in matches.items() if match.coverage > 0}


def _pages(store: Store, query: Query, moments: Sequence[int]) -> list[_Page]:
    """Return those of the moments that hold any of the query's stems, with their places."""
    sql = "SELECT id, title, app, url, text FROM moments WHERE id IN (SELECT value FROM json_each(?))"
    stems = Stems(query.words)
    fields: dict[int, list[list[tuple[int, str]]]] = {}
    lengths: dict[int, int] = {}
    for moment_id, *texts in store.rows(sql, [json.dumps(moments)]):
        words = [raw_words(segmenting.spaced(text)) for text in texts]
        words.append(raw_words(segmenting.name_parts(" ".join(texts))))
        fields[moment_id] = [stems.likely(of_field) for of_field in words]
        lengths[moment_id] = sum(map(len, words))
    stem_of = stems.learn(word for likely in fields.values() for of_field in likely for _, word in of_field)
    pages = (
        _Page(i, _by_stem(likely, stem_of), lengths[i], frozenset(word for of_field in likely for _, word in of_field))
        for i, likely in fields.items()
    )
    return [page for page in pages if page.places]


def _by_stem(fields: Sequence[Sequence[tuple[int, str]]], stem_of: Mapping[str, str | None]) -> dict[str, list[Place]]:
    places: dict[str, list[Place]] = {}
    for number, likely in enumerate(fields):
        for at, word in likely:
            stem = stem_of[word]
            if stem is not None:
                places.setdefault(stem, []).append((number, at))
    return places


def _match(page: _Page, query: Query, rank: int) -> Match:
    whole = sum(term.weight for term in query.terms) or 1.0
    held = sum(term.weight for term in query.terms if _places(page, term))
    pairs = list(dict.fromkeys(pairwise(word.stem for word in query.words)))
    side_by_side = sum(_adjoin(page, (one, other)) for one, other in pairs)
    return Match(min(1.0, held / whole), side_by_side / max(1, len(pairs)), rank)


def _places(page: _Page, term: Term) -> list[Place]:
    """Return where a moment holds a word: by itself, or as the parts of a camelCase name in a row."""
    found = page.places.get(term.word.stem, [])
    parts = [stem for _, stem in term.word.parts]
    if not parts or not all(part in page.places for part in parts):
        return found
    return found + [start for start in page.places[parts[0]] if _in_a_row(page, start, parts)]


def _in_a_row(page: _Page, start: Place, stems: Sequence[str]) -> bool:
    number, at = start
    return all((number, at + step) in page.places[stem] for step, stem in enumerate(stems))


def _adjoin(page: _Page, pair: tuple[str, str]) -> bool:
    """Whether two stems stand side by side anywhere."""
    one, other = (page.places.get(stem, ()) for stem in pair)
    following = set(other)
    return any((number, at + 1) in following for number, at in one)


def _bm25(page: _Page, terms: Sequence[Term], average: float) -> float:
    norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * page.length / max(average, 1.0))
    score = 0.0
    for term in terms:
        often = sum(TITLE if number == 0 else 1.0 for number, _ in _places(page, term))
        often *= AS_TYPED if term.word.folded in page.words else 1.0
        score += term.weight * often * (SATURATION + 1) / (often + norm)
    return score
