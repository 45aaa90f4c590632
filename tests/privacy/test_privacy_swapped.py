"""What changes while pixels are being read: nothing of what came in between is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import pytest
from desktop import wait_until
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import EVERYTHING, LOCKED, MOVING, NEW, RULE, STORED, Place
from privacy_vault import Image
from privacy_window import Painted, drawn

from companion.capture.x11 import Display

pytestmark = [pytest.mark.display, pytest.mark.model]

AT, ASIDE = (300, 200), (900, 560)


@pytest.fixture
def editor(place: Place, case: Case) -> Painted:
    window = place.painted(image=drawn([case.harmless], size=(500, 300)), app="Editor", title="notes", at=AT)
    return window.activate()


@pytest.fixture
def manager(place: Place, case: Case, editor: Painted) -> Painted:
    """A window of an excluded program, beside the one that is looked at."""
    image = drawn([case.word], size=(300, 160), patch=case.colour)
    window = place.painted(image=image, app="KeePassXC", title=case.word, at=ASIDE)
    editor.activate()
    return window


def dropped(place: Place, case: Case, act: Callable[[], object], patch: pytest.MonkeyPatch) -> None:
    """Record; the look that something came between is dropped, and what follows shows no canary."""
    during_the_grab(patch, act)
    with place.looking() as looking:
        looking.until(after=MOVING)
    case.kept_out()


def test_another_window_becomes_active(
    place: Place, case: Case, manager: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped(place, case, lambda: (manager.move(*AT), manager.activate()), monkeypatch)


def test_another_window_is_mapped_over_it(
    place: Place, case: Case, editor: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = drawn([case.word], size=(300, 160), patch=case.colour)
    window = place.painted(image=image, app="KeePassXC", title=case.word, at=(360, 240), mapped=False)
    dropped(place, case, window.show, monkeypatch)


def test_a_pop_up_is_mapped_over_it(place: Place, case: Case, editor: Painted, monkeypatch: pytest.MonkeyPatch) -> None:
    image = drawn([case.word], size=(300, 160), patch=case.colour)
    window = place.painted(image=image, app="Notifier", at=(360, 240), mapped=False, unmanaged=True)
    dropped(place, case, window.show, monkeypatch)


def test_a_pop_up_flashes_over_it(place: Place, case: Case, editor: Painted, monkeypatch: pytest.MonkeyPatch) -> None:
    image = drawn([case.word], size=(300, 160), patch=case.colour)
    window = place.painted(image=image, app="Notifier", at=(360, 240), mapped=False, unmanaged=True)
    during_the_grab(monkeypatch, window.show, window.hide)
    with place.looking() as looking:
        looking.until(NEW, after=MOVING)
    case.kept_out()
    assert case.pictured()


def test_another_window_is_moved_over_it(
    place: Place, case: Case, manager: Painted, editor: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.desktop.keep_above(manager.name)
    editor.activate()
    dropped(place, case, lambda: manager.move(360, 240), monkeypatch)


def test_another_window_is_moved_over_it_and_away_again(
    place: Place, case: Case, manager: Painted, editor: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.desktop.keep_above(manager.name)
    editor.activate()
    during_the_grab(monkeypatch, lambda: manager.move(360, 240), lambda: manager.move(*ASIDE))
    with place.looking() as looking:
        looking.until(NEW, after=MOVING)
    case.kept_out()
    assert case.pictured()


def test_another_window_is_raised_over_it(
    place: Place, case: Case, manager: Painted, editor: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.move(360, 240)
    editor.activate()

    def lift() -> None:
        place.desktop.ask_manager(manager.name, "_NET_RESTACK_WINDOW", 2, 0, 0)
        wait_until(lambda: _on_top(place, manager, editor), "the other window on top")

    dropped(place, case, lift, monkeypatch)


def test_the_window_itself_goes_and_shows_what_is_beneath(
    place: Place, case: Case, manager: Painted, editor: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.move(360, 240)
    editor.activate()
    dropped(place, case, lambda: (editor.hide(), wait_until(lambda: not editor.shown(), "no editor")), monkeypatch)


def test_the_window_itself_goes_and_comes_back(
    place: Place, case: Case, manager: Painted, editor: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.move(360, 240)
    editor.activate()

    def go() -> None:
        editor.hide()
        wait_until(lambda: not editor.shown(), "no editor")

    during_the_grab(monkeypatch, go, lambda: (editor.show(), editor.activate()))
    with place.looking() as looking:
        looking.until(MOVING)
    case.kept_out()


@pytest.mark.parametrize("after", [False, True], ids=["before the pixels", "after the pixels"])
def test_the_title_comes_under_a_rule(place: Place, case: Case, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    image = drawn([case.word], size=(300, 160), patch=case.colour)
    window = place.painted(image=image, app="Editor", title="page").activate()
    acts = (lambda: None, lambda: window.rename(f"{case.word} - diary"))
    during_the_grab(monkeypatch, *(acts if after else reversed(acts)))
    with place.looking(replace(EVERYTHING, exclude_titles=("diary",))) as looking:
        looking.until(RULE, after=MOVING)
    case.kept_out()
    assert case.stored() == []


def test_the_title_comes_under_a_rule_and_goes_again(place: Place, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = drawn([case.harmless], size=(300, 160))
    secret = drawn([case.word], size=(300, 160), patch=case.colour)
    window = place.painted(image=harmless, app="Editor", title="notes").activate()

    def show(title: str, image: Image) -> None:
        window.rename(title)
        window.show_instead(image)

    with place.looking(replace(EVERYTHING, exclude_titles=("diary",))) as looking:
        looking.until(NEW)
        for _ in range(2):  # as programs tell a new title by two properties
            window.rename("letters")
        looking.until(NEW)
        during_the_grab(monkeypatch, lambda: show("diary", secret), lambda: show("letters", harmless))
        place.desktop.run("xdotool", "key", "Shift_L")
        looking.until(*STORED, after=MOVING)
    case.kept_out()
    assert case.pictured()


def test_a_title_in_which_something_turns_all_the_time_is_no_reason(place: Place, case: Case) -> None:
    window = place.painted(image=drawn([case.harmless], size=(300, 160)), app="Editor", title="notes").activate()
    ended = threading.Event()

    def turn() -> None:
        for glyph in cycle("⠋⠙"):
            if ended.wait(0.05):
                return
            window.rename(f"{glyph} notes")

    turning = threading.Thread(target=turn)
    turning.start()
    try:
        with place.looking() as looking:
            place.pictured(looking, case)
    finally:
        ended.set()
        turning.join()
    assert case.pictured()


def test_a_program_takes_another_name(place: Place, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    window = place.painted(image=drawn([case.word], size=(300, 160), patch=case.colour), app="Editor", title="page")
    window.activate()
    during_the_grab(monkeypatch, lambda: window.call("KeePassXC"))
    with place.looking() as looking:
        looking.until(RULE, after=MOVING)
    case.kept_out()


def test_the_screen_saver_comes_while_pixels_are_read(
    place: Place, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = place.painted(image=drawn([case.word], size=(300, 160), patch=case.colour), app="Editor", title="page")
    window.activate()
    during_the_grab(monkeypatch, place.blank)
    try:
        with place.looking() as looking:
            looking.until(LOCKED, after=MOVING)
    finally:
        place.blank(on=False)
    case.kept_out()
    assert case.stored() == []


def _on_top(place: Place, one: Painted, other: Painted) -> bool:
    with Display(place.desktop.display) as display:
        order = display.numbers(display.root, "_NET_CLIENT_LIST_STACKING")
    return order.index(one.id) > order.index(other.id)
