"""Passwords, keys and Wi-Fi keys beside their label: assigned in code, typed into a form, said in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from companion.masking import labels
from companion.masking.likely import (
    MARK,
    is_placeholder,
    likely_key,
    likely_passphrase,
    likely_password,
    likely_word,
    stripped,
)
from companion.masking.types import Seen, Span

_LETTER = "[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff]"
#: Closing quotes and brackets of the label, a word or two between, then what assigns.
_ASSIGNS = re.compile(
    rf"(?:(?: {_LETTER}{{1,16}}){{1,3}}(?=[ ]?:)| (?:for|of|für|pour|para|per|voor) [\w.+@'-]{{1,64}}(?=[ ]?:)"
    r"|[ ]?\([^()\n]{1,20}\))?"
    r"(?:\\?[\"'`\])*]){0,4}[ \t]{0,24}[是为為は는은]?"
    r"(?P<sign>:=|=>|->|={1,3}|(?<=[ ])[\u2014\u2013-](?=[ ])|[:\uff1a=|→│┃](?!:)|(?<=[是为為は])|\t|  )(?:\*\*)?[ \t|"
    r"│]{0,24}",
    re.ASCII,
)
_IN_WORDS = re.compile(
    r"(?: (?:for|of|to|für|zum|pour|del?|do|do serwera)(?: [\w'-]{1,20}){1,3})?[ ]"
    r"(?:(?:is |was |has been )?(?:changed|set|reset) to|is|was|now|will be|lautet|ist|est|es|è|é|jest|är|er|is now|=)"
    r"[ ]{1,2}(?::[ ])?(?:now |jetzt )?",
    re.IGNORECASE,
)
#: An option of a program: ``--password hunter2``, ``--token=abc``.
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]{0,20}$")
_QUOTED = re.compile(
    r"(?:\\?)(?P<quote>[\"'`“”„\u2018\u2019«])(?P<value>[^\"'`“”„\u2018\u2019«»\n]{1,1000})(?=\\?[\"'`“”\u2018\u2019»])"
)
_BARE = re.compile(r"(?P<open>[\"'“„\u2018«]?)(?P<value>[^\s\"“”|│]{1,400})")
_MOST = 404  # characters behind what assigns that a value may take
_LINE_END = re.compile(r"[ \t|│\"'`;,]{0,8}(?:\r?\n|$)")
_BELOW = re.compile(r"[*:\uff1a]{0,2}[ \t]{0,24}\r?\n[ \t]{0,24}(?P<value>[^\s]{4,100})[ \t]{0,24}(?=\r?\n|$)")
#: What a program's source says of a value's kind, behind a name in small letters: ``password: SecretStr``.
_TYPE = re.compile(
    r"[A-Za-z_][\w.]{0,60}[\[<(].*|(?:[A-Z][a-z]+){0,4}(?:Str|String|Text|Bytes|Field|Type|Input|Schema|Model|"
    r"Validator|"
    r"Service|Provider|Manager|Config|Options|Hasher|Hash|Policy|Encoder|Value|Dto|Props|Secret|Password|Token|"
    r"Key)s?[!?]?"
)
_NUMBER = re.compile(r"\d{4,12}", re.ASCII)
#: What is said of the password itself between its label and the colon: ``Password (temporary): 4829``.
_SORT = re.compile(r"[ ]?\([^\W\d_]{2,12}(?:[ -][^\W\d_]{2,12})?\)[\"'`*]{0,4}[ \t]{0,24}")
#: What is counted, not said: ``Password (length): 1024``.
_COUNTED = re.compile(
    r"(?:length|size|count|age|limit|attempts|days|hours|minutes|seconds|bits|bytes|chars|characters|id)\b"
)
#: What stands on a button below a field, as in *Sign-in*.
_BUTTON = re.compile(r"[A-Z][a-z]{2,8}-(?:in|on|up|out)")
_ENVIRONMENT = re.compile(
    r"(?:^|\n)(?:[^\n=]{0,60}[$#>%])?[ \t]{0,6}(?:export |set |setx |ENV |\$env:)?[A-Za-z_][\w.-]{0,60}$", re.IGNORECASE
)


def secrets(seen: Seen) -> Iterator[Span]:
    """Yield passwords, keys and Wi-Fi keys that a label announces."""
    for label in labels.labels(seen, labels.NETWORK):
        yield from _beside(seen, label, "Wi-Fi key", likely_password, plain=likely_word)
    for label in labels.labels(seen, labels.PASSWORD):
        yield from _beside(seen, label, "password", likely_password, plain=likely_word)
    for label in labels.labels(seen, labels.KEY):
        yield from _beside(seen, label, "secret", likely_key, plain=likely_key)


def _beside(
    seen: Seen, label: labels.Label, kind: str, likely: Callable[[str], bool], *, plain: Callable[[str], bool]
) -> Iterator[Span]:
    """Yield the value of one label. ``plain`` judges it where the place leaves no doubt, ``likely`` elsewhere."""
    option = _option(seen, label)
    after = option or _ASSIGNS.match(seen.text, label.end) or _IN_WORDS.match(seen.text, label.end)
    if after is None or MARK.match(seen.text, after.end()):
        yield from _below(seen, label, kind, likely)
        return
    quoted = _QUOTED.match(seen.text, after.end())
    if quoted is not None:
        if _quoted_holds(quoted["value"], plain):
            yield Span(quoted.start("value"), quoted.end("value"), kind)
        return
    element = seen.text.find("</", after.end(), after.end() + _MOST)  # the end of an element is no part of its text
    bare = _BARE.match(seen.text, after.end(), element if element >= 0 else len(seen.text))
    if bare is None:
        yield from _below(seen, label, kind, likely)
        return
    value = stripped(bare["value"])
    if after.groupdict().get("sign") == "" and not value.isascii():  # a sentence goes on without a gap
        return
    if seen.text[label.start].islower() and after.groupdict().get("sign") == ":" and _TYPE.fullmatch(value):
        return
    if "sign" not in after.groupdict() and after is not option:
        value = value.rstrip("\\&!?'\u2019*_")  # the end of a sentence, and how it is set in type
    if kind == "password" and _number_said(seen, label, after, value):
        yield Span(bare.start("value"), bare.end(), kind)
        return
    judged = plain if _no_doubt(seen, label, after, bare) else likely
    if judged(value) or (plain is likely_word and likely_passphrase(value) and "_" not in value and "." not in value):
        # A sign at the end may belong to the password: rather too much than too little.
        yield Span(bare.start("value"), bare.end(), kind)


def _number_said(seen: Seen, label: labels.Label, after: re.Match[str], value: str) -> bool:
    """Whether a value is a number right behind a label and its colon, whatever comes behind it.

    How many *passwords* there are, how many tests *pass*, and of what else about a password there are so many, is told
    by numbers of another sort.
    """
    if after.groupdict().get("sign") not in {":", "\uff1a"} or _NUMBER.fullmatch(value) is None:
        return False
    said = seen.lowered[label.start : label.end]
    several = said not in labels.PASSWORD and said.removesuffix("s") in labels.PASSWORD
    between = seen.lowered[label.end : after.start("sign")]
    sort = _SORT.fullmatch(between) is not None and _COUNTED.search(between) is None
    return said != "pass" and not several and (sort or not any(map(str.isalnum, between)))


def _option(seen: Seen, label: labels.Label) -> re.Match[str] | None:
    """Return the gap behind an option of a program."""
    if not _OPTION.search(seen.text, max(0, label.start - 24), label.end):
        return None
    return re.compile(r"[ =]").match(seen.text, label.end)


def _quoted_holds(value: str, plain: Callable[[str], bool]) -> bool:
    """Whether a value in quotes is believed: one word, or words that make no sentence."""
    if " " not in value.strip():
        return plain(value)
    words = value.split()
    return plain is likely_word and len(words) >= 3 and sum(map(is_placeholder, words)) * 4 <= len(words) and (  # noqa: PLR2004
        all(word.isalnum() and word.islower() for word in words)
    )  # fmt: skip


def _no_doubt(seen: Seen, label: labels.Label, after: re.Match[str], bare: re.Match[str]) -> bool:
    """Whether the line is nothing but label and value: of a form, or of a file of settings."""
    if _LINE_END.match(seen.text, bare.end()) is None:
        return False
    sign = after.groupdict().get("sign")
    if bare["value"].endswith(",") and sign == ":":  # an object in a program
        return False
    start = seen.text.rfind("\n", 0, label.start) + 1
    if sign == "=" and not after.group().startswith(" ") and not after.group().endswith(" "):
        return _ENVIRONMENT.search(seen.text, max(0, start - 1), label.end) is not None
    return sign in {":", "\uff1a"} and label.end - start <= 32  # noqa: PLR2004 as long as the label of a field is


def _below(seen: Seen, label: labels.Label, kind: str, likely: Callable[[str], bool]) -> Iterator[Span]:
    """Yield the value on the line below a label that has a line of its own."""
    start = seen.text.rfind("\n", 0, label.start) + 1
    if label.end - start > 32:  # noqa: PLR2004 as long as the label of a field is
        return
    below = _BELOW.match(seen.text, label.end)
    if below is None or MARK.match(below["value"]) or _BUTTON.fullmatch(below["value"]):
        return
    if likely(stripped(below["value"])) or (
        kind != "secret" and likely_passphrase(below["value"]) and "-" in below["value"]
    ):
        yield Span(below.start("value"), below.end("value"), kind)
