from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image as Pillow

from companion.capture.choose import choose
from companion.capture.privacy import Rules
from companion.capture.replay import ReplaySource
from companion.capture.source import ScreenSource
from companion.capture.types import CaptureError

RULES = Rules()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = tmp_path / "day@home"
    folder.mkdir()
    Pillow.new("RGB", (4, 4)).save(folder / "20260302T091200Z.png")
    return folder


def test_the_screen_of_an_x11_session_is_chosen() -> None:
    source = choose("screen", RULES, environ={"DISPLAY": ":5"}, platform="linux")
    assert isinstance(source, ScreenSource)
    assert source.name == "screen"


@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux"),
        ({}, "win32"),
        ({"DISPLAY": ":0"}, "darwin"),
    ],
)
def test_every_desktop_has_an_adapter_that_is_opened_when_looking_begins(
    environ: Mapping[str, str], platform: str
) -> None:
    assert isinstance(choose("screen", RULES, environ=environ, platform=platform), ScreenSource)


@pytest.mark.parametrize(
    ("environ", "platform", "says"),
    [
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "linux", "WAYLAND_DISPLAY is not set"),
        ({}, "linux", "DISPLAY is not set.*replay:DIR"),
        ({"DISPLAY": ""}, "linux", "DISPLAY is not set.*replay:DIR"),
        ({"DISPLAY": ":0"}, "sunos5", "sunos5 is not supported.*replay:DIR"),
    ],
)
def test_where_the_screen_cannot_be_seen_it_says_so_and_what_to_do(
    environ: Mapping[str, str], platform: str, says: str
) -> None:
    with pytest.raises(CaptureError, match=says):
        choose("screen", RULES, environ=environ, platform=platform)


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
