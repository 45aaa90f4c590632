"""What is typed: kept where that was agreed to, and never of password fields and of what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desktop import wait_until
from privacy_browser import Browser
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import EVERYTHING, NEW, RULE, STORED, Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]

KEPT = "SELECT group_concat(typed.text, '') FROM typed JOIN moments ON id = moment_id WHERE title = ?"
COUNTED = "SELECT coalesce(sum(keys), 0) FROM hands JOIN moments ON id = moment_id WHERE title = ?"
TELLING = ["qt", "gtk"]


def typing(place: Place, window: str, words: str, *, at: tuple[int, int] = (120, 25)) -> None:
    place.desktop.run("xdotool", "mousemove", "--window", window, *map(str, at), "click", "1")
    place.desktop.run("xdotool", "type", "--delay", "15", words)


@pytest.mark.control
@pytest.mark.parametrize("toolkit", TELLING)
def test_what_is_typed_into_a_plain_field_is_kept(place: Place, case: Case, toolkit: str) -> None:
    window = place.program(toolkit).show(case.harmless, ("entry", {"text": ""}))
    with place.looking() as looking:
        looking.until(NEW)
        typing(place, window, case.word)
        wait_until(lambda: case.word in (place.store.value(KEPT, [case.harmless]) or ""), "what was typed")
    assert "typed" in case.seen().text


@pytest.mark.parametrize("toolkit", TELLING)
def test_what_is_typed_into_a_password_field_is_not(place: Place, case: Case, toolkit: str) -> None:
    window = place.program(toolkit).show(case.harmless, ("entry", {"text": "", "echo": "password"}))
    with place.looking() as looking:
        looking.until(NEW)
        typing(place, window, case.word)
        looking.until(*STORED)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_what_is_typed_into_a_field_that_was_revealed_is_not(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    window = program.show(case.harmless, ("entry", {"text": "", "echo": "password"}))
    with place.looking() as looking:
        looking.until(NEW)
        program.tell("reveal")
        typing(place, window, case.word)
        looking.until(*STORED)
        typing(place, window, case.word)
        looking.until(*STORED)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_a_secret_that_is_typed_into_a_plain_field_is_not(place: Place, case: Case, toolkit: str) -> None:
    window = place.program(toolkit).show(case.harmless, ("entry", {"text": "", "colour": css(case.colour)}))
    with place.looking() as looking:
        looking.until(NEW)
        typing(place, window, case.key[:20])
        looking.until(*STORED)
        place.desktop.run("xdotool", "type", "--delay", "15", case.key[20:])
        looking.until(*STORED)
        wait_until(lambda: "[GitHub token]" in str(case.stored()), "the masked text")
    case.colour = (0, 255, 0)  # what was typed of it before it was a key may be seen
    case.kept_out(case.key)


@pytest.mark.parametrize("toolkit", TELLING)
def test_what_is_typed_into_what_is_left_out_is_not(place: Place, case: Case, toolkit: str) -> None:
    program = place.program(toolkit)
    window = program.show(f"diary {case.harmless}", ("entry", {"text": ""}))
    settings = replace(EVERYTHING, exclude_titles=("diary",))
    with place.looking(settings) as looking:
        looking.until(RULE)
        typing(place, window, case.word)
        looking.until(RULE)
        typing(place, window, case.word)
        place.painted(image=(220, 220, 220), app="Editor", title=case.harmless, at=(600, 300)).activate()
        looking.until(NEW)
    case.kept_out()
    assert place.store.value(COUNTED, [case.harmless]) == 0


def test_what_is_typed_into_a_private_window_is_not(place: Place, case: Case) -> None:
    browser = place.browser("firefox-esr")
    browser.open(f"page {case.harmless}", "<input id=p autofocus>", private=True)
    window = place.desktop.active()
    with place.looking() as looking:
        looking.until(RULE)
        place.desktop.run("xdotool", "mousemove", "--window", window, "100", "160", "click", "1")
        place.desktop.run("xdotool", "type", "--delay", "15", case.word)
        looking.until(RULE)
    browser.close_window(window)
    case.kept_out()


@pytest.mark.parametrize("toolkit", TELLING)
def test_what_is_typed_into_a_plain_field_beside_its_label_is_not(place: Place, case: Case, toolkit: str) -> None:
    beside = (("label", {"text": "Password:"}), ("entry", {"text": ""}))
    window = place.program(toolkit).show(case.harmless, *beside, size=(420, 140))
    secret = case.password.replace("&", "")
    with place.looking() as looking:
        looking.until(NEW)
        typing(place, window, secret, at=(150, 55))
        looking.until(*STORED)
        place.desktop.run("xdotool", "key", "Shift_L")
        looking.until(*STORED)
        wait_until(lambda: "[password]" in str(place.store.value(KEPT, [case.harmless])), "the mark of what was typed")
    case.kept_out(secret)


def test_what_is_typed_into_an_excluded_tab_while_another_is_looked_at_is_not(
    place: Place, case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, allowed = place.desktop.run, f"page {case.harmless}"
    browser.go(f"diary {case.name[-4:]}", "<input id=p autofocus>")
    browser.tell("document.getElementById('p').focus()")
    browser.in_new_tab(allowed, f"<p>{case.harmless}</p>", host="allowed.test")

    def turn(key: str, title: str) -> None:
        run("xdotool", "key", key)
        wait_until(lambda: run("xdotool", "getactivewindow", "getwindowname").startswith(title), f"the tab {title}")

    def peek() -> None:
        turn("ctrl+Page_Up", "diary")
        run("xdotool", "type", "--delay", "15", case.word)
        turn("ctrl+Page_Down", allowed)

    with place.looking(replace(EVERYTHING, exclude_titles=("diary",))) as looking:
        looking.until(*STORED)
        during_the_grab(monkeypatch, peek)
        for _ in range(3):
            run("xdotool", "key", "Shift_L")
            looking.until(*STORED)
    run("xdotool", "key", "ctrl+w")
    case.kept_out()
