from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.passages import FEWEST, MOST, WORDS, passages

PAGES = Path(__file__).parents[1] / "corpus" / "pages.jsonl"
READ = MOST * FEWEST  # words that are read however they are cut
SCREENS = 40  # of each kind, on which shares of known passages are taken

Lines = list[str]
lengths = st.lists(st.integers(1, FEWEST), min_size=1, max_size=READ // FEWEST)


def numbered(count: int) -> list[str]:
    return [f"w{i}" for i in range(count)]


def pieces(lengths: list[int]) -> list[str]:
    """Return runs of words of those lengths, no word twice."""
    words = iter(numbered(sum(lengths)))
    return [" ".join(next(words) for _ in range(length)) for length in lengths]


def corpus() -> Lines:
    """Return the lines of all pages: headings, paragraphs, lists, tables, messages."""
    pages = [json.loads(line)["text"] for line in PAGES.read_text(encoding="utf-8").splitlines()]
    return [line for page in pages for line in page.split("\n")]


LINES = corpus()
PARAGRAPHS = [line for line in LINES if len(line.split()) >= FEWEST]
MESSAGES = [line for line in LINES if 3 <= len(line.split()) < FEWEST]
WRAPPED = [part for line in PARAGRAPHS for part in textwrap.wrap(line, 100)]


@given(lengths=lengths)
def test_every_word_is_in_one_passage_in_its_order(lengths: list[int]) -> None:
    cut = passages("\n".join(pieces(lengths)))
    assert " ".join(cut).split() == numbered(sum(lengths))


@given(lengths=lengths)
def test_no_passage_is_long_and_only_the_first_may_be_short(lengths: list[int]) -> None:
    counts = [len(part.split()) for part in passages("\n".join(pieces(lengths)))]
    assert max(counts) <= WORDS
    assert all(count >= FEWEST for count in counts[1:])


@given(count=st.integers(1, WORDS))
def test_a_text_that_fits_is_one_passage(count: int) -> None:
    assert passages("\n".join(numbered(count))) == [" ".join(numbered(count))]


@given(lengths=lengths)
def test_no_line_is_torn(lengths: list[int]) -> None:
    cut = passages("\n".join(pieces(lengths)))
    assert all(any(line in part for part in cut) for line in pieces(lengths))


@pytest.mark.parametrize("end", [".", "?”", "!)", "…"])
@given(lengths=lengths)
def test_within_a_paragraph_no_sentence_is_torn(end: str, lengths: list[int]) -> None:
    sentences = [piece + end for piece in pieces(lengths)]
    cut = passages(" ".join(sentences))
    assert all(any(sentence in part for part in cut) for sentence in sentences)


@given(above=lengths, below=lengths)
def test_what_stands_above_and_below_changes_passages_beside_it_only(above: list[int], below: list[int]) -> None:
    page = passages("\n".join(WRAPPED[:40]))
    around = passages("\n".join([*pieces(above)[:10], *WRAPPED[:40], *pieces(below)]))
    assert len(page) > 6
    assert set(page[2:-2]) <= set(around)


def test_a_wall_of_words_is_cut_off() -> None:
    assert len(passages(" ".join(numbered(50_000)))) == MOST
    assert len(passages("0 " * 50_000)) == MOST


def scrolled(start: int) -> tuple[Lines, Lines]:
    """A page of prose, a line of the screen a line, scrolled by a quarter."""
    return WRAPPED[start : start + 44], WRAPPED[start + 11 : start + 55]


def typed(start: int) -> tuple[Lines, Lines]:
    """A document to which a sentence is added."""
    before = PARAGRAPHS[start % 100 : start % 100 + 6]
    return before, [*before[:-1], f"{before[-1]} And then she wrote that nobody had asked the miller."]


def printed(start: int) -> tuple[Lines, Lines]:
    """A terminal of 40 lines on which three more are printed."""
    lines = [f"{12 * i // 60:02}:{12 * i % 60:02} worker[{i % 7}] done: {line}"[:80] for i, line in enumerate(MESSAGES)]
    return lines[start : start + 40], lines[start + 3 : start + 43]


def answered(start: int) -> tuple[Lines, Lines]:
    """A chat in which a message comes and the oldest goes."""
    lines = [line for i, text in enumerate(MESSAGES) for line in (("Ada", "Goran", "Hanna")[i % 3], text)]
    rooms = ["General", "Search", "Threads", "Lunch"]
    return [*rooms, *lines[start : start + 50], "Send"], [*rooms, *lines[start + 2 : start + 52], "Send"]


@pytest.mark.parametrize(("looks", "least"), [(scrolled, 0.6), (typed, 0.8), (printed, 0.7), (answered, 0.55)])
def test_most_of_what_was_seen_a_moment_before_is_the_same_passages(
    looks: Callable[[int], tuple[Lines, Lines]], least: float
) -> None:
    shares = []
    for start in range(0, 3 * SCREENS, 3):
        before, after = (passages("\n".join(lines), title="Heating") for lines in looks(start))
        shares.append(np.mean([part in before for part in after]))
    assert np.mean(shares) >= least


def test_every_passage_is_led_by_the_title() -> None:
    cut = passages(" ".join(numbered(200)), title=" Heating ")
    assert len(cut) > 1
    assert all(part.startswith("Heating. w") for part in cut)


@pytest.mark.parametrize(
    ("text", "title", "wanted"), [("", "Heating", ["Heating"]), (" \n", " ", []), ("a", "", ["a"])]
)
def test_what_there_is_of_title_and_text_is_used(text: str, title: str, wanted: list[str]) -> None:
    assert passages(text, title=title) == wanted
