"""Titles as a person describes them: words, with ``*`` for anything and ``?`` for one character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 200  # characters; with it, looking for a pattern takes time in proportion to the title's length
_UNSEEN = "Cf"  # directions, joiners, soft hyphens


class PatternError(ValueError):
    """What was written describes no titles; the message says how to write it."""


def checked(written: str) -> str:
    """Return a pattern as it is kept, without spaces around it; raises `PatternError`."""
    pattern = " ".join(written.split())
    if not pattern:
        raise PatternError("Write the words that stand in the title.")
    if not pattern.strip("*? "):
        raise PatternError(
            f"“{pattern}” fits every title, and nothing would be recorded. Write words that stand in the title."
        )
    if len(pattern) > LONGEST:
        raise PatternError(f"A pattern can have {LONGEST} characters; this one has {len(pattern)}. Shorten it.")
    return pattern


def first_that_fits(patterns: Iterable[str], title: str) -> str | None:
    """Return the first pattern that describes something in ``title``, without case and accents; empty ones do not."""
    text = folded(title)
    return next((pattern for pattern in patterns if pattern.strip() and _fits(pattern, text)), None)


def _fits(pattern: str, text: str) -> bool:
    """Look for every part between two ``*`` once, from where the one before it ended: no pattern can make it slow."""
    at = 0
    for part in _parts(pattern):
        found = part.search(text, at)
        if found is None:
            return False
        at = found.end()
    return True


def folded(text: str) -> str:
    """Return text without case, accents and marks nobody sees: titles are not spelled the same everywhere."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(part for part in parts if not unicodedata.combining(part) and unicodedata.category(part) != _UNSEEN)


@lru_cache(maxsize=1024)
def _parts(pattern: str) -> tuple[re.Pattern[str], ...]:
    """Return what has to be found one after the other. Wildcards are told before folding, which could make some."""
    return tuple(re.compile(_expression(part), re.DOTALL) for part in pattern.strip().split("*") if part)


def _expression(part: str) -> str:
    return ".".join(re.escape(folded(piece)) for piece in part.split("?"))
