"""Frames of the active window under X11: looked at when attention moves, and now and then while it rests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import xcffib.dpms
import xcffib.screensaver

from companion.capture.change import MOVED_ON, NEAR_DUPLICATE, changed_share
from companion.capture.pace import Pace
from companion.capture.privacy import NO_WINDOW, Rules, is_private
from companion.capture.titles import normalised_title
from companion.capture.types import Frame, Image, Skipped, Window
from companion.capture.x11 import Display, server_errors_explained
from companion.capture.x11_pixels import Eye
from companion.capture.x11_window import Sight, X11Windows

#: Seconds a window gets to paint after attention moved to it, and the compositor to fade others out.
SETTLE = 0.3

#: Seconds after which a wait looks whether it should stop.
_STOP_EVERY = 0.25

LOCKED = "The screen is locked or asleep."
MOVING = "The windows changed while they were being looked at."


class X11Source:
    """Yields a frame when attention moves and at every heartbeat.

    While the picture rests, the frame carries the *same image object* as the one before, with the new time: no more
    than a sign of life. Whether a window may be looked at is decided before its pixels are read and again after; when
    anything moved over it in between, the frame is dropped and a `Skipped` says so.

    Parameters
    ----------
    display
        As in ``DISPLAY``, which is used when None.
    clock
        UTC seconds since 1970.

    """

    name = "screen"

    def __init__(
        self,
        rules: Rules,
        *,
        display: str | None = None,
        clock: Callable[[], float] = time.time,
        pace: Pace | None = None,
        settle: float = SETTLE,
    ) -> None:
        self._rules = rules
        self._display = display
        self._clock = clock
        self._pace = pace or Pace()
        self._settle = settle
        self._last: Frame | None = None

    def frames(self, stop: threading.Event) -> Iterator[Frame | Skipped]:
        """Yield what is seen until ``stop`` is set; raises `CaptureError`, after which it can be called again."""
        self._last = None
        with server_errors_explained(), Display(self._display) as display, Eye(self._display) as eye:
            windows = X11Windows(display)
            while not stop.is_set():
                yield self._look(display, windows, eye)
                self._wait(windows, stop)

    def _look(self, display: Display, windows: X11Windows, eye: Eye) -> Frame | Skipped:
        windows.pending()  # what they tell is in the sight that follows
        if _asleep(display):
            return self._skip(LOCKED)
        before = windows.sight()
        reason = self._rules.decide(before.window, before.overlapping)
        if reason is not None or before.window is None or before.window.rect is None:
            return self._skip(reason or NO_WINDOW)
        image = eye.see(before.window.rect, display.screen())
        after = windows.sight()
        if windows.disturbed(windows.pending(), before.window.rect) or not self._still_allowed(before, after):
            return self._skip(MOVING)
        return self._frame(before.window, image)

    def _still_allowed(self, before: Sight, after: Sight) -> bool:
        """Whether the picture shows what was decided about, and the decision would still be the same."""
        if before.id != after.id or before.window is None or after.window is None:
            return False
        same = (before.window.rect, normalised_title(before.window.title), before.overlapping) == (
            after.window.rect,
            normalised_title(after.window.title),
            after.overlapping,
        )
        return same and self._rules.decide(after.window, after.overlapping) is None

    def _skip(self, reason: str) -> Skipped:
        self._last = None
        self._pace.looked(restless=False)
        return Skipped(self._clock(), reason, private=reason not in (LOCKED, MOVING) and is_private(reason))

    def _frame(self, window: Window, image: Image) -> Frame:
        last = self._last
        share = changed_share(last.image, image) if last is not None and _same(last.window, window) else None
        if last is not None and share is not None and share <= NEAR_DUPLICATE:
            image = last.image
        self._pace.looked(restless=share is not None and share > MOVED_ON)
        self._last = Frame(image, self._clock(), window)
        return self._last

    def _wait(self, windows: X11Windows, stop: threading.Event) -> None:
        """Wait for the next heartbeat, or until attention moved and the window had time to paint."""
        due = time.monotonic() + self._pace.seconds
        while not stop.is_set() and (left := due - time.monotonic()) > 0:
            if windows.moved_on(windows.wait(min(left, _STOP_EVERY))):
                stop.wait(self._settle)
                return


def _same(before: Window, now: Window) -> bool:
    """Whether it is the same window with the same content by name."""
    return (before.app, before.pid, before.rect) == (now.app, now.pid, now.rect) and (
        normalised_title(before.title) == normalised_title(now.title)
    )


def _asleep(display: Display) -> bool:
    """Whether the screen saver hides the screen or the monitors are off."""
    if display.has("MIT-SCREEN-SAVER"):
        saver = display.connection(xcffib.screensaver.key).QueryInfo(display.root).reply()
        if saver.state == xcffib.screensaver.State.On:
            return True
    if not display.has("DPMS"):
        return False
    power = display.connection(xcffib.dpms.key).Info().reply()
    return bool(power.state and power.power_level != xcffib.dpms.DPMSMode.On)
