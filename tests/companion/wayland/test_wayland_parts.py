"""Parts of Wayland's adapters that need no desktop."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.accessible.reading import Block, Reading
from companion.capture.types import CaptureError, Rect, Window
from companion.capture.wayland.names import by_other_name
from companion.capture.wayland.pulse import FASTEST, SLOWEST, Pulse
from companion.capture.wayland.sway_ipc import Sway
from companion.capture.wayland.sway_tree import desk
from companion.capture.wayland.texts import placed
from companion.capture.wayland.x11_unmanaged import Unmanaged

RECTS = st.builds(Rect, st.integers(-2000, 4000), st.integers(-2000, 4000), st.integers(1, 3000), st.integers(1, 3000))
NONE = {"x": 0, "y": 0, "width": 0, "height": 0}


def box(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {"x": left, "y": top, "width": width, "height": height}


def node(**said: Any) -> dict[str, Any]:
    known = {"id": 1, "name": "", "nodes": [], "floating_nodes": [], "rect": NONE, "window_rect": NONE}
    return {**known, "deco_rect": NONE, "fullscreen_mode": 0, "focused": False, **said}


def tree(view: dict[str, Any], **output: Any) -> dict[str, Any]:
    whole = box(0, 0, 1000, 600)
    workspace = node(name="1", rect=box(0, 30, 1000, 570), nodes=[view])
    screen = node(name="DP-1", rect=whole, nodes=[workspace], active=True, dpms=True)
    hidden = node(name="__i3", nodes=[node(name="__i3_scratch", floating_nodes=[window(focused=True)])])
    return node(name="root", nodes=[hidden, {**screen, **output}])


def window(**said: Any) -> dict[str, Any]:
    known = {"app_id": "foot", "pid": 7, "visible": True, "rect": box(0, 0, 500, 600)}
    return node(**{**known, "window_rect": box(2, 2, 496, 596), **said})


@pytest.mark.parametrize(
    ("said", "lit"),
    [
        ({}, True),
        ({"dpms": False}, False),
        ({"power": False}, False),
        ({"power": True, "dpms": False}, True),
        ({"active": False}, False),
    ],
)
def test_outputs_that_are_off_show_nothing(said: dict[str, Any], lit: bool) -> None:
    assert desk(tree(window(), **said)).lit is lit


def test_what_a_panel_may_cover_is_cut_off() -> None:
    (shown,) = desk(tree(window())).shown
    assert shown.window.rect == Rect(2, 30, 496, 568)
    assert shown.reach == Rect(0, 0, 500, 600)


def test_a_full_screen_window_has_the_output_and_one_off_the_screen_has_nothing() -> None:
    assert desk(tree(window(fullscreen_mode=1))).shown[0].window.rect == Rect(0, 0, 1000, 600)
    assert desk(tree(window(rect=box(1200, 0, 10, 10)))).shown[0].window.rect is None


def test_the_scratchpad_and_windows_that_cannot_be_seen_are_left_out() -> None:
    assert desk(tree(window(visible=False, focused=True))).focused is None


def test_a_window_without_a_name_or_a_process_is_still_there() -> None:
    nameless = window(app_id=None, name=None, pid=-1, window_properties={"class": "XTerm"}, window=9)
    (shown,) = desk(tree(nameless)).shown
    assert (shown.window.app, shown.window.title, shown.window.pid, shown.x11) == ("XTerm", "", 0, 9)


def test_both_names_of_an_x11_program_are_told_as_a_rule_can_know_either() -> None:
    named = {"class": "Agent", "instance": "lxqt-policykit-agent"}
    (shown,) = desk(tree(window(app_id=None, window_properties=named))).shown
    assert (shown.window.app, shown.window.instance) == ("Agent", "lxqt-policykit-agent")


def test_the_pace_falls_while_the_picture_rests_and_comes_back() -> None:
    pulse, now, gaps = Pulse(0.0), 0.0, []
    for _ in range(8):
        begun = now
        while not pulse.due(now):
            now += 0.25
        gaps.append(now - begun)
        pulse.looked(now, changed=False)
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (FASTEST, SLOWEST)
    pulse.happened(now)
    assert pulse.due(now + FASTEST)
    pulse.looked(now, changed=True)
    assert not pulse.due(now + FASTEST - 0.1)
    assert pulse.due(now + FASTEST)


@given(frame=RECTS, rect=RECTS, inner=RECTS)
def test_places_keep_their_distance_from_the_corner_or_are_not_told(frame: Rect, rect: Rect, inner: Rect) -> None:
    reading = Reading(
        "words", "", "", (Block(1, "words", inner, 0), Block(1, "more", None, 0)), (inner,), complete=True
    )
    for size in ((rect.width, rect.height), (frame.width, frame.height)):
        own = Rect(frame.left, frame.top, *size)
        put = placed(reading, own, rect)
        same = size == (rect.width, rect.height)
        assert put.complete is same
        assert put.blocks[1].rect is None
        moved = put.blocks[0].rect
        assert (moved is not None) is same
        if moved is not None:
            assert (moved.left - rect.left, moved.top - rect.top) == (inner.left - own.left, inner.top - own.top)
            assert put.private == (moved,)


def test_a_window_that_says_no_place_keeps_a_reading_without_secrets_whole() -> None:
    reading = Reading("words", "", "", (), (), complete=True)
    assert placed(reading, None, Rect(0, 0, 10, 10)).complete


def test_a_browser_is_not_named_twice_and_a_process_that_ended_has_no_name() -> None:
    me = threading.get_native_id()
    assert by_other_name(Window(app="foot", title="", pid=0)) == ()
    assert by_other_name(Window(app="foot", title="", pid=2**22 + me)) == ()


@pytest.mark.parametrize(
    ("display", "line", "covered"),
    [
        (":7", "", False),
        (":7", "0: 00000003 00000000 00000000 0001 03 11 @/tmp/.X11-unix/X8", False),
        (":7", "0: 00000002 00000000 00010000 0001 01 11 /tmp/.X11-unix/X7", False),
        ("", "0: 00000003 00000000 00000000 0001 03 11 @/tmp/.X11-unix/X8", True),
        (":99999", "0: 00000003 00000000 00000000 0001 03 11 /tmp/.X11-unix/X99999", True),
    ],
)
def test_an_x_server_in_use_that_cannot_be_asked_may_cover_anything(
    tmp_path: Path, display: str, line: str, covered: bool
) -> None:
    sockets = tmp_path / "unix"
    sockets.write_text(f"Num       RefCount Protocol Flags    Type St Inode Path\n{line}\n", encoding="utf-8")
    window = Window(app="foot", title="", rect=Rect(0, 0, 10, 10))
    found = Unmanaged(display, sockets=sockets).over(window, 0)
    assert [one.app for one in found] == ([""] if covered else [])


def test_what_is_not_sway_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "not-sway"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            with listening.accept()[0] as caller:
                caller.recv(1024)
                caller.sendall(b"HTTP/1.1 400 Bad Request")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(CaptureError, match="is not sway"):
            Sway(path)
        thread.join()
