"""Passwords handed over in source: to a function, in a statement of SQL, in an element or an attribute of a page."""

from __future__ import annotations

import re

from companion.masking.likely import is_placeholder, likely_key, likely_passphrase, likely_password, mixed
from companion.masking.pairs import made_up
from companion.masking.types import Rule

_LABELS = r"pass(?:word|wd|phrase|wort|code)?|pwd|kennwort|contraseña|mot de passe|senha|wachtwoord"
_WIFI = r"psk|(?:wi-?fi|wlan|wpa2?)[_-]?key"
_KEY = r"secret|token|api[_-]?key|access[_-]?key|credentials?"
_QUOTED = r"[\"'`](?P<secret>[^\"'`\s]{4,160})[\"'`]"
_NAME_OF = r"[\w.-]{0,40}?"
_OPTIONS = re.compile(r"-{1,2}[a-z][a-z/=|-]*")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{24,128}")


def _password(text: str) -> bool:
    return (
        not text.endswith(":") and not _OPTIONS.fullmatch(text) and (likely_password(text) or likely_passphrase(text))
    )


def _held(text: str) -> bool:
    return not is_placeholder(text) and not text.startswith(("${", "$(", "{", "@{", "<"))


def _in_element(text: str) -> bool:
    """Whether the text of an element is a password: made up or in small letters, and not the label of a field."""
    return _held(text) and (_password(text) or (text.islower() and len(text) > 5))  # noqa: PLR2004 shorter ones are words


def _drawn(text: str) -> bool:
    return mixed(text) or _HEXADECIMAL.fullmatch(text) is not None


def _long(text: str) -> bool:
    return likely_key(text) and len(text) > 15  # noqa: PLR2004 shorter ones are names


RULES: tuple[Rule, ...] = (
    Rule(
        "password",
        ("identified",),
        re.compile(
            r"\bIDENTIFIED (?:WITH [\w\"'`]{1,40} )?(?:BY|AS)(?: PASSWORD)? N?[\"'](?P<secret>[^\"'\n]{1,128})[\"']",
            re.IGNORECASE,
        ),
        _held,
    ),
    Rule(
        "password",
        ("identified by",),
        re.compile(r"\bIDENTIFIED BY (?P<secret>[^\s;\"']{4,64})", re.IGNORECASE),
        _password,
    ),
    # A label and a string with no more than a gap, a bracket or a comma between: a statement, a call, a definition.
    Rule(
        "password",
        ("pass", "pwd", "kennwort"),
        re.compile(
            rf"(?:{_LABELS})(?:s|\d{{1,3}}|_\w{{1,12}})?[\"'`\])]{{0,3}}(?:\s?=\s?PASSWORD)?\s?(?:\(|,|\s|"
            rf"\.(?:send_?keys|type|fill|set_?value|input)\()\s?N?{_QUOTED}",
            re.IGNORECASE,
        ),
        _password,
    ),
    Rule(
        "password",
        ("pass", "pwd"),
        re.compile(
            rf"(?:{_LABELS})[\w\"'`\])]{{0,12}}\.(?:send_?keys|type|fill|set_?value|input|"
            rf"press_?sequentially)\(\s?{_QUOTED}",
            re.IGNORECASE,
        ),
        _password,
    ),
    Rule(
        "secret",
        ("secret", "token", "key", "credential"),
        re.compile(rf"(?:{_KEY})\w{{0,6}}[\"'`\])]{{0,3}}\s?[(,]\s?{_QUOTED}", re.IGNORECASE),
        _long,
    ),
    # Signing in with a name and a password.
    Rule(
        "password",
        ("login", "auth", "connect", "credential", "sign_in", "signin", "ftp"),
        re.compile(
            r"(?:login|log_in|connect|authenticate|auth|credentials?|sign_?in|connection|ftp)\w{0,6}\s?[=(]{1,2}"
            rf"(?:[^()\"'\n,]{{0,60}},)?\s?(?:[\"'][^\"'\n]{{1,80}}[\"'],\s?){{1,3}}{_QUOTED}",
            re.IGNORECASE,
        ),
        made_up,
    ),
    Rule(
        "secret",
        ("client", "search", "api", "sdk"),
        re.compile(
            r"(?:client|search|api|sdk)\w{0,12}\(\s?[\"'][\w-]{4,64}[\"'],\s?[\"'](?P<secret>[0-9a-f]{32,64})[\"']",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "password",
        ("securestring",),
        re.compile(r"ConvertTo-SecureString (?:-String )?[\"']?(?P<secret>[^\s\"'$(-][^\s\"']{2,128})", re.IGNORECASE),
        _held,
    ),
    Rule(
        "password",
        ("pass", "pwd", "kennwort", "psk", "wifi", "wi-fi", "wlan", "wpa"),
        re.compile(
            rf"<(?:[\w:.-]{{0,30}}?(?:{_LABELS}|{_WIFI})[\w.-]{{0,8}})(?: [^<>\n]{{0,80}})?>\s?(?:<!\[CDATA\[)?"
            rf"(?P<secret>[^<>\s\]]{{4,128}})(?:\]\]>)?\s?</",
            re.IGNORECASE,
        ),
        _in_element,
    ),
    Rule(
        "secret",
        ("secret", "token", "key"),
        re.compile(rf"<[\w:.-]{{0,30}}?(?:{_KEY})[\w.-]{{0,8}}>\s?(?P<secret>[^<>\s]{{8,400}})\s?</", re.IGNORECASE),
        likely_key,
    ),
    Rule(
        "secret",
        ("key>", "sess"),
        re.compile(r"<[\w:.-]{0,30}?(?:key|sess(?:ion)?_?id)>\s?(?P<secret>[^<>\s]{16,400})\s?</", re.IGNORECASE),
        _drawn,
    ),
    Rule(
        "password",
        ("<t", "<d", "<span", "<b", "<strong", "<label"),
        re.compile(
            rf"(?:{_LABELS})s?[*: ]{{0,3}}(?:</?\w{{1,10}}(?: [^<>\n]{{0,80}})?>[: \t\r\n]{{0,24}}){{1,5}}"
            rf"(?P<secret>[^<>\s]{{4,128}})<",
            re.IGNORECASE,
        ),
        _password,
    ),
    Rule(
        "password",
        ("value", ">"),
        re.compile(
            rf"(?:name|key|id|property)=[\"']{_NAME_OF}(?:{_LABELS})\w{{0,6}}[\"'](?:[^<>\n]{{0,80}}?\b(?:value|"
            rf"content)=[\"'](?P<secret>[^\"'<>\n]{{4,160}})[\"'])",
            re.IGNORECASE,
        ),
        _password,
    ),
    Rule(
        "secret",
        ("value",),
        re.compile(
            rf"(?:name|key|id)=[\"']{_NAME_OF}(?:{_KEY}|key)\w{{0,6}}[\"'][^<>\n]{{0,80}}?\b(?:value|"
            rf"content)=[\"'](?P<secret>[^\"'<>\s]{{8,400}})[\"']",
            re.IGNORECASE,
        ),
        likely_key,
    ),
    Rule(
        "password",
        ("name=",),
        re.compile(
            rf"\bname=[\"']{_NAME_OF}(?:{_LABELS})[\"'][^<>\n]{{0,40}}>(?:\s{{0,24}}<value>)?"
            rf"(?P<secret>[^<>\s]{{4,160}})</",
            re.IGNORECASE,
        ),
        _held,
    ),
    # A variable of a container: its name on one line, its value on the next.
    Rule(
        "password",
        ("value",),
        re.compile(
            rf"\b(?:name|key)[\"']?[:=] ?[\"']?{_NAME_OF}(?:{_LABELS})[\"']?,?(?:\r?\n[ \t]{{0,40}}|"
            rf"[ ])[\"']?value[\"']?[:=] ?[\"']?(?P<secret>[^\s\"'{{}}]{{4,160}})",
            re.IGNORECASE,
        ),
        _password,
    ),
    Rule(
        "secret",
        ("value",),
        re.compile(
            rf"\b(?:name|key)[\"']?[:=] ?[\"']?{_NAME_OF}(?:{_KEY}|key)[\"']?,?(?:\r?\n[ \t]{{0,40}}|"
            rf"[ ])[\"']?value[\"']?[:=] ?[\"']?(?P<secret>[^\s\"'{{}}]{{8,400}})",
            re.IGNORECASE,
        ),
        likely_key,
    ),
    # Settings of a server: the name, a gap, the value.
    Rule(
        "password",
        ("requirepass", "masterauth", "rootpw", "bindpw", "pass", "secret"),
        re.compile(
            r"(?<![\w.-])(?:requirepass|masterauth|masterpass|sentinel auth-pass \S{1,40}|(?:olc)?rootpw|bindpw|"
            r"rootbindpw|auth-user-pass|"
            r"auth_pass|enable (?:secret|password)(?: \d)?|(?:(?<=\n)|"
            r"(?<![\s\S]))username \S{1,40} (?:privilege \d{1,2} )?(?:password|secret)(?: \d)?|smtp_password|"
            r"identity-password)"
            r"[ \t]{1,40}[\"']?(?P<secret>[^\s\"'/<$][^\s\"']{3,128})"
        ),
        _password,
    ),
)
