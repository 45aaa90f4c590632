"""Secrets in a text: where they are, and the text without them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain

from companion.masking import (
    assigned,
    calls,
    codes,
    columns,
    commands,
    cookies,
    documents,
    entry_codes,
    forms,
    issuers,
    links,
    money,
    national,
    pairs,
    private_keys,
    second_opinion,
    services,
    statements,
    tools,
    wrapped,
)
from companion.masking import seed_phrases as seeds
from companion.masking.types import Rule, Seen, Span, spans_of

__all__ = ["Span", "found", "mark", "masked", "together"]

_RULES: tuple[Rule, ...] = (
    *issuers.ISSUERS,
    *services.SERVICES,
    *private_keys.PRIVATE_KEYS,
    *links.RULES,
    *commands.RULES,
    *calls.RULES,
    *(replace(rule, near=True) for rule in (*tools.RULES, *pairs.RULES, *entry_codes.RULES)),
)
_SEARCHES: tuple[Callable[[Seen], Iterator[Span]], ...] = (
    assigned.secrets,
    forms.secrets,
    columns.secrets,
    codes.codes,
    private_keys.blocks,
    money.cards,
    money.accounts,
    national.numbers,
    documents.numbers,
    cookies.secrets,
    statements.secrets,
    seeds.phrases,
    second_opinion.opinion,
)

#: Kinds that are one long word, which a terminal or a narrow field breaks at its edge.
_SHAPES = (*issuers.ISSUERS, *services.SERVICES)
_BROKEN = frozenset(rule.kind for rule in _SHAPES)
_REST = re.compile(r"\r?\n[ \t|│]{0,4}(?P<rest>(?=[A-Za-z_=/+-]{0,30}\d)[\w=/+.-]{4,400})(?=[\s|│\"']|$)", re.ASCII)

#: Lines onto which such a word is followed.
MOST_LINES = 24

#: Texts whose spans are remembered: of one picture the same lines are asked for up to four times.
ASKED_AGAIN = 16


@lru_cache(maxsize=ASKED_AGAIN)
def found(text: str) -> tuple[Span, ...]:
    """Find the secrets in a text of one line or many.

    Returns
    -------
    tuple[Span, ...]
        In order; none overlaps another. Where rules overlap, the span is all of what they found, and of the kind of
        the longest.

    """
    seen = Seen.of(text)
    spans = [*spans_of(_RULES, seen), *chain.from_iterable(search(seen) for search in _SEARCHES)]
    spans += wrapped.spans(seen, _of_one_word, spans)
    spans += wrapped.spans(seen, partial(spans_of, _SHAPES), spans, least=1)
    spans += wrapped.numbers(seen, _numbers)
    return tuple(together(_whole(seen.text, span) for span in spans))


def masked(text: str, more: Iterable[Span] = ()) -> str:
    """Return a text with each secret, and ``more`` that are known, replaced by what it was, as in ``[card number]``."""
    parts, end = [], 0
    for span in together([*found(text), *more]):
        parts += [text[end : span.start], mark(span.kind)]
        end = span.end
    return "".join([*parts, text[end:]])


def mark(kind: str) -> str:
    """Return what stands in place of a secret of a kind."""
    return f"[{kind}]"


def _of_one_word(seen: Seen) -> Iterator[Span]:
    """Yield what is one long word, or said to be."""
    yield from spans_of(_RULES, seen)
    yield from assigned.secrets(seen)


def _numbers(seen: Seen) -> Iterator[Span]:
    """Yield what is known by its digits."""
    yield from chain(money.cards(seen), money.accounts(seen), national.numbers(seen))


def _whole(text: str, span: Span) -> Span:
    """Return a token with the parts that were broken onto the next lines."""
    if span.kind not in _BROKEN:
        return span
    end = span.end
    for _ in range(MOST_LINES):
        rest = _REST.match(text, end)
        if rest is None:
            break
        end = rest.end("rest")
    return Span(span.start, end, span.kind)


def together(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans in order, those that overlap as one."""
    some: list[Span] = []
    for span in sorted(span for span in spans if span.end > span.start):
        if some and span.start >= max(one.end for one in some):
            yield _one(some)
            some = []
        some.append(span)
    if some:
        yield _one(some)


def _one(spans: list[Span]) -> Span:
    longest = max(spans, key=lambda span: (span.end - span.start, -span.start))
    return Span(spans[0].start, max(span.end for span in spans), longest.kind)
