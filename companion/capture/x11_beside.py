"""What the other monitors show under X11."""

from __future__ import annotations

from dataclasses import replace

from companion.capture.geometry import corner_of, lies_across, showing_most
from companion.capture.screen import Sight
from companion.capture.x11 import GONE, Display
from companion.capture.x11_describe import bounds, described, monitors, visible_rect
from companion.capture.x11_stack import overlapping

#: Windows that belong to the desktop itself.
_FURNITURE = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK")


def beside(display: Display, active: int) -> tuple[Sight, ...]:
    """Return the uppermost window of each monitor that the window ``active`` is not on."""
    places = monitors(display)
    if len(places) < 2:  # noqa: PLR2004 there is no other
        return ()
    furniture = {display.atom(name) for name in _FURNITURE}
    found: dict[int, Sight | None] = {}
    clients = display.numbers(display.root, "_NET_CLIENT_LIST_STACKING")
    for client in (active, *reversed(clients)):
        try:
            rect = visible_rect(display, client)
            if rect is None or furniture.intersection(display.numbers(client, "_NET_WM_WINDOW_TYPE")):
                continue
            monitor = showing_most(rect, places)
            if client == active:
                found[monitor] = None
            elif monitor not in found:
                window = described(display, client, rect, monitor=monitor)
                window = replace(window, bounds=bounds(display, client), across=lies_across(rect, places))
                window = replace(window, origin=corner_of(places, monitor))
                found[monitor] = Sight(client, window, *overlapping(display, client, rect, pid=window.pid))
        except GONE:
            continue  # closed meanwhile
    return tuple(sight for sight in found.values() if sight is not None)
