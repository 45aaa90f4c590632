from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.privacy import NO_WINDOW, OWN_WINDOW, Rules, is_private
from companion.capture.types import Rect, Window
from companion.settings import Settings

RULES = Rules(
    exclude_apps=("keepassxc",), exclude_titles=("private browsing", "Navigation Privée"), own_pids=frozenset({42})
)
HERE, ELSEWHERE = Rect(0, 0, 100, 100), Rect(100, 0, 100, 100)


def window(app: str = "XTerm", title: str = "shell", *, pid: int = 7, rect: Rect | None = HERE) -> Window:
    return Window(app=app, title=title, pid=pid, rect=rect)


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


apps = st.sampled_from(["XTerm", "keepassxc", "KEEPASSXC", "", "firefox"])
rects = st.none() | st.builds(Rect, st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3))
windows = st.builds(Window, app=apps, title=st.text(max_size=5), pid=st.sampled_from([0, 7, 42]), rect=rects)


@given(windows, st.lists(windows, max_size=4))
def test_more_windows_never_allow_more(active: Window, above: list[Window]) -> None:
    if RULES.decide(active, above) is None:
        assert RULES.decide(active) is None
        for other in above:
            assert RULES.decide(active, [other]) is None
            apart = active.rect and other.rect and not active.rect.overlaps(other.rect)
            assert apart or RULES.decide(other) is None
