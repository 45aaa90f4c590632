"""Passwords in command lines and in the source of pages, and links that let anyone in who has them."""

from __future__ import annotations

import re

from companion.masking.likely import is_placeholder, likely_key
from companion.masking.types import Rule

_REFERENCES = ("env:", "file:", "fd:", "stdin", "fp:")
_JOINTS, _VOWELS = re.compile(r"[-_.~=]"), frozenset("aeiouy")
_SLUG = 3  # parts of an address from which on it can be a title
_MARKUP = re.compile(r"[{<].*|[$%][\w{(].*")


def _given(text: str) -> bool:
    """Whether an argument is a password itself: no word for one, and not where it is to be read from."""
    return not is_placeholder(text) and not text.startswith(_REFERENCES) and any(not one.isalpha() for one in text)


def _opens(text: str) -> bool:
    """Whether the end of an address is a key: made by a machine, and no title of a page put together of words."""
    parts = [part for part in _JOINTS.split(text) if part]
    words = [part for part in parts if part.isalpha() and part.islower() and not _VOWELS.isdisjoint(part)]
    title = len(parts) >= _SLUG and len(words) * 2 >= len(parts) and sum(map(len, words)) * 3 >= len(text)
    return likely_key(text) and not title


def _held(text: str) -> bool:
    return not is_placeholder(text) and _MARKUP.match(text) is None


_QUOTE = r"[\"']?"
_ARGUMENT = r"(?P<secret>[^\s\"'|]{3,128})"
_VALUE = r"\bvalue\s?=\s?[\"'](?P<secret>[^\"'<>\n]{1,200})[\"']"
_TYPE = r"\btype\s?=\s?[\"']?password\b"

RULES: tuple[Rule, ...] = (
    Rule(
        "password",
        ("chpasswd",),
        re.compile(
            rf"\b(?:echo|printf)\b[ -e]{{1,8}}{_QUOTE}[^\s:\"'|]{{1,64}}:{_ARGUMENT}{_QUOTE}"
            r"[ ]{0,3}\|[^\n|]{0,40}\bchpasswd"
        ),
        _held,
    ),
    Rule(
        "password",
        ("chpasswd",),
        re.compile(r"\bchpasswd[^\n|]{0,40}<<<[ ]?[\"']?[^\s:\"']{1,64}:(?P<secret>[^\s\"']{3,128})"),
        _held,
    ),
    Rule(
        "password",
        ("htpasswd",),
        re.compile(
            r"\bhtpasswd(?: -[A-Za-z]{1,8}){0,3} -[A-Za-z]{0,6}b[A-Za-z]{0,6}(?: -[A-Za-z]{1,8}){0,3}"
            rf"(?: [^\s|-][^\s|]{{0,120}}){{1,2}} {_QUOTE}{_ARGUMENT}{_QUOTE}[ ]{{0,3}}(?=$|[|;&\n])"
        ),
        _given,
    ),
    Rule(
        "password",
        ("openssl",),
        re.compile(
            r"\bopenssl\b[^\n|]{0,240}? -(?:k|K|pass|passin|passout)[ ][\"']?(?:pass:)?(?P<secret>[^\s\"'|]{3,128})"
        ),
        _given,
    ),
    Rule(
        "password",
        ("net user",),
        re.compile(r"\bnet user [^\s/]{1,64} (?P<secret>[^\s/*][^\s]{2,126})", re.IGNORECASE),
        _given,
    ),
    Rule(
        "password",
        ("useradd", "usermod"),
        re.compile(r"\buser(?:add|mod)\b[^\n|]{0,120}? (?:-p|--password)[ =][\"']?(?P<secret>[^\s\"'|]{3,128})"),
        _given,
    ),
    Rule(
        "password",
        ("<input",),
        re.compile(rf"<input\b[^<>]{{0,300}}?{_TYPE}[^<>]{{0,300}}?{_VALUE}", re.IGNORECASE),
        _held,
    ),
    Rule(
        "password",
        ("<input",),
        re.compile(rf"<input\b[^<>]{{0,300}}?{_VALUE}[^<>]{{0,300}}?{_TYPE}", re.IGNORECASE),
        _held,
    ),
    Rule(
        "sign-in link",
        ("reset", "recover", "magic", "activat", "confirm", "verif", "invit", "password", "one-time", "onetime"),
        re.compile(
            r"https?://[^\s/\"'<>]{1,120}/(?:[\w.~@%-]{1,40}/){0,4}?"
            r"[\w-]{0,20}(?:reset|recover|magic|activat|confirm|verif|invit|password|one-?time)[\w-]{0,20}/"
            r"(?:[\w.~-]{1,24}/){0,2}?(?P<secret>[A-Za-z0-9_.~=-]{16,600})(?![A-Za-z0-9_~=%-])",
            re.IGNORECASE | re.ASCII,
        ),
        _opens,
    ),
)
