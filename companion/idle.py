"""How long nobody has touched keyboard or mouse, where the system tells it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

EXTENSION = "MIT-SCREEN-SAVER"
EXTENSIONS = ("composite", "damage", "dpms", "randr", "screensaver", "shape", "xinput")  # those that are used here


class Idle(Protocol):
    """What knows how long the person has been away."""

    def seconds(self) -> float:
        """Return seconds since the last key or movement; raises `CaptureError` when it is not told any more."""
        ...

    def close(self) -> None:
        """Ask no more."""
        ...


def load_extensions(platform: str = sys.platform) -> None:
    """Import what talks to the X server, before the first thread connects to one.

    xcffib keeps its extensions in one dictionary, which every connecting walks through and every import adds to.
    """
    for name in EXTENSIONS if platform == "linux" else ():
        import_module(f"xcffib.{name}")


def find(*, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Idle | None:
    """Return what knows how long the person has been away; None where nothing tells it.

    XWayland would answer, but it hears only what is typed into X programs.
    """
    from companion.capture.choose import is_wayland  # imports NumPy
    from companion.capture.types import CaptureError

    if platform != "linux" or is_wayland(environ) or not environ.get("DISPLAY"):
        return None
    try:
        return _X11Idle(environ["DISPLAY"])
    except CaptureError:
        return None  # no server, or one without the extension: to the person the same as not being told


class _X11Idle:
    """Asks the X server's screen saver extension (MIT-SCREEN-SAVER 1.1, request QueryInfo), from one thread.

    Raises `CaptureError` when there is no server, or none with the extension.
    """

    def __init__(self, name: str) -> None:
        import xcffib.screensaver  # xcffib is there on Linux only

        from companion.capture.types import CaptureError
        from companion.capture.x11 import Display

        self._display = Display(name)
        if not self._display.has(EXTENSION):
            self._display.close()
            raise CaptureError("This X server does not tell how long nobody has touched keyboard or mouse.")
        self._saver: Any = self._display.connection(xcffib.screensaver.key)

    def seconds(self) -> float:
        """Return seconds since the last key or movement; raises `CaptureError`."""
        from companion.capture.x11 import server_errors_explained

        with server_errors_explained():
            told = self._saver.QueryInfo(self._display.root).reply()
        return float(told.ms_since_user_input) / 1000.0

    def close(self) -> None:
        """Hang up."""
        self._display.close()


def touched_ago(find: Callable[[], Idle | None] = find) -> Callable[[], float | None]:
    """Return what tells for how many seconds nothing was touched, None where that is not told; for one thread."""
    found: list[Idle | None] = []

    def seconds() -> float | None:
        from companion.capture.types import CaptureError

        if not found:
            found.append(find())
        try:
            return found[0].seconds() if found[0] is not None else None
        except CaptureError:  # the display went, and with it whatever would be recorded
            found[0] = None
            return None

    return seconds
