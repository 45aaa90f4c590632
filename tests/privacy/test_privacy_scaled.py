"""Scaled desktops: programs count in units of their own, and what is blackened is still where it is seen."""

from __future__ import annotations

import pytest
from privacy_case import Case
from privacy_place import MOVING, NEW, STORED, Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]

SCALED = pytest.mark.parametrize(("toolkit", "scale"), [("qt", "2"), ("qt", "1.5"), ("gtk", "2")])


@SCALED
def test_a_card_above_a_field_that_is_told(place: Place, case: Case, toolkit: str, scale: str) -> None:
    card = ("label", {"text": case.card, "colour": css(case.colour), "points": 10})
    notes = ("area", {"text": f"{case.harmless}\nmy notes", "height": 150})
    place.program(toolkit, scale).show("page", card, notes, size=(460, 220), at=(10, 10))
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.card)
    assert case.pictured()
    assert not case.shows(case.card)
    assert case.shows(case.harmless)


@SCALED
def test_a_password_field_far_from_the_corner(place: Place, case: Case, toolkit: str, scale: str) -> None:
    program = place.program(toolkit, scale)
    field = ("entry", {"text": case.word, "colour": css(case.colour), "echo": "password"})
    program.show("sign in", ("label", {"text": case.harmless}), field, size=(240, 120), at=(330, 230))
    with place.looking() as looking:
        looking.until(NEW)
        program.tell("reveal")
        looking.until(*STORED, MOVING)
    case.kept_out()
    assert case.harmless in str(case.stored())


@pytest.mark.parametrize("kind", ["large chromium", "large firefox-esr"])
def test_a_password_field_on_a_page(place: Place, case: Case, kind: str) -> None:
    browser = place.browser(kind)
    field = f"<input type=password value='{case.word}' style='background: {css(case.colour)}; display: block'>"
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>{field}")
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out()
    assert case.pictured()


def test_a_password_field_in_a_window_across_two_monitors_of_different_scale(place: Place, case: Case) -> None:
    run = place.desktop.run
    run("xrandr", "--setmonitor", "left", "640/170x800/200+0+0", "screen")
    run("xrandr", "--setmonitor", "right", "640/170x800/200+640+0", "none")
    try:
        program = place.program("qt", "2;1")
        field = ("entry", {"text": case.word, "colour": css(case.colour), "echo": "password"})
        row = ("row", {"of": [["label", {"text": f"{case.harmless} sign in here"}], field]})
        program.show("sign in", row, size=(300, 100), at=(150, 50))
        with place.looking() as looking:
            looking.until(*STORED, MOVING)
            program.tell("reveal")
            looking.until(*STORED, MOVING)
            run("xdotool", "key", "Shift_L")
            looking.until(*STORED, MOVING)
    finally:
        place.clear()
        run("xrandr", "--delmonitor", "right")
        run("xrandr", "--delmonitor", "left")
    case.kept_out()
    assert case.harmless in str(case.stored())
