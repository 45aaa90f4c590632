"""Reads what one window itself has drawn, where a compositor puts all windows together.

Such a desktop (GNOME, Cinnamon) also draws things that are windows of nobody: banners of notifications, pictures of
windows while one is chosen. They lie in an overlay over everything, and would be in a picture of the screen.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import xcffib
import xcffib.composite
import xcffib.xproto as x

from companion.capture.types import Image, Rect
from companion.capture.x11 import GONE, Display

EXTENSION = "Composite"
_GET_IMAGE = 73  # the core protocol's number
_ALL_PLANES = 0xFFFFFFFF
_DEPTHS = (24, 32)


class _Pixels(xcffib.Reply):
    """The reply to `GetImage` with its pixels as bytes: xcffib would make a number of each."""

    def __init__(self, unpacker: Any) -> None:
        super().__init__(unpacker)  # type: ignore[no-untyped-call]
        (self.depth,) = unpacker.unpack("=xB2x4x4x20x")
        (self.data,) = unpacker.unpack(f"={4 * self.length}s")


class _Asked(xcffib.Cookie):
    reply_type: Any = _Pixels


class OwnPixels:
    """Names the pixels of windows that a compositor holds; used by one thread."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._composite: Any = display.connection(xcffib.composite.key) if display.has(EXTENSION) else None
        if self._composite is not None:
            self._composite.QueryVersion(0, 4).reply()

    def composited(self) -> bool:
        """Whether a compositor says that it puts this screen together."""
        atom = self._display.atom(f"_NET_WM_CM_S{self._display.connection.pref_screen}")
        return bool(self._display.core.GetSelectionOwner(atom).reply().owner)

    def apart(self, window: int) -> bool:
        """Whether what a window draws is held apart from the screen; of one that fills it, it need not be."""
        pixmap = self._named(window)
        if pixmap is None:
            return False
        self._display.core.FreePixmap(pixmap[0])
        return True

    def see(self, window: int, rect: Rect) -> Image | None:
        """Return what a window has drawn in a rectangle of the desktop, ``uint8[height, width, 3]``, RGB.

        None where it is not all of it, or has gone.
        """
        named = self._named(window)
        if named is None:
            return None
        pixmap, place = named
        try:
            return self._read(pixmap, Rect(rect.left - place[0], rect.top - place[1], rect.width, rect.height))
        except (*GONE, x.MatchError):
            return None  # it became smaller meanwhile
        finally:
            self._display.core.FreePixmap(pixmap)

    def _named(self, window: int) -> tuple[int, tuple[int, int]] | None:
        """Return a name for the pixels of the top level that a window is in, and where they begin on the desktop."""
        if self._composite is None or not window:
            return None
        pixmap = self._display.connection.generate_id()
        try:
            top = self._top_level(window)
            place = self._display.core.GetGeometry(top).reply()
            self._composite.NameWindowPixmapChecked(top, pixmap).check()
        except (*GONE, x.MatchError):
            return None
        return pixmap, (place.x, place.y)

    def _top_level(self, window: int) -> int:
        while (parent := self._display.core.QueryTree(window).reply().parent) not in (self._display.root, 0):
            window = parent
        return window

    def _read(self, pixmap: int, rect: Rect) -> Image | None:
        about = (2, pixmap, rect.left, rect.top, rect.width, rect.height, _ALL_PLANES)  # 2: pixels, not planes
        asked = self._display.core.send_request(
            _GET_IMAGE, io.BytesIO(struct.pack("=xB2xIhhHHI", *about)), _Asked, is_checked=True
        )
        told = asked.reply()
        if told.depth not in _DEPTHS or len(told.data) != 4 * rect.width * rect.height:
            return None
        pixels = np.frombuffer(told.data, np.uint8).reshape(rect.height, rect.width, 4)
        return np.ascontiguousarray(pixels[:, :, 2::-1])
