from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.title_patterns import LONGEST, PatternError, checked, first_that_fits, folded


def fits(pattern: str, title: str) -> bool:
    return first_that_fits(("nowhere", pattern), title) is not None


LETTERS = st.text("abA é*?.", max_size=12)


@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        ("bank", "My BANK — Firefox"),
        ("navigation privée", "courrier — NAVIGATION PRIVEE"),
        ("invoice*2026", "Invoice 17 of March 2026.pdf"),
        ("*invoice*", "the invoice"),
        ("case ??-17", "Case AB-17: hearing"),
        ("what?", "What? No."),
        ("c.*d", "c. and d"),
        ("(draft)", "Notes (Draft) - Editor"),
        ("private browsing", "Private\u00a0Brow\u00adsing\u200e — Firefox"),
        ("ünïcode", "u\u0308ni\u0308code"),
        ("ＡＢ", "ab"),  # noqa: RUF001  wide letters
    ],
)
def test_a_pattern_is_found_anywhere_in_a_title(pattern: str, title: str) -> None:
    assert fits(pattern, title)


@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        ("bank", "riverban k"),
        ("invoice*2026", "2026: an invoice"),
        ("case ??-17", "case A-17"),
        ("what?", "what"),
        ("c.d", "cxd"),
        ("[ab]", "a"),
        ("aba*aba", "ababa"),
    ],
)
def test_what_is_not_there_does_not_fit(pattern: str, title: str) -> None:
    assert not fits(pattern, title)


@given(LETTERS, LETTERS)
def test_it_means_what_shells_mean_by_it(pattern: str, title: str) -> None:
    means = bool(pattern.strip()) and fnmatch.fnmatchcase(folded(title), f"*{folded(pattern.strip())}*")
    assert fits(pattern, title) == means


@given(st.text(min_size=1, max_size=30).filter(str.strip), st.text(max_size=5), st.text(max_size=5))
def test_plain_words_fit_every_title_that_holds_them(words: str, before: str, after: str) -> None:
    assert fits(words, f"{before}{words}{after}")


def test_no_pattern_is_slow() -> None:
    worst = checked(f"{'a*?' * 66}b")
    assert not fits(worst, "a" * 20_000)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "Write the words"),
        (" \t", "Write the words"),
        ("*", "fits every title"),
        ("? *?", "fits every title"),
        ("x" * (LONGEST + 1), "this one has 201. Shorten it"),
    ],
)
def test_what_describes_no_titles_is_refused(written: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        checked(written)


def test_spaces_are_tidied() -> None:
    assert checked("  my   bank ") == "my bank"


def test_the_first_that_fits_is_told_and_empty_ones_fit_nothing() -> None:
    assert first_that_fits(("", " ", "x", "ban*", "bank"), "My bank") == "ban*"
    assert first_that_fits(("", " "), "My bank") is None
