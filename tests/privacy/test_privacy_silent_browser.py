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


def test_without_consent_to_addresses_its_bar_is_not_kept(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"notes {case.harmless}", f"<p style='margin-top: 80px; font-size: 20px'>{case.harmless}</p>")
    browser.tell(f"history.replaceState(0, '', '/{case.word}')")
    with place.looking(replace(EVERYTHING, consent_urls=False)) as looking:
        place.pictured(looking, case)
    case.kept_out()
    assert case.pictured()
    assert "allowed.test" not in str(case.stored())
    assert not case.shows("allowed.test")
    assert case.shows(case.harmless)


def test_its_tabs_are_not_kept_where_a_title_is_left_out(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"account {case.word}", "<p>balance</p>")
    browser.in_new_tab(
        f"notes {case.harmless}", "<p style='font-size: 20px'>The barley is ripe</p>", host="allowed.test"
    )
    with place.looking(replace(EVERYTHING, exclude_titles=(*EVERYTHING.exclude_titles, "account"))) as looking:
        place.pictured(looking, case)
    place.desktop.run("xdotool", "key", "ctrl+w")
    case.kept_out()
    assert case.pictured()
    assert not case.shows(case.word)
    assert case.shows("barley")
