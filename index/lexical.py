"""Full-text search: which moments hold the query's words, and how much of what the query says that is.

The full text only chooses whom to look at; how each of them answers is read from its own text, by the full text's
own stems. So a query costs the same in a vault of a day and of ten years.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from index import segmenting
from index.candidates import candidates
from index.filtering import Keep
from index.postings import Ids
from index.stems import Stems, raw_words
from index.store import Store
from index.terms import Query, Term

TITLE = 2.0  # what a word in the title counts for, against one in the app, URL or text
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
    """One moment as it is judged: where the query's stems are, and how many words it has."""

    moment_id: int
    places: Mapping[str, list[Place]]
    length: int


def search(
    store: Store, query: Query, *, keep: Keep | None = None, also: Collection[int] = ()
) -> dict[int, Match]:
    """Return how the moments that hold most of the query's words answer them, and those ``also`` that hold any.

    ``keep`` limits the former.
    """
    if not query.terms:
        return {}
    chosen = dict.fromkeys([*candidates(store, query, keep), *also])
    pages = [page for page in _pages(store, query, list(chosen)) if page.places]
    average = fmean(page.length for page in pages) if pages else 1.0
    scores = {page.moment_id: _bm25(page, query.terms, average) for page in pages}
    ranked = sorted(scores, key=lambda i: (-scores[i], -i))
    ranks = {moment_id: rank for rank, moment_id in enumerate(ranked)}
    matches = {page.moment_id: _match(page, query, ranks[page.moment_id]) for page in pages}
    return {moment_id: match for moment_id, match in matches.items() if match.coverage > 0}


def _pages(store: Store, query: Query, moments: Sequence[int]) -> list[_Page]:
    """Return the moments with the places of the query's stems in them."""
    sql = "SELECT id, title, app, url, text FROM moments WHERE id IN (SELECT value FROM json_each(?))"
    fields = {row[0]: _fields(row[1:]) for row in store.rows(sql, [json.dumps(moments)])}
    wanted = [*(word.stem for word in query.words), *(stem for word in query.words for _, stem in word.parts)]
    stems = Stems(wanted, (word.folded for word in query.words if word.begins))
    stem_of = stems.learn(word for of_moment in fields.values() for words in of_moment for word in words)
    return [_page(moment_id, of_moment, stem_of) for moment_id, of_moment in fields.items()]


def _fields(texts: Sequence[str]) -> list[list[str]]:
    """Return the words of title, app, URL, text, and of the parts of names."""
    spaced = [raw_words(segmenting.spaced(text)) for text in texts]
    parts = segmenting.name_parts(" ".join(texts))
    return [*spaced, raw_words(parts)] if parts else spaced


def _page(moment_id: int, fields: Sequence[Sequence[str]], stem_of: Mapping[str, str | None]) -> _Page:
    places: dict[str, list[Place]] = {}
    for number, words in enumerate(fields):
        for at, word in enumerate(words):
            stem = stem_of[word]
            if stem is not None:
                places.setdefault(stem, []).append((number, at))
    return _Page(moment_id, places, sum(map(len, fields)))


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
        score += term.weight * often * (SATURATION + 1) / (often + norm)
    return score
