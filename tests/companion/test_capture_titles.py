from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.titles import normalised_title


@pytest.mark.parametrize(
    ("ticking", "still"),
    [
        ("(3) Inbox", "(17) Inbox"),
        ("(3) Inbox", "Inbox"),
        ("Inbox (1) - me@example.org", "Inbox (99+) - me@example.org"),
        ("[2] chat", "chat"),
        ("⠋ building", "⠙ building"),
        ("◐ building", "◓ building"),
        ("| building", "/ building"),
        ("- building", "\\ building"),
        ("✳ writing", "✶ writing"),
        ("*notes.txt - Mousepad", "notes.txt - Mousepad"),
        ("notes.txt* - Editor", "notes.txt - Editor"),
        ("● main.c - Editor", "main.c - Editor"),
        ("notes.txt [+] - VIM", "notes.txt - VIM"),
        ("letter.odt (modified)", "letter.odt"),
        ("45% - harbour.iso", "46 % - harbour.iso"),
        ("12:31 Stopwatch", "12:32 Stopwatch"),
        ("• (3) Inbox", "(4) Inbox"),
    ],
)
def test_titles_that_only_tick_are_the_same(ticking: str, still: str) -> None:
    assert normalised_title(ticking) == normalised_title(still)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Inbox", "Outbox"),
        ("chapter 3", "chapter 4"),
        ("photo(2).png", "photo(3).png"),
        ("harbour 1911", "harbour 1912"),
        ("a - b", "b - a"),
        ("report.txt", "report2.txt"),
    ],
)
def test_titles_that_name_other_things_differ(one: str, other: str) -> None:
    assert normalised_title(one) != normalised_title(other)


@given(st.text())
def test_normalising_twice_changes_nothing_more(title: str) -> None:
    assert normalised_title(normalised_title(title)) == normalised_title(title)


@given(st.text(st.characters(categories=("L", "Nd")), min_size=1), st.integers(0, 99999), st.sampled_from("⠋⠙◐●*"))
def test_counters_and_glyphs_before_a_word_are_taken_away(word: str, count: int, glyph: str) -> None:
    assert normalised_title(f"({count}) {word}") == normalised_title(word)
    assert normalised_title(f"{glyph} {word}") == normalised_title(word)
