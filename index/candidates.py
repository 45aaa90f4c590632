"""Which moments are looked at closely for a query's words: those that hold most of what the words tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index import postings
from index.filtering import Keep
from index.postings import NONE, Ids
from index.store import Store
from index.terms import Query, Term

CANDIDATES = 300
QUOTATIONS = 50  # of them may be taken for holding all words in a row
MOST_READ = 40_000  # moments that hold a word, read for one query: about 20 ms


def candidates(store: Store, query: Query, keep: Keep | None) -> list[int]:
    """Return the moments that hold most of the words' weight, those that hold all of them first, newer ones first.

    Of words that are everywhere only the newest moments are found by themselves; the older ones by the other words.
    """
    seen = sorted((term for term in query.terms if term.held), key=lambda term: term.held)
    if not seen:
        return []
    chosen = _chosen(seen)
    together = _together(store, query, seen, keep)
    if chosen:
        weighed = _weighed(store, chosen, keep)
    else:
        weighed = postings.holding(store, seen[0].expression, CANDIDATES, keep=keep)
    return list(dict.fromkeys(np.concatenate([together, weighed]).tolist()))[:CANDIDATES]


def _chosen(seen: Sequence[Term]) -> list[Term]:
    """Return the words rare enough to be read in full, rarest first."""
    read = np.cumsum([term.held for term in seen])
    return [term for term, so_far in zip(seen, read, strict=True) if so_far <= MOST_READ]


def _together(store: Store, query: Query, seen: Sequence[Term], keep: Keep | None) -> Ids:
    """Return moments that hold all the words there are, those that have them in a row first."""
    if len(seen) == 1:
        return NONE
    # Where even the rarest is everywhere, only so much of the newest is looked through.
    share = min(1.0, MOST_READ / seen[0].held)
    floor = 0 if share == 1 else query.extent.newest - round(share * query.extent.total)
    quoted = postings.holding(store, query.row, QUOTATIONS, keep=keep, floor=floor)
    every = " AND ".join(f"({term.expression})" for term in seen)
    return np.concatenate([quoted, postings.holding(store, every, CANDIDATES, keep=keep, floor=floor)])


def _weighed(store: Store, chosen: Sequence[Term], keep: Keep | None) -> Ids:
    """Return the moments that hold most of the chosen words' weight, those with them in the title first."""
    held = [_all(store, term) for term in chosen]
    weights = np.repeat([term.weight for term in chosen], [len(ids) for ids in held])
    ids, place = np.unique(np.concatenate(held), return_inverse=True)
    scores = np.bincount(place, weights)
    if len(ids) > CANDIDATES:
        titled = " OR ".join(f"title : ({term.expression})" for term in chosen)
        in_title = postings.holding(store, titled, CANDIDATES)
        scores[np.isin(ids, in_title)] += min(term.weight for term in chosen) / 2
    order = np.lexsort((-ids, -scores))
    return postings.kept(ids[order], keep, CANDIDATES)


def _all(store: Store, term: Term) -> Ids:
    """Return the moments that hold a word, all of them unless it comes far more often than was estimated."""
    if term.held < postings.PROBE:
        return term.newest
    return postings.holding(store, term.expression, MOST_READ)
