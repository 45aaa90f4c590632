"""Passwords of a form whose field is below its label, and passphrases: words that make no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from companion.masking import labels
from companion.masking.likely import is_placeholder, likely_password, mixed
from companion.masking.types import Seen, Span

#: What is said of a password, or stands on a button below its field, and is none.
_ABOUT = frozenset(
    """
    the a an of to for with without is are was be been being must should can could may might will would shall do does
    did not no yes and or but if then else when while where what which who why how this that these those it its you your
    we our they their he she his her at by from in into on onto off over under up down out as than too also only just
    least most more less some any all each every both either neither none never always please least between about
    enter choose pick type use used uses using store stored stores see change changed set sets reset forgot forgotten
    required optional contains contain needs need allowed ignored supported protected based hashed encrypted given
    one two three four five six seven eight nine ten words word letters letter characters character digits digit
    numbers number sign signs long short strong weak wrong right valid invalid incorrect same different
    username usernames password passwords passphrase passphrases account accounts email address description default
    example examples remember continue connect connecting cancel submit confirm confirmation authentication
    authenticate authenticated verification security settings advanced options option properties property string
    number integer boolean object minimum maximum minlength maxlength nullable format pattern placeholder autocomplete
    disabled enabled readonly validation validate message messages internal external private public
    """.split()  # noqa: SIM905 words read better as a text
)
_WORDS = re.compile(
    r"[ \t]{0,8}[:=\uff1a]?[*]{0,2}[ \t]{0,8}(?:\r?\n[ \t]{0,24})?[\"'“]?"
    r"(?P<value>[a-z]{3,12}(?:[ -][a-z]{3,12}){3,11})[\"'”.]?[ \t]{0,8}(?=\r?\n|$)"
)
#: A word with a capital is what stands on the next button, or in the next line of a list.
_BELOW = re.compile(r"[ ]?[:\uff1a]?[ \t]{0,8}\r?\n(?P<value>[a-z][a-z-]{7,63})[ \t]{0,8}(?=\r?\n|$)")
#: Right behind the label, with nothing that assigns it: believed where it looks made up.
_NEXT = re.compile(
    r"(?:['\u2019]s|[\])}*_`\"']{1,3})?(?: to)?[ ]\(?"
    r"(?P<value>[A-Za-z0-9!#$%&*+@^~?_-]{6,64})(?=[ \t.,;)\"'\\]{0,3}(?:\s|$))"
)
_NEXT_KEY = re.compile(
    r"(?:['\u2019]s|[)\]*\"'`]{1,3})?(?: is| was| to|:| -)?[ ][(\[\"'`]{0,2}(?P<value>[A-Za-z0-9+/=_.~-]{16,1000})(?=["
    r" \t.,;?!\])\"'`]{0,3}(?:[\s<\\]|$))",
    re.ASCII,
)
_HEXADECIMAL = re.compile(r"(?=[a-f-]{0,36}\d)(?:[0-9a-f]{24,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_TERMS = re.compile(
    r"(?:sha|md|base|utf|rfc|x|v|aes|des|rc|oauth|pbkdf|argon|bcrypt|scrypt|python|http|tls|ssl|win|ipv|version|"
    r"id|level|type)"
    r"-?\d.*|[A-Za-z]{0,12}-\d+|\d+(?:[.,-]\d+)*[a-z]{0,5}|\d+-[a-z-]{1,24}|.*(?:auth|crypt)\d?",
    re.IGNORECASE,
)
#: Of these one is also told what to do with names of files, arguments and models.
_SIGNS = frozenset("!#$%&*+@^~?")
_VERBS = frozenset({"pass", "passes"})
_AS_LONG = 32  # characters from the start of a line: the label of a field
_LEAST_LETTERS = 3  # fewer are in terms
_VOWELS = frozenset("aeiouy")


def secrets(seen: Seen) -> Iterator[Span]:
    """Yield the words behind, or on the line below, the label of a password."""
    yield from _key_beside(seen)
    for label in labels.labels(seen, (*labels.PASSWORD, *labels.NETWORK, *labels.PHRASE)):
        beside = _NEXT.match(seen.text, label.end)
        alone = label.start == 0 or not (seen.text[label.start - 1].isalnum() or seen.text[label.start - 1] == "_")
        verb = alone and seen.lowered[label.start : label.end] in _VERBS
        if beside is not None and _looks_made_up(beside["value"], wholly=verb):
            yield Span(beside.start("value"), beside.end("value"), "password")
        if verb and seen.text[label.end : label.end + 1] != ":":
            continue
        start = seen.text.rfind("\n", 0, label.start) + 1
        if label.end - start > _AS_LONG:
            continue
        for pattern in (_WORDS, _BELOW):
            match = pattern.match(seen.text, label.end)
            if match is not None and _are_a_secret(match["value"]):
                yield Span(match.start("value"), match.end("value"), "password")


def _key_beside(seen: Seen) -> Iterator[Span]:
    """Yield long keys right behind their label."""
    for label in labels.labels(seen, labels.KEY):
        beside = _NEXT_KEY.match(seen.text, label.end)
        value = beside["value"].rstrip(".") if beside is not None else ""
        if beside is not None and (mixed(value) or _HEXADECIMAL.fullmatch(value)):
            yield Span(beside.start("value"), beside.end("value"), "secret")


def _looks_made_up(value: str, *, wholly: bool) -> bool:
    """Whether a word is letters and digits as nobody writes them but in a password; ``wholly``: nor in a program."""
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if wholly and not (any(map(str.islower, value)) and any(map(str.isupper, value))):
        return False
    signs = letters < len(value) and any(map(str.isupper, value)) and any(one in _SIGNS for one in value[:-1])
    term = _TERMS.fullmatch(value) is not None and not mixed(value)
    return letters >= _LEAST_LETTERS and (digits >= 1 or signs) and not term and likely_password(value)


def _are_a_secret(value: str) -> bool:
    words = value.lower().replace("-", " ").split()
    said = any(word in _ABOUT for word in words) or (len(words) == 1 and is_placeholder(value))
    return not said and all(_VOWELS.intersection(word) for word in words)
