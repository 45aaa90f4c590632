from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import segmenting

mixed = st.text(alphabet="aB1 ._é東京タワー한글", max_size=40)


def test_plain_text_is_handed_on_untouched() -> None:
    text = "The boiler was serviced, snake_case and a/path.py"
    assert segmenting.spaced(text) is text
    assert segmenting.asked(text) is text
    assert segmenting.name_parts(text) == ""


def test_runs_become_pairs_and_the_last_character() -> None:
    assert segmenting.spaced("東京駅 a猫b").split() == ["東京", "京駅", "駅", "a", "猫", "b"]
    assert segmenting.asked("東京駅 猫").split() == ["東京", "京駅", "猫"]


@given(mixed, st.integers(0, 40), st.integers(1, 5))
def test_any_piece_of_a_run_is_among_its_pairs(text: str, start: int, length: int) -> None:
    run = "".join(c for c in text if segmenting.is_character(c))
    piece = run[start : start + length]
    wanted, held = segmenting.asked(piece).split(), segmenting.spaced(run).split()
    if len(piece) > 1:
        assert " ".join(wanted) in " ".join(held)
    elif piece:
        assert any(pair.startswith(piece) for pair in held)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("getUserName", ["get", "User", "Name"]),
        ("parseHTTPHeader", ["parse", "HTTP", "Header"]),
        ("HTML5Parser", ["HTML", "5", "Parser"]),
        ("plain", []),
        ("UPPER", []),
        ("Word", []),
    ],
)
def test_names_come_apart_where_people_see_words(name: str, parts: list[str]) -> None:
    assert segmenting.parts_of(name) == parts
    assert segmenting.name_parts(f"a {name} and {name}") == " ".join(parts)


@given(mixed)
def test_pieces_cover_every_letter_and_stay_inside(word: str) -> None:
    covered = {at for start, end in segmenting.pieces(word) for at in range(start, end)}
    assert covered == set(range(len(word)))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Docs.Example.org:8080/a?b", "docs.example.org"),
        ("example.org/path", "example.org"),
        ("http://localhost/x", "localhost"),
        ("about:blank", ""),
        ("file:///home/a.txt", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_the_site_is_the_host(url: str, site: str) -> None:
    assert segmenting.site_of(url) == site
