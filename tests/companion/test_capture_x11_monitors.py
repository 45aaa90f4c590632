from __future__ import annotations

from collections.abc import Iterator

import pytest
from desktop import Desktop, wait_until
from looking import TEXT, calm, hear, look_until, screen_of, watching

from companion.capture.types import Frame, Trigger
from companion.capture.x11_screen import X11Screen

pytestmark = pytest.mark.display


@pytest.fixture
def split(desktop: Desktop) -> Iterator[Desktop]:
    """One screen as two monitors side by side."""
    plug(desktop, "left", 0, "screen")
    plug(desktop, "right", 640, "none")
    return desktop


def plug(desktop: Desktop, name: str, left: int, output: str) -> None:
    desktop.run("xrandr", "--setmonitor", name, f"640/170x800/200+{left}+0", output)


def monitor(screen: X11Screen) -> int | None:
    window = screen.sight().window
    return None if window is None else window.monitor


def test_a_window_is_on_the_monitor_that_shows_most_of_it(split: Desktop) -> None:
    window = split.open_xterm(TEXT, geometry="40x10+20+40")
    with screen_of(split) as screen:
        assert monitor(screen) == 0
        split.move(window, 900, 40)
        wait_until(lambda: monitor(screen) == 1, "the other monitor")
        split.move(window, 400, 40)
        wait_until(lambda: monitor(screen) == 0, "most of it on the first")
        split.move(window, 500, 40)
        wait_until(lambda: monitor(screen) == 1, "most of it on the second")


def test_a_frame_of_a_window_on_two_monitors_is_whole(split: Desktop) -> None:
    split.open_xterm(TEXT, geometry="60x20+300+40")
    with watching(split) as seen:
        frame = look_until(seen, lambda one: isinstance(one, Frame) and one.image is not None)
    assert isinstance(frame, Frame)
    assert frame.image is not None
    assert frame.window.rect is not None
    assert frame.window.rect.left < 640 < frame.window.rect.right
    assert frame.image.shape == (frame.window.rect.height, frame.window.rect.width, 3)


def test_a_window_moved_to_another_monitor_is_looked_at_there(split: Desktop) -> None:
    window = split.open_xterm(TEXT, geometry="40x10+20+40")
    with watching(split, heartbeat=1000.0) as seen:
        look_until(seen, lambda one: isinstance(one, Frame) and one.window.monitor == 0)
        split.move(window, 900, 40)
        look_until(seen, lambda one: isinstance(one, Frame) and one.window.monitor == 1)


def test_monitors_that_come_and_go_are_heard_of_and_counted_anew(desktop: Desktop) -> None:
    window = desktop.open_xterm(TEXT, geometry="30x10+900+40")
    with screen_of(desktop) as screen:
        assert monitor(screen) == 0
        calm(screen)
        plug(desktop, "left", 0, "screen")
        hear(screen, Trigger.SWITCHED)
        plug(desktop, "right", 640, "none")
        hear(screen, Trigger.SWITCHED)
        assert monitor(screen) == 1
        desktop.run("xrandr", "--delmonitor", "right")
        hear(screen, Trigger.SWITCHED)
        assert monitor(screen) == 0
        assert screen.sight().id == int(window)


def test_a_monitor_that_comes_while_looking_ends_no_recording(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.open_xterm(TEXT, geometry="30x10+900+40")
    grab = X11Screen.grab
    plugged: list[bool] = []

    def slow(self: X11Screen, rect: object) -> object:
        if not plugged:
            plugged.append(True)
            plug(desktop, "left", 0, "screen")
            plug(desktop, "right", 640, "none")
        return grab(self, rect)  # type: ignore[arg-type]

    monkeypatch.setattr(X11Screen, "grab", slow)
    with watching(desktop, heartbeat=1000.0) as seen:
        look_until(seen, lambda one: isinstance(one, Frame) and one.window.monitor == 1)


def test_the_other_monitor_shows_its_uppermost_window(split: Desktop) -> None:
    left = split.open_xterm(TEXT, title="left", geometry="40x10+20+40")
    below = split.open_xterm(TEXT, title="below", geometry="40x10+700+40")
    above = split.open_xterm(TEXT, title="above", geometry="40x10+720+60")
    split.activate(left)
    with screen_of(split) as screen:
        assert screen.sight().id == int(left)
        [there] = screen.beside()
        assert there.window is not None
        assert (there.id, there.window.title, there.window.monitor) == (int(above), "above", 1)
        split.activate(below)
        screen.sight()
        [here] = screen.beside()
        assert here.id == int(left)


def test_one_monitor_has_nothing_beside_it(desktop: Desktop) -> None:
    desktop.open_xterm(TEXT, title="alone")
    with screen_of(desktop) as screen:
        screen.sight()
        assert screen.beside() == ()
