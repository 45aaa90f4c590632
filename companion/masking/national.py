"""Numbers that states give to persons, by shape and check digits, and by the words beside them where these are weak.

Sources: the issuers' own rules (SSA, HMRC, BZSt, INSEE, Agenzia delle Entrate, Ministerio del Interior, MSWiA,
Skatteverket, Receita Federal, UIDAI, GB 11643-1999, ZAS, DVV, CRA).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from companion.masking.checksums import luhn, mod_11_2, mod_11_10, verhoeff, weighted
from companion.masking.money import in_table
from companion.masking.types import Seen, Span

_NEAR = 60  # characters between the words and the number
_FEWEST = 4  # digits of any of the numbers


@dataclass(frozen=True, slots=True)
class Number:
    """One state's number: its shape, whether its characters hold, and the words without which it is not believed.

    ``sure`` shapes need no words; ``words`` are in lower case.
    """

    kind: str
    shape: re.Pattern[str]
    holds: Callable[[str], bool]
    words: tuple[str, ...] = ()
    sure: re.Pattern[str] | None = None


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?:{pattern})(?![\w]|[.-]\d)", re.ASCII)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def _date(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31  # noqa: PLR2004 the calendar


def _social_security(text: str) -> bool:
    area, group, serial = text[:3], text[3:5], text[5:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def _insurance(text: str) -> bool:
    return text[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _german_tax(text: str) -> bool:
    times = Counter(text[:10]).values()
    return text[0] != "0" and max(times) in {2, 3} and sum(one > 1 for one in times) == 1 and mod_11_10(text)


def _french(text: str) -> bool:
    month = int(text[3:5])
    plain = text.replace("2A", "19", 1) if text[5:7] == "2A" else text.replace("2B", "18", 1)
    plain = plain if text[5:7] in {"2A", "2B"} else text
    known = 1 <= month <= 12 or 20 <= month <= 42 or month >= 50  # noqa: PLR2004 INSEE's months of those not known
    return known and 97 - int(plain[:13]) % 97 == int(plain[13:])


_ODD = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)) | dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)


def _italian(text: str) -> bool:
    odd = sum(_ODD[one] for one in text[0:15:2])
    even = sum(int(one) if one.isdigit() else ord(one) - 65 for one in text[1:15:2])
    return chr(65 + (odd + even) % 26) == text[15]


def _spanish(text: str) -> bool:
    number = int(text[:-1].translate(str.maketrans("XYZ", "012")))
    return number > 0 and "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == text[-1]  # nm prints 00000000 T


def _polish(text: str) -> bool:
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return _date(int(text[2:4]) % 20, int(text[4:6])) and weighted(text, weights, 10) == 0


def _dutch(text: str) -> bool:
    return int(text) > 0 and weighted(text, (9, 8, 7, 6, 5, 4, 3, 2, -1), 11) == 0


def _swedish(text: str) -> bool:
    short = text[-10:]
    return _date(int(short[2:4]), int(short[4:6]) % 60) and luhn(short)


def _brazilian(text: str) -> bool:
    first = weighted(text, tuple(range(10, 1, -1)), 11)
    second = weighted(text, tuple(range(11, 1, -1)), 11)
    wanted = [0 if rest < 2 else 11 - rest for rest in (first, second)]  # noqa: PLR2004 ten and eleven become 0
    return len(set(text)) > 1 and wanted == [int(one) for one in text[9:]]


def _chinese(text: str) -> bool:
    return text[6:8] in {"19", "20"} and _date(int(text[10:12]), int(text[12:14])) and mod_11_2(text)


def _swiss(text: str) -> bool:
    return weighted(text, (1, 3) * 6 + (1,), 10) == 0


def _finnish(text: str) -> bool:
    digits = text[:6] + text[-4:-1]
    letter = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]
    return _date(int(text[2:4]), int(text[:2])) and letter == text[-1]


def _belgian(text: str) -> bool:
    body, check = int(text[:9]), int(text[9:])
    return check in {97 - body % 97, 97 - (2_000_000_000 + body) % 97} and int(text[2:4]) % 20 <= 12  # noqa: PLR2004


def _always(text: str) -> bool:
    return bool(text)


def _dated(text: str) -> bool:
    """Whether six digits, the first or behind four letters, are a date."""
    date = re.search(r"\d{6}", text)
    return date is not None and _date(int(date.group()[2:4]), int(date.group()[4:]))


def _chilean(text: str) -> bool:
    rest = -sum(int(one) * (2 + place % 6) for place, one in enumerate(reversed(text[:-1]))) % 11
    return text[-1] == "0123456789K"[rest]


def _thai(text: str) -> bool:
    return (11 - weighted(text, tuple(range(13, 1, -1)), 11)) % 10 == int(text[12])


def _singaporean(text: str) -> bool:
    total = weighted(text[1:], (2, 7, 6, 5, 4, 3, 2), 11) + {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "KLJNPQRTUWX"}.get(text[0], "XWUTRQPNMLK")
    return letters[total % 11 if text[0] != "M" else 10 - total % 11] == text[-1]


def _hong_kong(text: str) -> bool:
    values = [36, *(int(one, 36) for one in text)][-9:]
    return sum(value * weight for value, weight in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def _russian(text: str) -> bool:
    return weighted(text, tuple(range(9, 0, -1)), 101) % 100 == int(text[9:])


_MBI = "[AC-HJKMNP-RT-Y]"  # the letters that are not taken for digits
_STEUER = ("steuer", "idnr", "tax id", "tin", "identifikationsnummer")
_SSN = ("social security", "ssn", "social sec")

NUMBERS: tuple[Number, ...] = (
    Number(
        "US social security number",
        _shape(r"\d{3}[ -]?\d\d[ -]?\d{4}"),
        _social_security,
        _SSN,
        _shape(r"\d{3}-\d\d-\d{4}"),
    ),
    Number(
        "UK insurance number",
        _shape(r"[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z](?:[ -]?\d\d){3}[ -]?[A-Da-d]"),
        _insurance,
        ("insurance", "nino", "ni number", "ni no"),
        _shape(r"[A-Z]{2}(?:[ -]?\d\d){3}[ -]?[A-D]"),
    ),
    Number(
        "German tax number",
        _shape(r"\d{2} ?\d{3} ?\d{3} ?\d{3}"),
        _german_tax,
        _STEUER,
        _shape(r"\d{2} \d{3} \d{3} \d{3}"),
    ),
    Number(
        "French insurance number",
        _shape(r"[12378] ?\d\d ?\d\d ?(?:\d\d|2[ABab]) ?\d{3} ?\d{3} ?\d\d"),
        _french,
    ),
    Number(
        "Italian tax code",
        _shape(r"(?i:[A-Z]{3} ?[A-Z]{3} ?[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2} ?[A-Z][\dLMNP-V]{3} ?[A-Z])"),
        _italian,
    ),
    Number(
        "Spanish identity number", _shape(r"(?:\d{8}|\d\d\.\d{3}\.\d{3}|[XYZ]-?\d{7})[ -]?[A-HJ-NP-TV-Z]"), _spanish
    ),
    Number("Polish identity number", _shape(r"\d{11}"), _polish),
    Number(
        "Dutch citizen number",
        _shape(r"\d{9}|\d{4}[ .]\d\d[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3}"),
        _dutch,
        ("bsn", "burgerservice", "sofi"),
    ),
    Number(
        "Swedish identity number",
        _shape(r"(?:19|20)?\d{6}[-+]?\d{4}"),
        _swedish,
        ("personnummer", "personnr", "pnr", "samordningsnummer"),
        _shape(r"(?:19|20)?\d{6}[-+]\d{4}"),
    ),
    Number(
        "Brazilian tax number",
        _shape(r"\d{3}\.?\d{3}\.?\d{3}-?\d\d"),
        _brazilian,
        ("cpf",),
        _shape(r"\d{3}\.\d{3}\.\d{3}-\d\d"),
    ),
    Number(
        "Indian Aadhaar number",
        _shape(r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}"),
        verhoeff,
        ("aadhaar", "aadhar", "uidai", "आधार"),
        _shape(r"[2-9]\d{3} \d{4} \d{4}"),
    ),
    Number("Chinese identity number", _shape(r"[1-9]\d{16}[\dXx]"), _chinese),
    Number("Swiss insurance number", _shape(r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d\d"), _swiss),
    Number("Finnish identity number", _shape(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]"), _finnish),
    Number(
        "Canadian insurance number",
        _shape(r"\d{3}[ -]?\d{3}[ -]?\d{3}"),
        luhn,
        ("social insurance", "sin:", "sin ", "sin number", "nas:", "assurance sociale"),
    ),
    Number(
        "Belgian register number",
        _shape(r"\d\d[. ]?\d\d[. ]?\d\d[ -]?\d{3}[. ]?\d\d"),
        _belgian,
        ("rijksregister", "registre national", "insz", "niss"),
        _shape(r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
    ),
    Number("US tax number", _shape(r"\d\d-\d{7}"), _always, ("ein", "tin", "tax id", "employer id", "tax_id")),
    Number(
        "Indian tax number",
        _shape(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]"),
        _always,
        ("pan", "permanent account", "income tax"),
    ),
    Number("US tax number", _shape(r"9\d\d-(?:5\d|6[0-5]|[78]\d|9[0-24-9])-\d{4}"), _always),
    Number(
        "US Medicare number", _shape(rf"[1-9]{_MBI}(?:{_MBI}|\d)\d-?{_MBI}(?:{_MBI}|\d)\d-?{_MBI}{{2}}\d\d"), _always
    ),
    Number("Mexican identity number", _shape(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d"), _dated),
    Number("Chilean identity number", _shape(r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]"), _chilean),
    Number("Korean identity number", _shape(r"\d{6}-[1-8]\d{6}"), _dated),
    Number("Thai identity number", _shape(r"[1-8]-\d{4}-\d{5}-\d\d-\d"), _thai),
    Number("Singapore identity number", _shape(r"[STFGM]\d{7}[A-Z]"), _singaporean),
    Number("Hong Kong identity number", re.compile(r"(?<!\w)[A-Z]{1,2}\d{6}\([\dA]\)", re.ASCII), _hong_kong),
    Number("Russian insurance number", _shape(r"\d{3}-\d{3}-\d{3}[ -]\d\d"), _russian),
)


_LINES, _DIGIT = re.compile(r"[^\n]+"), re.compile(r"\d", re.ASCII)


def numbers(seen: Seen) -> Iterator[Span]:
    """Yield the numbers of persons."""
    for line in _LINES.finditer(seen.text):
        if len(_DIGIT.findall(line.group())) < _FEWEST:
            continue
        for number in NUMBERS:
            for match in number.shape.finditer(seen.text, line.start(), line.end()):
                if number.holds(_checked(number, match.group())) and _believed(number, seen, match):
                    yield Span(match.start(), match.end(), number.kind)


def refuted(text: str) -> bool:
    """Whether digits look like a number of a person, and the letter of none holds."""
    lettered = any(map(str.isalpha, text))  # digits alone are of many lands
    shaped = [number for number in NUMBERS if lettered and number.shape.fullmatch(text)]
    return bool(shaped) and not any(number.holds(_checked(number, text)) for number in shaped)


def _checked(number: Number, text: str) -> str:
    """Return what the check is made of: without gaps; a Finnish number's sign of the century says nothing to it."""
    return text if number.holds is _finnish else _plain(text)


def _believed(number: Number, seen: Seen, match: re.Match[str]) -> bool:
    """Whether the shape alone says enough, or the words are a little before it."""
    if not number.words:
        return True
    if number.sure is not None and number.sure.fullmatch(match.group()) and not in_table(seen.text, match):
        return True
    before = seen.lowered[max(0, match.start() - _NEAR) : match.start()]
    return any(word in before for word in number.words)
