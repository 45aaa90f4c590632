"""Two monitors: what is on the other one is decided about in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from desktop import wait_until
from privacy_case import Case
from privacy_place import EVERYTHING, NEW, RULE, STORED, Looking, Place
from privacy_program import css
from privacy_window import Painted, drawn

pytestmark = [pytest.mark.display, pytest.mark.model]

LEFT, RIGHT = (60, 100), (720, 100)


@pytest.fixture(autouse=True)
def two_monitors(place: Place) -> Iterator[None]:
    """One screen as two monitors side by side."""
    run = place.desktop.run
    run("xrandr", "--setmonitor", "left", "640/170x800/200+0+0", "screen")
    run("xrandr", "--setmonitor", "right", "640/170x800/200+640+0", "none")
    yield
    run("xrandr", "--delmonitor", "right")
    run("xrandr", "--delmonitor", "left")


@pytest.fixture
def editor(place: Place, case: Case) -> Painted:
    """A window that may be seen, on the left monitor."""
    window = place.painted(image=drawn([case.harmless], size=(400, 200)), app="Editor", title="notes", at=LEFT)
    return window.activate()


def seen_both(place: Place, looking: Looking, case: Case) -> None:
    """Wait until the active window is stored, and the other monitor was looked at."""
    looking.until(NEW)
    wait_until(lambda: case.harmless in str(case.stored()), "the window on the left")


def test_an_excluded_program_on_the_other_monitor(place: Place, case: Case, editor: Painted) -> None:
    image = drawn([case.word], size=(400, 200), patch=case.colour)
    place.painted(image=image, app="KeePassXC", title=case.word, at=RIGHT)
    editor.activate()
    with place.looking() as looking:
        seen_both(place, looking, case)
    case.kept_out()
    assert case.pictured()


def test_an_excluded_title_on_the_other_monitor(place: Place, case: Case, editor: Painted) -> None:
    image = drawn([case.word], size=(400, 200), patch=case.colour)
    place.painted(image=image, app="Editor", title=f"diary {case.word}", at=RIGHT)
    editor.activate()
    with place.looking(replace(EVERYTHING, exclude_titles=("diary",))) as looking:
        seen_both(place, looking, case)
    case.kept_out()


def test_an_excluded_program_on_the_active_monitor(place: Place, case: Case, editor: Painted) -> None:
    image = drawn([case.word], size=(400, 200), patch=case.colour)
    place.painted(image=image, app="KeePassXC", title=case.word, at=RIGHT).activate()
    with place.looking() as looking:
        looking.until(RULE)
        wait_until(lambda: case.harmless in str(case.stored()), "the window on the left")
    case.kept_out()
    assert editor.shown()


def test_an_excluded_program_over_a_window_on_the_other_monitor(place: Place, case: Case, editor: Painted) -> None:
    place.painted(image=(230, 230, 230), size=(400, 300), app="Editor", title="other", at=RIGHT).activate()
    image = drawn([case.word], size=(200, 140), patch=case.colour)
    over = place.painted(image=image, app="KeePassXC", title=case.word, at=(800, 160))
    place.desktop.keep_above(over.name)
    editor.activate()
    with place.looking() as looking:
        seen_both(place, looking, case)
    case.kept_out()


def test_an_excluded_program_that_reaches_over_from_the_other_monitor(
    place: Place, case: Case, editor: Painted
) -> None:
    image = drawn([case.word], size=(500, 200), patch=case.colour)
    over = place.painted(image=image, app="KeePassXC", title=case.word, at=(440, 140))
    place.desktop.keep_above(over.name)
    editor.activate()
    with place.looking() as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
def test_a_password_field_on_the_other_monitor(place: Place, case: Case, toolkit: str, editor: Painted) -> None:
    secret = ("entry", {"text": case.word, "colour": css(case.colour), "echo": "password"})
    place.program(toolkit).show("sign in", ("label", {"text": "name"}), secret, at=RIGHT)
    editor.activate()
    with place.looking() as looking:
        seen_both(place, looking, case)
    case.kept_out()


@pytest.mark.parametrize("kind", ["chromium", "firefox-esr"])
def test_a_private_window_on_the_other_monitor(place: Place, case: Case, kind: str) -> None:
    browser = place.browser(kind)
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>")
    shown = place.desktop.active()
    body = f"<p>{case.word}</p><p style='background: {css(case.colour)}'>&nbsp;"
    browser.open(f"page {case.word}", body, private=True)
    window = place.desktop.active()
    for one, left in ((shown, 0), (window, 640)):
        place.desktop.run("xdotool", "windowsize", one, "560", "400", "windowmove", one, str(left), "100")
    place.desktop.activate(shown)
    with place.looking() as looking:
        looking.until(*STORED)
        wait_until(lambda: case.harmless in str(case.stored()), "the window on the left")
    browser.close_window(window)
    case.kept_out()


@pytest.mark.parametrize("kind", ["chromium", "firefox-esr"])
def test_an_excluded_site_on_the_other_monitor(place: Place, case: Case, kind: str) -> None:
    browser = place.browser(kind)
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>")
    shown = place.desktop.active()
    body = f"<p>{case.word}</p><p style='background: {css(case.colour)}'>&nbsp;"
    browser.open(f"page {case.word}", body, host="bank.test")
    window = place.desktop.active()
    for one, left in ((shown, 0), (window, 640)):
        place.desktop.run("xdotool", "windowsize", one, "560", "400", "windowmove", one, str(left), "100")
    place.desktop.activate(shown)
    with place.looking(replace(EVERYTHING, exclude_sites=("bank.test",))) as looking:
        looking.until(*STORED)
        wait_until(lambda: case.harmless in str(case.stored()), "the window on the left")
    browser.close_window(window)
    case.kept_out()
