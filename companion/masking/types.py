"""What a secret in a text is, and how a rule that finds one is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where a secret is: ``text[start:end]``. ``kind`` says what it is, in words a person reads."""

    start: int
    end: int
    kind: str


#: Gaps and dashes that are set between the groups of a number, or before a colon, in place of a space and a hyphen.
_GAPS, _DASHES = (
    "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\u2010\u2011\u2012\u2013\u2212",
)
_PLAIN = str.maketrans(dict.fromkeys(_GAPS, " ") | dict.fromkeys(_DASHES, "-"))


_THREE = 3  # characters by which a word is known not to be in a text
BELOW = 3  # lines below that of a hint


@dataclass(frozen=True, slots=True)
class Seen:
    """A text with spaces for gaps and hyphens for dashes, and the same in lower case, each character at its place.

    ``threes`` is every three characters in a row of what is in lower case. Most words that are looked for are not in a
    text, which is known by their first three.
    """

    text: str
    lowered: str
    threes: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Seen:
        """Prepare a text for the rules."""
        text = text if text.isascii() else text.translate(_PLAIN)
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters have a lower case of two characters
            lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
        return cls(text, lowered, frozenset(map("".join, zip(lowered, lowered[1:], lowered[2:], strict=False))))

    def holds(self, word: str) -> bool:
        """Whether a word, in lower case, is in the text."""
        return (len(word) < _THREE or word[:_THREE] in self.threes) and word in self.lowered


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape of a secret.

    Attributes
    ----------
    kind
        What it is, in words.
    hints
        In lower case; where none of them is in the text, the pattern is not tried.
    pattern
        The secret is its group ``secret``, or all of it where it has no such group. Repetitions are bounded, so
        that its time grows with the length of the text alone.
    check
        Whether the matched secret holds (a checksum, say).
    near
        Whether a match lies within the line of a hint, the one before and the `BELOW` after it: the pattern is tried
        there alone, which takes a fraction of the time. Such a rule needs hints.

    """

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    near: bool = False

    def tried(self, seen: Seen) -> bool:
        """Whether one of the hints is in the text."""
        return not self.hints or any(map(seen.holds, self.hints))

    def spans(self, seen: Seen) -> Iterator[Span]:
        """Yield where this rule finds a secret."""
        if not self.tried(seen):
            return
        group = "secret" if "secret" in self.pattern.groupindex else 0
        for match in self._matches(seen):
            if self.check is None or self.check(match.group(group)):
                yield Span(match.start(group), match.end(group), self.kind)

    def _matches(self, seen: Seen) -> Iterator[re.Match[str]]:
        if not self.near:
            return self.pattern.finditer(seen.text)
        return chain.from_iterable(self.pattern.finditer(seen.text, *part) for part in _near(self.hints, seen))


def _near(hints: Iterable[str], seen: Seen) -> Iterator[tuple[int, int]]:
    """Yield where the lines of hints are, with the one before and those below; parts that meet are one."""
    places = sorted({seen.text.rfind("\n", 0, place) for hint in hints for place in _places(hint, seen)})
    start = end = -1
    for line_end in places:
        first, last = seen.text.rfind("\n", 0, max(0, line_end)) + 1, line_end
        for _ in range(1 + BELOW):
            last = seen.text.find("\n", last + 1) if last < len(seen.text) else last
            last = len(seen.text) if last < 0 else last
        if first > end:
            if end >= 0:
                yield start, end
            start = first
        end = max(end, last)
    if end >= 0:
        yield start, end


def _places(hint: str, seen: Seen) -> Iterator[int]:
    place = seen.lowered.find(hint) if seen.holds(hint) else -1
    while place >= 0:
        yield place
        line = seen.lowered.find("\n", place)
        place = seen.lowered.find(hint, line) if line >= 0 else -1


def spans_of(rules: Iterable[Rule], seen: Seen) -> Iterator[Span]:
    """Yield what any of the rules finds."""
    for rule in rules:
        yield from rule.spans(seen)


def token(kind: str, pattern: str, *hints: str, check: Callable[[str], bool] | None = None) -> Rule:
    """Return the rule of a token that stands alone: no letter or digit is right before or behind it."""
    whole = re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", re.ASCII)
    return Rule(kind, tuple(hint.lower() for hint in hints), whole, check)
