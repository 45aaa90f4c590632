"""A sway session: its windows by IPC, its pixels by whatever reads them, its programs by the accessibility bus."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from companion.capture.screen import NOTHING, Happened, Sight
from companion.capture.triggers import AWAY
from companion.capture.types import CaptureError, Image, Rect, Trigger
from companion.capture.wayland.heard import Heard
from companion.capture.wayland.notifications import Notifications
from companion.capture.wayland.presence import Idle
from companion.capture.wayland.pulse import Pulse
from companion.capture.wayland.sway_windows import SwayWindows
from companion.capture.wayland.x11_unmanaged import Unmanaged

UNTOLD = (
    "Sway does not tell of on-screen displays and of what panels fold out: a picture can hold some of them where they "
    "lie over the window."
)
SILENT_DAEMON = (
    "Moments are kept without pictures: the service that shows your notifications does not tell when it shows one, and "
    "sway draws them over windows. Use mako or dunst, which tell."
)
NO_BUS = "Moments are kept without pictures: without a session bus nobody tells when a notification is shown."


class Pixels(Protocol):
    """Reads one rectangle of the desktop."""

    @property
    def limits(self) -> str:
        """Why the last rectangle could not be read; empty when it could."""
        ...

    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of a rectangle, None where it could not be read."""
        ...

    def close(self) -> None:
        """Read no more."""
        ...


class SwayScreen:
    """A `companion.capture.screen.Screen`.

    Parameters
    ----------
    windows, connection
        What looks at windows, and the socket to wait on for it.
    pixels, notifications, heard, idle
        None where there is none.
    locked
        Whether the desktop's other services know that the session is locked.
    closing
        Closes all that was handed in.
    without
        What is missing, and how to mend it.

    """

    def __init__(
        self,
        *,
        windows: SwayWindows,
        connection: int,
        pixels: Pixels | None,
        unmanaged: Unmanaged,
        notifications: Notifications | None,
        heard: Heard | None,
        idle: Idle | None,
        locked: Callable[[], bool],
        closing: ExitStack,
        without: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._windows, self._connection = windows, connection
        self._pixels, self._unmanaged, self._heard, self._idle = pixels, unmanaged, heard, idle
        self._locked, self._closing, self._clock = locked, closing, clock
        self._notifications = notifications
        self._without = list(without)
        self._notified = ""  # why notifications keep pictures away, where they do for good
        self._pulse = Pulse(clock())
        self._last: Image | None = None
        self._popped_up = False  # something of an X program came between the last two sights

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.close()

    @property
    def limits(self) -> str:
        """What cannot be seen here, and how to mend it."""
        unread = self._pixels.limits if self._pixels is not None else ""
        pictures = [UNTOLD] if self._pixels is not None and not unread and not self._notified else []
        return " ".join(filter(None, (*self._without, unread, self._notified, *pictures)))

    def asleep(self) -> bool:
        """Whether the session is locked or every output is off."""
        return self._locked() or not self._windows.lit()

    def idle(self) -> float | None:
        """Return seconds since the last touch, None where nobody tells."""
        return self._idle.seconds() if self._idle is not None else None

    def sight(self) -> Sight:
        """Return what is active now, and what else could be in its picture."""
        sight, seen = self._windows.sight(), self._windows.seen
        self._popped_up = self._unmanaged.came()
        if sight.window is None or seen is None:
            return NOTHING
        return replace(sight, overlapping=(*sight.overlapping, *self._unmanaged.over(sight.window, seen.x11)))

    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of a rectangle; None while a notification may lie over it, and where nothing reads them."""
        if self._pixels is None or self._notification():
            return None
        image = self._pixels.grab(rect)
        if image is None or self._notification():
            return None
        same = self._last is not None and np.array_equal(self._last, image)
        self._pulse.looked(self._clock(), changed=not same)
        self._last = image
        return image

    @property
    def tells_changes(self) -> bool:
        """False: what changes is not told here."""
        return False

    def disturbed(self, rect: Rect) -> bool:  # noqa: ARG002 - sway does not say where what moved had been before
        """Whether anything came, went or moved since the last sight but one."""
        self._popped_up = self._unmanaged.came() or self._popped_up
        return self._popped_up or self._windows.disturbed()

    def wait(self, seconds: float) -> Sequence[Happened]:
        """Wait until something happens, at most this long, and return what did."""
        if not self._windows.waiting():
            listened = [self._connection] if self._heard is None else [self._connection, self._heard.fileno()]
            kept_back = self._windows.settles()
            select.select(listened, [], [], max(0.0, min(seconds, kept_back) if kept_back else seconds))
        found = [*self._windows.happened(), *self._programs()]
        now = self._clock()
        if found:
            self._pulse.happened(now)
        elif self._pixels is not None and (self.idle() or 0.0) < AWAY and self._pulse.due(now):
            found.append(Happened(Trigger.CHANGED, now))
        return found

    def _programs(self) -> list[Happened]:
        """Return what the active window's program told."""
        if self._heard is None:
            return []
        try:
            told = self._heard.happenings()
        except CaptureError as error:
            self._heard = None  # closed with everything else; windows and pixels go on without it
            self._without.append(str(error))
            return []
        seen, heard = self._windows.seen, self._heard
        return [heard.happened(what) for what in told if seen is not None and what.pid == seen.window.pid]

    def _notification(self) -> bool:
        """Whether a notification is shown, or may be without anybody telling."""
        if self._notifications is None:
            self._notified = NO_BUS
            return True
        shown = self._notifications.shown()
        self._notified = SILENT_DAEMON if shown is None else ""
        return shown is None or shown
