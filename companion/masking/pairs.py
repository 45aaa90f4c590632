"""Names and passwords side by side, as people give them to each other, and in the files of programs that sign in."""

from __future__ import annotations

import base64
import binascii
import re

from companion.masking.likely import likely_key, likely_passphrase, likely_password
from companion.masking.types import Rule

_USER = r"[\w.@+-]{2,64}"
_WORD = r"(?P<secret>[^\s\"'`<>|,;]{5,64})(?=[\"'`)\s,;.]|$)"


def made_up(text: str) -> bool:
    """Whether a word is a password and no name, path, address or number: letters with digits, or signs in it."""
    letters = sum(map(str.isalpha, text))
    signs = any(map(str.isupper, text)) and any(one in "!$%^&*?@+~" for one in text) and not _ADDRESS.fullmatch(text)
    drawn = (signs or any(map(str.isdigit, text))) and (likely_password(text) or likely_passphrase(text))
    return letters > 1 and drawn and "//" not in text and not _VERSION.search(text)


def _strict(text: str) -> bool:
    """Whether a word is that beyond doubt, as nothing but a usual name stands before it."""
    sorts = (str.islower, str.isupper, str.isdigit)
    if _WORD_AND_NUMBER.fullmatch(text):
        return True
    return made_up(text) and sum(any(map(one, text)) for one in sorts) + (not text.isalnum()) > 2 and "/" not in text  # noqa: PLR2004 of four


def _name_and_password(text: str) -> bool:
    """Whether base 64 says a name, a colon and a password."""
    try:
        said = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in said and said.isprintable()


_WORD_AND_NUMBER, _ADDRESS = (
    re.compile(r"[A-Za-z]{4,16}\d{3,6}"),
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"),
)
_VERSION = re.compile(r"\d\.\d|^v?\d+[.-]|[/\\]\w+[/\\.]")

RULES: tuple[Rule, ...] = (
    Rule(
        "secret",
        ("key",),
        re.compile(
            r"\b(?:the|my|your|our|this|new|old|here is the|here's the) key(?: is|:|"
            r" =)?[ ][\"'`]?(?P<secret>[A-Za-z0-9+/=_.~-]{16,400})(?=[\"'`\s.,;?!<)]|$)",
            re.IGNORECASE,
        ),
        likely_key,
    ),
    # Name and password in base 64, as a file of settings keeps them.
    Rule(
        "authorization header",
        ("auth",),
        re.compile(
            r"(?:\b|_)auth[\"']?[ ]?[:=][ ]?[\"']?(?P<secret>[A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9])", re.IGNORECASE
        ),
        _name_and_password,
    ),
    Rule(
        "password",
        (
            "cred",
            "login",
            "zugang",
            "anmelde",
            "identifiant",
            "acces",
            "accès",
            "wifi",
            "wi-fi",
            "wlan",
            "ssid",
            "account",
            "доступ",
            "логин",
        ),
        re.compile(
            r"(?:\bcreds?|credentials?|credenciales|credenziali|\blog-?ins?|zugangsdaten|anmeldedaten|"
            r"identifiants?|accès|accesso|acceso|"
            r"\bwi-?fi|\bwlan|\bssid|\baccount|доступ|логин)(?: (?:are|is|sind|for|für|to|details|data))?(?: the)?"
            rf"[ ]?[:=]?[ ]{{0,3}}[\"'`]?{_USER}[\"'`]?(?: / | ?\| ?| : |:| and |/)[\"'`]?{_WORD}",
            re.IGNORECASE,
        ),
        made_up,
    ),
    Rule(
        "password",
        ("admin", "root", "user", "sysadmin", "test", "guest"),
        re.compile(
            rf"(?<![\w$./@:-])(?:admin|root|administrator|sysadmin|guest|superuser|testuser|user)(?::| / | ?\| ?|"
            rf"/){_WORD}",
            re.IGNORECASE,
        ),
        _strict,
    ),
    Rule(
        "password",
        ("p:", "p=", "p :", "p =", "pw", "pass"),
        re.compile(
            rf"\b(?:u|user|usr|login|username|id)[ ]?[:=] ?{_USER}[ ,;/|]{{1,4}}(?:p|pw|pass|pwd|"
            rf"passwd)[ ]?[:=] ?{_WORD}",
            re.IGNORECASE,
        ),
        made_up,
    ),
    Rule(
        "password",
        ("pass", "pw"),
        re.compile(
            rf"\b(?:user|username|login|account) {_USER},? (?:and|with|und|et|y) (?:the )?(?:pass|pw|pwd|"
            rf"passwd) {_WORD}",
            re.IGNORECASE,
        ),
        made_up,
    ),
    Rule(
        "password",
        ("pass", "pw", "kennwort"),
        re.compile(
            r"(?:password|passwort|kennwort|passcode|passphrase|\bpw) ?\((?P<secret>[^\s()]{8,64})\)", re.IGNORECASE
        ),
        _strict,
    ),
    # A file of passwords of PostgreSQL: host, port, database, user, password.
    Rule(
        "password",
        (":",),
        re.compile(
            r"(?<![\w.:/*-])(?:[A-Za-z][\w.-]{0,100}|\*|\d{1,3}(?:\.\d{1,3}){3}):(?:\d{2,5}|"
            r"\*):(?:[A-Za-z_][\w-]{0,60}|\*):[A-Za-z_][\w.-]{0,60}:"
            r"(?P<secret>[^\s:]{4,128})"
        ),
        likely_password,
    ),
    Rule(
        "password",
        ("password", "passwort", "kennwort", "passcode"),
        re.compile(
            r"(?:^|[\s\"'])(?P<secret>[^\s\"'`<>|,;]{6,64})[\"'`]? (?:<-{1,4}|<=|is|=|←) (?:the |my |your |"
            r"our )?(?:new |old |root |admin |wifi )?pass(?:word|code)\b",
            re.IGNORECASE,
        ),
        made_up,
    ),
)
