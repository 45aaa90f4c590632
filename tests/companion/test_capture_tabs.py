"""Tabs that are not in front: which go, and where all of them are black."""

from __future__ import annotations

from dataclasses import replace

import pytest

from companion.capture.accessible.reading import Block, Reading
from companion.capture.accessible.roles import Role
from companion.capture.accessible.text import joined
from companion.capture.privacy import Rules
from companion.capture.private_windows import PRIVATE_WINDOWS
from companion.capture.tabs import STRIP, untold, without_others
from companion.capture.types import Rect, Window

BROWSER = Window("Chromium", "News - Chromium", pid=4, rect=Rect(10, 20, 700, 400))
EDITOR = replace(BROWSER, app="gedit", title="notes.txt - gedit")
SITES, TITLES = Rules(exclude_sites=("bank.test",)), Rules(exclude_titles=(*PRIVATE_WINDOWS, "diary*"))


def reading(*tabs: str, **about: object) -> Reading:
    """Return a reading with tabs beside each other."""
    rects = [Rect(10 + 100 * place, 20, 100, 40) for place in range(len(tabs))]
    blocks = tuple(
        Block(Role.PAGE_TAB, tab, rect, place) for place, (tab, rect) in enumerate(zip(tabs, rects, strict=True))
    )
    return replace(Reading(joined(blocks), "", "", blocks, (), complete=True), **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("rules", [SITES, TITLES])
def test_of_a_browser_all_but_the_one_in_front_go(rules: Rules) -> None:
    left = without_others(reading("Account", "News", "Newsletter"), BROWSER, rules)
    assert left.text == "News"
    assert left.hidden == (Rect(10, 20, 100, 40), Rect(210, 20, 100, 40))
    assert left.private == ()
    assert left.complete


def test_what_chromium_says_behind_a_title_is_no_other_page() -> None:
    told = reading("News - Memory usage - 23.4 MB")
    assert without_others(told, BROWSER, SITES) is told


@pytest.mark.parametrize(
    ("tabs", "left"),
    [
        (("News", "News - of my account"), "News"),
        (("News - of my account", "News - Memory usage - 23.4 MB"), ""),
    ],
)
def test_a_tab_that_only_begins_like_the_one_in_front_may_be_another(tabs: tuple[str, ...], left: str) -> None:
    found = without_others(reading(*tabs), BROWSER, SITES)
    assert found.text == left
    assert len(found.hidden) == len(tabs) - bool(left)


def test_what_a_browser_hangs_over_its_page_goes_where_anything_is_left_out() -> None:
    card, page = Rect(10, 60, 200, 150), Block(Role.PARAGRAPH, "words", Rect(20, 100, 300, 20), 7, document=True)
    told = reading("News")
    tip = Block(Role.TOOL_TIP, "Account bank.test", card, 5)
    told = replace(told, blocks=(*told.blocks, tip, replace(tip, role=Role.LABEL), page))
    left = without_others(told, BROWSER, SITES, [card])
    assert left.text == joined((told.blocks[0], page))
    assert card in left.hidden
    assert left.complete
    assert without_others(told, BROWSER, Rules(), [card]) is told
    assert without_others(told, EDITOR, SITES, [card]) is told
    silent = untold(reading(told=False), BROWSER, TITLES, [card])
    assert silent is not None
    assert card in silent.hidden


def test_while_its_bar_is_written_into_what_it_suggests_may_lie_anywhere() -> None:
    told = reading("News")
    row = Block(Role.LIST_ITEM, "my account bank.test/a from history", Rect(10, 60, 200, 20), 5, document=True)
    told = replace(told, blocks=(*told.blocks, row), writing=True)
    left = without_others(told, BROWSER, SITES)
    assert left.text == "News"
    assert not left.complete
    read = replace(told, writing=False)
    assert without_others(read, BROWSER, SITES) is read


def test_the_rules_for_private_windows_alone_leave_all() -> None:
    told = reading("Account", "News")
    assert without_others(told, BROWSER, Rules(exclude_titles=PRIVATE_WINDOWS)) is told


def test_of_another_program_those_go_that_are_left_out() -> None:
    told = reading("notes.txt", "diary.txt", "letter.txt")
    assert without_others(told, EDITOR, TITLES).text == "notes.txt letter.txt"
    assert without_others(told, EDITOR, SITES) is told


def test_a_tab_that_may_be_anywhere_leaves_no_picture() -> None:
    told = reading("Account", "News")
    nowhere = replace(told, blocks=tuple(replace(block, rect=None) for block in told.blocks))
    assert not without_others(nowhere, BROWSER, SITES).complete


@pytest.mark.parametrize(("ratio", "pixels"), [(1.0, STRIP), (1.5, 69), (0.0, 2 * STRIP)])
def test_of_a_browser_that_tells_nothing_all_are_black(ratio: float, pixels: int) -> None:
    silent = reading(told=False, ratio=ratio)
    found = untold(silent, BROWSER, TITLES)
    assert found is not None
    assert found.hidden == (Rect(10, 20, 700, pixels),)


def test_of_a_window_that_tells_nothing_nothing_is_said() -> None:
    assert untold(None, EDITOR, TITLES) is None
    found = untold(None, BROWSER, Rules())
    assert found is not None
    assert not found.hidden
