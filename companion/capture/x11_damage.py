"""When the picture of the active window changes without anybody telling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import xcffib.damage

from companion.capture.x11 import GONE, Display

EXTENSION = "DAMAGE"

#: What changes within this width and height alone, in pixels, is a blinking cursor: a bar between letters, or the
#: block of a terminal.
CURSOR = (12, 40)

#: Seconds for which changes are gathered before the server is asked for word of the next: a film costs few events.
GATHER = 0.5

#: Seconds between looks where the server does not tell of changes.
HEARTBEAT = 2.0

_NEVER = float("inf")


class Changes(Protocol):
    """Tells when what a window shows changed. All times are `time.monotonic`."""

    told: bool  # whether the server tells of changes

    def follow(self, window: int) -> None:
        """Tell of this window from now on, of none when 0."""
        ...

    def hears(self, event: Any, now: float) -> bool:
        """Whether an event says that it changed."""
        ...

    def seen(self) -> None:
        """Take it that everything up to now is going to be looked at."""
        ...

    def due(self) -> float:
        """Return when `passed` wants to be asked."""
        ...

    def passed(self, now: float) -> bool:
        """Do what was put off until ``now``; returns whether it may have changed."""
        ...


def changes(display: Display) -> Changes:
    """Return what tells of changes on this server."""
    return Damage(display) if display.has(EXTENSION) else Heartbeat()


class Damage:
    """Follows one window through the DAMAGE extension, version 1.1.

    The server tells of each growth of the rectangle around all that changed since it was last emptied. It is emptied
    before a look, so that what changes from then on is told of, and `GATHER` after a change; what is hidden behind
    the rectangle until then is seen by the look that the change calls for. A blinking cursor stays in it: its
    rectangle does not grow, so that it is told of once.
    """

    told = True

    def __init__(self, display: Display) -> None:
        self._display = display
        self._extension: Any = display.connection(xcffib.damage.key)
        self._extension.QueryVersion(1, 1).reply()
        self._window = self._damage = 0
        self._empty_at = _NEVER

    def follow(self, window: int) -> None:
        """Tell of this window from now on, of none when 0."""
        if window == self._window:
            return
        self._forget()
        self._window = window
        if not window:
            return
        number = self._display.connection.generate_id()
        try:
            self._extension.CreateChecked(number, window, xcffib.damage.ReportLevel.BoundingBox).check()
        except GONE:
            return  # it was closed: nothing to tell of
        self._damage = number

    def hears(self, event: Any, now: float) -> bool:
        """Whether an event says that the window changed by more than a cursor."""
        if not isinstance(event, xcffib.damage.NotifyEvent) or event.damage != self._damage:
            return False
        if event.area.width <= CURSOR[0] and event.area.height <= CURSOR[1]:
            return False
        self._empty_at = min(self._empty_at, now + GATHER)
        return True

    def seen(self) -> None:
        """Begin anew where something had changed."""
        if self._empty_at != _NEVER:
            self._empty()

    def due(self) -> float:
        """Return when the rectangle is to be emptied."""
        return self._empty_at

    def passed(self, now: float) -> bool:
        """Empty the rectangle when it is time to."""
        if now >= self._empty_at:
            self._empty()
        return False

    def _empty(self) -> None:
        self._empty_at = _NEVER
        self._ask(self._extension.SubtractChecked, 0, 0)  # no region before, none to repair

    def _forget(self) -> None:
        self._empty_at = _NEVER
        self._ask(self._extension.DestroyChecked)
        self._damage = 0

    def _ask(self, request: Callable[..., Any], *further: int) -> None:
        if not self._damage:
            return
        try:
            request(self._damage, *further).check()
        except xcffib.damage.BadDamageError:
            self._damage = 0  # the server dropped it with its window


class Heartbeat:
    """Calls for a look now and then, as nobody tells of changes."""

    told = False

    def __init__(self) -> None:
        self._due = 0.0

    def follow(self, window: int) -> None:
        """Do nothing: any window may change."""

    def hears(self, event: Any, now: float) -> bool:  # noqa: ARG002 - what every one of them is asked
        """No event tells."""
        return False

    def seen(self) -> None:
        """Do nothing: the next look comes all the same."""

    def due(self) -> float:
        """Return when the next look is due."""
        return self._due

    def passed(self, now: float) -> bool:
        """Whether the next look is due."""
        if now < self._due:
            return False
        self._due = now + HEARTBEAT
        return True
