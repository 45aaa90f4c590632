"""Tabs that are not in front can be of what is left out: neither their titles nor their pixels are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from privacy_browser import Browser
from privacy_case import Case
from privacy_place import EVERYTHING, Place

from companion.settings import Settings

pytestmark = [pytest.mark.display, pytest.mark.model]

SITE = replace(EVERYTHING, exclude_sites=("bank.test",))
TITLE = replace(EVERYTHING, exclude_titles=(*EVERYTHING.exclude_titles, "account"))


@pytest.fixture
def two_tabs(place: Place, case: Case, browser: Browser) -> Iterator[Browser]:
    """A page in front, and a tab with an account behind it."""
    browser.go(f"account {case.word}", "<p>balance</p>", host="bank.test")
    account = browser.shown
    browser.in_new_tab(f"page {case.harmless}", f"<p>{case.harmless}</p>", host="allowed.test")
    yield browser
    place.desktop.run("xdotool", "key", "ctrl+w")
    browser.pages.tell(account, "0")


@pytest.mark.parametrize("settings", [SITE, TITLE], ids=["of an excluded site", "with an excluded title"])
def test_a_tab_behind(place: Place, case: Case, two_tabs: Browser, settings: Settings) -> None:
    with place.looking(settings) as looking:
        place.pictured(looking, case)
    case.kept_out()
    assert case.pictured()
    assert not case.shows(case.word)
    assert case.shows(case.harmless)


@pytest.mark.control
def test_a_tab_behind_where_nothing_is_left_out(place: Place, case: Case) -> None:
    browser = place.browser("firefox-esr")
    browser.go(f"account {case.word}", "<p>balance</p>", host="bank.test")
    browser.in_new_tab(f"page {case.harmless}", f"<p>{case.harmless}</p>", host="allowed.test")
    with place.looking() as looking:
        place.pictured(looking, case)
    place.desktop.run("xdotool", "key", "ctrl+w")
    assert "moments" in case.seen().text
