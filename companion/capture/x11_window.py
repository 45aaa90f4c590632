"""The active window under X11, what lies over it, and when that changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import xcffib.xproto as x

from companion.capture.titles import normalised_title
from companion.capture.types import CaptureError, Rect, Window
from companion.capture.x11 import GONE, Display
from companion.capture.x11_describe import TITLE_PROPERTIES, described, monitor_of, title_of, visible_rect
from companion.capture.x11_stack import overlapping


@dataclass(frozen=True, slots=True)
class Sight:
    """What the screen showed at one instant.

    Attributes
    ----------
    id
        X's number of the active window; 0 when there is none.
    window
        The active window with its visible rectangle, or None when nothing visible has the attention.
    overlapping
        Other windows whose pixels a picture of that rectangle could hold; those that do not say whose they are have
        an empty ``app``.

    """

    id: int
    window: Window | None
    overlapping: tuple[Window, ...] = ()


NOTHING = Sight(0, None)


class X11Windows:
    """Looks at windows, never at pixels.

    Raises
    ------
    CaptureError
        If no window manager tells which window is active.

    """

    def __init__(self, display: Display) -> None:
        self._display = display
        self._followed = 0
        self._last = NOTHING
        if not display.numbers(display.root, "_NET_SUPPORTING_WM_CHECK"):
            raise CaptureError(
                "No window manager tells which window is active. Start one that keeps to EWMH "
                "(every common desktop does; openbox is a small one)."
            )
        display.select_events(display.root, x.EventMask.PropertyChange | x.EventMask.SubstructureNotify)

    def sight(self) -> Sight:
        """Return what is active now. A window that dies meanwhile is as if it had never been."""
        try:
            self._last = self._sight()
        except GONE:
            self._last = NOTHING
        return self._last

    def pending(self) -> list[Any]:
        """Return the events that arrived since they were last asked for."""
        return self._display.pending()

    def wait(self, seconds: float) -> list[Any]:
        """Wait for events, at most this long."""
        return self._display.wait(seconds)

    def moved_on(self, events: Iterable[Any]) -> bool:
        """Whether attention may have moved, or a window came or went, since the last sight."""
        return any(self._moves(event) for event in events)

    def disturbed(self, events: Iterable[Any], rect: Rect) -> bool:
        """Whether another window may have come over ``rect``, were it only for an instant."""
        for event in events:
            if isinstance(event, x.MapNotifyEvent | x.ReparentNotifyEvent):
                return True
            if isinstance(event, x.ConfigureNotifyEvent):
                border = 2 * event.border_width
                place = Rect(event.x, event.y, event.width + border, event.height + border)
                if place.overlaps(rect):
                    return True
        return False

    def _moves(self, event: Any) -> bool:
        if isinstance(event, x.MapNotifyEvent | x.UnmapNotifyEvent):
            return True
        if not isinstance(event, x.PropertyNotifyEvent):
            return False
        if event.window == self._display.root:
            return bool(event.atom == self._display.atom("_NET_ACTIVE_WINDOW"))
        return self._last.window is not None and self._title_moves(event, self._last.window)

    def _title_moves(self, event: Any, window: Window) -> bool:
        if event.window != self._last.id or event.atom not in map(self._display.atom, TITLE_PROPERTIES):
            return False
        try:
            title = title_of(self._display, event.window)
        except GONE:
            return True
        return normalised_title(title) != normalised_title(window.title)

    def _sight(self) -> Sight:
        display = self._display
        active = next(iter(display.numbers(display.root, "_NET_ACTIVE_WINDOW")), 0)
        if not active:
            return NOTHING
        self._follow(active)
        rect = visible_rect(display, active)
        if rect is None:
            return NOTHING
        window = described(display, active, rect, monitor=monitor_of(display, rect))
        return Sight(active, window, overlapping(display, active, rect, pid=window.pid))

    def _follow(self, window: int) -> None:
        """Hear of the active window's title."""
        if window == self._followed:
            return
        old, self._followed = self._followed, window
        self._display.select_events(window, x.EventMask.PropertyChange)
        if old:
            try:
                self._display.select_events(old, x.EventMask.NoEvent)
            except GONE:
                return  # it was closed: nothing to stop hearing of
