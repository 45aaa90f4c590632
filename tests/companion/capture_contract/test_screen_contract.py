"""What every desktop does, whichever it is. A new adapter needs a world (see `worlds`) and a place in ``WORLDS``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import numpy as np
import pytest
from desktop import Desktop
from macos_world import MacWorld
from windows_world import WindowsWorld
from worlds import LEFT, World
from x11_world import X11World

from companion.capture.privacy import NO_WINDOW, OWN_WINDOW, Rules
from companion.capture.screen import Happened, Sight
from companion.capture.types import Trigger

PATIENCE = 20.0

Open = Callable[..., World]

WORLDS = ("windows", "macos", pytest.param("x11", marks=pytest.mark.display))
MADE_UP = {"windows": WindowsWorld, "macos": MacWorld}


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, opened: ExitStack) -> World:
    if request.param == "x11":
        made: World = X11World(request.getfixturevalue("desktop"))
    else:
        made = MADE_UP[request.param]()
    opened.enter_context(made.screen)
    return made


@pytest.fixture(params=("windows", "macos"))
def made_up(request: pytest.FixtureRequest, opened: ExitStack) -> Open:
    def make(*, listen: bool = True, scale: int = 1) -> World:
        world = MADE_UP[request.param](listen=listen, scale=scale)
        opened.enter_context(world.screen)
        return world

    return make


def sight_with(world: World, wanted: Callable[[Sight], bool]) -> Sight:
    """Return the first sight as wanted; a made-up desktop has to show it at once."""
    until = time.monotonic() + (PATIENCE if world.settles else 0.0)
    while True:
        seen = world.screen.sight()
        if wanted(seen) or time.monotonic() >= until:
            assert wanted(seen), seen
            return seen
        time.sleep(0.02)


def heard_until(world: World, wanted: Callable[[Sequence[Happened]], bool]) -> list[Happened]:
    """Return everything that happened up to what is wanted."""
    until = time.monotonic() + (PATIENCE if world.settles else 0.0)
    heard: list[Happened] = []
    while True:
        heard += world.screen.wait(0.1)
        if wanted(heard) or time.monotonic() >= until:
            assert wanted(heard), heard
            return heard


def times(heard: Sequence[Happened], trigger: Trigger) -> int:
    return sum(what.count for what in heard if what.trigger is trigger)


def titles(seen: Sight) -> set[str]:
    return {window.title for window in seen.overlapping}


def test_without_a_window_nothing_has_the_attention(world: World) -> None:
    seen = world.screen.sight()
    assert seen.window is None
    assert Rules().decide(seen.window, seen.overlapping) == NO_WINDOW


def test_the_active_window_says_whose_it_is_and_where(world: World) -> None:
    window = world.open("Ledger", "accounts")
    seen = sight_with(world, lambda seen: seen.window is not None).window
    assert seen is not None
    assert (seen.app, seen.title, seen.pid) == ("Ledger", "accounts", world.pid(window))
    assert seen.rect is not None
    assert seen.rect.overlaps(LEFT)


def test_the_attention_moves_with_the_active_window(world: World) -> None:
    first = world.open("Ledger", "accounts")
    world.open("Reader", "a page")
    second = sight_with(world, lambda seen: seen.window is not None and seen.window.title == "a page")
    world.activate(first)
    assert sight_with(world, lambda seen: seen.window is not None and seen.window.title == "accounts").id != second.id


def test_a_window_that_does_not_say_whose_it_is_may_not_be_looked_at(world: World) -> None:
    world.open_unknown()
    seen = sight_with(world, lambda seen: seen.window is None or seen.window.app == "")
    assert Rules().decide(seen.window, seen.overlapping) is not None


def test_own_windows_are_known(world: World) -> None:
    window = world.open("Ledger", "accounts")
    seen = sight_with(world, lambda seen: seen.window is not None)
    assert Rules(own_pids=frozenset({world.pid(window)})).decide(seen.window, seen.overlapping) == OWN_WINDOW


def test_what_lies_over_the_active_window_is_told_with_whose_it_is(world: World) -> None:
    first = world.open("Ledger", "accounts")
    above = world.open("Vault", "secrets", 150, 150)
    world.keep_on_top(above)
    world.activate(first)
    seen = sight_with(world, lambda seen: "secrets" in titles(seen))
    assert "Vault" in {window.app for window in seen.overlapping}
    assert "Vault" in (Rules(exclude_apps=("vault",)).decide(seen.window, seen.overlapping) or "")


def test_what_lies_beneath_or_beside_or_is_minimised_is_not_told(world: World) -> None:
    world.open("Vault", "beneath", 150, 150)
    minimised = world.open("Vault", "minimised", 150, 150)
    beside = world.open("Vault", "beside", 150, 150)
    first = world.open("Ledger", "accounts")
    world.keep_on_top(minimised)
    world.keep_on_top(beside)
    world.activate(first)
    sight_with(world, lambda seen: titles(seen) >= {"minimised", "beside"})
    world.minimise(minimised)
    world.move(beside, 850, 500)
    world.activate(first)
    seen = sight_with(world, lambda seen: not titles(seen) & {"minimised", "beside", "beneath"})
    assert seen.window is not None
    assert seen.window.title == "accounts"


def test_a_closed_window_is_as_if_it_had_never_been(world: World) -> None:
    window = world.open("Ledger", "accounts")
    sight_with(world, lambda seen: seen.window is not None)
    world.close(window)
    assert sight_with(world, lambda seen: seen.window is None).overlapping == ()


def test_only_what_is_on_the_desktop_belongs_to_the_window(world: World) -> None:
    window = world.open("Ledger", "accounts", 300, 300)
    sight_with(world, lambda seen: seen.window is not None)
    world.move(window, -100, 300)
    seen = sight_with(world, lambda seen: seen.window is not None and _left(seen) == 0).window
    assert seen is not None
    assert seen.rect is not None
    assert seen.rect.width > 0


def _left(seen: Sight) -> int | None:
    return seen.window.rect.left if seen.window is not None and seen.window.rect is not None else None


def test_a_picture_is_as_large_as_the_window_and_shows_it_in_its_colours(world: World) -> None:
    window = world.open("Ledger", "accounts")
    seen = sight_with(world, lambda seen: seen.window is not None).window
    assert seen is not None
    assert seen.rect is not None
    image = world.screen.grab(seen.rect)
    assert image is not None
    assert (image.dtype, image.shape, image.flags.c_contiguous) == (
        np.uint8,
        (seen.rect.height, seen.rect.width, 3),
        True,
    )
    assert np.array_equal(image, world.shown(window, seen.rect))


def test_a_quiet_desktop_is_not_disturbed(world: World) -> None:
    world.open("Ledger", "accounts")
    seen = sight_with(world, lambda seen: seen.window is not None).window
    for _ in range(2):
        while world.screen.wait(0.3):
            pass
        world.screen.sight()
    assert seen is not None
    assert seen.rect is not None
    assert not world.screen.disturbed(seen.rect)


def test_a_window_that_came_over_it_disturbs(world: World) -> None:
    first = world.open("Ledger", "accounts")
    before = sight_with(world, lambda seen: seen.window is not None)
    above = world.open("Vault", "secrets", 150, 150)
    world.keep_on_top(above)
    world.activate(first)
    world.screen.sight()
    assert before.window is not None
    assert before.window.rect is not None
    assert world.screen.disturbed(before.window.rect)


def test_while_it_is_locked_the_screen_is_asleep(world: World) -> None:
    world.open("Ledger", "accounts")
    assert not world.screen.asleep()
    world.lock()
    assert world.screen.asleep()
    world.unlock()
    assert not world.screen.asleep()


def test_hands_are_counted_and_nothing_else_is_told_of_them(world: World) -> None:
    world.open("Ledger", "accounts")
    sight_with(world, lambda seen: seen.window is not None)
    for key in "abc":
        world.press_key(key)
    for _ in range(2):
        world.click()
    world.scroll()
    heard = heard_until(world, lambda heard: times(heard, Trigger.SCROLLED) == 1 and times(heard, Trigger.CLICKED) == 2)
    assert times(heard, Trigger.TYPED) == 3
    assert all(type(what) is Happened for what in heard)
    idle = world.screen.idle()
    assert idle is not None
    assert idle < PATIENCE


def test_what_hands_do_while_it_is_locked_is_not_told(made_up: Open) -> None:
    world = made_up()
    world.open("Ledger", "accounts")
    world.lock()
    world.press_key("a")
    assert times([*world.screen.wait(0.1), *world.screen.wait(0.1)], Trigger.TYPED) == 0
    world.unlock()
    world.press_key("b")
    assert times(world.screen.wait(0.1), Trigger.TYPED) == 1


def test_another_window_and_another_title_are_told(world: World) -> None:
    window = world.open("Ledger", "accounts")
    heard_until(world, lambda heard: times(heard, Trigger.SWITCHED) > 0)
    sight_with(world, lambda seen: seen.window is not None)
    world.retitle(window, "accounts of March")
    heard_until(world, lambda heard: times(heard, Trigger.TITLED) > 0)
    sight_with(world, lambda seen: seen.window is not None and seen.window.title == "accounts of March")
    world.retitle(window, "(3) accounts of March")
    world.open("Reader", "a page")
    heard = heard_until(world, lambda heard: times(heard, Trigger.SWITCHED) > 0)
    assert times(heard, Trigger.TITLED) == 0  # only a counter ticked


def test_without_consent_hands_are_not_counted(made_up: Open) -> None:
    world = made_up(listen=False)
    world.open("Ledger", "accounts")
    world.screen.sight()
    for _ in range(3):
        world.press_key("a")
        world.click()
        world.scroll()
    heard = [*world.screen.wait(0.1), *world.screen.wait(0.1)]
    assert {what.trigger for what in heard} <= {Trigger.SWITCHED, Trigger.CHANGED}


@pytest.mark.display
def test_without_consent_x11_counts_no_hands(desktop: Desktop) -> None:
    world = X11World(desktop, listen=False)
    with world.screen:
        world.press_key("a")
        world.open("Ledger", "accounts")
        heard = heard_until(world, lambda heard: times(heard, Trigger.SWITCHED) > 0)
    assert times(heard, Trigger.TYPED) == 0


def test_where_pictures_tell_nothing_of_change_a_look_is_called_for_while_the_person_is_there(made_up: Open) -> None:
    world = made_up()
    world.open("Ledger", "accounts")
    world.screen.sight()
    world.press_key("a")
    world.screen.wait(0.1)
    assert times(world.screen.wait(5.0), Trigger.CHANGED) == 1
    away = [what for _ in range(60) for what in world.screen.wait(5.0)]
    assert 0 < times(away, Trigger.CHANGED) < 10
    assert [what for _ in range(60) for what in world.screen.wait(5.0)] == []


@pytest.mark.parametrize("scale", [1, 2])
def test_a_picture_has_the_size_of_the_place_it_was_asked_for_on_any_monitor(made_up: Open, scale: int) -> None:
    world = made_up(scale=scale)
    window = world.open("Ledger", "accounts", 1400, 200)
    seen = world.screen.sight().window
    assert seen is not None
    assert seen.rect is not None
    assert (seen.rect.left, seen.rect.top, seen.rect.width, seen.rect.height) == (1400, 200, 600, 400)
    assert seen.monitor == 1
    image = world.screen.grab(seen.rect)
    assert image is not None
    assert np.array_equal(image, world.shown(window, seen.rect))


def test_nothing_is_read_of_a_place_that_is_on_no_monitor(made_up: Open) -> None:
    world = made_up()
    world.open("Ledger", "accounts")
    seen = world.screen.sight().window
    assert seen is not None
    assert seen.rect is not None
    world.close(world.open("Reader", "a page"))
    world.screen.sight()
    assert world.screen.grab(type(seen.rect)(-5000, 0, 10, 10)) is None
