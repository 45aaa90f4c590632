"""Which source ``--frames`` names, and which desktop the screen is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from companion.capture.attended import NOBODY, Attended
from companion.capture.known_fields import KnownFields
from companion.capture.password_places import PasswordPlaces
from companion.capture.privacy import Rules
from companion.capture.replay import ReplaySource
from companion.capture.screen import Screen, TextSource, TypedSource
from companion.capture.types import CaptureError, FrameSource

_REPLAY = "replay:"
_INSTEAD = "Until then, show it a folder of screenshots with --frames replay:DIR."


def choose(
    frames: str,
    rules: Rules,
    *,
    pictures: bool = True,
    listen: bool = False,
    typed: bool = False,
    passwords: PasswordPlaces | None = None,
    attended: Attended = NOBODY,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    clock: Callable[[], float] = time.time,
) -> FrameSource:
    """Return the source that ``frames`` names: ``screen``, ``replay:DIR`` or ``replay:DIR@SPEED``.

    A replay's folder is checked at once. Raises `CaptureError`.

    Parameters
    ----------
    pictures, listen, typed
        Whether pixels of the screen may be read, keys and clicks be counted, and what is typed be told.
    passwords
        What is known of password fields from before; nothing when None.
    attended
        Hears of what the hands do and where the attention is.

    """
    if frames == "screen":
        reason = unsupported_screen(environ, platform)
        if reason is not None:
            raise CaptureError(reason)
        from companion.capture.source import ScreenSource

        # What is typed is told apart from what a program writes itself by the keys that were pressed.
        passwords = passwords or PasswordPlaces()
        open_screen, open_texts, open_typed = _desktop(
            environ, platform, passwords.fields, pictures=pictures, listen=listen or typed
        )
        return ScreenSource(
            rules,
            open_screen=open_screen,
            open_texts=open_texts,
            open_typed=open_typed if typed else None,
            pictures=pictures,
            passwords=passwords,
            attended=attended,
            clock=clock,
        )
    if frames.startswith(_REPLAY):
        folder, speed = _folder_and_speed(frames.removeprefix(_REPLAY))
        source = ReplaySource(folder, speed=speed, rules=rules)
        source.check()
        return source
    raise CaptureError(f"There are no frames called `{frames}`. Say screen, replay:DIR or replay:DIR@SPEED.")


def unsupported_screen(environ: Mapping[str, str], platform: str) -> str | None:
    """Return why the screen cannot be looked at here and what to do instead, or None when it can be tried."""
    if platform in {"win32", "darwin"}:
        return None
    if platform != "linux":
        return f"The screen of {platform} is not supported: Linux, Windows and macOS are. {_INSTEAD}"
    if is_wayland(environ):
        from companion.capture.wayland.opening import unsupported

        return unsupported(environ)
    if not environ.get("DISPLAY"):
        return f"There is no screen here (DISPLAY is not set). Start Companion inside a desktop session. {_INSTEAD}"
    return None


def is_wayland(environ: Mapping[str, str]) -> bool:
    """Whether this is a Wayland session. XWayland would answer, but it sees the windows of X programs alone."""
    return bool(environ.get("WAYLAND_DISPLAY")) or environ.get("XDG_SESSION_TYPE") == "wayland"


def _desktop(
    environ: Mapping[str, str], platform: str, fields: KnownFields, *, pictures: bool, listen: bool
) -> tuple[Callable[[], Screen], Callable[[], TextSource], Callable[[], TypedSource]]:
    """Return what opens this desktop, its programs' texts, and what is typed into them.

    An adapter's libraries are there on its system only.
    """
    if platform == "win32":
        from companion.capture import windows

        return partial(windows.open_screen, listen=listen), windows.open_texts, _not_told
    if platform == "darwin":
        from companion.capture import macos

        return partial(macos.open_screen, listen=listen), macos.open_texts, _not_told
    if is_wayland(environ):
        from companion.capture.wayland.opening import open_wayland
        from companion.capture.wayland.texts import WaylandTexts

        return (
            partial(open_wayland, environ, pictures=pictures, listen=listen),
            partial(WaylandTexts, environ, fields.of),
            _not_told,
        )
    from companion.capture.accessible.source import AccessibleTexts
    from companion.capture.accessible.typed import TypedText
    from companion.capture.x11_screen import X11Screen

    open_screen = partial(X11Screen, environ["DISPLAY"], listen=listen, environ=environ)
    return open_screen, partial(AccessibleTexts, environ, fields.of), partial(TypedText, environ, fields=fields)


def _not_told() -> TypedSource:
    """Say that this desktop does not tell what is typed."""
    raise CaptureError("only under X11 can it be told apart from what programs write themselves.")


def _folder_and_speed(where: str) -> tuple[Path, float | None]:
    """Return the folder and the speed after its last ``@``; a folder whose own name has one is taken whole."""
    whole = Path(where).expanduser()
    name, at, speed = where.rpartition("@")
    if not at or whole.is_dir():
        if not where:
            raise CaptureError("Name the folder of screenshots: replay:DIR.")
        return whole, None
    try:
        return Path(name).expanduser(), float(speed)
    except ValueError as error:
        raise CaptureError(
            f"{speed} is not a speed. Say replay:DIR@1 for real time, replay:DIR for no wait."
        ) from error
