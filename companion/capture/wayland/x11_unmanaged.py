"""Menus, tooltips and pop-ups of X programs inside a Wayland session: sway draws them and does not tell of them.

The X server inside the session (XWayland) tells. It is started by whoever connects first, so nobody connects before
the kernel says that some program has.
"""

from __future__ import annotations

import re
from pathlib import Path

import xcffib
import xcffib.xproto as x

from companion.capture.types import CaptureError, Rect, Window
from companion.capture.x11 import GONE, Display

_SOCKETS = Path("/proc/net/unix")  # unix(7): one a line; the 6th word is its state, the 8th its path
_CONNECTED = "03"
_OF_X = re.compile(r"@?/tmp/\.X11-unix/X(\d+)$")
_NUMBER = re.compile(r"^(?:unix)?:(\d+)(?:\.\d+)?$")


class Unmanaged:
    """Asks XWayland; `close` it.

    Parameters
    ----------
    display
        What ``DISPLAY`` says, empty where it says nothing.

    """

    def __init__(self, display: str, *, sockets: Path = _SOCKETS) -> None:
        named = _NUMBER.match(display)
        self._number = named[1] if named else None
        self._sockets = sockets
        self._display: Display | None = None

    def close(self) -> None:
        """Hang up."""
        display, self._display = self._display, None
        if display is not None:
            display.close()

    def over(self, window: Window, x11: int) -> tuple[Window, ...]:
        """Return what X programs show over ``window`` beside its own menus, as windows of unknown programs.

        ``x11`` is the window's number in the X server, 0 when it has none.
        """
        rect = window.rect
        if rect is None or not self._in_use():
            return ()
        if self._number is None:
            return (_unknown(rect),)
        try:
            display = self._connected()
            return tuple(_unknown(place) for place in _pop_ups(display, x11, window.pid) if place.overlaps(rect))
        except (CaptureError, xcffib.ConnectionException):
            self.close()  # it ended, or does not let us in
            return (_unknown(rect),) if self._in_use() else ()

    def came(self) -> bool:
        """Whether a pop-up came or moved since this was last asked."""
        if self._display is None:
            return False
        try:
            events = self._display.pending()
        except xcffib.ConnectionException:
            self.close()
            return True
        return any(
            isinstance(event, x.MapNotifyEvent | x.ConfigureNotifyEvent) and event.override_redirect for event in events
        )

    def _connected(self) -> Display:
        if self._display is None:
            self._display = Display(f":{self._number}")
            self._display.select_events(self._display.root, x.EventMask.SubstructureNotify)
        return self._display

    def _in_use(self) -> bool:
        """Whether any program but this one is connected to the session's X server; unknown which = to any."""
        counts = [
            words[7]
            for words in map(str.split, self._sockets.read_text(encoding="utf-8", errors="replace").splitlines())
            if len(words) > 7 and words[5] == _CONNECTED  # noqa: PLR2004 - the columns of unix(7)
        ]
        numbers = [found[1] for found in map(_OF_X.match, counts) if found]
        others = len([number for number in numbers if self._number in (None, number)])
        if others <= (self._display is not None):
            self.close()
            return False
        return True


def _pop_ups(display: Display, own: int, pid: int) -> list[Rect]:
    """Return where windows that no manager looks after are shown, those that belong to ``own`` left out."""
    places = []
    for window in display.core.QueryTree(display.root).reply().children:
        try:
            attributes = display.core.GetWindowAttributes(window).reply()
            if (
                attributes.override_redirect
                and attributes.map_state == x.MapState.Viewable
                and attributes._class != x.WindowClass.InputOnly  # noqa: SLF001 - X's name
                and not (own and _belongs(display, window, own, pid))
            ):
                places.append(_outside(display, window))
        except GONE:
            continue  # it closed meanwhile
    return places


def _belongs(display: Display, window: int, own: int, pid: int) -> bool:
    """Whether a menu or tooltip is that of the window ``own``: it says so, or it is of the same process."""
    owner = next(iter(display.numbers(window, "WM_TRANSIENT_FOR")), 0)
    if owner not in (0, display.root):
        return owner == own
    return pid != 0 and display.numbers(window, "_NET_WM_PID") == (pid,)


def _outside(display: Display, window: int) -> Rect:
    size = display.core.GetGeometry(window).reply()
    border = 2 * size.border_width
    return Rect(size.x, size.y, size.width + border, size.height + border)


def _unknown(rect: Rect) -> Window:
    return Window(app="", title="", rect=rect)
