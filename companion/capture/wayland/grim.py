"""Pixels by `grim`, a program that asks compositors of the wlroots family for one rectangle and ends."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

import numpy as np

from companion.capture.types import Image, Rect

_SECONDS = 5.0
_CHANNELS = 3


class Grim:
    """Reads rectangles.

    Parameters
    ----------
    environ
        ``WAYLAND_DISPLAY``, ``XDG_RUNTIME_DIR`` and ``PATH`` are looked up here.

    Attributes
    ----------
    limits
        Why the last rectangle could not be read; empty when it could.

    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.limits = ""
        self._environ = dict(environ)

    def close(self) -> None:
        """Nothing runs between two rectangles."""

    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of a rectangle: ``uint8[rect.height, rect.width, 3]``, RGB; None where it was not read.

        On outputs with a scale they are averaged to one a unit of the desktop, so that every place told of elsewhere
        (of a password field, of a line of text) is the place in the picture.
        """
        area = f"{rect.left},{rect.top} {rect.width}x{rect.height}"
        command = ["grim", "-t", "ppm", "-s", "1", "-g", area, "-"]
        self.limits, image = "", None
        try:
            done = subprocess.run(  # noqa: S603 - our own numbers alone
                command, env=self._environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True
            )
        except subprocess.TimeoutExpired:
            self._fail("it did not end")
        except subprocess.CalledProcessError as error:
            self._fail(error.stderr.decode("utf-8", "replace").strip() or f"it ended with {error.returncode}")
        else:
            image = _picture(done.stdout, rect)
            if image is None:
                self._fail("its picture was not that of the rectangle asked for")
        return image

    def _fail(self, why: str) -> None:
        self.limits = (
            f"Moments are kept without pictures, as grim could not read the screen: {why}. Try `grim` in a terminal."
        )


def installed(environ: Mapping[str, str]) -> bool:
    """Whether there is a grim to ask."""
    return shutil.which("grim", path=environ.get("PATH")) is not None


def _picture(data: bytes, rect: Rect) -> Image | None:
    """Return what a binary PPM of one byte a channel holds, None when it is of another size."""
    head = f"P6\n{rect.width} {rect.height}\n255\n".encode()
    size = rect.height * rect.width * _CHANNELS
    if not data.startswith(head) or len(data) != len(head) + size:
        return None
    return np.frombuffer(data, np.uint8, size, len(head)).reshape(rect.height, rect.width, _CHANNELS)
