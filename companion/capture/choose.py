"""Which source ``--frames`` names."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from companion.capture.privacy import Rules
from companion.capture.replay import ReplaySource
from companion.capture.types import CaptureError, FrameSource

_REPLAY = "replay:"
_INSTEAD = "Until then, show it a folder of screenshots with --frames replay:DIR."


def choose(
    frames: str,
    rules: Rules,
    *,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    clock: Callable[[], float] = time.time,
) -> FrameSource:
    """Return the source that ``frames`` names: ``screen``, ``replay:DIR`` or ``replay:DIR@SPEED``.

    A replay's folder is checked at once. Raises `CaptureError`.
    """
    if frames == "screen":
        return _screen(rules, environ=environ, platform=platform, clock=clock)
    if frames.startswith(_REPLAY):
        folder, speed = _folder_and_speed(frames.removeprefix(_REPLAY))
        source = ReplaySource(folder, speed=speed, rules=rules)
        source.check()
        return source
    raise CaptureError(f"There are no frames called `{frames}`. Say screen, replay:DIR or replay:DIR@SPEED.")


def unsupported_screen(environ: Mapping[str, str], platform: str) -> str | None:
    """Return why the screen cannot be looked at here and what to do instead, or None when it can."""
    if platform != "linux":
        system = {"win32": "Windows", "darwin": "macOS"}.get(platform, platform)
        return f"The screen of {system} is not supported yet; only Linux with X11 is. {_INSTEAD}"
    if environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland":
        # XWayland would answer, but it sees the windows of X programs alone and takes what it knows for all there is.
        return (
            "This is a Wayland session, which is not supported yet: through XWayland only X programs could be seen, "
            f"and nobody would tell what covers them. Choose an X11 (Xorg) session at log-in. {_INSTEAD}"
        )
    if not environ.get("DISPLAY"):
        return f"There is no screen here (DISPLAY is not set). Start Companion inside a desktop session. {_INSTEAD}"
    return None


def _screen(rules: Rules, *, environ: Mapping[str, str], platform: str, clock: Callable[[], float]) -> FrameSource:
    reason = unsupported_screen(environ, platform)
    if reason is not None:
        raise CaptureError(reason)
    from companion.capture.x11_screen import X11Source  # xcffib is there on Linux only

    return X11Source(rules, display=environ["DISPLAY"], clock=clock)


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
