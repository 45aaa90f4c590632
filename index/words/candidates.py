"""Which moments are looked at closely for a query's words: those that hold most of what the words tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.ranking.filtering import Keep
from index.store import Store
from index.words import postings
from index.words.postings import Ids
from index.words.terms import Query, Term

CANDIDATES = 120
MOST_TITLED = 10_000  # of them, where the titles are looked through as well


def candidates(store: Store, query: Query, keep: Keep | None) -> list[int]:
    """Return the moments that hold most of the words' weight, newer ones first where they hold the same.

    Words that are everywhere choose only where there are no others, and then among the newest moments.
    """
    seen = sorted((term for term in query.terms if term.held), key=lambda term: term.held)
    if not seen:
        return []
    read = np.cumsum([term.held for term in seen])
    chosen = [term for term, so_far in zip(seen, read, strict=True) if so_far <= postings.MOST_READ]
    found = _weighed(store, chosen, keep) if chosen else _newest(store, seen, keep)
    return list(dict.fromkeys(found.tolist()))[:CANDIDATES]


def _weighed(store: Store, chosen: Sequence[Term], keep: Keep | None) -> Ids:
    """Return the moments that hold most of the chosen words' weight; of equal ones those with them in the title."""
    ids, scores = _scores([_all(store, term) for term in chosen], chosen)
    if CANDIDATES < len(ids) <= MOST_TITLED:
        titled = " OR ".join(f"title : ({term.expression})" for term in chosen)
        in_title = postings.holding(store, titled, CANDIDATES)
        scores[np.isin(ids, in_title)] += min(term.weight for term in chosen) / 2
    return postings.kept(ids[np.lexsort((-ids, -scores))], keep, CANDIDATES)


def _all(store: Store, term: Term) -> Ids:
    """Return the moments that hold a word, all of them unless it comes far more often than was estimated."""
    if term.held == len(term.newest):
        return term.newest
    return postings.holding(store, term.expression, postings.MOST_READ)


def _newest(store: Store, seen: Sequence[Term], keep: Keep | None) -> Ids:
    """Return the newest moments that hold most of the words' weight, then the newest that hold the rarest of them.

    SQLite is not asked for all words at once: where they seldom come together it would read all there is of them.
    """
    of_rarest = postings.holding(store, seen[0].expression, CANDIDATES, keep=keep)
    if len(seen) == 1 or keep is not None:
        return of_rarest
    held = [postings.holding(store, term.expression, postings.MOST_READ // len(seen)) for term in seen]
    known_since = max(ids[-1] for ids in held)  # of older moments it is not known which words they hold
    ids, scores = _scores([ids[ids >= known_since] for ids in held], seen)
    return np.concatenate([ids[np.lexsort((-ids, -scores))][: CANDIDATES // 2], of_rarest])


def _scores(held: Sequence[Ids], words: Sequence[Term]) -> tuple[Ids, NDArray[np.float64]]:
    """Return the moments that hold any of some words, and the weight of those each holds."""
    weights = np.repeat([term.weight for term in words], [len(ids) for ids in held])
    ids, place = np.unique(np.concatenate(held), return_inverse=True)
    return ids, np.bincount(place, weights).astype(np.float64)
