"""What the full text indexes of a text, where its own tokenizer would not see words: scripts without spaces, and names.

The full text cuts at everything that is no letter or digit, which finds snake_case, paths and dotted names by whole
and by part. Two things it cannot do, and SQLCipher's Python module cannot teach it by a tokenizer: a run of Chinese,
Japanese or Korean is one long word to it, and so is camelCase. Runs become overlapping pairs of characters, which is
what Unicode's own rules cannot give without a dictionary; parts of camelCase names get a column of their own, so
that in the text itself plain words stay side by side.

Only fixed ranges of characters count here: the full text forgets a row by being told the same words again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

# Kana, ideographs, Hangul, half-width kana, and the rarer ideographs beyond 16 bits.
_UNSPACED = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_HUMP = re.compile("[a-z0-9][A-Z]|[A-Z][A-Z][a-z]")
_NAME = re.compile("[A-Za-z0-9]+")
_CAMEL_CASE = re.compile("[A-Za-z0-9]*(?:[a-z0-9][A-Z]|[A-Z][A-Z][a-z])[A-Za-z0-9]*")
_PART = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


class Connection(Protocol):
    """What SQL functions can be added to."""

    def create_function(self, name: str, narg: int, func: Any, *, deterministic: bool) -> None:
        """Add one."""


def register(connection: Connection) -> None:
    """Add the SQL functions that the schema and queries use; every connection to a vault needs them."""
    for name, function in (("spaced", spaced), ("name_parts", name_parts), ("site_of", site_of), ("folded", folded)):
        connection.create_function(name, 1, function, deterministic=True)


def spaced(text: str) -> str:
    """Return a text as it is indexed: runs without spaces as pairs of characters and the last one alone.

    So a pair is found anywhere, a longer run as pairs side by side, and one character by what begins with it.
    """
    return text if text.isascii() else _RUN.sub(_pairs, text)


def asked(query: str) -> str:
    """Return a query as it is looked up in what `spaced` made: pairs alone, or one character where there is but one."""
    return query if query.isascii() else _RUN.sub(_asked_pairs, query)


def is_character(word: str) -> bool:
    """Whether a word of a query is one character of a script without spaces, found by what begins with it."""
    return len(word) == 1 and _RUN.fullmatch(word) is not None


def name_parts(text: str) -> str:
    """Return the parts of all camelCase names in a text, each name once; empty for plain prose."""
    if _HUMP.search(text) is None:
        return ""
    names = dict.fromkeys(_CAMEL_CASE.findall(text))
    return " ".join(" ".join(parts_of(name)) for name in names)


def parts_of(name: str) -> list[str]:
    """Return the parts of one camelCase name: ``parseHTTPHeader`` is parse, HTTP, Header."""
    return _PART.findall(name) if _HUMP.search(name) else []


def pieces(word: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of everything one word is indexed as: itself and its parts, or its pairs of characters."""
    at = 0
    for run in _RUN.finditer(word) if not word.isascii() else ():
        if run.start() > at:
            yield at, run.start()
        yield from ((i, min(i + 2, run.end())) for i in range(run.start(), run.end()))
        at = run.end()
    if at < len(word):
        yield at, len(word)
    if _HUMP.search(word):
        yield from (part.span() for part in _PART.finditer(word))


def names_in(piece: str) -> list[str]:
    """Return the names in a piece of a query, where it is plain ASCII: ``user.getName()`` holds user and getName."""
    return _NAME.findall(piece) if piece.isascii() else []


def site_of(url: str) -> str:
    """Return the host a URL names, without ``www.``; empty where there is none."""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:  # what a browser's bar holds need not be a URL
        return ""
    return host.removeprefix("www.") if "." in host or host == "localhost" else ""


def folded(text: str) -> str:
    """Return a text for comparing without case: SQLite itself knows upper and lower case of ASCII alone."""
    return text.casefold()


def _pairs(run: re.Match[str]) -> str:
    characters = run.group()
    return f" {' '.join(characters[i : i + 2] for i in range(len(characters)))} "


def _asked_pairs(run: re.Match[str]) -> str:
    characters = run.group()
    return f" {' '.join(characters[i : i + 2] for i in range(max(1, len(characters) - 1)))} "
