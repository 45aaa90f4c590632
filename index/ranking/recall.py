"""From a question to ranked moments, each with its score, where it came from, and why it is there."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.ranking import fusion
from index.ranking.filtering import Keep, Only
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Hit, Moment
from index.words import lexical, terms
from index.words.snippets import snippet
from index.words.terms import Query

TEXT = "text"
NEIGHBOURS = 400  # vectors asked for; a moment has a few each
CLOSEST = 80  # of the moments they belong to, whose words are looked at
PARTS = 8  # vectors a moment has at most, nearly always
WHOLE = 0.99  # share that is all, roundings left out
LEAST_SCORE = 0.05  # below it a moment shares nothing: a cosine as of unrelated texts, and hardly a word
LIKE = 0.35  # cosine from which two states are called alike
ALIKE = ((0.6, "very like"), (LIKE, "like"), (0.0, "a little like"))
FILTERED = "what the filters ask for"
LAST = 2**63 - 1  # above every moment's number
MOST_LISTED = 20_000  # moments whose times are compared
LEAST_ALIKE = 0.15  # cosine below which two states have nothing in common worth saying


@dataclass(frozen=True, slots=True)
class Asked:
    """A vector and the space it lives in, ``float32[dimension]``."""

    space: str
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hinted:
    """What a query says besides what it is about: the rest of it, the rest's vector, and which moments are meant."""

    text: str
    content: Asked | None
    keeps: tuple[Keep, ...]


def by_words(
    store: Store,
    vectors: Vectors,
    text: str,
    content: Asked | None,
    *,
    k: int,
    keep: Keep | None = None,
    hinted: Hinted | None = None,
) -> list[Hit]:
    """Return the ``k`` moments that best answer words; ``content`` is the words' own vector, if there is one.

    What ``hinted`` means is preferred, unless all the words stand side by side somewhere: then they are a quotation.
    """
    query = terms.read(store, text)
    fused, matches = matched(store, vectors, query, content, keep=keep)
    if hinted is not None and not any(map(_quoted, matches.values())):
        query = terms.read(store, hinted.text)
        for meant in hinted.keeps:
            found, rest = matched(store, vectors, query, hinted.content, keep=meant)
            preferred = {i: fusion.preferred(one) for i, one in found.items()}
            better = {i for i, one in preferred.items() if i not in fused or one.score > fused[i].score}
            fused |= {i: preferred[i] for i in better}
            matches |= {i: rest[i] for i in better & rest.keys()}
    best = sorted(fused, key=lambda i: (-fused[i].score, -i))[:k]
    moments = store.moments(best)
    space = content.space if content is not None else TEXT
    return [
        _word_hit(moments[i], fused[i], matches.get(i), query=query, space=space)
        for i in best
        if i in moments and fused[i].score >= LEAST_SCORE
    ]


def matched(
    store: Store, vectors: Vectors, query: Query, content: Asked | None, *, keep: Keep | None
) -> tuple[dict[int, fusion.Fused], dict[int, lexical.Match]]:
    """Return how every moment that words or their vector find answers words, and how it holds them."""
    store.search_on()
    cosines = _cosines(vectors, content, NEIGHBOURS, keep)
    matches = lexical.search(store, query, keep=keep, also=list(cosines)[:CLOSEST])
    # What only the words found gets its cosine too: a score must not depend on how large the vault is.
    missing = Only(matches.keys() - cosines.keys())
    cosines |= _cosines(vectors, content, PARTS * len(missing.few()), missing)
    return fusion.fuse(matches, cosines), matches


def by_state(
    store: Store,
    vectors: Vectors,
    asked: Asked,
    *,
    around: tuple[float, float],
    whose: str,
    k: int,
    exclude_seconds: float,
    keep: Keep | None = None,
) -> list[Hit]:
    """Return the ``k`` moments in the most similar state, those near in time to the query itself left out.

    Parameters
    ----------
    around
        Start and end of the query's own time, UTC seconds.
    whose
        Whose state the reason names, such as ``your state now``.

    """
    store.search_on()
    near = {m.id for m in store.moments_between(around[0] - exclude_seconds, around[1] + exclude_seconds)}
    cosines = vectors.search(asked.space, asked.vector, k + len(near), keep=keep)
    far = [i for i in cosines if i not in near and cosines[i] >= LEAST_ALIKE]
    best = sorted(far, key=lambda i: (-cosines[i], -i))[:k]
    moments = store.moments(best)
    return [_state_hit(moments[i], cosines[i], asked.space, whose) for i in best if i in moments]


def latest(store: Store, keep: Keep, *, k: int) -> list[Hit]:
    """Return the ``k`` latest moments that filters let through, the latest first; of very many those stored last."""
    few = keep.few()
    let_through = keep.newest(LAST, MOST_LISTED) if few is None else few
    of_these = "SELECT id FROM moments WHERE id IN (SELECT value FROM json_each(?))"
    sql = f"{of_these} ORDER BY time_start DESC, id DESC LIMIT ?"
    best = [row[0] for row in store.rows(sql, [json.dumps(let_through.tolist()), k])]
    moments = store.moments(best)
    return [
        Hit(moment=moments[i], score=1.0, space=TEXT, reason=FILTERED, snippet=snippet(moments[i].text, None))
        for i in best
        if i in moments
    ]


def _quoted(match: lexical.Match) -> bool:
    """Whether a moment holds all of a query in a row."""
    return match.coverage >= WHOLE and match.adjacency >= WHOLE


def _cosines(vectors: Vectors, content: Asked | None, k: int, keep: Keep | None) -> dict[int, float]:
    """Return the nearest moments and their cosines; none without a vector to ask with."""
    return vectors.search(content.space, content.vector, k, keep=keep) if content is not None and k else {}


def _word_hit(moment: Moment, found: fusion.Fused, match: lexical.Match | None, *, query: Query, space: str) -> Hit:
    from_words, from_content = found.words_weight * found.words, (1 - found.words_weight) * found.content
    return Hit(
        moment=moment,
        score=round(found.score, 4),
        space=TEXT if from_words >= from_content else space,
        reason=_why(found, match),
        snippet=snippet(moment.text, query),
        parts={"words": round(found.words, 4), "content": round(found.content, 4)},
    )


def _why(found: fusion.Fused, match: lexical.Match | None) -> str:
    """Say why a moment answers words."""
    reasons = []
    if match is not None and match.coverage >= WHOLE:
        reasons.append("the same words in a row" if match.adjacency >= WHOLE else "the same words")
    elif match is not None and match.coverage >= 0.3:  # noqa: PLR2004 worth saying
        reasons.append("some of the words")
    if found.content >= 0.35:  # noqa: PLR2004 worth saying
        reasons.append("about the same thing" if found.content >= 0.6 else "about something alike")  # noqa: PLR2004
    return " and ".join(reasons) or "distantly about it"


def _state_hit(moment: Moment, cosine: float, space: str, whose: str) -> Hit:
    how = next(words for least, words in ALIKE if cosine >= least)
    return Hit(
        moment=moment,
        score=round(cosine, 4),
        space=space,
        reason=f"{how} {whose}",
        snippet=snippet(moment.text, None),
        parts={"state": round(cosine, 4)},
    )
