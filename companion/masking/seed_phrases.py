"""Seed phrases of purses: twelve and more words in a row, all of one of BIP-39's lists."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from mnemonic import Mnemonic

from companion.masking.types import Seen, Span

LEAST_WORDS = 12
_SHORTEST, _LONGEST = 3, 20  # letters of a word of the lists, and of two of them
#: Between two words: gaps, lines, commas, the frame of a table and the number of the next word.
_GAP = re.compile(r"[\s,;|\"'\[\]*·•\u3000-]{1,24}(?:#?\d{1,2}\s{0,2}[.):-]?\s{0,4})?|[\s|]{0,8}\d{1,2}[.):]?\s{1,4}")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u3099\u309a][^\W\d_]*)*")

_NOTHING = frozenset[str]()

#: Between the two parts of a word that an edge broke.
_BREAKS = frozenset({"\n", "\r\n"})


class _Word(NamedTuple):
    """Where a word of a text is, how many words of a list it is, and of which languages."""

    start: int
    end: int
    words: int
    languages: frozenset[str]


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKD", word.lower())


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Return of each word the languages it belongs to; the lists come with the library.

    Words of the same languages have one set in common: 25,000 of their own were six megabytes.
    """
    known: dict[str, frozenset[str]] = {}
    common: dict[frozenset[str], frozenset[str]] = {}
    for language in Mnemonic.list_languages():
        for word in Mnemonic(language).wordlist:
            plain = _plain(word)
            # Accents are often not typed, and not always read.
            bare = "".join(one for one in plain if not unicodedata.combining(one))
            for one in (plain, bare):
                its = known.get(one, _NOTHING) | {language}
                known[one] = common.setdefault(its, its)
    return known


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[int, frozenset[str]]:
    """Return how many words of a list a word is, and of which languages: OCR overlooks gaps, so that it may be two."""
    known, plain = _lists(), _plain(word)
    if plain in known:
        return 1, known[plain]
    cuts = range(_SHORTEST, len(plain) - _SHORTEST + 1) if len(plain) <= _LONGEST else ()
    both = (known.get(plain[:cut], _NOTHING) & known.get(plain[cut:], _NOTHING) for cut in cuts)
    return 2, _NOTHING.union(*both) or _NOTHING


def phrases(seen: Seen) -> Iterator[Span]:
    """Yield runs of twelve words or more that are all in one list.

    Words as common as *the*, *of* or *is* are in none of them, so that prose does not make such a run; the checksum is
    not asked for, as one word read wrongly would then save the other twenty-three from being masked.
    """
    if len(seen.text) < LEAST_WORDS * 2:
        return
    run: list[_Word] = []
    languages: frozenset[str] = frozenset()
    for word in _words(seen.text):
        joined = bool(run) and _GAP.fullmatch(seen.text, run[-1].end, word.start) is not None
        if joined and languages & word.languages:
            run.append(word)
            languages = languages & word.languages
            continue
        yield from _ended(run)
        run, languages = ([word], word.languages) if word.languages else ([], word.languages)
    yield from _ended(run)


def _words(text: str) -> Iterator[_Word]:
    """Yield the words of a text; one that the edge of a terminal broke is one."""
    found = deque(_WORD.finditer(text))
    while found:
        word = found.popleft()
        said, end = word.group(), word.end()
        if found and text[end : found[0].start()] in _BREAKS and _is_broken(said, found[0].group()):
            rest = found.popleft()
            said, end = said + rest.group(), rest.end()
        yield _Word(word.start(), end, *_parts(said))


def _is_broken(word: str, rest: str) -> bool:
    """Whether two words are one of a list together, and not each by itself."""
    known = _lists()
    return _plain(word + rest) in known and not (_plain(word) in known and _plain(rest) in known)


def _ended(run: list[_Word]) -> Iterator[Span]:
    if sum(word.words for word in run) >= LEAST_WORDS:
        yield Span(run[0].start, run[-1].end, "seed phrase")
