"""Password fields and private windows of real browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desktop import wait_until
from privacy_browser import Browser
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import MOVING, NEW, RENEWED, RULE, SAME, STORED, Place
from privacy_program import css

pytestmark = [pytest.mark.display, pytest.mark.model]


def field(case: Case, value: str = "", *, kind: str = "password", more: str = "") -> str:
    """Return a field whose background is of the canary's colour."""
    return f'<input type={kind} value="{value or case.word}" style="background: {css(case.colour)}" {more}>'


def recorded(place: Place, case: Case, *secrets: str) -> None:
    """Record until a picture of the page is stored, and check that it holds no canary."""
    with place.looking() as looking:
        place.pictured(looking, case)
    case.kept_out(*secrets)
    assert case.pictured()
    assert case.harmless in str(case.stored())


def test_a_masked_field(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"sign in {case.harmless}", f"<p>{case.harmless}</p>{field(case)}")
    recorded(place, case)


def test_several_fields(place: Place, case: Case, browser: Browser) -> None:
    rows = "".join(f"<p>{name} {field(case)}</p>" for name in ("Old", "New", "Again"))
    browser.go(f"change it {case.harmless}", f"<p>{case.harmless}</p>{rows}")
    recorded(place, case)


def test_a_field_that_is_filled_in_for_the_person(place: Place, case: Case, browser: Browser) -> None:
    form = f"<form><input name=user autocomplete=username> {field(case, ' ', more='id=p autocomplete=current-password')}</form>"
    browser.go(f"sign in {case.harmless}", f"<p>{case.harmless}</p>{form}")
    with place.looking() as looking:
        place.pictured(looking, case)
        browser.tell(
            f"p.value = '{case.word}'; p.dispatchEvent(new Event('input', {{bubbles: true}}));"
            f"document.querySelector('[name=user]').value = '{case.harmless}'"
        )
        looking.until(RENEWED, SAME, NEW)
    case.kept_out()
    assert case.pictured()


def test_a_field_that_is_revealed_after_a_look(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"sign in {case.harmless}", f"<p>{case.harmless}</p>{field(case, more='id=p')}")
    with place.looking() as looking:
        place.pictured(looking, case)
        browser.tell("p.type = 'text'")
        looking.until(*STORED)
    case.kept_out()


def test_a_field_that_is_revealed_beside_its_label(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"sign in {case.harmless}", f"<p>{case.harmless}</p>Password: {field(case, case.password, kind='text')}")
    recorded(place, case, case.password)


def test_a_field_that_is_scrolled_while_it_is_looked_at(
    place: Place, case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.go(f"form {case.harmless}", f"<p>{case.harmless}</p>{field(case)}<div style='height: 3000px'></div>")
    during_the_grab(monkeypatch, lambda: browser.tell("scrollTo(0, 30)"))
    with place.looking() as looking:
        looking.until(*STORED, after=MOVING)
    case.kept_out()


def test_a_field_that_is_scrolled_into_view_while_it_is_looked_at(
    place: Place, case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.go(f"form {case.harmless}", f"<p>{case.harmless}</p><div style='height: 3000px'></div>{field(case)}")
    during_the_grab(monkeypatch, lambda: browser.tell("scrollTo(0, 5000)"))
    with place.looking() as looking:
        looking.until(MOVING, *STORED)  # a page is painted when the browser gets to it
        looking.until(*STORED)
    case.kept_out()


def test_a_field_that_comes_while_it_is_looked_at(
    place: Place, case: Case, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.go(f"form {case.harmless}", f"<p>{case.harmless}</p><p id=p></p>")
    during_the_grab(monkeypatch, lambda: browser.tell(f"p.innerHTML = `{field(case)}`"))
    with place.looking() as looking:
        looking.until(MOVING, *STORED)  # a page is painted when the browser gets to it
        looking.until(*STORED)
    case.kept_out()


def test_what_is_typed_into_a_field(place: Place, case: Case, browser: Browser) -> None:
    browser.go(f"form {case.harmless}", f"<p>{case.harmless}</p><input type=password id=p autofocus>")
    browser.tell("p.focus()")
    with place.looking() as looking:
        looking.until(*STORED)
        place.desktop.run("xdotool", "type", "--delay", "15", case.word)
        looking.until(*STORED)
        browser.tell("p.type = 'text'")
        looking.until(*STORED)
    case.kept_out()


@pytest.fixture
def private(place: Place, case: Case, browser: Browser) -> Iterator[str]:
    """A private window with both canaries; another window of the browser shows a page of the same title."""
    title = f"page {case.harmless}"
    browser.go(title, f"<p>{case.harmless}</p>")
    browser.open(title, f"<p>{case.word}</p><p style='background: {css(case.colour)}'>&nbsp;", private=True)
    window = place.desktop.active()
    yield window
    browser.close_window(window)


def test_a_private_window(place: Place, case: Case, browser: Browser) -> None:
    title = f"page {case.word}"
    browser.open(title, f"<p>{case.word}</p><p style='background: {css(case.colour)}'>&nbsp;", private=True)
    window = place.desktop.active()
    with place.looking() as looking:
        looking.until(RULE)
        place.desktop.run("xdotool", "key", "Down")
        looking.until(RULE)
    browser.close_window(window)
    case.kept_out()
    assert case.stored() == []


@pytest.mark.usefixtures("private")
def test_a_private_window_that_shows_a_page_that_another_shows_too(place: Place, case: Case) -> None:
    with place.looking() as looking:
        looking.until()
        place.desktop.run("xdotool", "key", "Down")
        looking.until()
    case.kept_out()


def test_a_private_window_over_another_program(place: Place, case: Case, private: str) -> None:
    place.desktop.keep_above(private)
    place.painted(image=(230, 230, 230), size=(500, 300), app="Editor", title="notes", at=(60, 60)).activate()
    with place.looking() as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []


@pytest.mark.parametrize(("keys", "called"), [("ctrl+i", "Page Info"), ("ctrl+shift+i", "Developer Tools")])
def test_what_firefox_tells_of_a_private_page_in_another_window(
    place: Place, case: Case, keys: str, called: str
) -> None:
    browser = place.browser("firefox-esr")
    browser.open(f"page {case.word}", f"<p>{case.word}</p>", private=True)
    window = place.desktop.active()
    place.desktop.run("xdotool", "key", keys)
    beside = wait_until(lambda: place.desktop.search("--name", f"^{called} — "), f"{called} in a window of its own")[-1]
    place.desktop.activate(beside)
    with place.looking() as looking:
        looking.until(RULE)
    browser.close_window(beside)
    browser.close_window(window)
    case.kept_out()
    assert case.stored() == []
