"""Reading order of lines, and lines to pieces: nothing here reads."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import pieces as drawn

from embeddings.reading import boxes, cells
from embeddings.reading.boxes import Box
from embeddings.reading.finding import AT_ONCE, OVERLAP, bands, together
from embeddings.reading.lines import pieces, snapped
from embeddings.reading.order import as_text, in_reading_order
from embeddings.types import TextLine

PROSE = "some words that make a sentence"


def line(text: str, left: int, top: int, *, width: int = 0, height: int = 16) -> TextLine:
    return TextLine(text, 1.0, (left, top, left + (width or 8 * len(text)), top + height))


def column(name: str, left: int, *, top: int = 100, pitch: int = 20, count: int = 6) -> list[TextLine]:
    return [line(f"{name}{i} {PROSE}", left, top + pitch * i) for i in range(count)]


def order(*lines: TextLine) -> list[str]:
    shuffled = [lines[i] for i in np.random.default_rng(1).permutation(len(lines))]
    return [one.text for one in in_reading_order(shuffled)]


def names(*lines: TextLine) -> list[str]:
    return [one.text for one in lines]


def test_columns_of_prose_are_read_one_after_the_other_although_their_lines_stand_beside_each_other() -> None:
    left, right = column("l", 0), column("r", 400)
    assert order(*left, *right) == names(*left, *right)


def test_a_heading_over_columns_comes_first_and_what_stands_below_them_last() -> None:
    left, right = column("l", 0), column("r", 400)
    heading, footer = (
        line("a heading over both of the columns " * 2, 0, 40),
        line("at the foot of the page " * 3, 0, 300),
    )
    assert order(*right, footer, *left, heading) == names(heading, *left, *right, footer)


def test_columns_with_a_free_strip_across_both_are_still_columns() -> None:
    left = [*column("a", 0, count=4), *column("b", 0, top=220, count=4)]
    right = [*column("c", 400, count=4), *column("d", 400, top=220, count=4)]
    assert order(*left, *right) == names(*left, *right)


def test_last_lines_of_paragraphs_do_not_make_a_table_of_columns() -> None:
    left = [line("end" if i % 2 else f"l{i} {PROSE}", 0, 20 * i) for i in range(8)]
    right = [line("so" if i % 3 else f"r{i} {PROSE}", 400, 20 * i) for i in range(8)]
    assert order(*left, *right) == names(*left, *right)


def test_a_table_is_read_by_rows() -> None:
    rows = [
        [line(f"item {i}", 0, 30 * i), line(f"{i}.50 EUR", 200, 30 * i), line("in stock", 400, 30 * i)]
        for i in range(5)
    ]
    assert order(*(cell for row in rows for cell in row)) == names(*(cell for row in rows for cell in row))


def test_a_label_comes_before_its_field() -> None:
    rows = [[line(f"Label {i}", 0, 44 * i), line(f"what is said in field {i} of all", 150, 44 * i)] for i in range(5)]
    assert order(*(cell for row in rows for cell in row)) == names(*(cell for row in rows for cell in row))


def test_a_list_beside_a_page_is_read_apart_from_it() -> None:
    entries = [line(f"file{i}.py", 0, 23 * i) for i in range(12)]
    page = [line(f"line {i} {PROSE}", 200, 17 * i) for i in range(16)]
    assert order(*entries, *page) == names(*entries, *page)


def test_rows_whose_boxes_touch_are_apart_in_the_text() -> None:
    lines = [line(f"row {i}", 0, 15 * i, height=19) for i in range(4)]
    assert as_text(in_reading_order(lines)).splitlines() == names(*lines)


places = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 300), st.integers(4, 40))


@given(st.lists(places, max_size=25))
def test_every_line_has_its_place_in_the_order(numbers: list[tuple[int, int, int, int]]) -> None:
    lines = [line(f"w{i} {PROSE}", left, top, width=w, height=h) for i, (left, top, w, h) in enumerate(numbers)]
    assert sorted(in_reading_order(lines), key=str) == sorted(lines, key=str)


some_boxes = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(1, 40), st.integers(1, 40)).map(
        lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=8,
)


def painted(some: list[Box]) -> np.ndarray:
    marks = np.zeros((140, 140), np.int64)
    for left, top, right, bottom in some:
        marks[top:bottom, left:right] += 1
    return marks


@given(some_boxes)
def test_merged_boxes_are_apart_and_hold_all(some: list[Box]) -> None:
    marks = painted(boxes.merged(some))
    assert marks.max(initial=0) <= 1
    assert (marks[painted(some) > 0] == 1).all()


@given(some_boxes, st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_what_is_left_of_a_box_is_it_without_the_holes(holes: list[Box], corner: tuple[int, int]) -> None:
    box = (corner[0], corner[1], corner[0] + 50, corner[1] + 50)
    assert np.array_equal(painted(boxes.without(box, holes)), painted([box]) * (painted(holes) == 0))


@given(st.integers(1, 5000), st.integers(1, 9000))
def test_bands_hold_a_picture_and_every_line_lower_than_their_overlap(width: int, height: int) -> None:
    found = bands((0, 0, width, height))
    assert (found[0][1], found[-1][3]) == (0, height)
    for one, other in pairwise(found):
        assert one[3] - other[1] == OVERLAP
    assert all((one[2] - one[0]) * (one[3] - one[1]) <= max(AT_ONCE, 256 * width) for one in found)


def test_a_line_found_in_two_bands_is_one_and_a_cut_one_is_left_out() -> None:
    parts = bands((0, 0, 1000, 1500))
    middle = parts[1][1] + OVERLAP // 2
    whole = (10, middle - 8, 200, middle + 8)
    upper = [whole, (10, parts[0][3] - 5, 200, parts[0][3])]
    lower = [(11, middle - 9 - parts[1][1], 201, middle + 8 - parts[1][1]), (10, 60, 200, 76)]
    found = together(parts[:2], [upper, lower])
    assert found == [(10, middle - 9, 201, middle + 8), (10, parts[1][1] + 60, 200, parts[1][1] + 76)]


def test_the_same_line_is_cut_out_alike_wherever_its_box_was_found() -> None:
    image = drawn([(40, 40, "pages of ink, 4 by 7"), (40, 66, "Älter, größer")], size=(500, 120), points=16)
    cut = {snapped(image, (32 + dx, 36 + dy, 240 + dx, 64), (0, 0, 500, 120)) for dx in (0, 3) for dy in (0, 2)}
    assert len(cut) == 1
    left, top, right, bottom = cut.pop()
    assert not (image[top:bottom, [left, right - 1]] < 128).any()
    assert not (image[[top, bottom - 1], left:right] < 128).any()


def test_dots_and_accents_belong_to_their_line() -> None:
    image = drawn([(40, 40, "Ä É i j ü")], size=(300, 100), points=18)
    dark = np.flatnonzero((image < 128).any(axis=(1, 2)))
    box = snapped(image, (32, 36, 150, 72), (0, 0, 300, 100))
    assert box[1] < dark[0]
    assert box[3] > dark[-1]


@pytest.mark.parametrize("count", [1, 3, 12, 30])
def test_long_lines_are_cut_between_words_and_lose_nothing(count: int) -> None:
    image = drawn([(20, 20, " ".join(["lantern"] * count))], size=(2600, 60), points=14)
    box = snapped(image, (10, 16, 20 + 64 * count + 30, 44), (0, 0, 2600, 60))
    parts = pieces(image, box)
    assert (parts[0].box[0], parts[-1].box[2]) == (box[0], box[2])
    assert all(one.box[2] == other.box[0] for one, other in pairwise(parts))
    assert (len(parts) > 1) == (box[2] - box[0] > 29 * (box[3] - box[1]))
    assert [part.spaced for part in parts] == [True] * (len(parts) - 1) + [False]


@given(st.integers(1, 70), st.integers(1, 70), some_boxes)
def test_boxes_around_cells_hold_every_mark_and_are_apart(rows: int, columns: int, some: list[Box]) -> None:
    marks = np.zeros((rows, columns), np.bool_)
    for left, top, right, bottom in some:
        marks[top:bottom:3, left:right:2] = True
    found = cells.boxes_around(marks, across=1, down=1)
    held = np.zeros_like(marks)
    for box in found:
        assert not held[cells.under(box)].any()
        held[cells.under(box)] = True
    assert held[marks].all()
    assert len(found) <= cells.MOST
