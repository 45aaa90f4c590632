from __future__ import annotations

import threading
from typing import Any

import mss
import numpy as np
import pytest
import xcffib.xproto as x
from desktop import Desktop, wait_until
from looking import NO_ZENITY, TEXT, look_until, outer_rect, screen_of, source_of, watching

from companion.capture.attention import Attention, Changed, Closed, Continued, Event, Opened
from companion.capture.change import MOVED_ON, changed_share
from companion.capture.privacy import NO_WINDOW, OWN_WINDOW, Rules
from companion.capture.source import LOCKED
from companion.capture.triggers import AWAY
from companion.capture.types import CaptureError, Frame, Rect, Skipped, Trigger
from companion.capture.x11 import Display
from companion.capture.x11_pixels import Eye
from companion.capture.x11_saver import Saver

pytestmark = pytest.mark.display


@pytest.fixture
def grabs(monkeypatch: pytest.MonkeyPatch) -> list[Rect]:
    """Every rectangle whose pixels are read."""
    read: list[Rect] = []
    grab = mss.MSS.grab

    def spy(self: mss.MSS, monitor: Any) -> Any:
        left, top, right, bottom = monitor
        read.append(Rect(left, top, right - left, bottom - top))
        return grab(self, monitor)

    monkeypatch.setattr(mss.MSS, "grab", spy)
    return read


def test_a_frame_holds_the_active_windows_pixels_and_nothing_else(desktop: Desktop, grabs: list[Rect]) -> None:
    window = desktop.open_xterm(TEXT, title="ledger")
    with watching(desktop) as seen:
        frame = look_until(seen, lambda one: isinstance(one, Frame) and one.image.min() < 50)
    assert isinstance(frame, Frame)
    assert (frame.window.app, frame.window.title, frame.time_end) == ("XTerm", "ledger", None)
    assert (frame.image.dtype, frame.image.flags.c_contiguous) == (np.uint8, True)
    assert np.array_equal(frame.image, desktop.pixels(window))
    assert set(grabs) == {frame.window.rect}


def test_colours_are_red_green_blue(desktop: Desktop) -> None:
    with Display(desktop.display) as display, Eye(desktop.display) as eye:
        display.core.ChangeWindowAttributesChecked(display.root, x.CW.BackPixel, [0x102030]).check()
        display.core.ClearAreaChecked(False, display.root, 0, 0, 0, 0).check()
        image = eye.see(Rect(5, 6, 7, 8), display.screen())
        assert image.shape == (8, 7, 3)
        assert image[3, 3].tolist() == [0x10, 0x20, 0x30]
        assert np.array_equal(eye.see(Rect(5, 6, 7, 8), Rect(0, 0, 640, 480)), image)  # opened anew for another size


def test_a_switch_is_seen_without_waiting_for_the_heartbeat(desktop: Desktop) -> None:
    first = desktop.open_xterm(TEXT, title="one")
    desktop.open_text_window("ledger", title="two")
    with watching(desktop, heartbeat=1000.0) as seen:
        look_until(seen, lambda one: isinstance(one, Frame) and one.window.title == "two")
        desktop.activate(first)
        look_until(seen, lambda one: isinstance(one, Frame) and one.window.title == "one")


def test_while_the_picture_rests_the_same_image_is_yielded_with_a_new_time(desktop: Desktop) -> None:
    desktop.open_xterm(TEXT)
    with watching(desktop) as seen:
        first = look_until(seen, lambda one: isinstance(one, Frame) and one.image.min() < 50)
        again = look_until(seen, lambda one: isinstance(one, Frame))
    assert isinstance(first, Frame)
    assert isinstance(again, Frame)
    assert again.image is first.image
    assert again.time > first.time


def test_new_content_in_the_same_window_is_a_new_image(desktop: Desktop) -> None:
    window = desktop.open_xterm("", title="ledger")
    with watching(desktop) as seen:
        first = look_until(seen, lambda one: isinstance(one, Frame))
        desktop.write(window, TEXT)
        assert isinstance(first, Frame)
        after = look_until(seen, lambda one: isinstance(one, Frame) and one.image is not first.image)
    assert isinstance(after, Frame)
    assert changed_share(first.image, after.image) > MOVED_ON


def test_attention_follows_real_windows(desktop: Desktop) -> None:
    terminal = desktop.open_xterm(TEXT, title="ledger")
    secret = desktop.open_text_window("password", title="secret")
    desktop.activate(terminal)
    attention, told = Attention(), list[Event]()
    with watching(desktop, NO_ZENITY) as seen:

        def follow(kind: type[Frame | Skipped]) -> Frame | Skipped:
            one = look_until(seen, lambda one: isinstance(one, kind))
            told.extend(attention.see(one) if isinstance(one, Frame) else attention.skip(one))
            return one

        first = follow(Frame)
        follow(Frame)
        desktop.activate(secret)
        left = follow(Skipped)
        desktop.activate(terminal)
        again = follow(Frame)
    assert told[0] == Opened(first)
    assert isinstance(told[1], Continued | Changed)  # of a busy machine the terminal's cursor comes late
    assert told[2:] == [Closed(left.time), Opened(again)]


def test_an_excluded_program_is_never_read(desktop: Desktop, grabs: list[Rect]) -> None:
    terminal = desktop.open_xterm(TEXT, geometry="50x20+20+40")
    secret = desktop.open_text_window("password", title="secret", size=(400, 300))
    desktop.move(secret, 750, 400)
    wait_until(lambda: outer_rect(desktop, secret).left > 700, "the move")
    with watching(desktop, NO_ZENITY) as seen:
        skipped = next(seen)
        assert isinstance(skipped, Skipped)
        assert skipped.private
        assert "Zenity" in skipped.reason
        assert grabs == []
        for window in (terminal, secret, terminal, secret):
            desktop.activate(window)
            kind = Frame if window == terminal else Skipped
            look_until(seen, lambda one, kind=kind: isinstance(one, kind))  # type: ignore[misc]
    assert len(grabs) >= 2
    assert not any(read.overlaps(outer_rect(desktop, secret)) for read in grabs)


def test_a_window_under_an_excluded_one_is_not_read(desktop: Desktop, grabs: list[Rect]) -> None:
    secret = desktop.open_text_window("password", title="secret", size=(200, 150))
    desktop.keep_above(secret)
    desktop.open_xterm(TEXT)
    desktop.move(secret, 100, 100)
    wait_until(lambda: outer_rect(desktop, secret).left <= 110, "the move")
    with watching(desktop, NO_ZENITY) as seen:
        for _ in range(3):
            skipped = next(seen)
            assert isinstance(skipped, Skipped)
            assert skipped.private
            assert "overlaps" in skipped.reason
        assert grabs == []
        desktop.move(secret, 1000, 600)
        look_until(seen, lambda one: isinstance(one, Frame))
    assert not any(read.overlaps(outer_rect(desktop, secret)) for read in grabs)


def test_a_window_that_does_not_say_whose_it_is_is_not_read(desktop: Desktop, grabs: list[Rect]) -> None:
    window = desktop.open_xterm(TEXT)
    desktop.run("xprop", "-id", window, "-remove", "WM_CLASS")
    with watching(desktop) as seen:
        skipped = next(seen)
    assert isinstance(skipped, Skipped)
    assert skipped.private
    assert grabs == []


def test_without_an_active_window_nothing_is_read(desktop: Desktop, grabs: list[Rect]) -> None:
    with watching(desktop) as seen:
        skipped = next(seen)
    assert isinstance(skipped, Skipped)
    assert (skipped.reason, skipped.private) == (NO_WINDOW, False)
    assert grabs == []


def test_own_windows_are_not_read(desktop: Desktop, grabs: list[Rect]) -> None:
    window = desktop.open_xterm(TEXT)
    pid = int(desktop.run("xdotool", "getwindowpid", window))
    with watching(desktop, Rules(own_pids=frozenset({pid}))) as seen:
        skipped = next(seen)
    assert isinstance(skipped, Skipped)
    assert (skipped.reason, skipped.private) == (OWN_WINDOW, False)
    assert grabs == []


def test_nothing_is_read_while_the_screen_saver_hides_the_screen(desktop: Desktop, grabs: list[Rect]) -> None:
    desktop.open_xterm(TEXT)
    with Display(desktop.display) as display:
        display.core.ForceScreenSaverChecked(x.ScreenSaver.Active).check()
        with watching(desktop) as seen:
            skipped = next(seen)
            assert isinstance(skipped, Skipped)
            assert (skipped.reason, skipped.private) == (LOCKED, False)
            assert grabs == []
            display.core.ForceScreenSaverChecked(x.ScreenSaver.Reset).check()
            look_until(seen, lambda one: isinstance(one, Frame))


def test_what_changes_while_nobody_is_there_is_read_once_somebody_is(
    desktop: Desktop, grabs: list[Rect], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desktop.open_xterm(TEXT, title="ledger")
    asked: list[float] = []

    def idle(_: Saver) -> float:
        """Say that the person is there, away for an hour from then on, and there again."""
        asked.append(AWAY * 30 if 1 <= len(asked) < 6 else 0.0)
        desktop.write(window, f"\033[2;1Hline {len(asked)} of what a program writes")
        return asked[-1]

    monkeypatch.setattr(Saver, "idle", idle)
    with watching(desktop, heartbeat=1000.0) as seen:
        first = look_until(seen, lambda one: isinstance(one, Frame))
        before, begun = len(grabs), len(asked)
        changed = look_until(seen, lambda one: isinstance(one, Frame))
    assert isinstance(first, Frame)
    assert isinstance(changed, Frame)
    assert begun == 1
    assert asked[1:6] == [3600.0] * 5
    assert Trigger.CHANGED in changed.triggers
    assert grabs[before:] == [changed.window.rect]
    assert not np.array_equal(first.image, changed.image)


def test_without_a_window_manager_it_says_so(bare_desktop: Desktop) -> None:
    with pytest.raises(CaptureError, match="window manager"):
        next(source_of(bare_desktop).frames(threading.Event()))


def test_an_x_server_that_goes_away_is_named_and_the_source_can_begin_again(desktop: Desktop) -> None:
    desktop.open_xterm(TEXT)
    source = source_of(desktop)
    seen = source.frames(threading.Event())
    assert isinstance(next(seen), Frame)
    desktop.server.kill()
    desktop.server.wait()
    with pytest.raises(CaptureError, match="X server"):
        look_until(seen, lambda _: False)
    with pytest.raises(CaptureError, match="cannot be reached"):
        next(source.frames(threading.Event()))


def test_it_stops_when_told_while_waiting(desktop: Desktop) -> None:
    desktop.open_xterm(TEXT)
    stop = threading.Event()
    seen = source_of(desktop).frames(stop)
    next(seen)
    stop.set()
    assert list(seen) == []


def test_a_place_beyond_the_desktop_has_no_pixels(desktop: Desktop) -> None:
    with screen_of(desktop) as screen:
        assert screen.grab(Rect(1200, 0, 200, 100)) is None
        image = screen.grab(Rect(1200, 0, 80, 100))
    assert image is not None
    assert image.shape == (100, 80, 3)
