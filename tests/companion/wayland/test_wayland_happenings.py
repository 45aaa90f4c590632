"""What makes a look worth while under Wayland, and how long nobody touched anything, on a real sway."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from desktop import wait_until
from looks import frame, heard, limits, picture, rest
from sway_desk import GREEN, RED, SwayDesk, sway_desk
from wayland_services import IDLE_PATH, IDLE_SERVICE, answering

from companion.capture.accessible.debounce import QUIET, What
from companion.capture.screen import Screen
from companion.capture.types import CaptureError, Trigger
from companion.capture.wayland import presence, pulse
from companion.capture.wayland.opening import NO_GRIM, NO_IDLE, open_wayland, unsupported

pytestmark = pytest.mark.display

_FORM = Path(__file__).with_name("form.py")


@pytest.fixture
def form(sway: SwayDesk) -> SwayDesk:
    """A Qt program with a line to write into, that has the attention."""
    sway.for_this_test(sys.executable, str(_FORM), "A form")
    sway.await_focused("A form")
    return sway


def test_another_window_and_another_workspace_are_heard_of(sway: SwayDesk, screen: Screen) -> None:
    sway.open_foot("first", RED)
    sway.open_foot("second", GREEN)
    rest(screen)
    sway.say("[title=first] focus")
    heard(screen, lambda what: what.trigger is Trigger.SWITCHED)
    rest(screen)
    sway.say("workspace 2")
    heard(screen, lambda what: what.trigger is Trigger.SWITCHED)


def test_another_title_is_heard_of_and_one_that_only_ticks_is_not(
    sway: SwayDesk, screen: Screen, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    said.touch()
    sway.start("foot", "-T", "notes", "tail", "-n", "0", "-f", str(said))
    sway.await_focused("notes")
    rest(screen)
    screen.sight()
    said.write_text("\033]0;(3) notes\007", encoding="utf-8")
    sway.await_focused("(3) notes")
    assert not [what for what in screen.wait(0.2) if what.trigger is not Trigger.CHANGED]
    with said.open("a", encoding="utf-8") as more:
        more.write("\033]0;letters\007")
    heard(screen, lambda what: what.trigger is Trigger.TITLED)


def test_a_picture_nobody_says_has_changed_is_asked_for_all_the_same(
    sway: SwayDesk, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "FASTEST", 0.1)
    sway.open_foot("window", GREEN)
    frame(screen)
    heard(screen, lambda what: what.trigger is Trigger.CHANGED)
    for _ in range(4):  # found as before each time
        picture(screen)
    asked = [what for _ in range(10) for what in screen.wait(0.05)]
    assert asked == []


def test_typing_is_counted_with_consent_alone_and_what_was_typed_is_not_told(form: SwayDesk, screen: Screen) -> None:
    with open_wayland(form.environ, pictures=False) as deaf:  # without pictures nothing else calls for a look
        screen.sight()
        deaf.sight()
        assert form.runs("wtype", "-s", "300", "-d", "5", "hello")
        typed = heard(screen, lambda what: what.trigger is Trigger.TYPED)
        changed = heard(deaf, lambda what: what.trigger in (Trigger.TYPED, Trigger.CHANGED))
    assert typed.count == 5
    assert "hello" not in repr(typed)
    assert (changed.trigger, changed.count) == (Trigger.CHANGED, 1)


def test_without_consent_to_pictures_none_are_read(sway: SwayDesk) -> None:
    sway.open_foot("window", GREEN)
    with open_wayland(sway.environ, pictures=False) as blind:
        assert picture(blind) is None
        assert "picture" not in limits(blind)


def test_typing_into_another_window_is_not_told(form: SwayDesk, screen: Screen) -> None:
    screen.sight()
    assert form.runs("wtype", "-s", "300", "-d", "5", "hello")
    form.open_foot("another", GREEN)
    screen.sight()
    due = time.monotonic() + QUIET[What.TYPED][0]
    while time.monotonic() < due:
        assert not [what for what in screen.wait(0.1) if what.trigger is Trigger.TYPED]


def test_how_long_nobody_touched_anything_is_told_by_swayidle(sway: SwayDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "AFTER", 1)
    others = sway.children("swayidle")
    with open_wayland(sway.environ) as alone:
        assert alone.idle() == 0.0
        assert wait_until(alone.idle, "nobody to be there") >= 1.0
        assert sway.runs("wtype", "x")
        wait_until(lambda: alone.idle() == 0.0, "somebody to be there")
        assert len(sway.children("swayidle") - others) == 1
    assert sway.children("swayidle") == others


def test_how_long_nobody_touched_anything_is_told_by_mutter(sway: SwayDesk) -> None:
    with (
        answering(sway.environ, IDLE_SERVICE, {(IDLE_PATH, "GetIdletime"): ("t", [90_000])}),
        open_wayland(sway.environ) as gnome,
    ):
        idle = gnome.idle()
        assert idle is not None
        assert 90.0 <= idle < 92.0


def test_what_is_missing_is_said_and_the_rest_goes_on(sway: SwayDesk, tmp_path: Path) -> None:
    sway.open_foot("window", GREEN)
    with open_wayland({**sway.environ, "PATH": str(tmp_path)}) as bare:
        assert picture(bare) is None
        assert bare.idle() is None
        assert NO_GRIM in limits(bare)
        assert NO_IDLE in limits(bare)
        assert bare.sight().window is not None


def test_a_session_that_does_not_name_its_compositor_is_refused_with_a_reason() -> None:
    assert unsupported({"WAYLAND_DISPLAY": "wayland-0"}) is None
    assert "WAYLAND_DISPLAY" in str(unsupported({"XDG_SESSION_TYPE": "wayland"}))
    with pytest.raises(CaptureError, match="WAYLAND_DISPLAY"):
        open_wayland({"XDG_SESSION_TYPE": "wayland"})


def test_the_end_of_sway_is_said() -> None:
    with sway_desk() as desk, open_wayland(desk.environ) as screen:
        screen.sight()
        desk.stop(desk.sway)
        with pytest.raises(CaptureError, match="Sway has gone away"):
            screen.sight()
        with pytest.raises(CaptureError, match="No compositor answers"):
            open_wayland(desk.environ)
