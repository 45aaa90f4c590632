from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import xcffib.shape
import xcffib.xproto as x
from desktop import Desktop, wait_until

from companion.capture.privacy import OWN_WINDOW, Rules
from companion.capture.screen import NOTHING
from companion.capture.types import CaptureError, Rect, Trigger, Window
from companion.capture.x11 import Display
from companion.capture.x11_opacity import covers
from companion.capture.x11_window import ANYWHERE, X11Windows

pytestmark = pytest.mark.display


@pytest.fixture
def display(desktop: Desktop) -> Iterator[Display]:
    with Display(desktop.display) as display:
        yield display


@pytest.fixture
def windows(display: Display) -> X11Windows:
    return X11Windows(display)


def active(windows: X11Windows) -> Window:
    window = windows.sight().window
    assert window is not None
    return window


def set_numbers(display: Display, window: int, name: str, kind: int, *numbers: int) -> None:
    data = struct.pack(f"={len(numbers)}I", *numbers)
    mode = x.PropMode.Replace
    display.core.ChangePropertyChecked(mode, window, display.atom(name), kind, 32, len(numbers), data).check()


def new_window(display: Display, rect: Rect, *, override_redirect: bool, depth: int = 0) -> int:
    """A plain white window; one that no window manager looks after when it overrides redirection."""
    window: int = display.connection.generate_id()
    display.core.CreateWindowChecked(
        depth,
        window,
        display.root,
        rect.left,
        rect.top,
        rect.width,
        rect.height,
        0,
        x.WindowClass.InputOutput,
        0,
        x.CW.BackPixel | x.CW.OverrideRedirect,
        [0xFFFFFF, int(override_redirect)],
    ).check()
    return window


def test_the_active_windows_program_and_title_are_right(desktop: Desktop, windows: X11Windows) -> None:
    desktop.open_xterm("ledger", title="Größe ✓ terminal")
    seen = active(windows)
    assert (seen.app, seen.title) == ("XTerm", "Größe ✓ terminal")
    assert Path(f"/proc/{seen.pid}/exe").readlink().name == "xterm"
    desktop.open_text_window("ledger", title="a text")
    seen = active(windows)
    assert (seen.app, seen.title) == ("Zenity", "a text")


def test_the_rectangle_is_the_windows_inside_on_the_screen(desktop: Desktop, windows: X11Windows) -> None:
    window = desktop.open_xterm("ledger")
    told = desktop.run("xwininfo", "-id", window)
    names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
    rect = Rect(*(int(re.findall(rf"{name}: +(\d+)", told)[0]) for name in names))
    assert active(windows).rect == rect
    desktop.move(window, 1000, 700)
    wait_until(lambda: active(windows).rect != rect, "the move")
    moved = active(windows).rect
    assert moved is not None
    assert (moved.right, moved.bottom) == (1280, 800)


def test_a_shadow_that_the_program_draws_itself_is_left_out(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    window = desktop.open_xterm("ledger")
    plain = active(windows).rect
    assert plain is not None
    set_numbers(display, int(window), "_GTK_FRAME_EXTENTS", x.Atom.CARDINAL, 10, 20, 30, 40)
    inside = Rect(plain.left + 10, plain.top + 30, plain.width - 30, plain.height - 70)
    assert active(windows).rect == inside


def meanings(display: Display, windows: X11Windows) -> set[Trigger | None]:
    display.wait(0.1)
    return {windows.meaning(event) for event in display.arrived()}


def test_a_switch_of_window_is_heard_of(desktop: Desktop, display: Display, windows: X11Windows) -> None:
    first = desktop.open_xterm("one", title="one")
    desktop.open_xterm("two", title="two", geometry="40x10+700+300")
    windows.sight()
    display.pending()
    desktop.activate(first)
    wait_until(lambda: Trigger.SWITCHED in meanings(display, windows), "word of the switch")
    assert active(windows).title == "one"


def test_a_new_title_is_heard_of_but_not_a_counter(desktop: Desktop, display: Display, windows: X11Windows) -> None:
    window = desktop.open_xterm("ledger", title="Inbox")
    windows.sight()
    display.pending()

    def rename(title: str) -> set[Trigger | None]:
        heard: set[Trigger | None] = set()
        desktop.run("xdotool", "set_window", "--name", title, window)

        def arrived() -> bool:
            heard.update(meanings(display, windows))
            return desktop.run("xdotool", "getwindowname", window).strip() == title and len(heard) > 0

        wait_until(arrived, f"the title {title}")
        return heard

    assert Trigger.TITLED not in rename("(3) Inbox")
    assert Trigger.TITLED in rename("Outbox")


def test_a_new_title_is_told_of_also_when_a_sight_met_it_first(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    window = desktop.open_xterm("ledger", title="Inbox")
    windows.sight()
    display.pending()
    desktop.run("xdotool", "set_window", "--name", "Outbox", window)
    wait_until(lambda: active(windows).title == "Outbox", "the new title")
    assert Trigger.TITLED in meanings(display, windows)


def test_the_active_window_moving_is_a_change_and_another_moving_is_not(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    other = desktop.open_xterm("other", title="other", geometry="20x5+20+40")
    window = desktop.open_xterm("ledger", title="ledger", geometry="20x5+600+40")
    windows.sight()
    display.pending()
    desktop.move(other, 30, 500)
    assert Trigger.CHANGED not in meanings(display, windows)
    desktop.move(window, 700, 500)
    wait_until(lambda: Trigger.CHANGED in meanings(display, windows), "word of the move")


def test_where_another_window_may_have_come_is_told(desktop: Desktop, display: Display, windows: X11Windows) -> None:
    desktop.open_xterm("ledger")
    popup = new_window(display, Rect(100, 110, 50, 60), override_redirect=True)
    display.pending()

    def places() -> list[Rect]:
        found = [windows.came(event) for event in display.pending()]
        return [place for place in found if place is not None]

    display.core.MapWindowChecked(popup).check()
    assert places() == [ANYWHERE]
    display.core.ConfigureWindowChecked(popup, x.ConfigWindow.X | x.ConfigWindow.BorderWidth, [300, 2]).check()
    assert places() == [Rect(300, 110, 54, 64)]
    display.core.UnmapWindowChecked(popup).check()
    assert places() == []


def test_windows_over_the_active_one_are_told_and_others_are_not(desktop: Desktop, windows: X11Windows) -> None:
    over = desktop.open_text_window("ledger", title="over", size=(200, 150))
    under = desktop.open_xterm("ledger", title="under")
    assert windows.sight().overlapping == ()
    desktop.keep_above(over)
    desktop.move(over, 100, 100)
    wait_until(lambda: windows.sight().overlapping, "the window over it")
    (told,) = windows.sight().overlapping
    assert (told.app, told.title) == ("Zenity", "over")
    assert told.rect is not None
    assert told.rect.width >= 200
    desktop.move(over, 1000, 600)
    wait_until(lambda: not windows.sight().overlapping, "the window beside it")
    desktop.move(over, 100, 100)
    wait_until(lambda: windows.sight().overlapping, "the window over it again")
    desktop.run("xdotool", "windowminimize", over)
    wait_until(lambda: not windows.sight().overlapping, "the window gone to an icon")
    assert desktop.active() == under


def test_a_window_nobody_manages_over_the_active_one_is_unknown(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    desktop.open_xterm("ledger")
    popup = new_window(display, Rect(100, 100, 50, 50), override_redirect=True)
    assert windows.sight().overlapping == ()
    display.core.MapWindowChecked(popup).check()
    assert windows.sight().overlapping == (Window(app="", title="", rect=Rect(100, 100, 50, 50)),)


def test_companions_own_menu_over_the_active_window_is_known_by_its_process(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    desktop.open_xterm("ledger")
    popup = new_window(display, Rect(100, 100, 50, 50), override_redirect=True)
    set_numbers(display, popup, "_NET_WM_PID", x.Atom.CARDINAL, os.getpid())
    display.core.MapWindowChecked(popup).check()
    sight = windows.sight()
    rules = Rules(own_pids=frozenset({os.getpid()}))
    assert rules.decide(sight.window, sight.overlapping) == OWN_WINDOW


def test_a_popup_that_is_transient_for_the_active_window_is_its_own(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    other = desktop.open_text_window("ledger")
    window = desktop.open_xterm("ledger")
    popup = new_window(display, Rect(100, 100, 50, 50), override_redirect=True)
    display.core.MapWindowChecked(popup).check()
    set_numbers(display, popup, "WM_TRANSIENT_FOR", x.Atom.WINDOW, int(window))
    assert windows.sight().overlapping == ()
    set_numbers(display, popup, "WM_TRANSIENT_FOR", x.Atom.WINDOW, int(other))
    assert [told.app for told in windows.sight().overlapping] == [""]


def test_the_active_windows_own_menu_is_not_in_the_way(desktop: Desktop, display: Display, windows: X11Windows) -> None:
    window = desktop.open_xterm("ledger")
    before = len(list(shown_popups(display)))
    desktop.run("xdotool", "mousemove", "--window", window, "100", "100", "keydown", "ctrl", "mousedown", "1")
    wait_until(lambda: len(list(shown_popups(display))) > before, "xterm's menu")
    assert windows.sight().overlapping == ()
    desktop.run("xdotool", "mouseup", "1", "keyup", "ctrl")


def shown_popups(display: Display) -> Iterator[int]:
    for window in display.core.QueryTree(display.root).reply().children:
        state = display.core.GetWindowAttributes(window).reply()
        size = display.core.GetGeometry(window).reply()
        big = size.width > 50 and size.height > 50
        if state.override_redirect and state.map_state == x.MapState.Viewable and big:
            yield window


def test_what_lies_beneath_a_window_cut_to_a_shape_is_told(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    desktop.open_text_window("ledger", title="beneath", size=(600, 400))
    window = desktop.open_xterm("ledger", geometry="80x30+300+100")
    assert windows.sight().overlapping == ()
    shape = display.connection(xcffib.shape.key)
    hole = [x.RECTANGLE.synthetic(0, 0, 100, 100)]
    kind, way = xcffib.shape.SK.Bounding, xcffib.shape.SO.Subtract
    shape.RectanglesChecked(way, kind, x.ClipOrdering.Unsorted, int(window), 0, 0, len(hole), hole).check()
    assert [told.title for told in windows.sight().overlapping] == ["beneath"]


def test_what_lies_beneath_a_translucent_window_is_told_when_a_compositor_runs(
    desktop: Desktop, display: Display, windows: X11Windows
) -> None:
    desktop.open_text_window("ledger", title="beneath", size=(600, 400))
    window = desktop.open_xterm("ledger", geometry="80x30+300+100")
    set_numbers(display, int(window), "_NET_WM_WINDOW_OPACITY", x.Atom.CARDINAL, 0xC0000000)
    assert windows.sight().overlapping == ()
    compositor = new_window(display, Rect(0, 0, 1, 1), override_redirect=True)
    display.core.SetSelectionOwnerChecked(compositor, display.atom("_NET_WM_CM_S0"), x.Time.CurrentTime).check()
    assert [told.title for told in windows.sight().overlapping] == ["beneath"]
    set_numbers(display, int(window), "_NET_WM_WINDOW_OPACITY", x.Atom.CARDINAL, 0xFFFFFFFF)
    wait_until(lambda: windows.sight().overlapping == (), "the window manager to tell its frame")


def test_an_active_window_that_died_is_no_window(desktop: Desktop, display: Display, windows: X11Windows) -> None:
    desktop.open_xterm("ledger")
    dead = new_window(display, Rect(0, 0, 9, 9), override_redirect=True)
    display.core.DestroyWindowChecked(dead).check()
    set_numbers(display, display.root, "_NET_ACTIVE_WINDOW", x.Atom.WINDOW, dead)
    assert windows.sight() == NOTHING


def test_without_windows_there_is_no_window(windows: X11Windows) -> None:
    assert windows.sight() == NOTHING


def test_without_a_window_manager_it_says_so(bare_desktop: Desktop) -> None:
    with Display(bare_desktop.display) as display, pytest.raises(CaptureError, match="window manager"):
        X11Windows(display)


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(CaptureError, match=":6553 cannot be reached"):
        Display(":6553")


def test_rectangles_cover_when_they_fill_it_together() -> None:
    whole = Rect(0, 0, 10, 10)
    assert covers([Rect(-5, 0, 10, 20), Rect(5, 0, 10, 20)], whole)
    assert covers([Rect(0, 0, 10, 10), Rect(2, 2, 3, 3)], whole)
    assert not covers([Rect(0, 0, 10, 9)], whole)
    assert not covers([Rect(0, 0, 10, 5), Rect(0, 0, 10, 5)], whole)
    assert not covers([], whole)
