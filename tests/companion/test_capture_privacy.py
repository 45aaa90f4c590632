from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import companion
from companion.capture.privacy import NO_WINDOW, OWN_WINDOW, Rules, is_private
from companion.capture.types import Rect, Window
from companion.settings import Settings

RULES = Rules(
    exclude_apps=("keepassxc",), exclude_titles=("private browsing", "Navigation Privée"), own_pids=frozenset({42})
)
HERE, ELSEWHERE = Rect(0, 0, 100, 100), Rect(100, 0, 100, 100)


NO_BANK = Rules(exclude_sites=("example.org", "www.bank.example"))
USUAL = Rules(exclude_apps=Settings().exclude_apps, exclude_titles=Settings().exclude_titles)


def window(
    app: str = "XTerm", title: str = "shell", url: str = "", *, pid: int = 7, rect: Rect | None = HERE
) -> Window:
    return Window(app=app, title=title, url=url, pid=pid, rect=rect)


def test_a_known_window_may_be_looked_at() -> None:
    assert RULES.decide(window()) is None


@pytest.mark.parametrize(
    "refused",
    [
        None,
        window(app=""),
        window(app="  "),
        window(app="KeePassXC"),
        window(title="Mail — Private Browsing — Firefox"),
        window(title="courrier — NAVIGATION PRIVÉE"),
        window(pid=42),
    ],
)
def test_what_a_rule_or_ignorance_forbids_is_not_looked_at(refused: Window | None) -> None:
    assert RULES.decide(refused)


@pytest.mark.parametrize(
    "words",
    [
        "Private Browsing",
        "Privater Modus",
        "Inkognito",
        "Inkognitomodus",
        "Incognito",
        "Incógnito",
        "Navigation privée",
        "NAVIGATION PRIVEE",
        "Navegación privada",
        "Navegação privada",
        "Navigazione anonima",
        "Navegação anônima",
        "Navegação anónima",
        "Navegac\u0327a\u0303o ano\u0302nima",
        "Privé-navigatie",
        "Privénavigatie",
        "Приватный просмотр",
        "プライベートブラウジング",
        "InPrivate",
        "Tor Browser",
    ],
)
def test_private_windows_are_known_in_many_languages(words: str) -> None:
    rules = Rules(exclude_titles=Settings().exclude_titles)
    assert rules.decide(window(title=f"My bank — {words} — Firefox"))


@pytest.mark.parametrize("title", ["A private letter", "Tor: how it works", "Navigation on the Danube", "プライバシー"])
def test_other_windows_are_not_taken_for_private_ones(title: str) -> None:
    assert Rules(exclude_titles=Settings().exclude_titles).decide(window(title=title)) is None


def test_an_app_is_compared_whole() -> None:
    assert RULES.decide(window(app="keepassxc-website")) is None


@pytest.mark.parametrize(
    "over", [window(app="keepassxc"), window(app=""), window(title="private browsing"), window(pid=42)]
)
def test_a_forbidden_window_over_the_active_one_forbids_that_too(over: Window) -> None:
    assert RULES.decide(window(), [window(app="Firefox"), over])


def test_a_forbidden_window_beside_the_active_one_does_not_matter() -> None:
    assert RULES.decide(window(), [window(app="keepassxc", rect=ELSEWHERE)]) is None


def test_a_forbidden_window_with_unknown_place_counts_as_over_it() -> None:
    assert RULES.decide(window(), [window(app="keepassxc", rect=None)])
    assert RULES.decide(window(rect=None), [window(app="keepassxc", rect=ELSEWHERE)])


def test_own_windows_and_no_window_are_not_a_privacy_rule() -> None:
    assert RULES.decide(window(pid=42)) == OWN_WINDOW
    assert RULES.decide(None) == NO_WINDOW
    assert not is_private(OWN_WINDOW)
    assert not is_private(NO_WINDOW)
    assert is_private(RULES.decide(window(app="keepassxc")) or "")
    assert is_private(RULES.decide(window(app="")) or "")


def test_empty_words_exclude_nothing() -> None:
    assert Rules(exclude_apps=("",), exclude_titles=("", "  ")).decide(window()) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://docs.example.org/page",
        "https://bank.example/login",
        "https://www.bank.example/login",
        "view-source:https://login.bank.example/",
    ],
)
def test_a_page_on_an_excluded_site_is_not_looked_at_in_any_program(url: str) -> None:
    for app in ("firefox", "Chromium", "Thunderbird"):
        told = window(app, "A page", url)
        assert "site" in (NO_BANK.decide(told) or "")
        assert NO_BANK.decide_address(told, name="A page") == NO_BANK.decide(told)
        assert NO_BANK.excluded(told) == NO_BANK.decide(told)


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://myexample.org/", "file:///a.html", "about:preferences"]
)
def test_other_pages_may_be_looked_at(url: str) -> None:
    told = window("firefox", "A page", url)
    assert NO_BANK.decide(told) is None
    assert NO_BANK.decide_address(told) is None
    assert NO_BANK.excluded(told) is None


@pytest.mark.parametrize(
    "app", ["firefox", "Firefox-esr", "Navigator", "Google-chrome", "org.gnome.Epiphany", "Falkon"]
)
@pytest.mark.parametrize("url", ["", "about:blank", "https://[bad"])
def test_a_browser_that_tells_no_address_may_be_asked_and_not_looked_at(app: str, url: str) -> None:
    untold = window(app, "A page", url)
    assert NO_BANK.decide(untold) is None
    reason = NO_BANK.decide_address(untold, name="A page")
    assert reason is not None
    assert "does not tell the address of its page" in reason
    assert "Let it tell" in reason
    assert is_private(reason)
    assert "no address is given" in (NO_BANK.excluded(untold) or "")


def test_without_excluded_sites_no_address_is_needed() -> None:
    for rules in (Rules(), Rules(exclude_sites=("", " "))):
        assert rules.decide_address(window("firefox", "A page"), name="A page") is None
        assert rules.excluded(window("firefox", "A page")) is None


def test_other_programs_need_no_address() -> None:
    assert NO_BANK.decide_address(window("XTerm", "bank.example")) is None


def test_a_browser_whose_title_names_an_excluded_site_is_not_asked() -> None:
    assert NO_BANK.decide(window("firefox", "Log in - www.bank.example"))
    assert NO_BANK.decide(window("XTerm", "ssh bank.example")) is None


def test_a_page_over_the_window_is_not_known_where_sites_are_excluded() -> None:
    over = window("firefox", "A page")
    reason = NO_BANK.decide(window(), [over])
    assert reason is not None
    assert reason.startswith("Another window overlaps this one. Sites are excluded")
    assert NO_BANK.decide(window(), [replace(over, url="https://example.com/")]) is None
    assert NO_BANK.decide(window(), [replace(over, rect=ELSEWHERE)]) is None


def test_chromium_says_that_a_window_is_private_only_when_asked() -> None:
    shown = window("Chromium", "A page - Chromium")
    assert USUAL.decide(shown) is None
    assert "incognito" in (USUAL.decide_address(shown, name="A page - Chromium (Incognito)") or "")
    assert USUAL.decide_address(shown, name="A page - Chromium") is None


@pytest.mark.parametrize("app", ["Chromium", "Google-chrome", "Brave-browser", "Vivaldi-stable"])
def test_chromium_that_cannot_be_asked_may_be_private(app: str) -> None:
    shown = window(app, "A page")
    reason = USUAL.decide_address(shown)
    assert reason is not None
    assert "does not tell whether this window is private. Start it anew" in reason
    assert USUAL.decide(window(), [shown])
    assert USUAL.excluded(shown) is None  # a recording others made: it was theirs to decide


def test_who_wants_private_windows_recorded_is_not_asked_for_their_names() -> None:
    assert Rules(exclude_titles=("bank",)).decide_address(window("Chromium", "A page")) is None


@pytest.mark.parametrize("name", ["A page (Inkognito)", "Seite\uff08シークレット モード\uff09", "(ആള്\u200dമാറാട്ടം) x"])
def test_titles_are_looked_at_in_what_a_program_calls_its_window_too(name: str) -> None:
    assert USUAL.decide_address(window("XTerm", "A page"), name=name)


@pytest.mark.parametrize(
    "app",
    [
        "KeePassXC",
        "org.keepassxc.KeePassXC",
        "Bitwarden",
        "1Password.exe",
        "Keychain Access",
        "Enpass",
        "Onboard",
        "osk.exe",
    ],
)
def test_password_managers_and_keyboards_on_the_screen_are_left_out_by_default(app: str) -> None:
    assert USUAL.decide(window(app)) == f"The program {app} is excluded."
    assert Rules().decide(window(app)) is None


@pytest.mark.parametrize("app", ["pinentry-gnome3", "i3lock", "xscreensaver", "org.kde.ksshaskpass", "consent.exe"])
def test_locks_and_prompts_are_left_out_whatever_the_settings(app: str) -> None:
    for rules in (Rules(), USUAL):
        assert "locks the screen or asks for a password" in (rules.decide(window(app)) or "")
        assert rules.decide_address(window(app), name="x") == rules.decide(window(app)) == rules.excluded(window(app))


def test_titles_can_be_described_with_wildcards() -> None:
    rules = Rules(exclude_titles=("case ??-*draft",))
    assert (
        rules.decide(window(title="Case AB-17, DRAFT 3"))
        == "Windows with “case ??-*draft” in their title are excluded."
    )
    assert rules.decide(window(title="Case A-17, draft 3")) is None


apps = st.sampled_from(["XTerm", "keepassxc", "KEEPASSXC", "", "firefox", "Chromium", "pinentry"])
rects = st.none() | st.builds(Rect, st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3))
urls = st.sampled_from(["", "about:blank", "https://example.org/a", "https://example.com/"])
titles = st.text(max_size=5) | st.sampled_from(["private browsing", "at example.org", "x (Incognito)"])
windows = st.builds(Window, app=apps, title=titles, url=urls, pid=st.sampled_from([0, 7, 42]), rect=rects)
some_rules = st.builds(
    Rules,
    exclude_apps=st.sampled_from([(), ("keepassxc",)]),
    exclude_titles=st.sampled_from([(), ("private browsing", "incognito")]),
    exclude_sites=st.sampled_from([(), ("example.org",)]),
    own_pids=st.just(frozenset({42})),
)


@given(windows, st.lists(windows, max_size=4))
def test_more_windows_never_allow_more(active: Window, above: list[Window]) -> None:
    if RULES.decide(active, above) is None:
        assert RULES.decide(active) is None
        for other in above:
            assert RULES.decide(active, [other]) is None
            apart = active.rect and other.rect and not active.rect.overlaps(other.rect)
            assert apart or RULES.decide(other) is None


@given(some_rules, windows, titles)
def test_what_is_known_later_never_allows_more(rules: Rules, seen: Window, name: str) -> None:
    if rules.decide_address(seen, name=name) is None:
        assert rules.decide(seen) is None
        assert rules.decide(replace(seen, url="")) is None
        assert rules.excluded(seen) is None
        assert not (rules.exclude_sites and seen.app in {"firefox", "Chromium"} and seen.url in {"", "about:blank"})


@given(some_rules, windows, titles)
def test_more_rules_never_allow_more(rules: Rules, seen: Window, name: str) -> None:
    more = replace(
        rules, exclude_sites=(*rules.exclude_sites, "example.com"), exclude_titles=(*rules.exclude_titles, "x")
    )
    if rules.decide_address(seen, name=name) is not None:
        assert more.decide_address(seen, name=name) is not None


def test_whoever_asks_before_reading_asks_again_with_what_was_told() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in Path(companion.__file__).parent.rglob("*.py")}
    asking = {path: text for path, text in sources.items() if re.search(r"rules\.decide\(", text)}
    assert asking
    assert not [path.name for path, text in asking.items() if not re.search(r"\.decide_address\([^)]*name=", text)]


def test_a_frame_in_a_page_that_does_not_tell_its_address_is_kept_out_where_sites_are() -> None:
    page = replace(window("firefox", "A page"), url="https://allowed.example/")
    assert NO_BANK.decide_address(page, name="A page", within=("about:srcdoc", "https://other.example/")) is None
    assert "a frame" in (NO_BANK.decide_address(page, name="A page", within=("https://other.example/", "")) or "")
    assert Rules().decide_address(page, name="A page", within=("",)) is None
