from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xcffib
import xcffib.xinput
import xcffib.xproto as x
from desktop import Desktop, end, wait_until
from looking import TEXT, calm, hear, paint, plain_window, screen_of, watching

from companion.capture.screen import Happened
from companion.capture.types import Frame, Hands, Rect, Trigger
from companion.capture.x11 import Display
from companion.capture.x11_damage import CURSOR, GATHER
from companion.capture.x11_screen import X11Screen

pytestmark = pytest.mark.display


@pytest.fixture(scope="module")
def shared() -> Iterator[Desktop]:
    """A desktop with a terminal, shared by the tests that leave it as it was."""
    with Desktop() as desktop:
        desktop.open_xterm(TEXT, title="ledger")
        yield desktop


@pytest.fixture
def screen(shared: Desktop) -> Iterator[X11Screen]:
    """The shared desktop, seen once, of which nothing new is heard."""
    with screen_of(shared) as screen:
        screen.sight()
        calm(screen, seconds=0.15)
        yield screen


def active_rect(screen: X11Screen) -> Rect:
    window = screen.sight().window
    assert window is not None
    assert window.rect is not None
    return window.rect


def counted(heard: list[Happened], trigger: Trigger) -> int:
    return sum(what.count for what in heard if what.trigger is trigger)


def unmanaged(display: Display) -> int:
    """A small window that no window manager looks after, far from the others."""
    window: int = display.connection.generate_id()
    kind, mask = x.WindowClass.InputOutput, x.CW.BackPixel | x.CW.OverrideRedirect
    place = (1200, 700, 9, 9, 0)
    display.core.CreateWindowChecked(0, window, display.root, *place, kind, 0, mask, [0xFFFFFF, 1]).check()
    return window


def flash(shared: Desktop) -> None:
    """Show a window for an instant."""
    with Display(shared.display) as display:
        window = unmanaged(display)
        display.core.MapWindowChecked(window).check()
        display.core.UnmapWindowChecked(window).check()


def test_keys_are_counted_and_which_they_were_is_never_told(shared: Desktop, screen: X11Screen) -> None:
    before = time.monotonic()
    shared.run("xdotool", "key", "--delay", "60", "s", "e", "c", "r")
    heard = hear(screen, Trigger.TYPED, times=4)
    typed = [what for what in heard if what.trigger is Trigger.TYPED]
    assert [what.count for what in typed] == [1, 1, 1, 1]
    assert {type(value) for what in typed for value in (what.trigger, what.time, what.count)} == {Trigger, float, int}
    times = [what.time for what in typed]
    assert before <= times[0] < times[1] < times[2] < times[3] <= time.monotonic()


def test_a_key_code_never_becomes_a_value(shared: Desktop, screen: X11Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Any] = []
    take = X11Screen._take

    def spy(self: X11Screen, event: Any, now: float, **how: bool) -> None:
        taken.append(event)
        take(self, event, now, **how)

    monkeypatch.setattr(X11Screen, "_take", spy)
    shared.press("s")
    hear(screen, Trigger.TYPED)
    (pressed,) = [event for event in taken if not isinstance(event, xcffib.Event)]
    assert not hasattr(pressed, "__dict__")
    assert pressed.__slots__ == ("milliseconds",)


def test_keys_taken_in_together_keep_their_rhythm(shared: Desktop, screen: X11Screen) -> None:
    shared.run("xdotool", "key", "--delay", "150", "a", "b", "c")  # nobody waits meanwhile
    typed = [what.time for what in hear(screen, Trigger.TYPED, times=3) if what.trigger is Trigger.TYPED]
    assert typed[0] < typed[1] < typed[2]


def test_buttons_click_or_scroll(shared: Desktop, screen: X11Screen) -> None:
    clicks, notches = (1, 2, 3, 8, 9), (4, 5, 6, 7)
    for buttons, trigger in ((clicks, Trigger.CLICKED), (notches, Trigger.SCROLLED)):
        shared.run("xdotool", *(word for button in buttons for word in ("click", str(button))))
        heard = hear(screen, trigger, times=len(buttons))
        heard.extend(screen.wait(0.1))
        assert counted(heard, Trigger.CLICKED) + counted(heard, Trigger.SCROLLED) == len(buttons)


def test_keys_are_heard_of_while_a_program_has_grabbed_the_keyboard(shared: Desktop, screen: X11Screen) -> None:
    with Display(shared.display) as other:
        mode = x.GrabMode.Async
        other.core.GrabKeyboard(False, other.root, x.Time.CurrentTime, mode, mode).reply()
        shared.press("a")
        hear(screen, Trigger.TYPED)


def test_without_consent_the_server_is_not_asked_for_input(shared: Desktop) -> None:
    with screen_of(shared, listen=False) as screen:
        xinput = screen._display.connection(xcffib.xinput.key)
        assert xinput.XIGetSelectedEvents(screen._display.root).reply().num_masks == 0
        screen.sight()
        calm(screen)
        shared.run("xdotool", "type", "--delay", "20", "typing shows all the same")
        heard = hear(screen, Trigger.CHANGED)
        shared.run("xdotool", "click", "1", "click", "5")
        calm(screen)
        assert {what.trigger for what in heard} == {Trigger.CHANGED}
    with screen_of(shared) as screen:
        xinput = screen._display.connection(xcffib.xinput.key)
        assert xinput.XIGetSelectedEvents(screen._display.root).reply().num_masks == 1


def test_a_screen_saver_that_comes_or_goes_is_heard_of(shared: Desktop, screen: X11Screen) -> None:
    with Display(shared.display) as display:
        display.core.ForceScreenSaverChecked(x.ScreenSaver.Active).check()
        hear(screen, Trigger.SWITCHED)
        assert screen.asleep()
        display.core.ForceScreenSaverChecked(x.ScreenSaver.Reset).check()
        hear(screen, Trigger.SWITCHED)
        assert not screen.asleep()


def test_idle_is_how_long_nothing_was_touched(shared: Desktop, screen: X11Screen) -> None:
    shared.press("a")
    wait_until(lambda: (screen.idle() or 0.0) > 0.3, "idle time")
    before = time.monotonic()
    shared.press("a")
    idle = screen.idle()
    assert idle is not None
    assert idle < time.monotonic() - before + 0.05  # servers count by a coarse clock


def test_a_change_that_no_hand_made_is_heard_of_again_and_again(shared: Desktop, screen: X11Screen) -> None:
    calm(screen)
    window = shared.active()
    for line in range(3):
        shared.write(window, f"line {line} of what a program writes\n")
        hear(screen, Trigger.CHANGED)
        calm(screen)


def test_what_changes_after_a_look_is_heard_of_however_soon(shared: Desktop, screen: X11Screen) -> None:
    calm(screen)
    window = shared.active()
    shared.write(window, "\033[2;1Hfirst")
    hear(screen, Trigger.CHANGED)
    screen.sight()
    shared.write(window, "\033[2;1Hother")
    hear(screen, Trigger.CHANGED)


def test_looking_changes_nothing(shared: Desktop, screen: X11Screen) -> None:
    shared.run("xdotool", "mousemove", "--window", shared.active(), "100", "60")
    calm(screen)
    for _ in range(3):
        rect = active_rect(screen)
        assert screen.grab(rect) is not None
        assert not screen.disturbed(rect)
    assert screen.wait(GATHER) == []


def test_a_film_costs_few_events(shared: Desktop, screen: X11Screen) -> None:
    frame = "".join(f"\033[{line};1H%s" for line in range(1, 19))
    film = shared.home / "film.sh"
    film.write_text(
        f"while :; do for c in a b c d; do printf '{frame.replace('%s', '$c$c$c')}'; sleep 0.02; done; done"
    )
    playing = shared.start("xterm", "-T", "film", "-e", "sh", str(film))
    shared.await_active("film")
    screen.sight()
    hear(screen, Trigger.CHANGED)
    heard, since = 0, time.monotonic()
    while time.monotonic() - since < 2.0:
        heard += len(screen.wait(0.1))
    end(playing)
    assert 3 <= heard <= 30  # of a hundred pictures


def test_a_blinking_cursor_is_no_change(desktop: Desktop) -> None:
    with plain_window(desktop) as (display, window), screen_of(desktop) as screen:
        screen.sight()
        calm(screen)
        for _ in range(3):
            screen.sight()
            paint(display, window, Rect(20, 20, *CURSOR))
            assert screen.wait(0.3) == []
        paint(display, window, Rect(60, 20, 10, 10))  # a letter elsewhere, of less than a cursor's size
        hear(screen, Trigger.CHANGED)
        calm(screen)
        paint(display, window, Rect(20, 20, CURSOR[0] + 1, 5))
        hear(screen, Trigger.CHANGED)


def test_a_window_that_is_not_active_changes_unheard_and_one_that_closes_does_no_harm(desktop: Desktop) -> None:
    other = desktop.open_xterm(TEXT, title="other", geometry="40x10+700+400")
    active = desktop.open_xterm(TEXT, title="active", geometry="40x10+20+40")
    with screen_of(desktop) as screen:
        screen.sight()
        calm(screen)
        desktop.write(other, "a line beside\n" * 5)
        assert Trigger.CHANGED not in {what.trigger for what in screen.wait(0.5)}
        desktop.write(active, "a line\n" * 5)
        desktop.run("xdotool", "windowkill", active)
        hear(screen, Trigger.SWITCHED)
        wait_until(lambda: screen.sight().id == int(other), "the other window")
        calm(screen)
        desktop.write(other, "and now it counts\n" * 5)
        hear(screen, Trigger.CHANGED)


def test_what_is_drained_between_two_sights_is_still_told(shared: Desktop, screen: X11Screen) -> None:
    rect = active_rect(screen)
    flash(shared)
    assert screen.disturbed(rect)
    assert Trigger.SWITCHED in {what.trigger for what in screen.wait(0.0)}
    screen.sight()
    assert screen.disturbed(rect)  # it came since the last sight but one
    screen.sight()
    assert not screen.disturbed(rect)


def test_what_wait_took_in_still_disturbs(shared: Desktop, screen: X11Screen) -> None:
    rect = active_rect(screen)
    flash(shared)
    hear(screen, Trigger.SWITCHED)
    assert screen.disturbed(rect)


def test_many_windows_that_came_are_taken_for_everywhere(shared: Desktop, screen: X11Screen) -> None:
    rect = active_rect(screen)
    with Display(shared.display) as display:
        far = unmanaged(display)
        for place in range(300):
            display.core.ConfigureWindowChecked(far, x.ConfigWindow.X, [1200 + place % 9]).check()
            if place == 100:
                assert not screen.disturbed(rect)
        assert screen.disturbed(rect)


def test_a_server_without_extensions_is_looked_at_now_and_then_and_says_so(
    shared: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    has = Display.has
    without = {"DAMAGE", "XInputExtension", "MIT-SCREEN-SAVER", "RANDR"}
    monkeypatch.setattr(Display, "has", lambda display, name: name not in without and has(display, name))
    window = shared.active()
    with screen_of(shared) as screen:
        assert "DAMAGE" in screen.limits
        assert "XInput" in screen.limits
        assert not screen.asleep()
        assert screen.idle() is None
        screen.sight()
        hear(screen, Trigger.CHANGED)
        assert Trigger.CHANGED not in {what.trigger for what in screen.wait(0.0)}
        shared.write(window, "typing cannot be heard of")
        heard = hear(screen, Trigger.CHANGED)
        assert counted(heard, Trigger.TYPED) == 0
    with screen_of(shared, listen=False) as screen:
        assert "XInput" not in screen.limits


def test_hands_are_counted_in_the_frame_that_follows(shared: Desktop) -> None:
    with watching(shared, heartbeat=1000.0) as seen:
        first = next(seen)
        shared.run("xdotool", "key", "--delay", "50", "a", "b", "c")
        frames = [first]
        wait_until(lambda: frames.append(next(seen)) or Trigger.TYPED in frames[-1].triggers, "a look after typing")
    assert isinstance(first, Frame)
    assert first.hands == Hands()
    assert sum(frame.hands.keys for frame in frames if isinstance(frame, Frame)) == 3


def test_nothing_stays_open_afterwards(shared: Desktop) -> None:
    for place in range(3):
        with screen_of(shared) as screen:
            screen.sight()
            screen.grab(active_rect(screen))
        open_files = len(list(Path("/proc/self/fd").iterdir()))
        if place == 0:
            before = open_files
    assert open_files == before
