from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image as Pillow

from companion.capture.choose import choose
from companion.capture.privacy import Rules
from companion.capture.replay import ReplaySource
from companion.capture.types import CaptureError
from companion.capture.x11_screen import X11Source

RULES = Rules()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = tmp_path / "day@home"
    folder.mkdir()
    Pillow.new("RGB", (4, 4)).save(folder / "20260302T091200Z.png")
    return folder


def test_the_screen_of_an_x11_session_is_chosen() -> None:
    source = choose("screen", RULES, environ={"DISPLAY": ":5"}, platform="linux")
    assert isinstance(source, X11Source)
    assert source.name == "screen"


@pytest.mark.parametrize(
    ("environ", "platform", "says"),
    [
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", "Wayland.*XWayland.*X11"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "linux", "Wayland"),
        ({}, "linux", "DISPLAY is not set"),
        ({"DISPLAY": ""}, "linux", "DISPLAY is not set"),
        ({"DISPLAY": ":0"}, "darwin", "macOS is not supported"),
        ({}, "win32", "Windows is not supported"),
    ],
)
def test_where_the_screen_cannot_be_seen_it_says_so_and_what_to_do(
    environ: Mapping[str, str], platform: str, says: str
) -> None:
    with pytest.raises(CaptureError, match=says) as refused:
        choose("screen", RULES, environ=environ, platform=platform)
    assert "replay:DIR" in str(refused.value)


def test_a_replay_needs_no_screen(shots: Path) -> None:
    source = choose(f"replay:{shots}", RULES, environ={}, platform="win32")
    assert isinstance(source, ReplaySource)
    assert (len(source), source._speed) == (1, None)


def test_a_replay_takes_a_speed_after_the_last_at(shots: Path) -> None:
    source = choose(f"replay:{shots}@2.5", RULES)
    assert isinstance(source, ReplaySource)
    assert (source.folder, source._speed) == (shots, 2.5)


@pytest.mark.parametrize(
    ("frames", "says"),
    [("camera", "no frames called"), ("replay:", "Name the folder"), ("replay:/gone@fast", "not a speed")],
)
def test_anything_else_is_refused(frames: str, says: str) -> None:
    with pytest.raises(CaptureError, match=says):
        choose(frames, RULES)


def test_a_replay_is_checked_at_once(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="has no images"):
        choose(f"replay:{tmp_path}@1", RULES)
    with pytest.raises(CaptureError, match="above 0"):
        choose(f"replay:{tmp_path}@0", RULES)
