"""Numbers that money is moved with: cards by issuer and check digit, accounts by country and remainder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from companion.masking.checksums import luhn, mod_97
from companion.masking.types import Seen, Span

#: Groups of digits as printed on a card, typed with dashes, or read by OCR with wide or missing gaps. A letter may
#: follow four groups of four: somebody types in front of a word.
_GROUPS = re.compile(
    r"(?<![\w.])\d{2,19}(?:[ \t-]{1,3}\d{2,19}){0,12}(?:[ -]{1,2}\d(?!\d))?"
    r"(?:(?!\w|\.\d)|(?<=\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4})(?=[A-Za-z]))",
    re.ASCII,
)
_DIGITS = re.compile(r"\d+", re.ASCII)
_MOST_GROUPS = 6
_LEAST_DIGITS = 8  # of an account number; a name of a branch of a program has fewer

#: First digits from and to, lengths: as the issuers publish (ISO/IEC 7812 and their own pages).
_ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4000, 4999, frozenset({16, 19})),  # Visa
    (5100, 5599, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),  # Mastercard
    (3400, 3499, frozenset({15})),  # American Express
    (3700, 3799, frozenset({15})),
    (6011, 6011, frozenset({16, 19})),  # Discover
    (6440, 6599, frozenset({16, 19})),
    (3500, 3599, frozenset({16, 19})),  # JCB
    (1800, 1800, frozenset({15})),
    (2131, 2131, frozenset({15})),
    (3000, 3059, frozenset({14, 16})),  # Diners Club
    (3600, 3699, frozenset({14, 16})),
    (3800, 3999, frozenset({14, 16})),
    (6200, 6299, frozenset({16, 17, 18, 19})),  # UnionPay
    (5018, 5038, frozenset({12, 13, 14, 15, 16, 18, 19})),  # Maestro
    (5893, 5893, frozenset({12, 13, 14, 15, 16, 18, 19})),
    (6304, 6304, frozenset({12, 13, 14, 15, 16, 18, 19})),
    (6759, 6763, frozenset({12, 13, 14, 15, 16, 18, 19})),
    (2200, 2204, frozenset({16})),  # Mir
    (5080, 5089, frozenset({16})),  # RuPay
    (6069, 6085, frozenset({16})),
    (8100, 8299, frozenset({16})),
    (9792, 9792, frozenset({16})),  # Troy
    (6062, 6062, frozenset({16})),  # Hipercard
    (5090, 5091, frozenset({16})),  # Elo
    (5060, 5061, frozenset({16, 18, 19})),  # Verve
    (6360, 6399, frozenset({16, 19})),  # Elo, InstaPayment, InterPayment
)

#: Characters of an account number by country (SWIFT, IBAN registry).
_LENGTHS = {
    **dict.fromkeys(["NO"], 15),
    **dict.fromkeys(["BE"], 16),
    **dict.fromkeys(["DK", "FI", "FK", "FO", "GL", "NL", "SD"], 18),
    **dict.fromkeys(["MK", "SI"], 19),
    **dict.fromkeys(["AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"], 20),
    **dict.fromkeys(["CH", "CR", "HR", "LI", "LV"], 21),
    **dict.fromkeys(["BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"], 22),
    **dict.fromkeys(["AE", "GI", "IL", "IQ", "OM", "SO", "TL"], 23),
    **dict.fromkeys(["AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"], 24),
    **dict.fromkeys(["LY", "PT", "ST"], 25),
    **dict.fromkeys(["IS", "TR"], 26),
    **dict.fromkeys(["BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"], 27),
    **dict.fromkeys(["AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"], 28),
    **dict.fromkeys(["BR", "EG", "PS", "QA", "UA"], 29),
    **dict.fromkeys(["JO", "KW", "MU", "YE"], 30),
    **dict.fromkeys(["MT", "SC"], 31),
    **dict.fromkeys(["LC"], 32),
    **dict.fromkeys(["RU"], 33),
}
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d[ ]?\d(?:[ \t-]{0,2}[A-Za-z0-9]){11,32}", re.ASCII)
#: Groups of four signs, one of them a letter, right before or behind.
_HEX_BEFORE = re.compile(r"(?<!\S)(?=[\dA-F\s]{0,19}[A-F])(?:[\dA-F]{4}\s){1,4}$", re.ASCII)
_HEX_BEHIND = re.compile(r"(?=[\d\s]{0,20}[A-F]|[\dA-F\s]{0,20}[A-F])(?:\s[\dA-F]{4}){1,4}(?!\S)", re.ASCII)
_TABLE = 20  # characters before it
_BETWEEN = re.compile(r"[ \t-]")


def is_card(digits: str) -> bool:
    """Whether the digits are those of a payment card."""
    if not 12 <= len(digits) <= 19 or not luhn(digits):  # noqa: PLR2004 ISO/IEC 7812
        return False
    first = int(digits[:4])
    return any(low <= first <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)


def in_table(text: str, match: re.Match[str]) -> bool:
    """Whether groups of four digits stand in a table of numbers to the base of sixteen."""
    grouped = match.end() - match.start() > 4 and match.group()[4:5].isspace()  # noqa: PLR2004 as said
    before = _HEX_BEFORE.search(text, max(0, match.start() - _TABLE), match.start()) if grouped else None
    return before is not None or (grouped and _HEX_BEHIND.match(text, match.end()) is not None)


def cards(seen: Seen) -> Iterator[Span]:
    """Yield the numbers of cards."""
    for match in _GROUPS.finditer(seen.text):
        if in_table(seen.text, match):
            continue
        groups = [(one.start() + match.start(), one.group()) for one in _DIGITS.finditer(match.group())]
        yield from _cards_among(groups)


def _cards_among(groups: Sequence[tuple[int, str]]) -> Iterator[Span]:
    """Yield the cards that whole groups next to each other make up; other numbers may be beside them."""
    first = 0
    while first < len(groups):
        last = next((last for last in reversed(_ends(groups, first)) if _holds(groups[first : last + 1])), None)
        if last is not None:
            start, digits = groups[last]
            yield Span(groups[first][0], start + len(digits), "card number")
            first = last
        first += 1


def _ends(groups: Sequence[tuple[int, str]], first: int) -> range:
    return range(first, min(first + _MOST_GROUPS, len(groups)))


def _holds(groups: Sequence[tuple[int, str]]) -> bool:
    number = "".join(digits for _, digits in groups)
    # A Visa card of thirteen digits is old, and as long as the number of any ware: it has to be in groups.
    old = len(groups) == 4 and len(number) == 13 and number.startswith("4")  # noqa: PLR2004 as said
    return is_card(number) or (old and luhn(number))


def is_account(text: str) -> bool:
    """Whether letters and digits without gaps are an international account number (ISO 13616)."""
    enough = sum(map(str.isdigit, text)) >= _LEAST_DIGITS
    return enough and _LENGTHS.get(text[:2]) == len(text) and mod_97(text[4:] + text[:4]) == 1


def accounts(seen: Seen) -> Iterator[Span]:
    """Yield international account numbers, with or without gaps."""
    for match in _ACCOUNT.finditer(seen.text):
        places = [place for place, one in enumerate(match.group()) if not _BETWEEN.match(one)]
        plain = "".join(match.group()[place] for place in places).upper()
        length = _LENGTHS.get(plain[:2], 0)
        if 0 < length <= len(plain) and is_account(plain[:length]):
            end = match.start() + places[length - 1] + 1
            if not seen.text[end : end + 1].isalnum():
                yield Span(match.start(), end, "account number")
