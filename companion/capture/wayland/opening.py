"""Which Wayland session this is, and what looks at it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

from companion.capture.accessible.bus import AccessibilityBus
from companion.capture.screen import Screen
from companion.capture.session_lock import SessionLock
from companion.capture.types import CaptureError
from companion.capture.wayland import cast, grim, presence
from companion.capture.wayland.active_window import ActiveWindow
from companion.capture.wayland.cast import Cast
from companion.capture.wayland.compositor import NOT_TOLD, compositor_of, is_sway, tells_by_sway_socket
from companion.capture.wayland.grim import Grim
from companion.capture.wayland.heard import Heard
from companion.capture.wayland.notifications import Notifications
from companion.capture.wayland.permission import answer_path
from companion.capture.wayland.portal import Portal
from companion.capture.wayland.presence import Idle
from companion.capture.wayland.session_bus import SessionBus
from companion.capture.wayland.sway_ipc import Sway
from companion.capture.wayland.sway_screen import Pixels, SwayScreen
from companion.capture.wayland.sway_windows import SwayWindows
from companion.capture.wayland.told_screen import NO_PICTURES, ToldScreen
from companion.capture.wayland.x11_unmanaged import Unmanaged

T = TypeVar("T")

NO_GRIM = "Moments are kept without pictures: install the package grim, which reads them."
NO_IDLE = "Whether you are there is not known: install the package swayidle, which tells."


def unsupported(environ: Mapping[str, str]) -> str | None:
    """Return why this Wayland session cannot be looked at and how to mend it, or None when it can be tried."""
    if not environ.get("WAYLAND_DISPLAY"):
        return (
            "This is a Wayland session, and it does not say where its compositor is (WAYLAND_DISPLAY is not set). "
            "Start Companion inside it."
        )
    return None


def open_wayland(
    environ: Mapping[str, str] = os.environ,
    *,
    pictures: bool = True,
    listen: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Screen:
    """Return what looks at the Wayland session that ``environ`` names; use it as a context manager, from one thread.

    Parameters
    ----------
    pictures, listen
        Whether pixels may be read, and typing be told as such.
    clock
        Seconds that never go back.

    Raises
    ------
    CaptureError
        When nothing tells which window is active; the message says what is missing and how to mend it.

    """
    reason = unsupported(environ)
    if reason is not None:
        raise CaptureError(reason)
    compositor = compositor_of(environ)
    if tells_by_sway_socket(environ, compositor):
        return _sway(environ, clock, pictures=pictures, listen=listen)
    return _told(environ, clock, NOT_TOLD if is_sway(compositor) else NO_PICTURES, listen=listen)


def _sway(environ: Mapping[str, str], clock: Callable[[], float], *, pictures: bool, listen: bool) -> Screen:
    without: list[str] = []
    with ExitStack() as opened:
        sway = opened.enter_context(closing(Sway(Path(environ["SWAYSOCK"]))))
        unmanaged = opened.enter_context(closing(Unmanaged(environ.get("DISPLAY", ""))))
        bus = _or_none(lambda: opened.enter_context(SessionBus(environ)), without)
        heard = _or_none(lambda: _heard(environ, clock, opened, listen=listen), without)
        idle = _idle(environ, bus, opened, without)
        lock = opened.enter_context(closing(SessionLock(environ, lambda: None)))
        windows = SwayWindows(sway, clock)
        pixels = _pixels(environ, bus, windows) if pictures else None
        if pixels is not None:
            opened.enter_context(closing(pixels))
        elif pictures:
            without.append(NO_GRIM)
        return SwayScreen(
            windows=windows,
            connection=sway.fileno(),
            pixels=pixels,
            unmanaged=unmanaged,
            notifications=None if bus is None else Notifications(bus, clock),
            heard=heard,
            idle=idle,
            locked=lambda: lock.locked,
            closing=opened.pop_all(),
            without=without,
            clock=clock,
        )
    raise AssertionError  # the stack swallows nothing


def _told(environ: Mapping[str, str], clock: Callable[[], float], why: str, *, listen: bool) -> Screen:
    without = [why]
    with ExitStack() as opened:
        bus = opened.enter_context(SessionBus(environ))
        programs = opened.enter_context(AccessibilityBus(environ))
        heard = opened.enter_context(closing(Heard(programs, clock, listen=listen)))
        idle = _idle(environ, bus, opened, without)
        lock = opened.enter_context(closing(SessionLock(environ, lambda: None)))
        return ToldScreen(
            active=ActiveWindow(programs),
            heard=heard,
            idle=idle,
            locked=lambda: lock.locked,
            closing=opened.pop_all(),
            without=without,
        )
    raise AssertionError


def _pixels(environ: Mapping[str, str], bus: SessionBus | None, windows: SwayWindows) -> Pixels | None:
    """Return what reads pixels: grim where it is, as it reads one rectangle alone; else the portal, which asks."""
    if grim.installed(environ):
        return Grim(environ)
    if bus is None or not cast.installed(environ):
        return None
    return Cast(Portal(bus, answer_path()), windows.outputs, environ)


def _heard(environ: Mapping[str, str], clock: Callable[[], float], opened: ExitStack, *, listen: bool) -> Heard:
    programs = opened.enter_context(AccessibilityBus(environ))
    return opened.enter_context(closing(Heard(programs, clock, listen=listen)))


def _idle(environ: Mapping[str, str], bus: SessionBus | None, opened: ExitStack, without: list[str]) -> Idle | None:
    idle = presence.find(environ, bus)
    if idle is None:
        without.append(NO_IDLE)
        return None
    return opened.enter_context(closing(idle))


def _or_none(opener: Callable[[], T], without: list[str]) -> T | None:
    """Return what opens, or None and a word on what is missing: the rest works without it."""
    try:
        return opener()
    except CaptureError as error:
        without.append(str(error))
        return None
