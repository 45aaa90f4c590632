"""A desktop whose compositor tells nobody which window is active (GNOME, Plasma, others): programs tell of themselves.

What they say of their place on the screen is not true under Wayland, as none of them knows it, and nobody says what
lies over them. So there are no pictures here.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self
from zlib import crc32

from companion.capture.accessible.debounce import What
from companion.capture.screen import NOTHING, Happened, Sight
from companion.capture.types import Image, Rect, Window
from companion.capture.wayland.active_window import ActiveWindow
from companion.capture.wayland.heard import Heard
from companion.capture.wayland.names import by_other_name
from companion.capture.wayland.presence import Idle

NO_PICTURES = (
    "Moments are kept without pictures: this desktop does not tell where the active window lies and what covers it. "
    "Text comes from programs that tell it to assistive technologies; of the others nothing is kept. "
    "For pictures choose sway or an X11 (Xorg) session at log-in."
)


class ToldScreen:
    """A `companion.capture.screen.Screen` without pixels.

    Parameters
    ----------
    idle
        None where nobody tells.
    locked
        Whether the desktop's services know that the session is locked.
    closing
        Closes all that was handed in.
    without
        What is missing, and how to mend it.

    """

    def __init__(
        self,
        *,
        active: ActiveWindow,
        heard: Heard,
        idle: Idle | None,
        locked: Callable[[], bool],
        closing: ExitStack,
        without: Sequence[str],
    ) -> None:
        self.limits = " ".join(without)
        self._active, self._heard, self._idle, self._locked = active, heard, idle, locked
        self._closing = closing
        self._seen: Window | None = None
        self._found: list[Happened] = []  # not yet told to whoever waits

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.close()

    def asleep(self) -> bool:
        """Whether the session is locked."""
        return self._locked()

    def idle(self) -> float | None:
        """Return seconds since the last touch, None where nobody tells."""
        return self._idle.seconds() if self._idle is not None else None

    def sight(self) -> Sight:
        """Return the window whose program says that it is active; where it lies is not known."""
        self._take()
        claim = self._active.find()
        if claim is None:
            self._seen = None
            return NOTHING
        self._seen = Window(app=claim.app, title=claim.title, pid=claim.pid)
        return Sight(crc32(f"{claim.ref.bus}{claim.ref.path}".encode()) or 1, self._seen, by_other_name(self._seen))

    def grab(self, rect: Rect) -> Image | None:  # noqa: ARG002 - the port's
        """Return None: there are no pictures here."""
        return None

    @property
    def tells_changes(self) -> bool:
        """False: what changes is not told here."""
        return False

    def disturbed(self, rect: Rect) -> bool:  # noqa: ARG002 - the port's
        """Return True: nobody would tell if another window had come over any place."""
        return True

    def wait(self, seconds: float) -> Sequence[Happened]:
        """Wait until the active window's program tells something, at most this long, and return what it told."""
        if not self._found:
            select.select([self._heard.fileno()], [], [], max(0.0, seconds))
        self._take()
        found, self._found = self._found, []
        return found

    def _take(self) -> None:
        for what in self._heard.happenings():
            activated = what.what is What.ACTIVATED
            if activated:
                self._active.moved(what.pid)
            if activated or (self._seen is not None and what.pid == self._seen.pid):
                self._found.append(self._heard.happened(what))
