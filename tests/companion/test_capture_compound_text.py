from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.compound_text import decode_compound_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("Größe".encode("latin-1"), "Größe"),
        (b"Gr\xf6\xdfe \x1b%G\xe2\x9c\x93\x1b%@ done", "Größe ✓ done"),
        (b"\x1b%G\xe2\x9c\x93", "✓"),
        (b"a \x1b-L\xbf\xe0\xd8\xd2\xd5\xe2\x1b-A \xe9", "a Привет é"),
        (b"\x1b-F\xe1\xe2\xe3", "αβγ"),
        (b"\x1b$(B$3$s\x1b(B!", "\ufffd\ufffd!"),
    ],
)
def test_each_way_of_writing_is_read(data: bytes, text: str) -> None:
    assert decode_compound_text(data) == text


@given(st.binary())
def test_any_bytes_are_read_somehow(data: bytes) -> None:
    decode_compound_text(data)


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF)),
    st.text(st.characters(codec="utf-8", exclude_characters="\x1b")),
)
def test_latin_and_utf8_stretches_come_back(latin: str, other: str) -> None:
    data = latin.encode("latin-1") + b"\x1b%G" + other.encode("utf-8") + b"\x1b%@" + latin.encode("latin-1")
    assert decode_compound_text(data) == latin + other + latin
