"""The active window under X11, what lies over it, and what an event means for either."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import xcffib.xproto as x

from companion.capture.geometry import corner_of, lies_across, showing_most
from companion.capture.screen import NOTHING, Sight
from companion.capture.titles import normalised_title
from companion.capture.types import CaptureError, Rect, Trigger
from companion.capture.x11 import GONE, Display
from companion.capture.x11_beside import beside
from companion.capture.x11_describe import TITLE_PROPERTIES, bounds, described, monitors, title_of, visible_rect
from companion.capture.x11_stack import overlapping

#: Where a window may have come that does not say where: coordinates under X11 have 16 bits.
ANYWHERE = Rect(-(1 << 16), -(1 << 16), 1 << 17, 1 << 17)

#: Seconds after a title has changed from which on it is one that ticks where it is set and says the same. Programs tell
#: a new one by two properties, and more than once.
TICKS = 1.0


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
        self._title = ""  # of the followed window, normalised, as it was last told of
        self._renamed = 0.0  # when it last said something else, monotonic seconds
        self._retitled, self._ticks = 0, False  # see `Sight.retitled`; whether its title is one that ticks
        if not display.numbers(display.root, "_NET_SUPPORTING_WM_CHECK"):
            raise CaptureError(
                "No window manager tells which window is active. Start one that keeps to EWMH "
                "(every common desktop does; openbox is a small one)."
            )
        of = x.EventMask
        display.select_events(display.root, of.PropertyChange | of.SubstructureNotify | of.StructureNotify)

    def sight(self) -> Sight:
        """Return what is active now. A window that dies meanwhile is as if it had never been."""
        try:
            return self._sight()
        except GONE:
            return NOTHING

    def beside(self) -> tuple[Sight, ...]:
        """Return the uppermost window of each monitor that the active window is not on."""
        return beside(self._display, self._followed)

    def meaning(self, event: Any, *, prompt: bool = False) -> Trigger | None:
        """Return what an event calls for a look for, None for nothing; ``prompt``: it happened just now.

        The root window is configured anew when monitors come, go or move. The active window's own geometry is told
        of by the window itself, whatever frame it is in.
        """
        if isinstance(event, x.MapNotifyEvent | x.UnmapNotifyEvent):
            return Trigger.SWITCHED
        if isinstance(event, x.ConfigureNotifyEvent):
            if event.window == self._display.root:
                return Trigger.SWITCHED
            return Trigger.CHANGED if event.window == self._followed else None
        if not isinstance(event, x.PropertyNotifyEvent):
            return None
        if event.window == self._display.root:
            return Trigger.SWITCHED if event.atom == self._display.atom("_NET_ACTIVE_WINDOW") else None
        return Trigger.TITLED if self._titled(event, prompt=prompt) else None

    def came(self, event: Any) -> Rect | None:
        """Return where an event says that another window may have come to lie, None where it says nothing of it."""
        if isinstance(event, x.MapNotifyEvent | x.ReparentNotifyEvent):
            return ANYWHERE
        if not isinstance(event, x.ConfigureNotifyEvent) or event.event != self._display.root:
            return None
        border = 2 * event.border_width
        return Rect(event.x, event.y, event.width + border, event.height + border)

    def _titled(self, event: Any, *, prompt: bool) -> bool:
        """Whether the followed window's title says something else than when it was last told of.

        What it said at the event itself nobody tells: it is asked for now, and only at once it is the same.
        """
        if event.window != self._followed or event.atom not in map(self._display.atom, TITLE_PROPERTIES):
            return False
        try:
            title = normalised_title(title_of(self._display, event.window))
        except GONE:
            return True
        before, self._title = self._title, title
        now = time.monotonic()
        if title != before:
            self._renamed = now
        elif prompt:
            self._ticks = self._ticks or now - self._renamed > TICKS
        else:
            self._retitled += 1
        return title != before

    def _sight(self) -> Sight:
        display = self._display
        active = next(iter(display.numbers(display.root, "_NET_ACTIVE_WINDOW")), 0)
        if not active:
            return NOTHING
        self._follow(active)
        rect = visible_rect(display, active)
        if rect is None:
            return NOTHING
        places = monitors(display)
        window = described(display, active, rect, monitor=showing_most(rect, places))
        window = replace(window, bounds=bounds(display, active), across=lies_across(rect, places))
        window = replace(window, origin=corner_of(places, window.monitor))
        around = overlapping(display, active, rect, pid=window.pid)
        return Sight(active, window, *around, retitled=0 if self._ticks else self._retitled)

    def _follow(self, window: int) -> None:
        """Hear of the active window's title and geometry."""
        if window == self._followed:
            return
        old, self._followed = self._followed, window
        self._renamed, self._retitled, self._ticks = time.monotonic(), 0, False
        self._display.select_events(window, x.EventMask.PropertyChange | x.EventMask.StructureNotify)
        self._title = normalised_title(title_of(self._display, window))
        if old:
            try:
                self._display.select_events(old, x.EventMask.NoEvent)
            except GONE:
                return  # it was closed: nothing to stop hearing of
