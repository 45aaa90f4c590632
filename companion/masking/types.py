"""What a secret in a text is, and how a rule that finds one is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Seen:
    """A text with spaces for gaps and hyphens for dashes, and the same in lower case, each character at its place."""

    text: str
    lowered: str

    @classmethod
    def of(cls, text: str) -> Seen:
        """Prepare a text for the rules."""
        text = text if text.isascii() else text.translate(_PLAIN)
        lowered = text.lower()
        if len(lowered) != len(text):  # a few letters have a lower case of two characters
            lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
        return cls(text, lowered)


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

    """

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None

    def spans(self, seen: Seen) -> Iterator[Span]:
        """Yield where this rule finds a secret."""
        if self.hints and not any(hint in seen.lowered for hint in self.hints):
            return
        group = "secret" if "secret" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(seen.text):
            if self.check is None or self.check(match.group(group)):
                yield Span(match.start(group), match.end(group), self.kind)


def spans_of(rules: Iterable[Rule], seen: Seen) -> Iterator[Span]:
    """Yield what any of the rules finds."""
    for rule in rules:
        yield from rule.spans(seen)


def token(kind: str, pattern: str, *hints: str, check: Callable[[str], bool] | None = None) -> Rule:
    """Return the rule of a token that stands alone: no letter or digit is right before or behind it."""
    whole = re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", re.ASCII)
    return Rule(kind, tuple(hint.lower() for hint in hints), whole, check)
