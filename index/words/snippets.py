"""The part of a moment's own text that matches a query best, matched words in brackets."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from index.words import segmenting
from index.words.stems import Stems
from index.words.terms import Query

SNIPPET_WORDS = 24
_WORD = re.compile("[^\\W_]+(?:[\u0300-\u036f][^\\W_]*)*")


class _Token(NamedTuple):
    """One word of a text as it is indexed, where it stands, and the stem of the query it has."""

    start: int
    end: int
    text: str
    stem: str | None = None


def snippet(text: str, query: Query | None) -> str:
    """Return the best part of a text on one line; its beginning when nothing in it matches."""
    weights = {term.word.stem: term.weight for term in query.terms} if query is not None else {}
    tokens = _matched(text, query) if query is not None else []
    if not any(token.stem for token in tokens):
        start = text.split()[:SNIPPET_WORDS]
        return " ".join(start) + (" …" if len(start) == SNIPPET_WORDS else "")
    first = _best(tokens, weights)
    shown = tokens[first : first + SNIPPET_WORDS]
    begin = 0 if first == 0 else shown[0].start
    end = len(text) if first + SNIPPET_WORDS >= len(tokens) else max(token.end for token in shown)
    marked = _marked(text, [token for token in shown if token.stem], begin, end)
    return f"{'… ' if begin else ''}{' '.join(marked.split())}{' …' if end < len(text) else ''}"


def _matched(text: str, query: Query) -> list[_Token]:
    """Return the tokens of a text, those that match with their stem."""
    tokens = [token for word in _WORD.finditer(text) for token in _tokens(word)]
    stems = Stems(query.words)
    likely = stems.likely([token.text for token in tokens])
    stem_of = stems.learn(word for _, word in likely)
    beginnings = {word.folded for word in query.words if word.begins}
    return [_found(token, stem_of.get(token.text), beginnings) for token in tokens]


def _found(token: _Token, stem: str | None, beginnings: Collection[str]) -> _Token:
    """Return a token with its stem; one found by its first character is that character alone."""
    if stem is None:
        return token
    return token._replace(stem=stem, end=token.start + 1 if stem in beginnings else token.end)


def _tokens(word: re.Match[str]) -> list[_Token]:
    """Return what one word is indexed as: itself, its parts, or its pairs of characters."""
    start, text = word.start(), word.group()
    return [_Token(start + at, start + end, text[at:end].lower()) for at, end in segmenting.pieces(text)]


def _best(tokens: Sequence[_Token], weights: dict[str, float]) -> int:
    """Return where the window begins that holds most of the query's weight, with some words before the first match."""
    best, best_weight = 0, -1.0
    for at, token in enumerate(tokens):
        if token.stem is None:
            continue
        held = {one.stem for one in tokens[at : at + SNIPPET_WORDS * 2 // 3] if one.stem}
        weight = sum(weights.get(stem, 0.0) for stem in held)
        if weight > best_weight:
            best, best_weight = at, weight
    return max(0, min(best - SNIPPET_WORDS // 3, len(tokens) - SNIPPET_WORDS))


def _marked(text: str, matched: Sequence[_Token], begin: int, end: int) -> str:
    """Return text from ``begin`` to ``end`` with brackets around matched tokens; overlapping ones share them."""
    spans: list[tuple[int, int]] = []
    for token in sorted(matched, key=lambda token: token.start):
        if spans and token.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], token.end))
        else:
            spans.append((token.start, token.end))
    pieces, at = [], begin
    for start, stop in spans:
        pieces += [text[at:start], "[", text[start:stop], "]"]
        at = stop
    return "".join([*pieces, text[at:end]])
