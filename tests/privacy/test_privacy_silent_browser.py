"""A browser that tells no more than the names of its windows, as Chromium does when nobody asks it at its start."""

from __future__ import annotations

from dataclasses import replace

import pytest
from privacy_browser import Browser
from privacy_case import Case
from privacy_place import EVERYTHING, RULE, Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]


@pytest.fixture
def browser(place: Place) -> Browser:
    return place.browser("silent chromium")


def test_its_pages_are_read_off_the_pixels(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"notes {case.harmless}", "<p style='font-size: 20px'>The harvest of barley was good this year</p>")
    with place.looking() as looking:
        place.pictured(looking, case)
    assert case.pictured()
    assert "harvest of barley" in str(case.stored())


def test_a_masked_field_shows_dots(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"sign in {case.harmless}", f"<p>{case.harmless}</p><input type=password value='{case.word}'>")
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out()


def test_its_private_windows_are_left_out(place: Place, case: Case, browser: Browser) -> None:
    browser.open(f"page {case.word}", f"<p>{case.word}</p><p style='background: {css(case.colour)}'>", private=True)
    window = place.desktop.active()
    with place.looking() as looking:
        looking.until(RULE)
    browser.close_window(window)
    case.kept_out()
    assert case.stored() == []


def test_its_pages_are_left_out_where_sites_are(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"page {case.word}", f"<p>{case.word}</p><p style='background: {css(case.colour)}'>")
    with place.looking(replace(EVERYTHING, exclude_sites=("bank.test",))) as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []
