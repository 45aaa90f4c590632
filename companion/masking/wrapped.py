"""Secrets that the edge of a terminal or of a narrow field broke over lines: looked for in these lines put together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from companion.masking.types import Seen, Span

#: What a token is made of, and how many of them a line must end with that may go on in the next.
_LETTER = r"[\w=/+.:@%&?~\"'-]"
LEAST = 16
_ENDS = re.compile(rf"{_LETTER}+$", re.ASCII)
_BEGINS = re.compile(_LETTER, re.ASCII)
#: What is no word that only follows: with a digit in it, or letters of both cases mixed.
_MADE_UP = re.compile(rf"{_LETTER}{{0,200}}?(?:\d|[a-z][A-Z]{_LETTER}{{0,40}}?[a-z][A-Z])", re.ASCII)
_BREAK = re.compile(r"\r?\n")
#: What stands around the break of a number, and characters of a line that an edge breaks.
_IN_NUMBER = re.compile(r"\d[\dA-Z ./-]|[A-Z ./-]\d")
NARROWEST = 20


@dataclass(frozen=True, slots=True)
class _Whole:
    """A text with some line breaks left out, and where in it they were (ends of what is before, what they took)."""

    text: str
    at: list[int]
    taken: list[int]

    def before(self, place: int) -> int:
        """Return the place in the text with its breaks of one in this."""
        passed = bisect_right(self.at, place)
        return place + (self.taken[passed - 1] if passed else 0)

    def last_within(self, span: Span) -> int | None:
        """Return the place of the last line break that was left out within a span, None where there is none."""
        passed = bisect_right(self.at, span.end - 1)
        return self.at[passed - 1] if passed > bisect_right(self.at, span.start) else None


def spans(
    seen: Seen, find: Callable[[Seen], Iterable[Span]], known: Iterable[Span], *, least: int = LEAST
) -> Iterator[Span]:
    """Yield the spans that ``find`` finds across line breaks where the lines are put together.

    Where one of those ``known`` ends with the line, a word that only follows is no part of it. ``least``: how many
    letters of it a line must end with; few do for what is known by its shape alone.
    """
    whole = _whole(seen.text, least)
    if whole is None:
        return
    ends = {span.end for span in known}
    for span in find(Seen.of(whole.text)):
        broken = whole.last_within(span)
        if broken is None:
            continue
        goes_on = _MADE_UP.match(whole.text, broken, span.end) is not None
        if goes_on or whole.before(broken - 1) + 1 not in ends:
            yield Span(whole.before(span.start), whole.before(span.end - 1) + 1, span.kind)


def numbers(seen: Seen, find: Callable[[Seen], Iterable[Span]]) -> Iterator[Span]:
    """Yield the spans that ``find`` finds over the break of a line as wide as any, at which a number may be broken."""
    lines = seen.text.split("\n")
    widest = max(len(line.rstrip("\r")) for line in lines)
    start = 0
    for line, following in pairwise(lines):
        bare = line.rstrip("\r")
        if len(bare) == widest >= NARROWEST and _IN_NUMBER.fullmatch(bare[-1:] + following[:1]):
            taken = start + len(line) + 1 - len(bare)  # of what follows, its place in the text less that in these two
            for span in find(Seen.of(bare + following)):
                if span.start < len(bare) < span.end:
                    yield Span(start + span.start, taken + span.end, span.kind)
        start += len(line) + 1


def _whole(text: str, least: int) -> _Whole | None:
    """Return a text without the line breaks that may be the work of an edge; None where there is none such."""
    parts, at, taken, start, length, width = list[str](), list[int](), list[int](), 0, 0, 0
    for found in _BREAK.finditer(text):
        line, end = text[start : found.start()], text.find("\n", found.end())
        following = text[found.end() : end if end >= 0 else len(text)].rstrip("\r")
        parts.append(line)
        length += len(line)
        # Every line of a word but its last is as wide as its first.
        width = width if width in (0, len(line)) else -1
        if width >= 0 and _goes_on(line, following, least):
            width = len(line)
            at.append(length)
            taken.append((taken[-1] if taken else 0) + len(found.group()))
        else:
            width = 0
            parts.append(found.group())
            length += len(found.group())
        start = found.end()
    return _Whole("".join([*parts, text[start:]]), at, taken) if at else None


def _goes_on(line: str, following: str, least: int) -> bool:
    """Whether a line ends as if it were cut off, and the one below is no wider than it."""
    if not 0 < len(following) <= len(line) or _BEGINS.match(following) is None:
        return False
    return _ENDS.match(line, max(0, len(line) - least)) is not None and len(line) >= least
