"""Reading of parts of a picture, of large ones, and of what was seen before."""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from rendered import page, pieces

from embeddings.reading.ocr import TextReader, as_text
from embeddings.types import TextLine

pytestmark = pytest.mark.model

WORDS = [f"{word} number {100 + 7 * i}" for i, word in enumerate(["alder", "birch", "cedar", "maple", "willow"] * 4)]
LEFT = [
    "The ferry leaves at nine and",
    "takes an hour to the island.",
    "Bring a coat, it is windy on",
    "deck even in July, and the bar",
]
RIGHT = [
    "Tickets are sold on the pier",
    "until ten minutes before it",
    "leaves. Dogs travel free if",
    "they are small and on a lead",
]


class Counted:
    """The models, and how often each was asked."""

    def __init__(self, reader: TextReader, patch: pytest.MonkeyPatch) -> None:
        self.found: list[tuple[int, ...]] = []
        self.recognised = 0
        find, recognise = reader._models.find, reader._models.recognise

        def counting_find(image: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
            self.found.append(image.shape)
            return find(image)

        def counting_recognise(line: NDArray[np.uint8]) -> tuple[str, float]:
            self.recognised += 1
            return recognise(line)

        patch.setattr(reader._models, "find", counting_find)
        patch.setattr(reader._models, "recognise", counting_recognise)

    def clear(self) -> None:
        self.found.clear()
        self.recognised = 0


@pytest.fixture
def counted(reader: TextReader, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(reader, monkeypatch)


@pytest.fixture(autouse=True)
def _fresh(reader: TextReader) -> None:
    """Let no test know what another one read."""
    _forget_all(reader)


def _forget_all(reader: TextReader) -> None:
    for known in (reader._lines, reader._parts):
        known._known.clear()


def alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def texts(lines: list[TextLine]) -> list[str]:
    return [line.text for line in lines]


def test_only_what_lies_in_the_regions_is_read_and_has_its_place_in_the_picture(reader: TextReader) -> None:
    image = pieces([(60, 50, "first"), (600, 50, "second"), (60, 300, "third")])
    lines = reader.read(image, [(560, 30, 800, 90), (40, 280, 300, 340)])
    assert texts(lines) == ["second", "third"]
    assert abs(lines[0].box[0] - 600) < 15
    assert abs(lines[1].box[1] - 300) < 15


def test_regions_may_overlap_each_other_and_the_edge_and_lie_outside(reader: TextReader) -> None:
    image = pieces([(60, 50, "first"), (600, 50, "second")])
    regions = [(-50, -20, 120, 100), (90, 30, 400, 90), (990, 400, 3000, 3000), (-9, -9, -1, -1), (5, 5, 5, 80)]
    assert texts(reader.read(image, regions)) == ["first"]
    assert reader.read(image, []) == []


def test_no_pixel_outside_of_the_regions_has_a_part_in_what_is_read(reader: TextReader) -> None:
    image = pieces([(60, 50, "first"), (60, 80, "a secret"), (200, 50, "second")])
    region = (50, 40, 330, 78)
    other = np.full_like(image, 90)
    other[region[1] : region[3], region[0] : region[2]] = image[region[1] : region[3], region[0] : region[2]]
    assert texts(reader.read(image, [region])) == ["first", "second"]
    assert reader.read(other, [region]) == reader.read(image, [region])


def test_one_line_of_a_page_costs_one_line(reader: TextReader, counted: Counted) -> None:
    image = page(WORDS, points=14, size=(900, 560))
    whole = reader.read(image)
    counted.clear()
    line = whole[7]
    changed = image.copy()
    left, top, right, bottom = line.box
    changed[top:bottom, left:right] = page(["other text here"], points=14, size=(900, 560))[
        26 : 26 + bottom - top, 36 : 36 + right - left
    ]
    read = reader.read(changed, [(left - 8, top - 3, right + 8, bottom + 3)])
    assert texts(read) == ["other text here"]
    assert counted.recognised == 1
    assert sum(shape[0] * shape[1] for shape in counted.found) < 0.05 * image.shape[0] * image.shape[1]


def test_underscores_and_marks_of_capitals_are_read_in_a_block(reader: TextReader) -> None:
    lines = ["API_KEY = left", "LOG_FILE = one", "TWO_MORE = two", "LAST_ONE = end"]
    assert texts(reader.read(page(lines, points=16, size=(400, 200)))) == lines


def test_a_window_seen_again_costs_neither_finding_nor_recognising(reader: TextReader, counted: Counted) -> None:
    image = page(WORDS[:3])  # too few for a block, whose lines need no finding
    first = reader.read(image)
    assert counted.found
    counted.clear()
    assert reader.read(image.copy()) == first
    assert (counted.found, counted.recognised) == ([], 0)


def test_a_block_of_text_is_read_as_by_the_model_without_asking_it_where_the_lines_are(
    reader: TextReader, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = page(WORDS, points=14, size=(900, 560))
    read = texts(reader.read(image))
    assert counted.found == []
    monkeypatch.setattr("embeddings.reading.blocks.lines_in", lambda _: None)
    _forget_all(reader)
    assert read == texts(reader.read(image)) == WORDS
    assert counted.found


def test_a_line_seen_again_elsewhere_is_not_recognised_again(reader: TextReader, counted: Counted) -> None:
    reader.read(page(WORDS[:6]))
    counted.clear()
    scrolled = reader.read(page(WORDS[1:8]))
    assert texts(scrolled) == WORDS[1:8]
    assert counted.recognised == 2


def test_what_was_read_longest_ago_is_forgotten(
    reader: TextReader, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader._lines, "_most", 4)
    monkeypatch.setattr(reader._parts, "_most", 1)
    reader.read(page(WORDS[:6]))
    reader.read(page(WORDS[6:9]))
    counted.clear()
    assert texts(reader.read(page(WORDS[:6]))) == WORDS[:6]
    assert counted.recognised >= 5
    assert len(reader._lines._known) == 4


def test_two_columns_of_prose_are_read_one_after_the_other(reader: TextReader) -> None:
    rows = [
        (40 + 460 * column, 40 + 40 * i, text)
        for column, lines in enumerate((LEFT, RIGHT))
        for i, text in enumerate(lines)
    ]
    image = pieces([*rows], size=(1000, 240), points=20)
    assert alike(as_text(reader.read(image)), "\n".join([*LEFT, *RIGHT])) >= 0.98


def test_a_page_larger_than_what_is_looked_at_at_once_has_no_line_twice_and_none_cut(reader: TextReader) -> None:
    lines = [f"row {i}: {WORDS[i % 20]} stands by the gate" for i in range(120)]
    image = page(lines, points=13, size=(900, 2860))
    assert texts(reader.read(image)) == lines


def test_a_page_a_little_wider_than_a_screen_is_not_shrunk(reader: TextReader) -> None:
    lines = [f"row {i}: {WORDS[i % 20]}" for i in range(8)]
    image = page(lines, points=13, size=(3000, 300)).copy()
    image[:, 2000:] = page(lines, points=13, size=(1000, 300))[:, :1000]
    read = texts(reader.read(image))
    assert sorted(read) == sorted(lines * 2)


@pytest.mark.parametrize("points", [28, 60])
def test_large_text_is_read_as_that_of_a_dense_screen_or_a_slide(reader: TextReader, points: int) -> None:
    image = page(WORDS[:4], points=points, size=(points * 22, points * 8))
    assert texts(reader.read(image)) == WORDS[:4]


@pytest.mark.parametrize("size", [(1900, 1000), (300, 40), (90, 26)])
def test_a_lone_word_is_found_in_a_wide_and_in_a_tight_picture(reader: TextReader, size: tuple[int, int]) -> None:
    assert texts(reader.read(pieces([(12, 6, "Inbox")], size=size, points=13))) == ["Inbox"]


def test_a_long_line_is_read_whole(reader: TextReader) -> None:
    line = " ".join(WORDS[:12])
    image = pieces([(20, 20, line)], size=(1900, 60), points=14)
    read = reader.read(image)
    assert len(read) == 1
    assert alike(read[0].text, line) >= 0.99
    assert read[0].box[2] - read[0].box[0] > 1000


def test_photographs_and_noise_hold_no_text(reader: TextReader) -> None:
    chance = np.random.default_rng(5)
    coarse = Image.fromarray(chance.integers(0, 256, (12, 16, 3), np.uint8)).resize(
        (640, 480), Image.Resampling.BICUBIC
    )
    assert reader.read(np.asarray(coarse)) == []


def test_what_was_read_is_forgotten_when_asked(reader: TextReader) -> None:
    reader.read(pieces([(10, 10, "a line that was seen")], size=(300, 50)))
    assert reader._lines._known
    reader.forget()
    assert not reader._lines._known
    assert not reader._parts._known
