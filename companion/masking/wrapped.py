"""Secrets that the edge of a terminal or of a narrow field broke over lines: looked for in these lines put together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from companion.masking.types import Seen, Span

#: What a token is made of, and how many of them a line must end with that may go on in the next.
_LETTER = r"[\w=/+.:@%&?~\"'-]"
_LEAST = 16
_ENDS = re.compile(rf"{_LETTER}{{{_LEAST}}}$", re.ASCII)
_BEGINS = re.compile(_LETTER, re.ASCII)
#: What is no word that only follows: with a digit in it, or letters of both cases mixed.
_MADE_UP = re.compile(rf"{_LETTER}{{0,200}}?(?:\d|[a-z][A-Z]{_LETTER}{{0,40}}?[a-z][A-Z])", re.ASCII)
_BREAK = re.compile(r"\r?\n")


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


def spans(seen: Seen, find: Callable[[Seen], Iterable[Span]], known: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans that ``find`` finds across line breaks where the lines are put together.

    Where one of those ``known`` ends with the line, a word that only follows is no part of it.
    """
    whole = _whole(seen.text)
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


def _whole(text: str) -> _Whole | None:
    """Return a text without the line breaks that may be the work of an edge; None where there is none such."""
    parts, at, taken, start, length, width = list[str](), list[int](), list[int](), 0, 0, 0
    for found in _BREAK.finditer(text):
        line, end = text[start : found.start()], text.find("\n", found.end())
        following = text[found.end() : end if end >= 0 else len(text)].rstrip("\r")
        parts.append(line)
        length += len(line)
        # Every line of a word but its last is as wide as its first.
        width = width if width in (0, len(line)) else -1
        if width >= 0 and _goes_on(line, following):
            width = len(line)
            at.append(length)
            taken.append((taken[-1] if taken else 0) + len(found.group()))
        else:
            width = 0
            parts.append(found.group())
            length += len(found.group())
        start = found.end()
    return _Whole("".join([*parts, text[start:]]), at, taken) if at else None


def _goes_on(line: str, following: str) -> bool:
    """Whether a line ends as if it were cut off, and the one below is no wider than it."""
    return 0 < len(following) <= len(line) and _ENDS.search(line) is not None and _BEGINS.match(following) is not None
