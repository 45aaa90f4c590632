from __future__ import annotations

from dataclasses import replace

import pytest
from played_screen import EDITOR, RECT, Played, Watched, reading

from companion.capture.accessible.reading import Block, Fields, Reading
from companion.capture.accessible.roles import Role
from companion.capture.glance import MOVING, SILENT, UNKNOWN
from companion.capture.password_places import WINDOWS, PasswordPlaces
from companion.capture.types import Rect, Trigger, Window

FIELD = Rect(RECT.left + 20, RECT.top + 40, 120, 24)
MASKED = reading("Log in", private=[FIELD])


def shown(place: Rect = FIELD, *, editable: bool = True) -> Reading:
    """Return a reading of the same form whose field shows what it holds."""
    field = Block(Role.ENTRY, "hunter2", place, 9, editable=editable)
    return replace(reading("Log in"), text="Log in\nhunter2", blocks=(*reading("Log in").blocks, field))


def guarded(*seen: Reading, window: Window = EDITOR) -> Reading:
    places = PasswordPlaces()
    places.guarded(EDITOR, MASKED)
    return [places.guarded(window, one) for one in seen][-1]


def test_a_field_that_was_a_password_field_stays_private_when_it_is_shown() -> None:
    for seen in (guarded(shown()), guarded(shown(), shown())):
        assert seen.text == "Log in"
        assert seen.private == (FIELD,)
        assert [block.text for block in seen.blocks] == ["Log in"]


def test_it_is_known_again_where_the_window_was_moved_to() -> None:
    window = replace(EDITOR, rect=replace(RECT, left=RECT.left + 300))
    place = replace(FIELD, left=FIELD.left + 300)
    assert guarded(shown(place), window=window).private == (place,)


@pytest.mark.parametrize(
    ("seen", "window"),
    [
        (shown(replace(FIELD, top=FIELD.top + 60)), EDITOR),
        (shown(editable=False), EDITOR),
        (shown(), replace(EDITOR, pid=99)),
    ],
)
def test_another_field_is_what_it_says_it_is(seen: Reading, window: Window) -> None:
    assert guarded(seen, window=window) is seen


def test_while_a_shown_field_moves_there_is_no_picture_of_it() -> None:
    fields = Fields("page", written=("f",), there=("f",))
    played = Played(told=replace(MASKED, fields=Fields("page", private=("f",))))
    watched = Watched(played)
    assert watched.frame().image is not None
    for down, pictured in ((0, True), (60, False), (60, True), (0, False)):
        place = replace(FIELD, top=FIELD.top + down)
        seen = shown(place)
        named = tuple(replace(block, object="f" if block.editable else "") for block in seen.blocks)
        played.told = replace(seen, blocks=named, fields=fields)
        frame = watched.frame(Trigger.CLICKED)
        assert frame.reading is not None
        assert (frame.reading.text, frame.reading.private) == ("Log in", (place,))
        assert (frame.image is not None) == pictured


def test_a_program_without_names_for_its_fields_is_known_by_places_alone_under_every_title() -> None:
    assert guarded(shown(), window=replace(EDITOR, title="another page")).private == (FIELD,)


def test_windows_are_forgotten_in_the_end() -> None:
    places = PasswordPlaces()
    for number in range(WINDOWS + 1):
        places.guarded(replace(EDITOR, pid=number), MASKED)
    assert places.guarded(replace(EDITOR, pid=0), shown()).private == ()
    assert places.guarded(replace(EDITOR, pid=1), shown()).private == (FIELD,)


def test_what_a_program_tells_anew_while_pixels_are_read_is_kept_without_its_picture() -> None:
    played = Played(told=reading("before"))

    def print_more() -> None:
        played.told = reading("before\nafter")
        played.happens(Trigger.CHANGED)

    played.during = print_more
    frame = Watched(played).frame()
    assert frame.image is None
    assert frame.reading is played.told


def test_a_page_that_is_left_while_pixels_are_read_drops_the_look() -> None:
    played = Played(told=reading("before", url="https://example.org/"))

    def leave() -> None:
        played.told = reading("before", url="https://bank.example/")
        played.happens(Trigger.CHANGED)

    played.during = leave
    assert Watched(played).reason() == MOVING


def test_password_fields_are_told_in_no_order() -> None:
    other = replace(FIELD, top=FIELD.top + 60)
    played = Played(told=reading("Log in", private=[FIELD, other]))
    played.during = lambda: setattr(played, "told", reading("Log in", private=[other, FIELD]))
    assert Watched(played).frame().image is not None


def test_no_picture_is_taken_of_a_program_that_told_something_and_falls_silent() -> None:
    played = Played(told=MASKED)
    watched = Watched(played)
    assert watched.frame().image is not None
    played.told = None
    assert watched.reason(Trigger.CLICKED) == SILENT
    assert len(played.grabs) == 1


def test_a_program_that_tells_no_more_than_the_names_of_its_windows_is_read_off_the_pixels() -> None:
    watched = Watched(Played(told=replace(reading(""), told=False)))
    frame = watched.frame()
    assert frame.image is not None
    assert frame.reading is None


def test_no_picture_is_taken_of_a_program_that_told_something_and_then_names_alone() -> None:
    played = Played(told=MASKED)
    watched = Watched(played)
    assert watched.frame().image is not None
    played.told = replace(reading(""), told=False)
    assert watched.reason(Trigger.CLICKED) == SILENT
    assert len(played.grabs) == 1


def test_a_program_that_was_busy_once_and_never_told_anything_is_read_off_the_pixels() -> None:
    played = Played(told=reading("", complete=False))
    watched = Watched(played)
    assert watched.frame().image is None
    played.told = replace(reading(""), told=False)
    assert watched.frame(Trigger.CLICKED).image is not None


def test_where_nobody_says_in_time_whether_a_program_tells_there_is_no_picture() -> None:
    played = Played(told=replace(reading("", complete=False), told=False))
    watched = Watched(played)
    assert watched.reason() == UNKNOWN
    assert played.grabs == []
    played.told = None
    assert watched.frame(Trigger.CLICKED).image is not None


def test_a_screen_that_is_locked_while_pixels_are_read_drops_the_look() -> None:
    played = Played()
    played.during = lambda: setattr(played, "locked", True)
    assert Watched(played).reason() == MOVING


def test_a_window_over_it_that_the_pixels_hold_only_since_they_were_read_drops_the_look() -> None:
    played = Played(overlapping=(replace(EDITOR, app="gedit"),))  # above, where a compositor held the pixels apart
    played.during = lambda: setattr(played, "above", (FIELD,))
    assert Watched(played).reason() == MOVING
