"""Windows of made-up programs: they show a picture by themselves, and say of themselves what they are told to."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import xcffib.shape
import xcffib.xproto as x
from desktop import Desktop, wait_until
from PIL import Image as Pictures
from privacy_vault import Colour, Image
from rendered import pieces

from companion.capture.types import Rect
from companion.capture.x11 import Display

_ROWS = 64  # rows of pixels sent at once: a request of X11 holds 256 KB
_SIZED = (1 << 0) | (1 << 1)  # WM_NORMAL_HINTS: the person chose place and size


def drawn(lines: Sequence[str], *, size: tuple[int, int], patch: Colour | None = None) -> Image:
    """Return lines of text with a patch of colour below them, ``uint8[height, width, 3]``."""
    image = pieces([(16, 12 + 34 * row, line) for row, line in enumerate(lines)], size=size, points=20).copy()
    if patch is not None:
        top = 12 + 34 * len(lines)
        image[top : top + 40, 16:116] = patch
    return image


class Painted:
    """A window whose server-side background is a picture, so that nobody has to paint it.

    Parameters
    ----------
    image
        What it shows, ``uint8[height, width, 3]``; one pixel's colour fills it where it is a colour.
    app, instance
        Its class and instance; no WM_CLASS without an ``app``.
    pid
        What it says its process is; nothing when 0.
    unmanaged
        Like menus, tooltips and notifications: no window manager looks after it.
    owner
        Which window it says it is transient for.
    kind
        Its _NET_WM_WINDOW_TYPE.
    mapped
        Whether it is shown at once.

    """

    def __init__(
        self,
        desktop: Desktop,
        *,
        image: Image | Colour,
        app: str = "",
        title: str = "",
        instance: str = "",
        pid: int = 0,
        at: tuple[int, int] = (40, 60),
        size: tuple[int, int] = (360, 160),
        unmanaged: bool = False,
        owner: int = 0,
        kind: str = "",
        mapped: bool = True,
    ) -> None:
        self.desktop, self.title, self._unmanaged = desktop, title, unmanaged
        self.display = Display(desktop.display)
        picture = image if isinstance(image, np.ndarray) else np.full((size[1], size[0], 3), image, np.uint8)
        self.id: int = self._create(picture, at)
        self._belongs_to(app, instance, pid)
        self._says(title, owner, kind, Rect(*at, picture.shape[1], picture.shape[0]))
        if mapped:
            self.show()

    @property
    def name(self) -> str:
        """Its number as xdotool writes it."""
        return str(self.id)

    def show(self) -> None:
        """Map it, and wait until it is seen."""

        def seen() -> bool:
            self.display.core.MapWindowChecked(self.id).check()
            return self.shown()

        wait_until(seen, f"the window {self.title}")

    def shown(self) -> bool:
        """Whether it is on the screen."""
        state = self.display.core.GetWindowAttributes(self.id).reply().map_state
        return bool(state == x.MapState.Viewable)

    def hide(self) -> None:
        """Unmap it."""
        self.display.core.UnmapWindowChecked(self.id).check()

    def activate(self) -> Painted:
        """Give it the attention."""
        self.desktop.activate(self.name)
        return self

    def move(self, left: int, top: int) -> None:
        """Move it, and wait until it is there (its frame may be a few pixels off)."""
        self.desktop.run("xdotool", "windowmove", self.name, str(left), str(top))
        wait_until(lambda: abs(self.rect().left - left) < 40 and abs(self.rect().top - top) < 60, f"{self.title} moves")

    def raise_(self) -> None:
        """Stack it above the others."""
        self.display.core.ConfigureWindowChecked(self.id, x.ConfigWindow.StackMode, [x.StackMode.Above]).check()

    def rename(self, title: str) -> None:
        """Give it another title."""
        self.title = title
        self._text("_NET_WM_NAME", title.encode(), "UTF8_STRING")

    def call(self, app: str) -> None:
        """Say that it is of another program."""
        self._text("WM_CLASS", f"{app.lower()}\0{app}\0".encode(), "STRING")

    def numbers(self, name: str, *values: int, kind: str = "CARDINAL") -> None:
        """Set a property of numbers."""
        data = struct.pack(f"={len(values)}I", *values)
        change = self.display.core.ChangePropertyChecked
        atoms = self.display.atom(name), self.display.atom(kind)
        change(x.PropMode.Replace, self.id, *atoms, 32, len(values), data).check()

    def show_instead(self, picture: Image) -> None:
        """Show another picture."""
        held = self._pixmap(picture, self.display.connection.setup.roots[0].root_depth)
        self.display.core.ChangeWindowAttributesChecked(self.id, x.CW.BackPixmap, [held]).check()
        self.display.core.ClearAreaChecked(False, self.id, 0, 0, 0, 0).check()

    def cut_hole(self, left: int, top: int, width: int, height: int) -> None:
        """Take a rectangle out of its shape."""
        shape: Any = self.display.connection(xcffib.shape.key)
        hole = [x.RECTANGLE.synthetic(left, top, width, height)]
        cut = (xcffib.shape.SO.Subtract, xcffib.shape.SK.Bounding, 0, self.id, 0, 0, 1, hole)
        shape.RectanglesChecked(*cut).check()

    def rect(self) -> Rect:
        """Return where its inside is."""
        return self.display.rect(self.id)

    def close(self) -> None:
        """Take it off the desktop."""
        self.display.close()

    def _create(self, picture: Image, at: tuple[int, int]) -> int:
        display, (height, width) = self.display, picture.shape[:2]
        root = display.connection.setup.roots[display.connection.pref_screen]
        window, held = display.connection.generate_id(), self._pixmap(picture, root.root_depth)
        mask = x.CW.BackPixmap | x.CW.OverrideRedirect
        values = [held, int(self._unmanaged)]
        where = (window, display.root, *at, width, height, 0, x.WindowClass.InputOutput, root.root_visual)
        display.core.CreateWindowChecked(root.root_depth, *where, mask, values).check()
        display.core.FreePixmapChecked(held).check()
        return int(window)

    def _pixmap(self, picture: Image, depth: int) -> int:
        display, (height, width) = self.display, picture.shape[:2]
        held, tool = display.connection.generate_id(), display.connection.generate_id()
        display.core.CreatePixmapChecked(depth, held, display.root, width, height).check()
        display.core.CreateGCChecked(tool, held, 0, []).check()
        cells = np.asarray(Pictures.fromarray(picture).convert("RGBA"))[:, :, [2, 1, 0, 3]]
        put: Any = display.core.PutImageChecked
        for top in range(0, height, _ROWS):
            rows = np.ascontiguousarray(cells[top : top + _ROWS])
            place = (width, len(rows), 0, top, 0, depth)
            put(x.ImageFormat.ZPixmap, held, tool, *place, rows.nbytes, rows.tobytes()).check()
        display.core.FreeGCChecked(tool).check()
        return int(held)

    def _belongs_to(self, app: str, instance: str, pid: int) -> None:
        if app:
            self._text("WM_CLASS", f"{instance or app.lower()}\0{app}\0".encode(), "STRING")
        if pid:
            self.numbers("_NET_WM_PID", pid)

    def _says(self, title: str, owner: int, kind: str, rect: Rect) -> None:
        if title:
            self._text("_NET_WM_NAME", title.encode(), "UTF8_STRING")
        if owner:
            self.numbers("WM_TRANSIENT_FOR", owner, kind="WINDOW")
        if kind:
            self.numbers("_NET_WM_WINDOW_TYPE", self.display.atom(kind), kind="ATOM")
        hints = [_SIZED, rect.left, rect.top, rect.width, rect.height, *[0] * 13]
        self.numbers("WM_NORMAL_HINTS", *hints, kind="WM_SIZE_HINTS")

    def _text(self, name: str, value: bytes, kind: str) -> None:
        atoms = self.display.atom(name), self.display.atom(kind)
        self.display.core.ChangePropertyChecked(x.PropMode.Replace, self.id, *atoms, 8, len(value), value).check()
