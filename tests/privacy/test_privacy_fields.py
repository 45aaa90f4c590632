"""Password fields of programs: black in every picture, and never a word of them."""

from __future__ import annotations

from typing import Any

import pytest
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import MOVING, NEW, RENEWED, SAME, STORED, Place
from privacy_program import Widget, css

pytestmark = [pytest.mark.display, pytest.mark.model]

TELLING = ("qt", "gtk")


def label(text: str, **about: Any) -> Widget:
    return "label", {"text": text, **about}


def password(case: Case, *, echo: str = "password", **about: Any) -> Widget:
    """Return a password field that holds the canary; its background is of the canary's colour."""
    return "entry", {"text": case.word, "colour": css(case.colour), "echo": echo, **about}


@pytest.mark.parametrize("toolkit", TELLING)
def test_a_masked_field(place: Place, case: Case, toolkit: str) -> None:
    place.program(toolkit).show("sign in", label(case.harmless), password(case))
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out()
    assert case.pictured()
    assert case.harmless in case.stored()[0][3]


@pytest.mark.parametrize("toolkit", TELLING)
def test_several_fields(place: Place, case: Case, toolkit: str) -> None:
    fields = [password(case), label(case.harmless), password(case), password(case)]
    place.program(toolkit).show("change it", *fields)
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out()
    assert case.pictured()


@pytest.mark.parametrize("echo", ["on edit", "none"])
def test_a_field_that_echoes_otherwise(place: Place, case: Case, echo: str) -> None:
    window = place.program("qt").show("sign in", label(case.harmless), password(case, echo=echo))
    with place.looking() as looking:
        looking.until(NEW)
        place.desktop.run("xdotool", "mousemove", "--window", window, "100", "60", "click", "1")
        place.desktop.run("xdotool", "type", case.word)
        looking.until(*STORED)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_a_field_that_is_revealed_after_a_look(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    program.show("sign in", label(case.harmless), password(case))
    with place.looking() as looking:
        looking.until(NEW)
        program.tell("reveal")
        looking.until(*STORED, MOVING)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_a_field_that_is_revealed_beside_its_label(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    program.show("sign in", ("row", {"of": [label("Password:"), password(case)]}))
    program.tell("reveal")
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_a_field_that_is_scrolled_while_it_is_looked_at(
    place: Place, case: Case, toolkit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = place.program(toolkit)
    inside = [password(case), *[label(f"line {number}") for number in range(40)]]
    program.show("long form", label(case.harmless), ("scroll", {"of": inside, "height": 180}))
    during_the_grab(monkeypatch, lambda: program.tell("scroll", to=14))
    with place.looking() as looking:
        looking.until(NEW, after=MOVING)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_a_field_that_is_scrolled_into_view_while_it_is_looked_at(
    place: Place, case: Case, toolkit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = place.program(toolkit)
    inside = [*[label(f"line {number}") for number in range(40)], password(case)]
    program.show("long form", label(case.harmless), ("scroll", {"of": inside, "height": 180}))
    during_the_grab(monkeypatch, lambda: program.tell("scroll", to=100_000))
    with place.looking() as looking:
        looking.until(NEW, MOVING)
        looking.until(NEW, RENEWED, SAME)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_what_is_typed_into_a_field(place: Place, case: Case, toolkit: str) -> None:
    window = place.program(toolkit).show("sign in", ("entry", {"text": "", "echo": "password"}))
    with place.looking() as looking:
        looking.until(NEW)
        place.desktop.run("xdotool", "mousemove", "--window", window, "100", "30", "click", "1")
        place.desktop.run("xdotool", "type", "--delay", "15", case.word)
        looking.until(*STORED)
    case.kept_out()


def test_zenitys_window_for_a_password(place: Place, case: Case) -> None:
    place.start("zenity", "--password", "--title", "unlock")
    window = place.desktop.await_active("unlock")
    with place.looking() as looking:
        looking.until(NEW)
        place.desktop.run("xdotool", "type", "--window", window, "--delay", "15", case.word)
        looking.until(*STORED)
    case.kept_out()


def test_a_field_of_a_program_that_tells_nothing_shows_stars(place: Place, case: Case) -> None:
    place.program("tk").show("sign in", label(case.harmless), ("entry", {"text": case.word, "echo": "stars"}))
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out()
    assert case.pictured()
    assert case.harmless in case.stored()[0][3]


def test_a_field_of_a_program_that_tells_nothing_revealed_beside_its_label(place: Place, case: Case) -> None:
    program = place.program("tk")
    field: Widget = ("entry", {"text": case.password, "echo": "stars", "colour": css(case.colour)})
    program.show("sign in", label("Password:"), field)
    program.tell("reveal")
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out(case.password)
