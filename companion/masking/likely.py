"""Whether a word beside the label *password* or *key* is one: not a name in code, a type, a placeholder or prose."""

from __future__ import annotations

import re
from itertools import pairwise

#: What this package itself leaves in place of a secret.
MARK = re.compile(r"\[[A-Za-z][A-Za-z0-9 .'-]{1,40}\]")

_PLACEHOLDER = re.compile(
    r"[*•●·xX.?_#=\-…]{3,}|<.*>|<[A-Za-z][\w -]*|\{\w+(?:![rsa])?|(?:%s:?)+|\$\{.*|(?-i:\$[A-Z_][A-Z0-9_]*|"
    r"\$[a-z_]+)|\$\(.*|%s|%\(\w+\)?s?|%\w+%|\{.*\}|\[.*\]|[&*]{1,2}\w+"
    r"|\(.*\)|/[\w./-]*|\\[A-Za-z]+|~/.*"
    r"|(?:my|your|the|new|old|some|a|user|db|test|example|sample|dummy|fake)[_ -]?"
    r"(?:super)?[_ -]?(?:secret|token|password|passwd|pass|pwd|key|api[_-]?key)?(?:[_ -]?(?:here|key|value))?"
    r"|.*(?:example|placeholder|redacted|changeme|change_me|yourpass|xxxx|\*\*\*|\.\.\.|…).*",
    re.IGNORECASE | re.DOTALL,
)
#: A path of names, with a call, an index or an operator behind it: code that fetches the secret.
_CODE = re.compile(
    r"(?!.*[A-Z][a-z]+\d{2,}$)[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)+[,;)]*|[A-Za-z_][\w.]*[(\[{].*|[A-Za-z_]\w*\|\w+.*|"
    r"[a-z_]{2,}=.*|@[a-z_][a-z_.]*(?:\(.*)?"
    r"|[rbfuRBFU]{1,2}[\"'].*"
    r"|0x[0-9a-fA-F]{1,8}|-?\d+(?:[.:]\d+)*[,;)]*|#?[A-Z][A-Z]+(?:_[A-Z0-9]+)+|:?\w+:`.*|\[[a-z_]+[.(].*|"
    r"[a-z]+(?:_[a-z0-9]+)+|-{1,2}[a-z][a-z-]*(?:=.*)?|.*::.*|.*->.*"
    r"|\d+/(?:tcp|udp)|\d+:[\d.]+[\w+~.-]*|(?:True|False|None|null|nil)\W.*|\\U[0-9a-fA-F]{8}|\d+(?:_\d+)+\)*|"
    r"\[[#\w][\w.=-]*|[A-Za-z_][\w.:]*<[\w, .:*&]*>?.*|(?i:(?:scram-)?sha-?\d{1,3}(?:-\w+)?|aes-?\d{3}(?:-\w+)*)"
    r"|[A-Z]?[a-z]+(?:[A-Z][a-z]+)+|[A-Za-z]+['\u2019][a-z]{1,2}|[A-Za-z]+(?:[/,;:&][A-Za-z]+)+"
    r"|(?:[\w.-]+/)+[\w-]+\.[a-z]{1,4}",
    re.DOTALL,
)
_WORDS = frozenset(
    """
    password passwords passwd passphrase passcode pass pwd pin secret secrets token tokens key keys value
    values string str text bytes bytearray int integer bool boolean object any none null nil undefined true
    false yes no on off optional required default unset empty hidden masked encrypted hashed plain plaintext
    stored saved show hide forgot forgotten reset change changed confirm repeat enter input type wrong
    incorrect invalid expired missing correct valid not is was the a an of for to and or if in by as must
    should can will may your my user username login account email name file path prompt ask auto automatic
    manual generate generated random unknown unavailable disabled enabled set clear copy paste edit self cls
    this args kwargs param params return returns bearer basic digest see use used using from with without list
    tuple dict array varchar char number field here again only either also both same new old current passwort
    kennwort vergessen falsch ungültig leer keine kein motdepasse oublié obligatoire contraseña olvidada
    requerido
    """.split()  # noqa: SIM905 words read better as a text
)
_CONSTANT = re.compile(r"[A-Z0-9]+(?:_[A-Z0-9]+)+|(?i:(?:scram-)?sha-?\d{1,3}(?:-\w+)?|aes-?\d{3}(?:-\w+)*)")
_LOWEST_LENGTH = 4
_LONG = 20
_VERY_LONG = 40
_SIGNS = re.compile(r"[!@#$%^&*+-]")
_WORD_IN_NAME, _SHORT_WORD_IN_NAME = re.compile(r"[A-Z]?[a-z]{3,}"), re.compile(r"[A-Z][a-z]{2,}|[a-z]{3,}")


def stripped(value: str) -> str:
    """Return a value without what ends a sentence or a list after it."""
    return value.rstrip(",.;:)]}\"'`>") or value


def is_placeholder(value: str) -> bool:
    """Whether a value stands for another: ``***``, ``<password>``, ``${VAR}``, ``changeme``, or is our own mark."""
    return _PLACEHOLDER.fullmatch(value) is not None or value.lower() in _WORDS


def likely_word(value: str) -> bool:
    """Whether a value could be a password at all; enough where the place leaves no doubt."""
    return len(value) >= _LOWEST_LENGTH and not is_placeholder(value)


def likely_password(value: str) -> bool:
    """Whether an unquoted value looks made up: letters with digits or signs, and not a name or a call in code."""
    if not likely_word(value) or _CODE.fullmatch(value):
        return False
    kinds = _kinds(value)
    if kinds == {"upper", "lower"}:
        return len(value) >= 8 and _in_no_words(value)  # noqa: PLR2004 shorter ones are names
    return len(kinds) > 1 and kinds not in ({"upper", "lower"}, {"lower", "joint"}, {"upper", "joint"})


def likely_passphrase(value: str) -> bool:
    """Whether a value is words joined by dashes, dots or low lines, as programs propose them."""
    parts = re.split(r"[-._ ]", value)
    words = len(parts) >= 3 and all(part.isalnum() and len(part) > 2 for part in parts)  # noqa: PLR2004
    return words and not is_placeholder(value) and not _CONSTANT.fullmatch(value)


def likely_key(value: str) -> bool:
    """Whether a value looks like a key a machine made: long, and letters mixed with digits all over."""
    if len(value) < 8 or is_placeholder(value) or (_CODE.fullmatch(value) and not _of_all_signs(value)):  # noqa: PLR2004 shorter ones are words
        return False
    kinds = _kinds(value)
    if mixed(value):
        return True
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(value))
    if len(value) >= 12 and sum(map(str.isdigit, value)) >= 4 and sum(map(str.isalpha, value)) >= 4:  # noqa: PLR2004 as above
        return True
    return "digit" in kinds and (changes >= 3 or (len(value) >= _LONG and changes >= 2) or "sign" in kinds)  # noqa: PLR2004


def _of_all_signs(value: str) -> bool:
    """Whether a long value has signs and digits all over, so that what looks like a call in it is chance."""
    return len(value) >= _VERY_LONG and len(_SIGNS.findall(value)) > 4 and any(map(str.isdigit, value))  # noqa: PLR2004 code has fewer


def mixed(value: str) -> bool:
    """Whether capitals, small letters and digits stand as in what a machine draws, and not in words as in a name."""
    if value in (value.lower(), value.upper()) or len(value) < (12 if any(map(str.isdigit, value)) else 16):
        return False
    return _in_no_words(value)


def _in_no_words(value: str) -> bool:
    """Whether sorts of letters change often, and most of them make up no words."""
    sorts = [(one.isdigit(), one.isupper()) for one in value if one.isalnum()]
    changes = sum(one != other for one, other in pairwise(sorts))
    word = _WORD_IN_NAME if any(map(str.isdigit, value)) else _SHORT_WORD_IN_NAME
    in_words = sum(map(len, word.findall(value)))
    return changes * 10 >= len(sorts) * 3 and in_words * 10 <= len(sorts) * 6


def _kinds(value: str) -> set[str]:
    return {
        "digit" if one.isdigit() else "upper" if one.isupper() else "lower" if one.isalpha() else
        "joint" if one in "-_." else "sign"
        for one in value
    }  # fmt: skip
