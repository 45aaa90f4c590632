"""Edits to what was typed: nothing here asks a program."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.capture.accessible.bus import Ref
from companion.capture.accessible.runs import AFTER, EARLY, LONGEST, Edit, joined, typed_of

LINE, OTHER = Ref(":1.1", "/line"), Ref(":1.1", "/other")


def inserted(text: str, *, at: int = 0, field: Ref = LINE, begin: float = 0.0) -> list[Edit]:
    return [Edit(field, at + place, letter, 0, begin + place / 10) for place, letter in enumerate(text)]


def deleted(place: int, gone: int, *, field: Ref = LINE, time: float = 99.0) -> Edit:
    return Edit(field, place, "", gone, time)


def all_typed(*edits: Edit) -> str:
    return joined(edits, {edit for edit in edits if edit.text})


def test_what_is_typed_in_one_place_is_one_line() -> None:
    assert all_typed(*inserted("hello")) == "hello"
    assert all_typed(*inserted("held"), Edit(LINE, 3, "lo worl", 0, 9.0)) == "hello world"


def test_what_was_deleted_again_is_not_in_it() -> None:
    assert all_typed(*inserted("helo"), deleted(3, 1), *inserted("lo", at=3, begin=5.0)) == "hello"
    assert all_typed(*inserted("secret"), deleted(0, 6)) == ""
    assert all_typed(*inserted("words", at=10), deleted(8, 4)) == "rds"


def test_what_was_there_before_and_goes_moves_the_place() -> None:
    assert all_typed(*inserted("one", at=20), deleted(0, 20), *inserted(" two", at=3, begin=5.0)) == "one two"


def test_other_places_and_fields_are_lines_of_their_own() -> None:
    assert all_typed(*inserted("end", at=90), *inserted("begin", begin=5.0)) == "end\nbegin"
    back = inserted("c", at=1, begin=9.0)
    assert all_typed(*inserted("a"), *inserted("b", field=OTHER, begin=5.0), *back) == "a\nb\nc"


def test_what_a_program_puts_in_is_not_in_it_and_ends_the_place() -> None:
    own, more = inserted("ab"), inserted("c", at=8, begin=5.0)
    completed = Edit(LINE, 2, "solute", 0, 1.0)
    assert joined([*own, completed, *more], {*own, *more}) == "ab\nc"


def test_a_key_makes_one_insertion_and_only_right_after_it() -> None:
    edits = [Edit(LINE, 0, "a", 0, 10.0), Edit(LINE, 1, "b", 0, 10.1), Edit(LINE, 2, "c", 0, 11.5)]
    assert typed_of(edits, [10.0]) == {edits[0]}
    assert typed_of(edits, [10.0, 10.05]) == set(edits[:2])
    assert typed_of(edits, [11.5 - AFTER - 0.01]) == set()
    assert typed_of(edits[2:], [11.5 + EARLY]) == {edits[2]}
    assert typed_of(edits[2:], [11.5 + 2 * EARLY]) == set()


def test_what_was_pasted_or_completed_was_not_typed() -> None:
    edits = [Edit(LINE, 0, "x" * (LONGEST + 1), 0, 10.0), Edit(LINE, 0, "x" * LONGEST, 0, 10.2)]
    assert typed_of(edits, [10.0, 10.1]) == {edits[1]}


@given(st.lists(st.tuples(st.integers(0, 20), st.text("abc", max_size=3), st.integers(1, 4)), max_size=40))
def test_edits_of_a_field_that_was_empty_give_what_stands_in_it(steps: list[tuple[int, str, int]]) -> None:
    """In one place at a time: whatever is written where something stands goes on with it."""
    text, edits = "", []
    for number, (place, letters, gone) in enumerate(steps):
        at = min(place, len(text))
        if letters:
            text = text[:at] + letters + text[at:]
            edits.append(Edit(LINE, at, letters, 0, number))
        elif at < len(text):
            removed = min(gone, len(text) - at)
            text = text[:at] + text[at + removed :]
            edits.append(deleted(at, removed, time=number))
    assert all_typed(*edits) == text
