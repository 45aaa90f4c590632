"""Whether windows beneath can shine through a window's rectangle under X11."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import xcffib.shape

from companion.capture.geometry import clipped
from companion.capture.types import Rect
from companion.capture.x11 import Display

_OPAQUE = 0xFFFFFFFF
_ALPHA_DEPTH = 32


def shines_through(display: Display, window: int, top: int, rect: Rect) -> bool:
    """Return whether pixels in ``rect`` of ``window`` (inside the top level ``top``) may be another window's.

    They may be where the window or its frame is cut to a shape, and, while a compositor runs, where either has an
    alpha channel without saying that it is opaque there. Raises one of `companion.capture.x11.GONE`.
    """
    family = (window,) if window == top else (window, top)
    if any(not _inside_shape(display, member, rect) for member in family):
        return True
    if not _composited(display):
        return False
    if any(display.numbers(member, "_NET_WM_WINDOW_OPACITY") not in ((), (_OPAQUE,)) for member in family):
        return True
    if display.core.GetGeometry(window).reply().depth != _ALPHA_DEPTH:
        return False
    return not covers(_opaque_parts(display, window), rect)


def covers(parts: Iterable[Rect], rect: Rect) -> bool:
    """Whether rectangles that do not overlap each other fill ``rect``; overlapping ones are not trusted to."""
    inside = [part for part in (clipped(part, rect) for part in parts) if part is not None]
    if rect in inside:
        return True
    if sum(part.width * part.height for part in inside) != rect.width * rect.height:
        return False  # they leave something free, or overlap; shapes can have a part a row, thousands of them
    return not any(one.overlaps(other) for place, one in enumerate(inside) for other in inside[:place])


def _inside_shape(display: Display, window: int, rect: Rect) -> bool:
    if not display.has("SHAPE"):
        return True
    shape: Any = display.connection(xcffib.shape.key)
    if not shape.QueryExtents(window).reply().bounding_shaped:
        return True
    parts = shape.GetRectangles(window, xcffib.shape.SK.Bounding).reply().rectangles
    origin = display.rect(window)
    return covers((Rect(origin.left + p.x, origin.top + p.y, p.width, p.height) for p in parts), rect)


def _composited(display: Display) -> bool:
    """Whether a compositor runs: it owns the selection that EWMH names for it."""
    selection = display.atom(f"_NET_WM_CM_S{display.connection.pref_screen}")
    return bool(display.core.GetSelectionOwner(selection).reply().owner)


def _opaque_parts(display: Display, window: int) -> list[Rect]:
    numbers = display.numbers(window, "_NET_WM_OPAQUE_REGION")
    origin = display.rect(window)
    return [
        Rect(origin.left + numbers[i], origin.top + numbers[i + 1], numbers[i + 2], numbers[i + 3])
        for i in range(0, len(numbers) - 3, 4)
    ]
