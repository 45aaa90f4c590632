"""What one window under X11 says of itself. Every function raises one of `companion.capture.x11.GONE` when it died."""

from __future__ import annotations

import xcffib.randr
import xcffib.xproto as x

from companion.capture.geometry import clipped
from companion.capture.types import Rect, Window
from companion.capture.x11 import Display

TITLE_PROPERTIES = ("_NET_WM_NAME", "WM_NAME")


def described(display: Display, window: int, rect: Rect, *, monitor: int = 0) -> Window:
    """Return program, title and process of ``window``; what it does not say is empty."""
    # WM_CLASS holds the instance and the class, each ended by a zero byte (ICCCM 4.1.2.5).
    names = display.text(window, "WM_CLASS").split("\0")
    pid = next(iter(display.numbers(window, "_NET_WM_PID")), 0)
    app = names[1] if len(names) > 1 else ""
    return Window(app, title_of(display, window), pid=pid, rect=rect, monitor=monitor, instance=names[0])


def title_of(display: Display, window: int) -> str:
    """Return a window's title, empty when it has none."""
    return next(filter(None, (display.text(window, name) for name in TITLE_PROPERTIES)), "")


def visible_rect(display: Display, window: int) -> Rect | None:
    """Return the inside of a window without a client-side shadow, clipped to the screen; None when not shown."""
    if display.core.GetWindowAttributes(window).reply().map_state != x.MapState.Viewable:
        return None
    shadow = _edges(display, window, "_GTK_FRAME_EXTENTS")
    return clipped(_grown(display.rect(window), *(-edge for edge in shadow)), display.screen())


def bounds(display: Display, window: int) -> tuple[Rect, ...]:
    """Return what a program may take for the place of its window: the inside, without its shadow, with its frame."""
    inside = display.rect(window)
    shadow, frame = (_edges(display, window, name) for name in ("_GTK_FRAME_EXTENTS", "_NET_FRAME_EXTENTS"))
    return tuple(dict.fromkeys((inside, _grown(inside, *(-edge for edge in shadow)), _grown(inside, *frame))))


def _edges(display: Display, window: int, name: str) -> tuple[int, ...]:
    """Return left, right, top and bottom of what is around a window."""
    told = display.numbers(window, name)
    return told if len(told) == 4 else (0, 0, 0, 0)  # noqa: PLR2004


def _grown(rect: Rect, left: int, right: int, top: int, bottom: int) -> Rect:
    return Rect(rect.left - left, rect.top - top, rect.width + left + right, rect.height + top + bottom)


def monitors(display: Display) -> list[Rect]:
    """Return where the monitors are; none where the server knows none."""
    if not display.has("RANDR"):
        return []
    randr = display.connection(xcffib.randr.key)
    told = randr.GetMonitors(display.root, True).reply().monitors
    return [Rect(one.x, one.y, one.width, one.height) for one in told]
