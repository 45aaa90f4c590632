"""What is macOS's own, beside the contract: permissions, layers, bundles, counts, and a picture of one window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from macos_world import MacWorld
from worlds import LEFT

from companion.capture.macos.calls import COUNTS, SCREEN_SAVER, Notification, Picture, Touch
from companion.capture.macos.pixels import image_of
from companion.capture.macos.screen import MAY_NOT_FOLLOW, MAY_NOT_SEE
from companion.capture.screen import NOTHING
from companion.capture.types import CaptureError, Rect, Trigger


@pytest.fixture
def world() -> Iterator[MacWorld]:
    made = MacWorld()
    with made.screen:
        yield made


def app(world: MacWorld) -> str | None:
    seen = world.screen.sight().window
    return seen.app if seen is not None else None


def test_without_leave_to_see_it_asks_once_and_says_what_to_do() -> None:
    world = MacWorld()
    world.calls.allowed = False
    with pytest.raises(CaptureError, match="Screen & System Audio Recording"), world.screen:
        pass
    assert world.calls.asked == 1


def test_leave_to_see_that_was_taken_back_is_named(world: MacWorld) -> None:
    world.open("Ledger", "accounts")
    seen = world.screen.sight().window
    assert seen is not None
    assert seen.rect is not None
    world.calls.allowed = False
    with pytest.raises(CaptureError) as raised:
        world.screen.grab(seen.rect)
    assert str(raised.value) == MAY_NOT_SEE


def test_without_leave_to_follow_programs_it_says_what_is_missing(world: MacWorld) -> None:
    assert world.screen.limits == ""
    world.calls.trusted = False
    assert world.screen.limits == MAY_NOT_FOLLOW


def test_a_program_is_called_as_its_bundle_in_every_language(world: MacWorld) -> None:
    window = world.thing(world.open("Keychain Access", "Passwords"))
    assert app(world) == "Keychain Access"
    window.path = "/Applications/Browser.app/Contents/Frameworks/Helper.app/Contents/MacOS/Helper"
    assert app(world) == "Browser"
    window.path = "/usr/local/bin/tool"
    assert app(world) == window.owner
    window.path = ""
    assert app(world) == window.owner


def test_the_window_counts_and_not_what_a_browser_draws_over_it(world: MacWorld) -> None:
    window = world.open("Browser", "a page")
    bubble = world.thing(world.open("Browser", "", 100, 480))
    bubble.pid, bubble.path = world.pid(window), world.thing(window).path
    assert world.screen.sight().id == window
    other = world.open("Other", "", 100, 480)  # of another program, with no other window
    assert world.screen.sight().id == other


def test_a_window_that_withholds_its_picture_is_not_looked_at(world: MacWorld) -> None:
    window = world.open("Messenger", "a friend")
    world.thing(window).sharing = 0
    assert app(world) == ""


def test_what_cannot_be_seen_is_no_window(world: MacWorld) -> None:
    window = world.thing(world.open("Ledger", "accounts"))
    window.alpha = 0.0
    assert world.screen.sight() == NOTHING
    window.alpha, window.rect = 1.0, Rect(100, 100, 0, 0)
    assert world.screen.sight() == NOTHING
    window.rect = Rect(-9000, 0, 600, 400)
    assert world.screen.sight() == NOTHING


def test_a_picture_holds_nothing_of_what_lies_over_the_window(world: MacWorld) -> None:
    above = world.open("Vault", "secrets", 150, 150)
    window = world.open("Ledger", "accounts")
    world.keep_on_top(above)
    seen = world.screen.sight()
    assert seen.id == window
    assert seen.window is not None
    assert seen.window.rect is not None
    image = world.screen.grab(seen.window.rect)
    assert image is not None
    assert np.array_equal(image, world.shown(window, seen.window.rect))


def test_a_window_beside_does_not_disturb(world: MacWorld) -> None:
    window = world.open("Ledger", "accounts")
    seen = world.screen.sight()
    world.keep_on_top(world.open("Vault", "secrets", 800, 300))
    world.activate(window)
    world.screen.sight()
    assert seen.window is not None
    assert seen.window.rect is not None
    assert not world.screen.disturbed(seen.window.rect)


@pytest.mark.parametrize("how", ["locked", "another's", "no session", "dark", "saver"])
def test_each_way_to_be_asleep(world: MacWorld, how: str) -> None:
    assert not world.screen.asleep()
    if how == "locked":
        world.lock()
    elif how == "another's":
        world.calls.told = {"kCGSSessionOnConsoleKey": False}
    elif how == "no session":
        world.calls.told = None
    elif how == "dark":
        world.calls.sleeps = True
    else:
        saver = world.thing(world.open("ScreenSaverEngine", ""))
        saver.rect, saver.layer = LEFT, SCREEN_SAVER
    assert world.screen.asleep()


def test_only_the_program_in_front_is_followed(world: MacWorld) -> None:
    first = world.open("Browser", "one")
    world.screen.sight()
    assert world.calls.followed == world.pid(first)
    second = world.open("Reader", "two")
    world.screen.sight()
    assert world.calls.followed == world.pid(second)
    world.minimise(first)
    world.minimise(second)
    world.screen.sight()
    assert world.calls.followed == 0


def test_what_a_program_says_of_itself_is_told(world: MacWorld) -> None:
    window = world.open("Browser", "one")
    world.screen.sight()
    world.screen.wait(0.0)
    world.calls.say(world.pid(window), Notification.LOADED)
    world.calls.say(world.pid(window), Notification.TITLE)  # of a tab, say: the window's own is as before
    assert [what.trigger for what in world.screen.wait(0.0)] == [Trigger.LOADED]
    world.calls.say(world.pid(window), Notification.FOCUSED_WINDOW)
    assert [what.trigger for what in world.screen.wait(0.0)] == [Trigger.SWITCHED]


def test_counts_begin_with_what_they_are_and_go_on_when_they_begin_anew(world: MacWorld) -> None:
    assert world.calls.counts[Touch.KEY_DOWN] == COUNTS - 2
    assert world.screen.wait(0.0) == []
    for _ in range(5):
        world.calls.touch(Touch.KEY_DOWN)
    world.calls.touch(Touch.OTHER_DOWN)
    last = world.calls.times[Touch.KEY_DOWN]
    typed, clicked = world.screen.wait(0.0)
    assert (typed.trigger, typed.count, clicked.trigger, clicked.count) == (Trigger.TYPED, 5, Trigger.CLICKED, 1)
    assert typed.time == pytest.approx(last, abs=0.01)


def test_without_consent_no_count_is_looked_at() -> None:
    world = MacWorld(listen=False)
    with world.screen:
        world.calls.touch(Touch.KEY_DOWN)
        world.screen.wait(1.0)
    assert world.calls.counted == 0


def test_keys_are_asked_for_more_often_while_somebody_types(world: MacWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[float] = []
    run = world.calls.run
    monkeypatch.setattr(world.calls, "run", lambda seconds: (steps.append(seconds), run(seconds))[1])
    world.screen.wait(1.0)
    assert max(steps) == pytest.approx(0.25)
    world.press_key("a")
    world.screen.wait(0.0)
    steps.clear()
    world.screen.wait(0.5)
    assert max(steps) == pytest.approx(0.025)


def test_a_picture_of_another_size_is_averaged_or_refused() -> None:
    rect = Rect(10, 20, 2, 1)
    twice = np.array([[[0, 0, 10, 9], [0, 0, 20, 9], [4, 8, 12, 9], [4, 8, 12, 9]]] * 2, np.uint8)
    image = image_of(Picture(twice.tobytes(), 4, 2, 16), rect)
    assert image is not None
    assert image.tolist() == [[[15, 0, 0], [12, 8, 4]]]
    assert image_of(Picture(bytes(12), 3, 1, 12), rect) is None
    assert image_of(Picture(bytes(4), 1, 1, 4), rect) is None
