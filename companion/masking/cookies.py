"""Cookies of a session in headers and scripts, and keys that stand in the question of an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from companion.masking.likely import is_placeholder, likely_key, mixed
from companion.masking.types import Seen, Span

_HEADER = re.compile(
    r"(?:cookies?[\"']?[ ]?[:=]|document\.cookie ?\+?=|(?<=[ \n])(?:-b|--cookie)\b)[ \"'`]{1,4}", re.IGNORECASE
)
_PAIR = re.compile(
    r"[ ]?(?P<name>[\w.$%-]{1,80})=\"?(?P<value>[^;\s\"'`,]{0,4000})\"?(?:;|,(?= ?[\w.-]{1,40}=))?", re.ASCII
)
#: Names of cookies that open a session, alone or at the end of another name.
_NAMED = re.compile(
    r"(?<![\w.-])[\w.-]{0,40}?(?:session(?:_?id|-token|_token)?|sess(?:id|_id)|sid|remember_token|csrf_?token|"
    r"auth|li_at)"
    r"=(?P<value>[A-Za-z0-9%._~+/=-]{16,4000})",
    re.IGNORECASE | re.ASCII,
)
_NAMES = ("session", "sess", "sid=", "remember_token", "csrf", "auth=", "li_at")
_QUERY = re.compile(
    r"[?&#;](?:amp;)?(?:[\w.-]{0,20}(?:key|token|secret|signature|passwd|password|pwd)|sig|code|appid|auth|pass|"
    r"hash|ticket|session|sid|state_token)"
    r"=(?P<value>[A-Za-z0-9%._~+/=-]{6,4000})",
    re.IGNORECASE | re.ASCII,
)
_LEAST, _MOST_PAIRS = 12, 60


def secrets(seen: Seen) -> Iterator[Span]:
    """Yield the values of cookies and of questions that a machine made."""
    if "=" not in seen.text:
        return
    if "cookie" in seen.lowered or " -b" in seen.lowered:
        yield from _of_headers(seen)
    if any(name in seen.lowered for name in _NAMES):
        yield from _valued(_NAMED.finditer(seen.text), "session cookie")
    if "?" in seen.text or "&" in seen.text or "#" in seen.text:
        yield from _valued(_QUERY.finditer(seen.text), "key in address")


def _of_headers(seen: Seen) -> Iterator[Span]:
    """Yield the values of the pairs that follow each other in a header."""
    for header in _HEADER.finditer(seen.text):
        place = header.end()
        for _ in range(_MOST_PAIRS):
            pair = _PAIR.match(seen.text, place)
            if pair is None:
                break
            if _opens(pair["value"]):
                yield Span(pair.start("value"), pair.end("value"), "session cookie")
            place = pair.end()


def _valued(matches: Iterator[re.Match[str]], kind: str) -> Iterator[Span]:
    for match in matches:
        if _opens(match["value"]):
            yield Span(match.start("value"), match.end("value"), kind)


def _opens(value: str) -> bool:
    """Whether a value is drawn by a machine, and long enough to open anything."""
    return len(value) >= _LEAST and not is_placeholder(value) and (likely_key(value) or mixed(value))
