"""Passwords and keys in rows that a statement of SQL writes, by the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from companion.masking import columns
from companion.masking.types import Seen, Span

_INSERT = re.compile(
    r"\b(?:insert|replace)\s{1,4}into\s{1,4}[\w.\"`\[\]]{1,120}\s{0,4}\((?P<names>[^()]{1,600})\)\s{0,4}values\s{0,4}",
    re.IGNORECASE,
)
_ROW = re.compile(r"\s{0,8},?\s{0,8}\((?P<values>(?:'(?:[^'\\]|''|\\.){0,400}'|[^()']){1,2000})\)")
_VALUE = re.compile(r"\s{0,8}(?:'((?:[^'\\]|''|\\.){0,400})'|([^,']{1,400}?))\s{0,8}(?:,|$)")
_MOST_ROWS = 60


def secrets(seen: Seen) -> Iterator[Span]:
    """Yield the values of the columns whose names are labels."""
    if "into" not in seen.lowered:
        return
    for insert in _INSERT.finditer(seen.text):
        kinds = [columns.kind_of(name.strip()) for name in insert["names"].split(",")]
        place = insert.end()
        for _ in range(_MOST_ROWS):
            row = _ROW.match(seen.text, place)
            if row is None or not any(kinds):
                break
            place = row.end()
            values = _VALUE.finditer(seen.text, row.start("values"), row.end("values"))
            for kind, value in zip(kinds, values, strict=False):
                said = 1 if value[1] is not None else 2
                if kind is not None and (said == 1 or value[2].isdigit()) and columns.holds(value[said], kind):
                    yield Span(value.start(said), value.end(said), kind)
