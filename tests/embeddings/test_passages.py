from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.passages import MOST, OVERLAP, WORDS, passages

SENTENCE = 20  # words, a long one
LONGEST = WORDS + (MOST - 1) * (WORDS - OVERLAP)  # words that are read


def numbered(count: int) -> list[str]:
    return [f"w{i}" for i in range(count)]


@given(count=st.integers(1, LONGEST))
def test_every_word_is_in_a_passage_and_none_is_too_long(count: int) -> None:
    cut = [part.split() for part in passages(" ".join(numbered(count)))]
    assert max(map(len, cut)) <= WORDS
    assert list(dict.fromkeys(word for part in cut for word in part)) == numbered(count)


@given(count=st.integers(1, LONGEST), at=st.integers(0, LONGEST))
def test_a_sentence_is_whole_in_some_passage(count: int, at: int) -> None:
    sentence = numbered(count)[at : at + SENTENCE]
    cut = passages("\n".join(numbered(count)))
    assert any(" ".join(sentence) in part for part in cut)


@given(count=st.integers(2, LONGEST))
def test_no_passage_repeats_only_what_the_one_before_held(count: int) -> None:
    cut = [set(part.split()) for part in passages(" ".join(numbered(count)))]
    assert all(not later <= earlier for earlier, later in pairwise(cut))


def test_a_wall_of_words_is_cut_off() -> None:
    assert len(passages(" ".join(numbered(50_000)))) == MOST


def test_every_passage_is_led_by_the_title() -> None:
    cut = passages(" ".join(numbered(200)), title=" Heating ")
    assert len(cut) > 1
    assert all(part.startswith("Heating. w") for part in cut)


@pytest.mark.parametrize(
    ("text", "title", "wanted"), [("", "Heating", ["Heating"]), (" \n", " ", []), ("a", "", ["a"])]
)
def test_what_there_is_of_title_and_text_is_used(text: str, title: str, wanted: list[str]) -> None:
    assert passages(text, title=title) == wanted
