"""Excluded sites, addresses and secrets on pages of real browsers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from privacy_browser import Browser
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import EVERYTHING, MOVING, RULE, STORED, Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]

EXCLUDING = replace(EVERYTHING, exclude_sites=("bank.test",))


def account(case: Case) -> str:
    """Return the body of a page with both canaries."""
    return f"<p>{case.word}</p><p style='background: {css(case.colour)}; width: 120px'>&nbsp;</p>"


@pytest.mark.parametrize("host", ["bank.test", "login.bank.test"])
def test_a_page_of_an_excluded_site(place: Place, case: Case, browser: Browser, host: str) -> None:
    browser.go(f"account {case.word}", account(case), host=host)
    with place.looking(EXCLUDING) as looking:
        looking.until(RULE)
        browser.tell(f"document.title = '{case.word} again'")
        looking.until(RULE)
    browser.retitled(f"{case.word} again")
    case.kept_out()
    assert case.stored() == []


def test_a_page_of_an_excluded_site_within_another(place: Place, case: Case, browser: Browser) -> None:
    within = browser.pages.put("account", account(case), host="bank.test")
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p><iframe src='{within}'></iframe>")
    browser.pages.tell(within, "0")
    with place.looking(EXCLUDING) as looking:
        looking.until()
        place.desktop.run("xdotool", "key", "Shift_L")
        looking.until()
    case.kept_out()


def test_a_page_of_another_site_whose_name_ends_alike(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"account {case.harmless}", f"<p>{case.harmless}</p>", host="notbank.test")
    with place.looking(EXCLUDING) as looking:
        looking.until(*STORED)
    case.kept_out()
    assert case.harmless in str(case.stored())


def test_a_page_of_an_excluded_site_in_a_tab_behind(place: Place, case: Case, browser: Browser) -> None:
    title = f"page {case.harmless}"
    browser.go(title, f"<p>{case.harmless}</p>")
    browser.in_new_tab("account", account(case), host="bank.test")
    with place.looking(EXCLUDING) as looking:
        looking.until(RULE)
        place.desktop.run("xdotool", "key", "ctrl+Prior")
        place.desktop.await_active(browser.titled(title))
        looking.until(*STORED)
    place.desktop.run("xdotool", "key", "ctrl+Next")
    place.desktop.await_active(browser.titled("account"))
    place.desktop.run("xdotool", "key", "ctrl+w")
    place.desktop.await_active(browser.titled(title))
    case.kept_out()
    assert "bank.test" not in str(case.stored())
    assert case.harmless in str(case.stored())


def test_a_page_that_leads_to_an_excluded_site_while_it_is_looked_at(
    place: Place, case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = f"page {case.harmless}"
    browser.go(title, f"<p>{case.harmless}</p>")
    during_the_grab(monkeypatch, lambda: browser.go(title, account(case), host="bank.test"))
    with place.looking(EXCLUDING) as looking:
        looking.until(RULE, after=MOVING)
    case.kept_out()


def test_a_page_that_changes_its_address_while_it_is_looked_at(
    place: Place, case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.go(f"page {case.harmless}", f"<p id=p>{case.harmless}</p>")
    change = f"history.pushState(0, '', '/elsewhere?token={case.key}'); p.innerHTML = `{account(case)}`"
    during_the_grab(monkeypatch, lambda: browser.tell(change))
    with place.looking(replace(EVERYTHING, exclude_titles=(case.word,))) as looking:
        looking.until(MOVING)
        browser.tell(f"document.title = '{case.word}'")
        looking.until(RULE)
    browser.retitled(case.word)
    assert case.key not in str(case.stored())


def test_a_browser_whose_address_is_not_told(place: Place, case: Case) -> None:
    place.painted(image=(230, 230, 230), app="firefox", title=f"{case.word} — Mozilla Firefox").activate()
    with place.looking(EXCLUDING) as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []


def test_without_consent_to_addresses_none_is_kept(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>")
    browser.tell(f"history.pushState(0, '', '/{case.word}')")
    with place.looking(replace(EVERYTHING, consent_urls=False)) as looking:
        place.pictured(looking, case)
    case.kept_out()
    assert case.pictured()
    assert "allowed.test" not in str(case.stored())
    assert not case.shows("allowed.test")
    assert not case.shows(case.word)
    assert case.harmless in str(case.stored())


def test_a_secret_in_an_address(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>")
    browser.tell(f"history.pushState(0, '', '/?{case.key}&user=1')")
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.key)
    assert case.pictured()
    assert not case.shows(case.key)
    assert "allowed.test" in case.stored()[-1][2]


@pytest.mark.parametrize(
    "body",
    [
        "<p>token <span style='color: {colour}'><b>{head}</b><i>{tail}</i></span></p>",
        "<pre style='color: {colour}'>{key}</pre>",
        "<p style='width: 260px; word-break: break-all; color: {colour}'>{key}</p>",
        "<textarea style='color: {colour}; width: 400px; height: 90px'>\n\n{key}</textarea>",
        "<table><tr><th>user</th><th>password</th></tr><tr><td>eve</td><td style='color: {colour}'>{password}</td></table>",
        "<p>Password: <input style='color: {colour}; width: 400px' value='{password}'></p>",
        "<p>Password:</p><p style='color: {colour}'>{password}</p>",
        "<p style='color: {colour}; width: 90px; white-space: nowrap'>{key}</p>",
        "<p style='font-size: 11px; width: 380px'>Keep your token to yourself: <span style='color: {colour}'>{key}</span>",
    ],
    ids=[
        "in pieces",
        "preformatted",
        "wrapped",
        "in a text area",
        "in a table",
        "in a field",
        "below",
        "running over",
        "in small print",
    ],
)
def test_a_secret_on_a_page(place: Place, case: Case, browser: Browser, body: str) -> None:
    parts = {"key": case.key, "head": case.key[:14], "tail": case.key[14:], "password": case.password}
    browser.go(f"page {case.harmless}", f"<p>{case.harmless}</p>" + body.format(colour=css(case.colour), **parts))
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(case.key, case.password)
    assert case.pictured()
    assert case.harmless in case.stored()[-1][3]
