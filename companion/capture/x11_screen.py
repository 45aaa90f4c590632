"""An X11 desktop, looked at by one thread."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from companion.capture.geometry import clipped
from companion.capture.screen import Happened, Sight
from companion.capture.session_lock import SessionLock
from companion.capture.types import CaptureError, Image, Rect, Trigger
from companion.capture.x11 import Display, server_errors_explained
from companion.capture.x11_damage import HEARTBEAT, changes
from companion.capture.x11_describe import monitors
from companion.capture.x11_input import Input
from companion.capture.x11_own_pixels import OwnPixels
from companion.capture.x11_pixels import Eye
from companion.capture.x11_saver import Saver
from companion.capture.x11_window import ANYWHERE, X11Windows

#: Places where windows came that are kept apart; more are taken for everywhere.
_PLACES = 256

_NO_INPUT = "This X server does not tell of keys and clicks (it needs XInput 2.1), so none are counted."
_NO_DAMAGE = f"This X server does not tell what changes (it has no DAMAGE), so it is looked at every {HEARTBEAT:.0f} s."

_COVERED = (
    "No picture is taken of this window: the compositor does not hand out its pixels alone, and banners that it draws "
    "over windows itself would be in it. Log out and in again, or switch compositing off."
)


class X11Screen:
    """Satisfies `companion.capture.screen.Screen`.

    Every event is taken for what it calls for, and for where another window may have come, the moment it is met, be
    it in `wait`, `sight` or `disturbed`: neither loses what another drained. What hands do while the session is locked
    is not told: it is a password.

    Parameters
    ----------
    display
        As in ``DISPLAY``, which is used when None.
    listen
        Whether the person agreed that keys and clicks are counted. Where not, the server is not asked for any, and
        typing shows by what it changes.
    environ
        Where the buses that tell of a locked session are looked up.

    """

    def __init__(self, display: str | None = None, *, listen: bool, environ: Mapping[str, str] = os.environ) -> None:
        self._name, self._listen, self._environ = display, listen, environ
        self._opened = ExitStack()
        self._covered = False  # by what a compositor may draw
        self._heard: list[Happened] = []
        self._came: tuple[list[Rect], list[Rect]] = ([], [])  # between the last two sights, and since the last

    @server_errors_explained()
    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._display = opened.enter_context(Display(self._name))
            self._eye = opened.enter_context(Eye(self._name))
            self._own, self._at = OwnPixels(self._display), dict[Rect, int]()
            self._windows = X11Windows(self._display)
            self._saver = Saver(self._display)
            self._changes = changes(self._display)
            self._input = Input(self._display) if self._listen else None
            self._woken, self._wake = socket.socketpair()
            opened.callback(self._woken.close)
            opened.callback(self._wake.close)
            self._lock = SessionLock(self._environ, self._on_lock)
            opened.callback(self._lock.close)
            self._locked = self._lock.locked
            self._opened = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._opened.close()

    @property
    def limits(self) -> str:
        """What cannot be known here, in words; empty where everything can."""
        no_input = _NO_INPUT if self._input is not None and not self._input.told else ""
        no_damage = "" if self._changes.told else _NO_DAMAGE
        covered = _COVERED if self._covered else ""
        return " ".join(filter(None, (no_input, no_damage, covered, self._lock.limits)))

    @property
    def tells_changes(self) -> bool:
        """Whether the X server tells what changes."""
        return self._changes.told

    @server_errors_explained()
    def asleep(self) -> bool:
        """Whether the session is locked, or the screen covered by a screen saver or off."""
        return self._lock.locked or self._saver.asleep()

    @server_errors_explained()
    def idle(self) -> float | None:
        """Return seconds since the last key or movement; None where the server does not tell."""
        return self._saver.idle()

    @server_errors_explained()
    def sight(self) -> Sight:
        """Return what is active now, and follow it."""
        self._drain()
        self._came = (self._came[1], [])
        sight = self._alone_in(self._windows.sight())
        self._at = _places(sight)
        self._changes.follow(sight.id)
        self._changes.seen()
        return sight

    @server_errors_explained()
    def beside(self) -> tuple[Sight, ...]:
        """Return what the other monitors show; see `companion.capture.beside.SeveralMonitors`."""
        sights = tuple(map(self._alone_in, self._windows.beside()))
        self._at |= _places(*sights)
        return sights

    @server_errors_explained()
    def grab(self, rect: Rect) -> Image | None:
        """Return the pixels of the rectangle that a window was seen in.

        None where monitors went, so that it is not on the desktop any more, and where a compositor draws over windows
        and does not hold this one's pixels apart.
        """
        screen = self._display.screen()
        if clipped(rect, screen) != rect:
            return None
        if self._own.composited():
            return self._alone(rect, screen)
        image = self._seen(rect, screen)
        return None if self._own.composited() else image

    def _alone_in(self, sight: Sight) -> Sight:
        """Return a sight without what lies above its window where a picture holds the window's own pixels alone."""
        alone = bool(sight.above) and self._own.composited() and self._own.apart(sight.id)
        return replace(sight, above=()) if alone else sight

    def _alone(self, rect: Rect, screen: Rect) -> Image | None:
        """Return the pixels of a window without what a compositor draws over it.

        One that fills the screen may be shown without its help: then there is nothing over it.
        """
        window = self._at.get(rect, 0)
        if self._own.apart(window):
            self._covered = False
            return self._own.see(window, rect)
        fills = rect in (screen, *monitors(self._display))
        image = self._seen(rect, screen) if window and fills else None
        image = None if self._own.apart(window) else image
        self._covered = image is None and bool(window)
        return image

    def _seen(self, rect: Rect, screen: Rect) -> Image | None:
        try:
            return self._eye.see(rect, screen)
        except CaptureError:
            if self._display.screen() == screen:
                raise
            return None

    @server_errors_explained()
    def disturbed(self, rect: Rect) -> bool:
        """Whether another window may have come over ``rect`` since the last sight but one, were it for an instant."""
        self._drain()
        return any(place.overlaps(rect) for places in self._came for place in places)

    @server_errors_explained()
    def wait(self, seconds: float) -> Sequence[Happened]:
        """Wait until something happens, at most this long, and return what did."""
        until = time.monotonic() + seconds
        self._drain()
        while not self._heard and (left := until - time.monotonic()) > 0:
            due = self._changes.due() - time.monotonic()
            if self._display.wait(min(left, due), self._woken):
                self._woken.recv(_PLACES)
            self._drain(prompt=True)
        heard, self._heard = self._heard, []
        return heard

    def _drain(self, *, prompt: bool = False) -> None:
        """Take in all that has arrived; ``prompt``: it was waited for."""
        now = time.monotonic()
        before, self._locked = self._locked, self._lock.locked
        for event in self._display.arrived():
            self._take(event, now, locked=before or self._locked, prompt=prompt)
        if before != self._locked:
            self._tell(Happened(Trigger.SWITCHED, now))
        if self._changes.passed(now):
            self._tell(Happened(Trigger.CHANGED, now))

    def _take(self, event: Any, now: float, *, locked: bool, prompt: bool) -> None:
        place = self._windows.came(event)
        if place is not None:
            self._note(place)
        meaning = self._windows.meaning(event, prompt=prompt)
        if self._saver.hears(event):
            meaning = Trigger.SWITCHED
        elif self._changes.hears(event, now):
            meaning = Trigger.CHANGED
        if meaning is not None:
            self._tell(Happened(meaning, now))
        hands = self._input.heard(event, now) if self._input is not None else None
        if hands is not None and not locked:
            self._tell(hands)

    def _note(self, place: Rect) -> None:
        since = self._came[1]
        if len(since) >= _PLACES:
            since.clear()
            place = ANYWHERE
        since.append(place)

    def _tell(self, what: Happened) -> None:
        """Keep what is to be told; of what no hand did, once is enough."""
        by_hand = what.trigger in {Trigger.TYPED, Trigger.CLICKED, Trigger.SCROLLED}
        if by_hand or all(other.trigger is not what.trigger for other in self._heard):
            self._heard.append(what)

    def _on_lock(self) -> None:
        """Wake `wait`; called on the thread of the buses."""
        self._wake.send(b"\0")


def _places(*sights: Sight) -> dict[Rect, int]:
    """Return which window was seen where."""
    seen = ((sight.id, sight.window.rect) for sight in sights if sight.window is not None)
    return {rect: window for window, rect in seen if rect is not None}
