from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desktop import Desktop

import companion
from companion import idle
from companion.capture.types import CaptureError

X11_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="there is no X server")


@X11_ONLY
@pytest.mark.display
def test_it_counts_from_the_last_touch(bare_desktop: Desktop) -> None:
    watch = idle.find(environ={"DISPLAY": bare_desktop.display}, platform="linux")
    assert watch is not None
    bare_desktop.run("xdotool", "mousemove", "10", "10")
    before = watch.seconds()
    time.sleep(1.2)
    assert watch.seconds() >= before + 1.0
    bare_desktop.run("xdotool", "mousemove", "20", "20")
    assert watch.seconds() < 1.0
    watch.close()


@X11_ONLY
@pytest.mark.display
def test_a_server_that_goes_away_is_said(bare_desktop: Desktop) -> None:
    watch = idle.find(environ={"DISPLAY": bare_desktop.display}, platform="linux")
    assert watch is not None
    bare_desktop.server.kill()
    bare_desktop.server.wait()
    with pytest.raises(CaptureError, match="gone away"):
        watch.seconds()
    watch.close()


def test_it_is_not_known_without_an_x_server_or_beside_wayland() -> None:
    assert idle.find(environ={"DISPLAY": ":4999"}, platform="linux") is None
    assert idle.find(environ={"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, platform="linux") is None
    assert idle.find(environ={}, platform="linux") is None
    assert idle.find(environ={}, platform="win32") is None


@X11_ONLY
@pytest.mark.display
def test_it_is_not_known_where_the_server_lacks_the_extension() -> None:
    command = [
        "Xvfb",
        "-displayfd",
        "1",
        "-screen",
        "0",
        "320x240x24",
        "-nolisten",
        "tcp",
        "-extension",
        idle.EXTENSION,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            display = f":{server.stdout.readline().strip()}"
            assert idle.find(environ={"DISPLAY": display}, platform="linux") is None
        finally:
            server.kill()


@X11_ONLY
def test_every_extension_that_is_used_is_loaded_before_the_first_connection() -> None:
    folder = Path(companion.__file__).parent
    used = {name for path in folder.rglob("*.py") for name in re.findall(r"import xcffib\.(\w+)", path.read_text())}
    assert used - {"xproto"} == set(idle.EXTENSIONS)
