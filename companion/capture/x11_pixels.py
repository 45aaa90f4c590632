"""Reads the pixels of one rectangle of the desktop."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import mss
import numpy as np
from mss.exception import ScreenShotError

from companion.capture.types import CaptureError, Image, Rect


class Eye:
    """Reads pixels of one rectangle; made and used in one thread."""

    def __init__(self, display: str | None) -> None:
        self._display = display
        self._screen: Rect | None = None
        self._mss: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def see(self, rect: Rect, screen: Rect) -> Image:
        """Return ``uint8[height, width, 3]``, RGB. Raises `CaptureError`."""
        try:
            self._open(screen)
            shot = self._mss.grab((rect.left, rect.top, rect.right, rect.bottom))
        except ScreenShotError as error:
            raise CaptureError(
                f"The screen could not be read ({error}). If the desktop is still there, restart Companion."
            ) from error
        pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        return np.ascontiguousarray(pixels[:, :, 2::-1])

    def _open(self, screen: Rect) -> None:
        # mss keeps the size the desktop had when it was opened, and refuses more.
        if self._mss is None or screen != self._screen:
            self._close()
            self._mss, self._screen = mss.MSS(display=self._display), screen

    def _close(self) -> None:
        if self._mss is not None:
            self._mss.close()
            self._mss = None
