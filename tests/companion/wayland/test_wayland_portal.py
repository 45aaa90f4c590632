"""Pixels through the desktop portal: the portal is the test's own, PipeWire, its nodes and GStreamer are real."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desktop import wait_until
from looks import limits
from own_portal import OwnPortal, video_node
from sway_desk import SwayDesk, sway_desk

from companion.capture.types import CaptureError, Rect
from companion.capture.wayland import cast as cast_module
from companion.capture.wayland.cast import NOWHERE, Cast
from companion.capture.wayland.opening import open_wayland
from companion.capture.wayland.permission import Answer, answer_path, load, save
from companion.capture.wayland.portal import ASKING, Portal
from companion.capture.wayland.session_bus import SessionBus

pytestmark = pytest.mark.display

PLACE = Rect(100, 0, 320, 200)
SQUARE = 8  # of GStreamer's test picture: red and green by turns
NODE = "checkers"
_SOURCE = f"videotestsrc pattern=checkers-8 is-live=true ! video/x-raw,format=BGRx,width={PLACE.width}"
_SINK = f"pipewiresink mode=provide stream-properties=props,node.name={NODE},media.class=Video/Source"
NEEDED = ("sway", "pipewire", "wireplumber", "pw-dump", "gst-launch-1.0")


@pytest.fixture(scope="module")
def desk() -> Iterator[SwayDesk]:
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with sway_desk() as desk:
        desk.start("pipewire")
        wait_until((desk.home / "run" / "pipewire-0").exists, "PipeWire")
        desk.start("wireplumber")
        yield desk


@pytest.fixture(scope="module")
def node(desk: SwayDesk) -> int:
    """A PipeWire node as a compositor offers one for a monitor."""
    picture = f"{_SOURCE},height={PLACE.height},framerate=10/1 ! {_SINK}"
    desk.start("gst-launch-1.0", *picture.split())
    return wait_until(lambda: video_node(desk.environ, NODE), "a node with pictures")


@contextmanager
def shared(
    desk: SwayDesk, answer: int | None, *, node: int = 0, place: Rect | None = PLACE
) -> Iterator[tuple[Cast, OwnPortal]]:
    """Ask a portal that answers so; in the end nothing is shared any more."""
    pipewire = desk.home / "run" / "pipewire-0"
    portal = OwnPortal(desk.environ["DBUS_SESSION_BUS_ADDRESS"], pipewire, node=node, place=place, answer=answer)
    with SessionBus(desk.environ) as bus:
        cast = Cast(Portal(bus, answer_path()), lambda: [Rect(0, 0, 100, 100), PLACE], desk.environ)
        try:
            yield cast, portal
        finally:
            cast.close()
            portal.close()


def test_of_a_shared_monitor_the_one_rectangle_is_handed_on(desk: SwayDesk, node: int) -> None:
    with shared(desk, 0, node=node) as (cast, portal):
        wait_until(lambda: not cast.limits, "permission")
        image = cast.grab(Rect(PLACE.left + 20, 12, 40, 30))
        assert cast.limits == ""
    assert image is not None
    assert image.shape == (30, 40, 3)
    for row, column in ((0, 0), (3, 3), (4, 3), (4, 4), (29, 39)):
        odd = ((12 + row) // SQUARE + (20 + column) // SQUARE) % 2
        assert image[row, column].tolist() == ([0, 255, 0] if odd else [255, 0, 0])
    assert portal.closed == 1


def test_permission_is_asked_for_until_it_is_revoked_and_kept_for_the_next_time(desk: SwayDesk) -> None:
    with shared(desk, 0) as (cast, portal):
        wait_until(lambda: not cast.limits, "permission")
        assert "restore_token" not in portal.asked["SelectSources"]
        assert (portal.asked["SelectSources"]["persist_mode"], portal.asked["SelectSources"]["types"]) == (2, 1)
    assert load(answer_path()) == Answer("again-please")
    assert stat.S_IMODE(answer_path().stat().st_mode) == 0o600
    with shared(desk, 0) as (cast, portal):
        wait_until(lambda: not cast.limits, "permission")
        assert portal.asked["SelectSources"]["restore_token"] == "again-please"


def test_who_refuses_is_not_asked_again_and_told_how_to_be(desk: SwayDesk) -> None:
    with shared(desk, 1) as (cast, _):
        wait_until(lambda: cast.limits != ASKING, "an answer")
        assert str(answer_path()) in cast.limits
        assert cast.grab(PLACE) is None
    with shared(desk, 0) as (cast, portal):
        wait_until(lambda: cast.limits != ASKING, "an answer")
        assert str(answer_path()) in cast.limits
        assert portal.asked == {}
    answer_path().unlink()
    with shared(desk, 0) as (cast, _):
        wait_until(lambda: not cast.limits, "permission")


def test_who_ends_sharing_is_told_how_to_begin_again(desk: SwayDesk) -> None:
    with shared(desk, 0) as (cast, portal):
        wait_until(lambda: not cast.limits, "permission")
        portal.end_session()
        wait_until(lambda: cast.limits, "the end of sharing")
        assert "you ended sharing" in cast.limits
        assert str(answer_path()) in cast.limits
        assert cast.grab(PLACE) is None
    assert load(answer_path()).refused


def test_while_the_person_has_not_answered_nothing_is_shared_and_nothing_waits(desk: SwayDesk) -> None:
    with shared(desk, None) as (cast, portal):
        wait_until(lambda: "Start" in portal.asked, "the question")
        assert cast.grab(PLACE) is None
        assert cast.limits == ASKING
    assert portal.closed == 1
    assert not answer_path().exists()


@pytest.mark.parametrize("place", [None, Rect(0, 0, 320, 200), Rect(100, 0, 640, 400)])
def test_a_stream_that_is_no_monitor_we_know_gives_no_picture(desk: SwayDesk, node: int, place: Rect | None) -> None:
    with shared(desk, 0, node=node, place=place) as (cast, _):
        wait_until(lambda: not cast.limits, "permission")
        assert cast.grab(Rect(110, 10, 20, 20)) is None
        assert cast.limits == NOWHERE


def test_a_window_that_lies_beyond_the_shared_monitor_gives_no_picture(desk: SwayDesk, node: int) -> None:
    with shared(desk, 0, node=node) as (cast, _):
        wait_until(lambda: not cast.limits, "permission")
        assert cast.grab(Rect(PLACE.left - 1, 0, 50, 50)) is None
        assert cast.grab(Rect(PLACE.left, 0, PLACE.width + 1, 50)) is None


def test_a_stream_that_has_gone_is_said(desk: SwayDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast_module, "_SECONDS", 0.5)
    with shared(desk, 0, node=999_999) as (cast, _):
        wait_until(lambda: not cast.limits, "permission")
        assert cast.grab(PLACE) is None
        assert "gstreamer1.0-pipewire" in cast.limits


def test_a_desktop_without_a_portal_is_told_what_to_install(desk: SwayDesk) -> None:
    with SessionBus(desk.environ) as bus:
        portal = Portal(bus, answer_path())
        wait_until(lambda: portal.limits != ASKING, "an answer")
        portal.close()
    assert "xdg-desktop-portal-wlr" in portal.limits


def test_where_there_is_no_grim_the_portal_is_asked(desk: SwayDesk, tmp_path: Path) -> None:
    (tmp_path / "gst-launch-1.0").symlink_to(str(shutil.which("gst-launch-1.0")))
    with shared(desk, 1), open_wayland({**desk.environ, "PATH": str(tmp_path)}) as screen:
        wait_until(lambda: str(answer_path()) in limits(screen), "a refusal")


def test_an_answer_that_cannot_be_read_names_its_file(tmp_path: Path) -> None:
    kept = tmp_path / "answer.json"
    save(kept, Answer("word"))
    assert load(kept) == Answer("word")
    kept.write_text("[]", encoding="utf-8")
    with pytest.raises(CaptureError, match="Delete it"):
        load(kept)
