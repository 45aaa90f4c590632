"""Passwords and keys in tables whose first line names the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.masking import labels
from companion.masking.codes import CARD, ONCE
from companion.masking.likely import MARK, is_placeholder, likely_key, likely_passphrase, likely_password, likely_word
from companion.masking.types import Seen, Span

#: Numbers of persons and of their accounts.
_DOCUMENTS = (
    *(
        "passport",
        "reisepass",
        "passnummer",
        "ssn",
        "social security",
        "driver license",
        "driver_license",
        "drivers_license",
    ),
    *(
        "driving licence",
        "license_number",
        "licence_number",
        "national id",
        "national_id",
        "personal_id",
        "tax id",
        "tax_id",
    ),
    *(
        "account number",
        "account_number",
        "kontonummer",
        "routing",
        "iban",
        "ausweisnummer",
        "nhs number",
        "nhs_number",
    ),
    *(
        "driver's license",
        "drivers license",
        "license number",
        "licence number",
        "führerschein",
        "dl number",
        "dl_number",
        "account no",
        "account_no",
        "acct number",
        "acct_number",
        "acct_no",
        "kontonr",
    ),
    *("steuer-id", "steuer_id", "steuernummer", "national insurance", "national_insurance", "nino", "tax number"),
    *("tax_number", "codice fiscale", "codice_fiscale", "personalausweis", "insurance number", "insurance_number"),
)
_OF_RECOVERY = tuple(
    f"{what}{gap}{code}"
    for what in ("recovery", "backup", "scratch", "emergency")
    for gap in " _-"
    for code in ("code", "key")
)
_COLUMNS = (
    (labels.NETWORK, "Wi-Fi key"),
    (labels.PASSWORD, "password"),
    (labels.KEY, "secret"),
    (("key", "schlüssel"), "secret"),
    (CARD, "card code"),
    (tuple(word.strip() for word in ONCE), "one-time code"),
    (("pin", "puk"), "PIN"),
    (_OF_RECOVERY, "recovery code"),
    (_DOCUMENTS, "identity number"),
)
_NUMBER = re.compile(r"[A-Z]{0,6}[ -]?\d[\dA-Z ./-]{4,30}")
_RECOVERY = re.compile(r"(?=[a-zA-Z-]{0,30}\d)[A-Za-z0-9]{4,12}(?:-[A-Za-z0-9]{3,12}){0,7}", re.ASCII)
_DIGITS = re.compile(r"\d{3,4}(?:[ -]?\d{1,4})?", re.ASCII)
_RULE_OFF = re.compile(r"[-=+:|│─┼ \t]{3,}")
#: What names no column: a path, a file; a version, a time, a count of changes, a name of a machine (but *Phone 2*).
_FILE, _DATA = re.compile(r"[/\\]|\.[a-z]{1,4}$|-$"), re.compile(r"\d[.:]\d|\d\s+[+-]|[A-Za-z]\d{2}|\d{5}|^=")
#: What is no password in a cell: a comment, a mark, an assignment, the port of a protocol, a sentence.
_NO_CELL = re.compile(
    r"#[\s\w-]*|[\[<=].*|(?![A-Za-z0-9+/]{16,}={1,2}$).*[:=]|\d+/\w+|(?=.* )(?![a-z0-9]+(?: [a-z0-9]+){2,}$).*",
    re.DOTALL,
)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_LONGEST, _MOST_ROWS, _MOST_CELLS = 1000, 60, 24


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a line and where it is in the text."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """First place behind it."""
        return self.start + len(self.text)


def secrets(seen: Seen) -> Iterator[Span]:
    """Yield the cells below a heading that is a label."""
    if "\n" not in seen.text:
        return
    done, rows = 0, dict[int, list[Cell]]()
    for stems, kind in _COLUMNS:
        for label in labels.labels(seen, stems):
            if done >= _MOST_ROWS:  # a text full of labels is no table
                return
            start = seen.text.rfind("\n", 0, label.start) + 1
            if start not in rows:
                rows[start] = cells(seen.text, start)
            place = _heading(rows[start], label)
            if place is not None:
                done += 1
                yield from _below(seen.text, start, place, kind)


def cells(text: str, start: int) -> list[Cell]:
    """Return the cells of the line that begins at ``start``, divided by bars, tabs or wide gaps, else by commas."""
    end = text.find("\n", start)
    line = text[start : min(len(text) if end < 0 else end, start + _LONGEST)]
    for divider in (r"[|│┃\t]", r" {2,}", r"[,;]"):
        parts = _parts(line, re.compile(divider))
        if len(parts) > 1:
            return [Cell(start + place, part) for place, part in parts[:_MOST_CELLS]]
    return []


def _parts(line: str, divider: re.Pattern[str]) -> list[tuple[int, str]]:
    """Return what is between the dividers, without the gaps around it, empty edges left out."""
    places = [0, *(place for one in divider.finditer(line) for place in (one.start(), one.end())), len(line)]
    raw = [(start, line[start:end]) for start, end in zip(places[::2], places[1::2], strict=True)]
    trimmed = [(start + len(part) - len(part.lstrip()), part.strip()) for start, part in raw]
    while trimmed and not trimmed[0][1]:
        trimmed.pop(0)
    while trimmed and not trimmed[-1][1]:
        trimmed.pop()
    return trimmed


def _heading(row: list[Cell], label: labels.Label) -> int | None:
    """Return which cell is this label and little else, in a line that names columns: no list of files or packages."""
    for place, cell in enumerate(row):
        if cell.start <= label.start and label.end <= cell.end and len(cell.text) - (label.end - label.start) <= 12:  # noqa: PLR2004
            others = [one.text for one in row if one is not cell]
            told = cell.text.endswith(":") and not all(one.endswith(":") for one in others)
            named = any(map(_LETTERS.search, others)) and not told
            return place if named and not _FILE.search(cell.text) and not any(map(_DATA.search, others)) else None
    return None


def _below(text: str, start: int, place: int, kind: str) -> Iterator[Span]:
    """Yield the cells of one column, until a line has another number of cells."""
    width = len(cells(text, start))
    for _ in range(_MOST_ROWS):
        end = text.find("\n", start)
        if end < 0:
            return
        start = end + 1
        if _RULE_OFF.match(text, start):
            continue
        row = cells(text, start)
        if len(row) != width:
            return
        cell = row[place]
        if holds(cell.text.strip("\"'`"), kind):
            yield Span(cell.start, cell.end, kind)


def kind_of(name: str) -> str | None:
    """Return what the values of a column of this name are, None where they are no secret."""
    seen = Seen.of(name)
    return next((kind for stems, kind in _COLUMNS if any(True for _ in labels.labels(seen, stems))), None)


def holds(value: str, kind: str) -> bool:
    """Whether a value of a column is a secret of its kind."""
    if kind == "identity number":
        return _NUMBER.fullmatch(value) is not None and sum(map(str.isdigit, value)) > 4  # noqa: PLR2004 shorter ones are of a list
    if kind in {"one-time code", "PIN", "card code"}:
        return _DIGITS.fullmatch(value) is not None
    if kind == "recovery code":
        return _RECOVERY.fullmatch(value) is not None and ("-" in value or len(value) > 7)  # noqa: PLR2004 shorter ones are numbers of a list
    if MARK.fullmatch(value) or _NO_CELL.fullmatch(value) or is_placeholder(value) or not likely_word(value):
        return False
    return likely_key(value) if kind == "secret" else likely_password(value) or likely_passphrase(value)
