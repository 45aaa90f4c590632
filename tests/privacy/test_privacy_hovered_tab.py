"""What browsers hang over a page of pages that are not in front: the card of a tab, and what their bar suggests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from desktop import DesktopError, wait_until
from privacy_browser import Browser
from privacy_case import Case
from privacy_place import EVERYTHING, STORED, Place
from privacy_program import css

from companion.capture.x11 import Display
from companion.capture.x11_window import X11Windows

pytestmark = [pytest.mark.display, pytest.mark.model]

SITE = replace(EVERYTHING, exclude_sites=("bank.test",))


@pytest.fixture
def behind(place: Place, case: Case, browser: Browser) -> Iterator[Browser]:
    """A page in front, and a tab behind it of a site that is left out."""
    body = f"<body style='background: {css(case.colour)}'>balance"
    browser.go(f"account {case.word}", body, host="bank.test")
    account = browser.shown
    browser.in_new_tab(f"page {case.harmless}", f"<p>{case.harmless}</p>", host="allowed.test")
    yield browser
    place.desktop.run("xdotool", "key", "Escape", "Escape", "ctrl+w", "mousemove", "1270", "790")
    browser.pages.tell(account, "0")


def hang_card(place: Place) -> None:
    """Rest the mouse on the first tab until its card hangs there; browsers heed it only once it moved."""
    move = ("xdotool", "mousemove", "--window", place.desktop.active())
    with Display(place.desktop.display) as display:
        windows = X11Windows(display)

        def hung() -> bool:
            place.desktop.run(*move, "300", "350")
            for step in range(40, 120, 10):
                place.desktop.run(*move, str(step), "18")
            with suppress(DesktopError):
                return bool(wait_until(lambda: windows.sight().popups, "the card", seconds=2.0))
            return False

        wait_until(hung, "the card of a tab")


@pytest.mark.parametrize("browser", ["firefox-esr"], indirect=True)  # Chromium hangs up none here
@pytest.mark.usefixtures("behind")
def test_the_card_of_a_tab(place: Place, case: Case) -> None:
    hang_card(place)
    with place.looking(SITE) as looking:
        place.pictured(looking, case)
    case.kept_out()
    assert case.pictured()
    assert not case.shows(case.word)
    assert case.shows(case.harmless)


@pytest.mark.usefixtures("behind")
def test_what_the_bar_suggests(place: Place, case: Case) -> None:
    place.desktop.run("xdotool", "key", "ctrl+l")
    place.desktop.run("xdotool", "type", "--delay", "60", "account")
    with place.looking(SITE) as looking:
        looking.until(*STORED)
        place.desktop.run("xdotool", "key", "Shift_L")
        looking.until(*STORED)
    case.kept_out()
    assert case.harmless in str(case.stored())
    assert not case.shows(case.word)
