"""No pixel of what was not decided about is handed on, on a real sway."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from desktop import wait_until
from looks import apps, colours, frame, limits, picture, reason, rest
from sway_desk import GREEN, RED, SwayDesk

from companion.capture.privacy import NO_WINDOW, Rules
from companion.capture.screen import Screen
from companion.capture.source import LOCKED, MOVING
from companion.capture.types import Image, Rect
from companion.capture.wayland.grim import Grim
from companion.capture.wayland.opening import open_wayland
from companion.capture.wayland.sway_windows import SETTLED

pytestmark = pytest.mark.display


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> list[set[str]]:
    """Have something happen just before pixels are read, and return the colours of what was read then."""
    read: list[set[str]] = []
    grab = Grim.grab

    def interrupted(grim: Grim, rect: Rect) -> Image | None:
        happens()
        image = grab(grim, rect)
        read.append(colours(image))
        return image

    monkeypatch.setattr(Grim, "grab", interrupted)
    return read


def test_a_picture_holds_the_active_window_alone(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("first", RED)
    sway.open_foot("second", GREEN)
    seen = frame(screen)
    assert colours(seen.image) == {GREEN}
    assert (seen.window.app, seen.window.title) == ("foot", "second")
    assert seen.window.rect == Rect(502, 2, 496, 596)


def test_of_a_title_bar_and_of_tabs_nothing_is_in_the_picture(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("first", RED)
    sway.open_foot("second", GREEN)
    sway.say("layout tabbed; [title=.*] border normal")
    assert colours(frame(screen).image) == {GREEN}


def test_a_window_of_no_known_program_is_not_looked_at(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("nameless", RED, app="")
    assert reason(screen) == "The window does not say which program it belongs to."


def test_a_program_is_excluded_by_each_of_its_names(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("secret", RED, app="org.example.Notes")
    for excluded in ("org.example.Notes", "notes", "foot"):
        assert "excluded" in reason(screen, Rules(exclude_apps=(excluded,)))


def test_an_excluded_window_that_floats_above_keeps_the_one_below_out(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("below", GREEN)
    sway.open_foot("above", RED, app="vault", floating="200 100 300 200")
    sway.say("[title=below] focus")
    assert "vault is excluded" in reason(screen, Rules(exclude_apps=("vault",)))
    seen = frame(screen)
    assert colours(seen.image) >= {GREEN, RED}
    assert seen.above == (Rect(300, 200, 200, 100),)  # black before it is stored


def test_what_lies_beneath_a_floating_window_is_not_over_it(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("beneath", RED)
    sway.open_foot("above", GREEN, floating="200 100 300 200")
    assert frame(screen).above == ()


def test_an_excluded_window_beneath_a_floating_one_might_shine_through(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("beneath", RED, app="vault")
    sway.open_foot("above", GREEN, floating="200 100 300 200")
    assert "vault is excluded" in reason(screen, Rules(exclude_apps=("vault",)))


def test_an_excluded_window_beside_the_active_one_keeps_nothing_out(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("beside", RED, app="vault")
    sway.open_foot("active", GREEN)
    assert colours(frame(screen, Rules(exclude_apps=("vault",))).image) == {GREEN}


def test_a_full_screen_window_is_pictured_whole_and_hides_the_others(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("below", RED, app="vault")
    sway.open_foot("above", GREEN)
    sway.say("fullscreen enable")
    seen = frame(screen, Rules(exclude_apps=("vault",)))
    assert colours(seen.image) == {GREEN}
    assert seen.window.rect == Rect(0, 0, 1000, 600)


def test_a_window_that_floats_over_a_full_screen_one_is_decided_about(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("whole", GREEN)
    sway.say("fullscreen enable")
    sway.start("foot", "--app-id", "vault", "-T", "above", "sleep", "600")
    wait_until(lambda: len(sway.views()) == 2, "a second window")
    sway.say("[app_id=vault] focus, floating enable")
    assert "vault is excluded" in reason(screen, Rules(exclude_apps=("vault",)))


def test_nothing_is_looked_at_while_the_empty_desktop_has_the_attention(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("elsewhere", RED)
    sway.say("workspace 2")
    assert reason(screen) == NO_WINDOW


def test_a_window_that_takes_the_place_during_the_grab_is_dropped(
    sway: SwayDesk, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    sway.open_foot("secret", RED)
    sway.say("workspace 2")
    sway.open_foot("decided", GREEN)
    read = meanwhile(monkeypatch, lambda: (sway.say("workspace 1"), time.sleep(2 * SETTLED)))
    assert reason(screen) == MOVING
    assert read == [{RED}]


def test_a_window_that_came_and_went_during_the_grab_is_dropped(
    sway: SwayDesk, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    sway.open_foot("decided", GREEN)

    def flash() -> None:
        sway.open_foot("secret", RED, floating="300 200 100 100")
        sway.say("[title=secret] kill")
        sway.await_focused("decided")

    meanwhile(monkeypatch, flash)
    assert reason(screen) == MOVING


def test_what_the_screen_may_still_show_from_before_is_not_taken_for_the_new_window(
    sway: SwayDesk, screen: Screen
) -> None:
    sway.open_foot("first", RED)
    sway.open_foot("second", GREEN)
    rest(screen)
    sway.say("[title=first] focus")
    window = screen.sight().window
    screen.sight()
    assert window is not None
    assert window.rect is not None
    assert screen.disturbed(window.rect)
    rest(screen)
    screen.sight()
    screen.sight()
    assert not screen.disturbed(window.rect)


def test_a_lock_leaves_no_window_active(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("secret", RED)
    assert screen.sight().window is not None
    lock = sway.for_this_test("swaylock", "--color", "000000")
    wait_until(lambda: screen.sight().window is None, "the lock")
    assert reason(screen) == NO_WINDOW

    def unlocked() -> bool:
        lock.send_signal(signal.SIGUSR1)  # newer compositors stay locked when their lock dies; it may not listen yet
        if lock.poll() is not None:
            sway.say('[title="secret"] focus')  # which older ones do not give back by themselves
        return screen.sight().window is not None

    wait_until(unlocked, "the end of the lock")


def test_a_session_its_screen_saver_says_is_locked_is_not_looked_at(sway: SwayDesk, tmp_path: Path) -> None:
    sway.open_foot("secret", RED)
    # On a bus of its own: to the others of this file the lock would have ended while the screen was locked.
    bus = f"unix:path={tmp_path / 'bus'}"
    environ = {**sway.environ, "DBUS_SESSION_BUS_ADDRESS": bus}
    sway.for_this_test("dbus-daemon", "--session", "--nofork", "--address", bus)
    wait_until((tmp_path / "bus").exists, "a bus")
    saver = ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver")
    sway.for_this_test(
        "env", f"DBUS_SESSION_BUS_ADDRESS={bus}", "/usr/bin/python3", "-m", "dbusmock", "--session", *saver
    )
    ask = (
        "gdbus",
        "call",
        "--address",
        bus,
        "-d",
        saver[0],
        "-o",
        saver[1],
        "-m",
        "org.freedesktop.DBus.Mock.AddMethod",
    )
    wait_until(lambda: sway.runs(*ask, saver[2], "GetActive", "", "b", "ret = True"), "a screen saver")
    with open_wayland(environ) as covered:
        assert reason(covered) == LOCKED


def test_while_a_notification_is_shown_there_is_no_picture(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("window", GREEN)
    sway.for_this_test("mako")
    notify = ("notify-send", "from somebody", "with a secret")
    wait_until(lambda: sway.runs(*notify), "mako")
    assert picture(screen) is None
    subprocess.run(("makoctl", "dismiss", "--all"), env=sway.environ, check=True)
    wait_until(lambda: picture(screen) is not None, "a picture again")
    assert colours(picture(screen)) == {GREEN}


def test_a_notification_that_comes_during_the_grab_leaves_no_picture(
    sway: SwayDesk, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    sway.open_foot("window", GREEN)
    sway.for_this_test("mako")
    listed = ("makoctl", "list")
    wait_until(lambda: sway.runs(*listed), "mako")
    meanwhile(monkeypatch, lambda: subprocess.run(("notify-send", "secret"), env=sway.environ, check=True))
    assert picture(screen) is None


def test_a_daemon_that_does_not_tell_what_it_shows_keeps_all_pictures_away(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("window", GREEN)
    daemon = ("/usr/bin/python3", "-m", "dbusmock", "--session", "org.freedesktop.Notifications")
    sway.for_this_test(*daemon, "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
    wait_until(lambda: picture(screen) is None and "Use mako or dunst" in limits(screen), "the daemon")


def test_without_a_session_bus_there_are_no_pictures(sway: SwayDesk) -> None:
    sway.open_foot("window", GREEN)
    with open_wayland({**sway.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}) as busless:
        assert picture(busless) is None
        assert "without a session bus" in limits(busless)


def test_looking_starts_no_x_server(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("window", GREEN)
    frame(screen)
    assert sway.x_servers() == []


def test_pop_ups_of_x_programs_are_windows_of_nobody_knows_whom(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("below", GREEN)
    assert apps(screen) == []
    sway.let_x_in()
    menu = ("xterm", "-xrm", "*overrideRedirect: true", "-geometry", "20x5+600+100", "-e", "sleep", "600")
    sway.for_this_test(*menu)
    wait_until(lambda: "" in apps(screen), "the pop-up")
    assert reason(screen) == "Another window overlaps this one. The window does not say which program it belongs to."


def test_a_window_of_an_x_program_is_looked_at_as_any_other(sway: SwayDesk, screen: Screen) -> None:
    sway.open_xterm("x window", RED)
    seen = frame(screen)
    assert (seen.window.app, colours(seen.image)) == ("XTerm", {RED})
    assert "XTerm is excluded" in reason(screen, Rules(exclude_apps=("xterm",)))


def test_an_x_server_that_lets_nobody_in_keeps_pictures_away(sway: SwayDesk) -> None:
    sway.open_xterm("x window", RED)
    sway.keep_x_out()
    with open_wayland(sway.environ) as unwelcome:
        assert "" in apps(unwelcome)
