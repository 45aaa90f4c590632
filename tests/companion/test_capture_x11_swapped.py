from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mss
import numpy as np
import pytest
import xcffib.xproto as x
from desktop import Desktop, wait_until
from looking import NO_ZENITY, TEXT, look_until, outer_rect, watching

from companion.capture.privacy import Rules
from companion.capture.source import MOVING
from companion.capture.types import Frame, Skipped
from companion.capture.x11 import Display

pytestmark = pytest.mark.display


def act_during_the_grab(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    grab = mss.MSS.grab

    def slow(self: mss.MSS, monitor: Any) -> Any:
        monkeypatch.setattr(mss.MSS, "grab", grab)
        act()
        return grab(self, monitor)

    monkeypatch.setattr(mss.MSS, "grab", slow)


def test_a_frame_is_dropped_when_another_window_becomes_active_during_the_grab(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = desktop.open_text_window("password", title="other")
    desktop.open_xterm(TEXT, title="ledger")
    act_during_the_grab(monkeypatch, lambda: desktop.activate(other))
    with watching(desktop) as seen:
        dropped, after = next(seen), next(seen)
    assert isinstance(dropped, Skipped)
    assert (dropped.reason, dropped.private) == (MOVING, False)
    assert isinstance(after, Frame)
    assert after.window.title == "other"


@pytest.mark.parametrize("title", ["another ledger", "ledger - Private Browsing"])
def test_a_frame_is_dropped_when_the_title_changes_during_the_grab(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    window = desktop.open_xterm(TEXT, title="ledger")
    act_during_the_grab(monkeypatch, lambda: rename(desktop, window, title))
    with watching(desktop, Rules(exclude_titles=("private browsing",))) as seen:
        dropped, after = next(seen), next(seen)
    assert isinstance(dropped, Skipped)
    assert dropped.reason == MOVING
    assert isinstance(after, Skipped) == ("Private" in title)


def test_a_frame_is_kept_when_only_a_counter_in_the_title_ticks_during_the_grab(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desktop.open_xterm(TEXT, title="ledger")
    act_during_the_grab(monkeypatch, lambda: rename(desktop, window, "(1) ledger"))
    with watching(desktop) as seen:
        assert isinstance(next(seen), Frame)


def test_a_frame_is_dropped_when_a_window_beside_it_becomes_active_during_the_grab(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = desktop.open_text_window("ledger", title="other", size=(200, 150))
    desktop.move(other, 1000, 600)
    desktop.open_xterm(TEXT, title="ledger", geometry="60x15+20+40")
    wait_until(lambda: outer_rect(desktop, other).left > 900, "the move")
    act_during_the_grab(monkeypatch, lambda: desktop.activate(other))
    with watching(desktop) as seen:
        dropped = next(seen)
    assert isinstance(dropped, Skipped)
    assert dropped.reason == MOVING


def rename(desktop: Desktop, window: str, title: str) -> None:
    desktop.run("xdotool", "set_window", "--name", title, window)
    wait_until(lambda: desktop.run("xdotool", "getwindowname", window).strip() == title, f"the title {title}")


def test_a_frame_is_dropped_when_an_excluded_window_comes_over_it_during_the_grab(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = desktop.open_text_window("password", title="secret", size=(200, 150))
    desktop.keep_above(secret)
    desktop.move(secret, 1000, 600)
    desktop.open_xterm(TEXT, title="ledger", geometry="60x15+20+40")
    wait_until(lambda: outer_rect(desktop, secret).left > 900, "the move")

    def cover() -> None:
        desktop.move(secret, 100, 100)
        wait_until(lambda: outer_rect(desktop, secret).left <= 110, "the move over")

    act_during_the_grab(monkeypatch, cover)
    with watching(desktop, NO_ZENITY) as seen:
        assert all(isinstance(next(seen), Skipped) for _ in range(2))


def test_a_frame_is_dropped_when_a_window_only_flashed_over_it_during_the_grab(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desktop.open_xterm(TEXT)
    with Display(desktop.display) as display:
        popup = display.connection.generate_id()
        values = [0xFFFFFF, 1]
        mask = x.CW.BackPixel | x.CW.OverrideRedirect
        kind = x.WindowClass.InputOutput
        display.core.CreateWindowChecked(0, popup, display.root, 60, 80, 50, 50, 0, kind, 0, mask, values).check()

        def flash() -> None:
            display.core.MapWindowChecked(popup).check()
            display.core.UnmapWindowChecked(popup).check()

        act_during_the_grab(monkeypatch, flash)
        with watching(desktop) as seen:
            dropped = next(seen)
            assert isinstance(dropped, Skipped)
            assert dropped.reason == MOVING
            frame = look_until(seen, lambda one: isinstance(one, Frame))
    assert isinstance(frame, Frame)
    assert np.array_equal(frame.image, desktop.pixels(window))
