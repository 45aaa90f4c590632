"""Weighing full text against content vectors, per query, so that neither drags the other down.

Ranks alone cannot tell a query that quotes the screen from one that describes it; how much of the query's information
the best moment holds, word for word and side by side, can. The constants were chosen on the `dev` half of tests/corpus
and are checked on its other half by `companion bench recall`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from index.words.lexical import Match

# A query quotes the screen when its best moment holds most of its information; more surely so, side by side.
QUOTE_MIDDLE, QUOTE_SLOPE = 0.58, 24.0
SCATTERED = 0.8  # what a moment gets that holds every word, but nowhere two of them together
WORDS_IN_DESCRIPTION = 0.04  # what shared words still count for when a query only describes
RANK_SHARE = 0.08  # of the words' part: tells moments apart that hold the same words
PREFERENCE = 0.6  # more for a moment of the time or program that a query names
COSINE_RANGE = (0.05, 0.75)  # what unrelated and nearly equal texts of the model reach


@dataclass(frozen=True, slots=True)
class Fused:
    """What one moment got: the whole, and each source's part of it before weighing (0 to 1)."""

    score: float
    words: float
    content: float
    words_weight: float


def fuse(matches: Mapping[int, Match], cosines: Mapping[int, float]) -> dict[int, Fused]:
    """Return the score of every moment either source found."""
    weight = words_weight(max(map(quotation, matches.values()), default=0.0)) if cosines else 1.0
    return {
        moment_id: _fused(nearness(matches.get(moment_id)), closeness(cosines.get(moment_id)), weight)
        for moment_id in matches.keys() | cosines.keys()
    }


def preferred(found: Fused) -> Fused:
    """Return what a moment gets for the rest of a query that names its time or program."""
    return replace(found, score=min(1.0, found.score * (1 + PREFERENCE)))


def quotation(match: Match) -> float:
    """Return how well a moment matches as a quotation, 0 to 1."""
    return match.coverage * (SCATTERED + (1 - SCATTERED) * match.adjacency)


def nearness(match: Match | None) -> float:
    """Return what a moment gets for its words, 0 to 1: how well it quotes the query, and its place by bm25."""
    if match is None:
        return 0.0
    return quotation(match) * (1 - RANK_SHARE + RANK_SHARE / (1 + match.rank))


def words_weight(best_quotation: float) -> float:
    """Return the weight of words (the rest is content's): high for a quotation, low for a description."""
    quoted = 1 / (1 + math.exp(-QUOTE_SLOPE * (best_quotation - QUOTE_MIDDLE)))
    return WORDS_IN_DESCRIPTION + (1 - WORDS_IN_DESCRIPTION) * quoted


def closeness(cosine: float | None) -> float:
    """Return a cosine as 0 (unrelated) to 1 (nearly equal)."""
    if cosine is None:
        return 0.0
    low, high = COSINE_RANGE
    return min(1.0, max(0.0, (cosine - low) / (high - low)))


def _fused(words: float, content: float, weight: float) -> Fused:
    return Fused(weight * words + (1 - weight) * content, words, content, weight)
