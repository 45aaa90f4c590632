"""Secrets in what may be seen: gone from titles, addresses, text and pixels before anything is stored."""

from __future__ import annotations

from typing import Any

import pytest
from privacy_case import Case
from privacy_place import NEW, Place
from privacy_program import Widget, css
from privacy_window import drawn

pytestmark = [pytest.mark.display, pytest.mark.model]

TELLING = ("qt", "gtk")


def coloured(kind: str, text: str, case: Case, **about: Any) -> Widget:
    """Return a widget that shows a secret in the canary's colour."""
    return kind, {"text": text, "colour": css(case.colour), **about}


def black(text: str) -> Widget:
    return "label", {"text": text}


def recorded(place: Place, case: Case, *secrets: str) -> str:
    """Record what is shown, check that no secret of it is kept, and return the text that is."""
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out(*secrets)
    assert case.pictured()
    return "\n".join(row[3] for row in case.stored())


@pytest.mark.parametrize("toolkit", TELLING)
@pytest.mark.parametrize("kind", ["key", "card"])
def test_in_a_label(place: Place, case: Case, toolkit: str, kind: str) -> None:
    secret: str = getattr(case, kind)
    place.program(toolkit).show("page", black(case.harmless), coloured("label", secret, case))
    assert case.harmless in recorded(place, case, secret)


@pytest.mark.parametrize("toolkit", TELLING)
def test_in_a_label_of_two_lines(place: Place, case: Case, toolkit: str) -> None:
    text = f"the last line of this label holds a key\n{case.key}"
    place.program(toolkit).show("page", black(case.harmless), coloured("label", text, case, points=9))
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out(case.key)


@pytest.mark.parametrize("toolkit", TELLING)
def test_in_an_entry_wider_than_its_text(place: Place, case: Case, toolkit: str) -> None:
    place.program(toolkit).show("page", black(case.harmless), coloured("entry", case.key, case), size=(900, 200))
    assert case.harmless in recorded(place, case, case.key)


@pytest.mark.parametrize("toolkit", TELLING)
def test_in_an_entry_beside_its_label(place: Place, case: Case, toolkit: str) -> None:
    row: Widget = ("row", {"of": [black("Password:"), coloured("entry", case.password, case)]})
    place.program(toolkit).show("page", black(case.harmless), row, size=(700, 200))
    assert case.harmless in recorded(place, case, case.password)


@pytest.mark.parametrize("toolkit", TELLING)
def test_in_an_entry_below_its_label(place: Place, case: Case, toolkit: str) -> None:
    widgets = [black(case.harmless), black("Password:"), coloured("entry", case.password, case)]
    place.program(toolkit).show("page", *widgets, size=(700, 200))
    assert case.harmless in recorded(place, case, case.password)


@pytest.mark.parametrize("toolkit", TELLING)
def test_in_a_text_area(place: Place, case: Case, toolkit: str) -> None:
    area = coloured("area", f"\n\n{case.key}", case, height=120)
    place.program(toolkit).show("page", black(case.harmless), area, size=(700, 260))
    assert case.harmless in recorded(place, case, case.key)


@pytest.mark.parametrize("toolkit", TELLING)
def test_in_a_text_area_beside_its_label(place: Place, case: Case, toolkit: str) -> None:
    row: Widget = ("row", {"of": [black("Password:"), coloured("area", case.password, case, height=60)]})
    place.program(toolkit).show("page", black(case.harmless), row, size=(700, 260))
    assert case.harmless in recorded(place, case, case.password)


def test_in_a_table(place: Place, case: Case) -> None:
    rows = [["user", "password"], ["alice", case.password]]
    table: Widget = ("table", {"rows": rows, "colour": css(case.colour)})
    place.program("qt").show("page", black(case.harmless), table, size=(500, 260))
    with place.looking() as looking:
        looking.until(NEW)
    assert case.password not in str(case.stored())
    assert case.harmless in str(case.stored())
    case.colour = (0, 255, 0)  # the whole table is coloured: what is not secret of it may be seen
    case.kept_out(case.password)


def test_half_scrolled_out(place: Place, case: Case) -> None:
    inside = [black(f"line {number}") for number in range(3)] + [coloured("label", case.key, case)]
    inside += [black(f"line {number}") for number in range(30)]
    program = place.program("qt")
    program.show("page", black(case.harmless), ("scroll", {"of": inside, "height": 150}), size=(700, 260))
    for to in (95, 100, 105, 110):
        program.tell("scroll", to=to)
        with place.looking() as looking:
            looking.until(NEW)
    case.kept_out(case.key)


def test_in_a_label_cut_off_at_the_side(place: Place, case: Case) -> None:
    inside = [coloured("label", f"token {case.key}", case, points=16)]
    program = place.program("qt")
    program.show("page", black(case.harmless), ("scroll", {"of": inside, "height": 100}), size=(360, 260))
    with place.looking() as looking:
        looking.until(NEW)
    case.kept_out(case.key)


@pytest.mark.parametrize("kind", ["key", "card"])
def test_in_a_picture_alone(place: Place, case: Case, kind: str) -> None:
    secret: str = getattr(case, kind)
    place.painted(image=drawn([case.harmless, secret], size=(620, 130)), app="Viewer", title="page").activate()
    assert case.harmless in recorded(place, case, secret).replace(" ", "")


def test_in_a_terminal(place: Place, case: Case) -> None:
    shown = (
        f"{case.harmless}\n\033[1;38;5;201m{case.key}\033[0m\nexport PASSWORD=\033[1;38;5;201m{case.password}\033[0m\n"
    )
    place.terminal(shown, title="shell", geometry="60x8+60+80")
    text = recorded(place, case, case.key, case.password)
    assert case.harmless in text


def test_in_a_terminal_that_breaks_it_at_its_edge(place: Place, case: Case) -> None:
    place.terminal(f"{case.harmless}\n\033[1;38;5;201m{case.key}\033[0m\n", title="shell", geometry="30x8+60+80")
    text = recorded(place, case, case.key, case.key[30:])
    assert case.harmless in text


def test_in_a_title(place: Place, case: Case) -> None:
    window = place.painted(image=drawn([case.harmless], size=(320, 80)), app="Editor", title=f"token {case.key}")
    window.activate()
    with place.looking() as looking:
        looking.until(NEW)
        window.rename(f"password: {case.password}")
        looking.until(NEW)
    case.kept_out(case.key, case.password)
