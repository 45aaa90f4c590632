"""What is drawn over text that a program tells: pictures, lists that drop down, panels' titles. It is read off pixels."""

from __future__ import annotations

import base64

import pytest
from privacy_browser import Browser
from privacy_case import Case
from privacy_place import Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]


def test_a_card_in_a_picture_in_a_paragraph(place: Place, case: Case, browser: Browser) -> None:
    text = f"<text x='5' y='22' font-size='20' fill='{css(case.colour)}'>{case.card}</text>"
    drawn = f"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='30'>{text}</svg>"
    picture = f"<img src='data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}'>"
    words = f"{case.harmless} your card is shown here {picture} and can be changed at any time in the settings"
    browser.go(f"page {case.harmless}", f"<p style='width: 500px'>{words}</p>")
    place.await_colour(case.colour)
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.card)
    assert case.pictured()
    assert "[card number]" in str(case.stored())


def test_a_card_in_a_list_that_a_field_drops_down(place: Place, case: Case) -> None:
    program = place.program("gtk")
    field = ("completed", {"text": case.card, "colour": css(case.colour)})
    notes = ("area", {"text": f"{case.harmless}\nmy notes", "height": 250})
    program.show("page", field, notes, size=(500, 330))
    place.desktop.run("xdotool", "type", "--delay", "60", case.card[:2])
    place.await_popup()
    place.await_colour(case.colour)
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.card)
    assert case.pictured()
    assert "[card number]" in str(case.stored())


def test_a_password_in_a_panel_whose_title_calls_it_one(place: Place, case: Case) -> None:
    place.program("qt").show(
        "page",
        ("label", {"text": case.harmless}),
        ("group", {"title": "Password:", "of": [["label", {"text": case.password, "colour": css(case.colour)}]]}),
    )
    place.await_colour(case.colour)
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.password)
    assert case.pictured()
    assert case.harmless in str(case.stored())


def test_a_card_in_the_suggestions_of_a_page(place: Place, case: Case) -> None:
    browser = place.browser("chromium")
    words = f"some harmless words {case.harmless} " * 10
    field = f"<input list=l id=i style='width: 300px'><datalist id=l><option value='{case.card}'></datalist>"
    browser.go(f"page {case.harmless}", f"{field}<p style='width: 400px'>{words}</p>")
    browser.tell("document.getElementById('i').focus()")
    place.desktop.run("xdotool", "type", "--delay", "60", case.card[:2])
    place.await_popup()
    with place.looking() as looking:
        place.pictured(looking, case)
    place.desktop.run("xdotool", "key", "Escape")
    case.kept_out(case.card)
    assert case.pictured()
    assert not case.shows(case.card)
    assert "[card number]" in str(case.stored())
