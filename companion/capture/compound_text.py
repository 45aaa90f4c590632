"""Decodes COMPOUND_TEXT, in which old X programs write their titles.

Source: "Compound Text Encoding", version 1.1, X Consortium Standard: Latin-1 until an escape sequence names another
set for the upper half of the bytes, or a stretch of UTF-8.
"""

from __future__ import annotations

import re

#: ``ESC - F`` names the set whose letters the upper half stands for.
_UPPER_HALF = {
    b"A": "iso8859-1",
    b"B": "iso8859-2",
    b"C": "iso8859-3",
    b"D": "iso8859-4",
    b"F": "iso8859-7",
    b"G": "iso8859-6",
    b"H": "iso8859-8",
    b"L": "iso8859-5",
    b"M": "iso8859-9",
    b"_": "iso8859-14",
    b"b": "iso8859-15",
}

_UTF8 = re.compile(rb"\x1b%G(.*?)(?:\x1b%@|\Z)", re.DOTALL)
_ESCAPE = re.compile(rb"\x1b([ -/]+)([0-~])")


def decode_compound_text(data: bytes) -> str:
    """Return the text; letters of East Asian double-byte sets come out as U+FFFD."""
    text, place = [], 0
    for stretch in _UTF8.finditer(data):
        text += [_decode_sets(data[place : stretch.start()]), stretch[1].decode("utf-8", "replace")]
        place = stretch.end()
    return "".join(text) + _decode_sets(data[place:])


def _decode_sets(data: bytes) -> str:
    text, place, known = [], 0, "iso8859-1"
    double = False
    for escape in [*_ESCAPE.finditer(data), None]:
        part = data[place : escape.start() if escape else len(data)]
        text.append("\ufffd" * (len(part) // 2) if double else part.decode(known, "replace"))
        if escape is None:
            break
        place = escape.end()
        double = escape[1].startswith(b"$")
        if escape[1] == b"-":
            known = _UPPER_HALF.get(escape[2], "ascii")
    return "".join(text)
