"""From a question to ranked moments, each with its score, where it came from, and why it is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import fusion, lexical
from index.store import Store
from index.types import Filters, Hit, Moment
from index.vectors import Vectors

TEXT = "text"
NEIGHBOURS = 400  # vectors asked for; a moment has a few each
LEAST_SCORE = 0.12  # below it a moment shares nothing worth saying
ALIKE = ((0.6, "very like"), (0.35, "like"), (0.0, "a little like"))
LEAST_ALIKE = 0.15  # cosine below which two states have nothing in common worth saying


@dataclass(frozen=True, slots=True)
class Asked:
    """A vector and the space it lives in, ``float32[dimension]``."""

    space: str
    vector: NDArray[np.float32]


def by_words(
    store: Store, vectors: Vectors, text: str, content: Asked | None, *, k: int, filters: Filters
) -> list[Hit]:
    """Return the ``k`` moments that best answer words; ``content`` is the words' own vector, if there is one."""
    known = lexical.terms(store, text)
    fused, matches = matched(store, vectors, text, content, known, allowed=store.allowed(filters))
    best = sorted(fused, key=lambda i: (-fused[i].score, -i))[:k]
    moments = store.moments(best)
    space = content.space if content is not None else TEXT
    return [
        _word_hit(store, moments[i], fused[i], matches.get(i), known=known, space=space)
        for i in best
        if i in moments and fused[i].score >= LEAST_SCORE
    ]


def matched(
    store: Store,
    vectors: Vectors,
    text: str,
    content: Asked | None,
    known: list[lexical.Term],
    *,
    allowed: set[int] | None,
) -> tuple[dict[int, fusion.Fused], dict[int, lexical.Match]]:
    """Return how every moment that words or their vector find answers words, and how it holds them."""
    cosines = _cosines(vectors, content, allowed)
    matches = lexical.search(store, text, known, moments=allowed, also=cosines)
    # What only the words found gets its cosine too: a score must not depend on how large the vault is.
    cosines |= _cosines(vectors, content, matches.keys() - cosines.keys())
    return fusion.fuse(matches, cosines), matches


def by_state(
    store: Store,
    vectors: Vectors,
    asked: Asked,
    *,
    around: tuple[float, float],
    whose: str,
    k: int,
    filters: Filters,
    exclude_seconds: float,
) -> list[Hit]:
    """Return the ``k`` moments in the most similar state, those near in time to the query itself left out.

    Parameters
    ----------
    around
        Start and end of the query's own time, UTC seconds.
    whose
        Whose state the reason names, such as ``your state now``.

    """
    allowed = store.allowed(filters)
    near = {m.id for m in store.moments_between(around[0] - exclude_seconds, around[1] + exclude_seconds)}
    cosines = vectors.search(asked.space, asked.vector, k + len(near), moments=allowed)
    far = [i for i in cosines if i not in near and cosines[i] >= LEAST_ALIKE]
    best = sorted(far, key=lambda i: (-cosines[i], -i))[:k]
    moments = store.moments(best)
    return [_state_hit(store, moments[i], cosines[i], asked.space, whose) for i in best if i in moments]


def _cosines(vectors: Vectors, content: Asked | None, moments: set[int] | None) -> dict[int, float]:
    """Return the nearest moments and their cosines; none without a vector to ask with."""
    if content is None or moments == set():
        return {}
    return vectors.search(content.space, content.vector, NEIGHBOURS, moments=moments)


def _word_hit(
    store: Store,
    moment: Moment,
    found: fusion.Fused,
    match: lexical.Match | None,
    *,
    known: list[lexical.Term],
    space: str,
) -> Hit:
    from_words, from_content = found.words_weight * found.words, (1 - found.words_weight) * found.content
    return Hit(
        moment=moment,
        score=round(found.score, 4),
        space=TEXT if from_words >= from_content else space,
        reason=_why(found, match),
        snippet=lexical.snippet(store, moment.id, known),
        parts={"words": round(found.words, 4), "content": round(found.content, 4)},
    )


def _why(found: fusion.Fused, match: lexical.Match | None) -> str:
    """Say why a moment answers words."""
    reasons = []
    if match is not None and match.coverage >= 0.99:  # noqa: PLR2004 all of them
        reasons.append("the same words in a row" if match.adjacency >= 0.99 else "the same words")  # noqa: PLR2004
    elif match is not None and match.coverage >= 0.3:  # noqa: PLR2004 worth saying
        reasons.append("some of the words")
    if found.content >= 0.35:  # noqa: PLR2004 worth saying
        reasons.append("about the same thing" if found.content >= 0.6 else "about something alike")  # noqa: PLR2004
    return " and ".join(reasons) or "distantly about it"


def _state_hit(store: Store, moment: Moment, cosine: float, space: str, whose: str) -> Hit:
    how = next(words for least, words in ALIKE if cosine >= least)
    return Hit(
        moment=moment,
        score=round(cosine, 4),
        space=space,
        reason=f"{how} {whose}",
        snippet=lexical.snippet(store, moment.id, []),
        parts={"state": round(cosine, 4)},
    )
