"""Secrets inside of addresses, headers and command lines."""

from __future__ import annotations

import re

from companion.masking.likely import is_placeholder
from companion.masking.types import Rule

_NAMES = frozenset({"user", "username", "login", "root:root", "foo", "bar", "spam", "port", "token"})


def _real(text: str) -> bool:
    """Whether a password in an address is not the word for one, as documentation has it."""
    return (
        not is_placeholder(text)
        and text.lower() not in _NAMES
        and not re.fullmatch(r"[A-Z_]{3,}|\d{1,5}(?:/.*)?", text)
    )


def _no_word(text: str) -> bool:
    return not is_placeholder(text) and any(not one.isalpha() for one in text)


_CALL = re.compile(r"[a-z_]+\d{0,3}(?:\.[a-z_]+\d{0,3})+")


RULES: tuple[Rule, ...] = (
    Rule(
        "password in address",
        ("://",),
        re.compile(
            r"[A-Za-z][A-Za-z0-9+.-]{1,24}://[^\s/:@\"'<>]{0,80}:(?P<secret>[^\s/\"'<>@]{1,100}"
            r"(?:@[^\s/\"'<>@:]{1,60}){0,2})@"
        ),
        _real,
    ),
    Rule(
        "two-factor key",
        ("otpauth",),
        re.compile(
            r"otpauth(?:-migration)?://[^\s?]{0,200}\?[^\s]{0,300}?(?:secret|data)=(?P<secret>[A-Za-z0-9%+/=]{8,2000})",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "authorization header",
        ("authorization", "bearer"),
        re.compile(
            r"(?:authorization[\"']?\s{0,3}[:=,]\s{0,3}[\"']?(?:bearer|basic|token|apikey|digest|negotiate|bot)?|"
            r"bearer)"
            r"[ :=]{1,3}[\"']?"
            r"(?P<secret>[A-Za-z0-9._~+/=|-]{12,4000})",
            re.IGNORECASE | re.ASCII,
        ),
        lambda text: any(one.isdigit() for one in text) and not _CALL.fullmatch(text),
    ),
    Rule("authorization header", ("ssws ",), re.compile(r"\bSSWS (?P<secret>[\w-]{30,80})", re.ASCII)),
    Rule(
        "authorization header",
        ("basic ", "negotiate "),
        re.compile(
            r"\b(?:basic|negotiate) {1,2}(?P<secret>[A-Za-z0-9+/]{14,4000}={0,2})(?![A-Za-z0-9])",
            re.IGNORECASE | re.ASCII,
        ),
        lambda text: all(any(map(one, text)) for one in (str.isdigit, str.isupper, str.islower)) or text.endswith("=="),
    ),
    Rule(
        "Wi-Fi key",
        ("wifi:",),
        re.compile(r"WIFI:(?:[A-OQ-Z]:[^;\n]{0,64};){0,4}P:(?P<secret>[^;\n]{4,64});", re.IGNORECASE),
    ),
    Rule("Wi-Fi key", ("nmcli",), re.compile(r"nmcli [^\n]{0,120}?password [\"']?(?P<secret>[^\s\"']{8,63})")),
    Rule(
        "password",
        ("curl", "wget", "http"),
        re.compile(
            r"(?:\bcurl|\bhttps?|\bwget)\b[^\n]{0,200}? (?:-u|--user|-a|--auth)[ =]?[\"']?[^\s:\"'/]{1,64}:"
            r"(?P<secret>[^\s\"'/]{3,128})"
        ),
        _real,
    ),
    Rule("password", ("sshpass",), re.compile(r"\bsshpass -p ?[\"']?(?P<secret>[^\s\"']{3,128})"), _real),
    Rule(
        "password",
        ("mysql", "mariadb", "redis-cli", "docker login"),
        re.compile(
            r"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|]{0,120}? -p[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,127})",
            re.ASCII,
        ),
        _no_word,
    ),
    Rule(
        "password",
        ("redis-cli", "docker login", "podman login"),
        re.compile(
            r"\b(?:redis-cli\b[^\n|]{0,80}? -a|(?:docker|podman) login\b[^\n|]{0,120}? -p) "
            r"[\"']?(?P<secret>[^\s\"']{3,128})"
        ),
        _real,
    ),
)
