"""Seed phrases of purses: twelve and more words in a row, all of one of BIP-39's lists."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from mnemonic import Mnemonic

from companion.masking.types import Seen, Span

LEAST_WORDS = 12
_LENGTHS = frozenset({12, 15, 18, 21, 24})
_SHORTEST, _LONGEST = 3, 20  # letters of a word of the lists, and of two of them
#: Between two words: gaps, lines, commas, the frame of a table and the number of the next word.
_GAP = re.compile(r"[\s,;|\"'\[\]*·•\u3000-]{1,24}(?:#?\d{1,2}\s{0,2}[.):-]?\s{0,4})?|[\s|]{0,8}\d{1,2}[.):]?\s{1,4}")
_WORD = re.compile(r"(?:[^\W\d_]|\ufffd)+(?:[\u0300-\u036f\u3099\u309a][^\W\d_]*)*")

#: Words that the library's list of a language has with letters it could not read.
_MISWRITTEN = {"russian": ("\u0441\u043d\u043e\u0432\u0430",)}

_NOTHING = frozenset[str]()

#: Between the two parts of a word that an edge broke.
_BREAKS = frozenset({"\n", "\r\n"})
_EDGES = frozenset({"\n", "\r", ""})  # beside such a part


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
        for word in chain(Mnemonic(language).wordlist, _MISWRITTEN.get(language, ())):
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
    if not _may_hold_one(seen.text):
        return
    run: list[_Word] = []
    languages: frozenset[str] = frozenset()
    for word in _words(seen.text):
        joined = bool(run) and _GAP.fullmatch(seen.text, run[-1].end, word.start) is not None
        if joined and languages & word.languages:
            run.append(word)
            languages = languages & word.languages
            continue
        yield from _ended(run, seen.text)
        run, languages = ([word], word.languages) if word.languages else ([], word.languages)
    yield from _ended(run, seen.text)


def _may_hold_one(text: str) -> bool:
    """Whether enough words follow each other that are of a list, or may be a part of one at the edge of a line."""
    run = 0
    for word in _WORD.finditer(text):
        words, languages = _parts(word.group())
        broken = text[word.end() : word.end() + 1] in _EDGES or text[word.start() - 1 : word.start()] in _EDGES
        run = run + words if languages or broken else 0
        if run >= LEAST_WORDS:
            return True
    return False


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


def _ended(run: list[_Word], text: str) -> Iterator[Span]:
    if sum(word.words for word in run) < LEAST_WORDS:
        return
    said = [_plain(text[word.start : word.end]) for word in run]
    first = text[run[0].start : run[1].end]
    sentence = first[0].isupper() and first[1:].islower() and len(said) < sum(word.words for word in run) <= LEAST_WORDS
    # The properties of a style sheet repeat few words, and a sentence may hold one of two words: a checksum tells.
    if _holds(said, run[0].languages):
        yield Span(run[0].start, run[-1].end, "seed phrase")
    elif not sentence and (places := _different(said)):
        last = min(places[-1] + LEAST_WORDS, len(run)) - 1
        yield Span(run[places[0]].start, run[last].end, "seed phrase")


def _different(said: list[str]) -> list[int]:
    """Return where as many words in a row as a phrase has begin of which three of four are different."""
    rows = range(max(1, len(said) - LEAST_WORDS + 1))
    return [row for row in rows if len(set(said[row : row + LEAST_WORDS])) * 4 >= min(len(said), LEAST_WORDS) * 3]


def _holds(said: list[str], languages: frozenset[str]) -> bool:
    """Whether words are a phrase by the checksum of one of their languages."""
    return len(said) in _LENGTHS and any(Mnemonic(one).check(" ".join(said)) for one in languages)
