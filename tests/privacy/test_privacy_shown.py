"""Password fields that show what they hold: secret wherever they move to, whatever their window is called by then."""

from __future__ import annotations

import pytest
from privacy_browser import Browser
from privacy_case import Case
from privacy_place import MOVING, NEW, STORED, Place
from privacy_program import Widget, css

pytestmark = [pytest.mark.display, pytest.mark.model]

TELLING = ("qt", "gtk")
FIELD = "<input id=p type=password value='{}' style='background: {}; display: block; width: 300px'>"
SHOW = "document.getElementById('p').type = 'text'; document.getElementById('p').focus()"


def label(text: str) -> Widget:
    return "label", {"text": text}


def password(case: Case) -> Widget:
    return "entry", {"text": case.word, "colour": css(case.colour), "echo": "password"}


def typing(place: Place, words: str) -> None:
    place.desktop.run("xdotool", "type", "--delay", "15", words)


def looked_again(place: Place, looking: object) -> None:
    """Have a look come to something, with all that programs tell later than they draw."""
    for _ in range(2):
        place.desktop.run("xdotool", "key", "Shift_L")
        looking.until(*STORED, MOVING)  # type: ignore[attr-defined]


@pytest.mark.parametrize("toolkit", TELLING)
def test_it_is_scrolled(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    above = [label(f"top {number}") for number in range(3)]
    inside = [*above, password(case), *[label(f"line {number}") for number in range(40)]]
    program.show("long form", label(case.harmless), ("scroll", {"of": inside, "height": 200}))
    with place.looking() as looking:
        looking.until(NEW)
        program.tell("reveal")
        looking.until(*STORED, MOVING)
        program.tell("scroll", to=30)
        looked_again(place, looking)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_its_window_gets_another_title(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    window = program.show("sign in", label(case.harmless), password(case))
    with place.looking() as looking:
        looking.until(NEW)
        program.tell("reveal")
        looking.until(*STORED, MOVING)
        place.desktop.run("xdotool", "set_window", "--name", "sign in failed", window)
        looked_again(place, looking)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_recording_begins_anew(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    program.show("sign in", label(case.harmless), password(case))
    with place.looking() as looking:
        looking.until(NEW)
        program.tell("reveal")
    with place.looking() as looking:
        looking.until(*STORED)
        looked_again(place, looking)
    case.kept_out()


def test_a_line_appears_above_it(place: Place, case: Case, browser: Browser) -> None:
    field = FIELD.format(case.word, css(case.colour))
    browser.go(f"page {case.harmless}", f"<p>sign in</p><p id=h></p><input id=u>{field}")
    with place.looking() as looking:
        place.pictured(looking, case)
        browser.tell(SHOW)
        looked_again(place, looking)
        browser.tell("document.getElementById('h').innerText = 'Wrong name or password. Try again.'")
        looked_again(place, looking)
    case.kept_out()


def test_it_is_typed_into_only_once_it_shows_on_a_page(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"page {case.harmless}", f"<p>sign in</p><input id=u>{FIELD.format('', 'white')}")
    with place.looking() as looking:
        place.pictured(looking, case)
        browser.tell(SHOW)
        looked_again(place, looking)
        typing(place, case.word)
        looking.until(*STORED, MOVING)
        looked_again(place, looking)
    case.kept_out()
