"""Blocks to text, reading order, halving, debouncing: nothing here asks a program."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from companion.capture.accessible.blocks import blocks_of
from companion.capture.accessible.bus import Ref
from companion.capture.accessible.halving import first_where, stretch_around
from companion.capture.accessible.node import Node
from companion.capture.accessible.order import reading_order
from companion.capture.accessible.reading import Block
from companion.capture.accessible.roles import Role, State, states_in
from companion.capture.accessible.text import joined
from companion.capture.types import Rect

PAGE = Rect(0, 0, 800, 600)


def block(text: str, left: int, top: int, *, role: int = Role.LABEL, paragraph: int = -1, cell: bool = False) -> Block:
    number = paragraph if paragraph >= 0 else left * 10_000 + top
    return Block(role, text, Rect(left, top, 90, 20), number, cell=cell)


def node(role: Role, *children: Node, name: str = "", own: str | None = None, rect: Rect = PAGE) -> Node:
    return Node(
        Ref(":1.1", "/x"), PAGE, True, role=role, name=name, rect=rect, shown=True, own=own, children=list(children)
    )


def test_cells_of_a_row_are_a_tab_apart_and_rows_are_lines() -> None:
    cells = [
        block(f"{row}{column}", 100 * column, 20 * row, role=Role.TABLE_CELL, cell=True)
        for row in range(2)
        for column in range(2)
    ]
    assert joined(cells) == "00\t01\n10\t11"


def test_neighbours_on_a_line_are_a_space_apart_and_columns_stay_apart() -> None:
    assert joined([block("Name", 0, 0), block("Ada", 100, 2), block("below", 0, 40)]) == "Name Ada\nbelow"


def test_pieces_of_one_paragraph_are_joined_without_anything() -> None:
    pieces = [block(text, 0, 0, role=Role.STATIC, paragraph=7) for text in ("a ", "link", ", and more")]
    assert joined(pieces) == "a link, and more"


def test_a_caption_told_twice_is_said_once() -> None:
    told = [block("Remember me", 0, 0, role=Role.CHECK_BOX), block("Remember me", 20, 0, role=Role.STATIC)]
    assert joined(told) == "Remember me"


def test_equal_cells_of_a_row_are_all_said() -> None:
    cells = [
        block("0", 0, 0, role=Role.TABLE_ROW_HEADER, cell=True),
        block("0", 100, 0, role=Role.TABLE_CELL, cell=True),
    ]
    assert joined(cells) == "0\t0"


def test_a_paragraph_that_marks_its_children_is_told_with_them_in_place() -> None:
    link = node(Role.LINK, own="this link")
    assert joined(blocks_of(node(Role.PARAGRAPH, link, own="Follow \ufffc, please."))) == "Follow this link, please."


def test_a_paragraph_with_pieces_of_text_as_children_is_told_once() -> None:
    pieces = [node(Role.STATIC, name="Follow "), node(Role.LINK, node(Role.STATIC, name="this link"))]
    assert joined(blocks_of(node(Role.PARAGRAPH, *pieces, own="Follow \ufffc"))) == "Follow this link"


def test_what_is_not_shown_is_not_told() -> None:
    hidden = node(Role.LABEL, name="hidden")
    hidden.shown = False
    assert joined(blocks_of(node(Role.PARAGRAPH, hidden, node(Role.LABEL, name="seen")))) == "seen"


def test_two_columns_are_read_one_after_the_other_below_their_heading() -> None:
    right = [Rect(300, 50 + 25 * row, 200, 20) for row in range(3)]
    left = [Rect(0, 60 + 25 * row, 200, 20) for row in range(3)]
    heading = Rect(0, 0, 500, 30)
    places = [*right, *left, heading]
    assert reading_order(places) == [6, 3, 4, 5, 0, 1, 2]


@given(st.lists(st.tuples(*[st.integers(0, 500)] * 2, *[st.integers(1, 300)] * 2), max_size=30))
def test_reading_order_names_each_place_once(numbers: list[tuple[int, int, int, int]]) -> None:
    assert sorted(reading_order([Rect(*one) for one in numbers])) == list(range(len(numbers)))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_halving_finds_the_first_that_holds_in_few_questions(count: int, wanted: int) -> None:
    asked: list[int] = []

    async def true(place: int) -> bool:
        asked.append(place)
        return place >= wanted

    assert asyncio.run(first_where(count, true)) == min(count, wanted)
    assert len(asked) <= 14


@given(st.lists(st.integers(0, 5_000), min_size=4, max_size=4).map(sorted), st.data())
def test_the_stretch_around_a_place_is_found_within_its_bounds(bounds: list[int], data: st.DataObject) -> None:
    low, first, last, high = bounds[0], bounds[1], bounds[2], bounds[3] + 1
    place = data.draw(st.integers(first, last))

    async def true(at: int) -> bool:
        assert low <= at < high
        return first <= at <= last

    assert asyncio.run(stretch_around(place, low, high, true)) == range(first, last + 1)


def test_states_are_read_from_both_words() -> None:
    assert states_in([1 << 25 | 1 << 1, 0]) == {State.SHOWING, State.ACTIVE}
    assert states_in([0, 1 << 1]) == frozenset()
