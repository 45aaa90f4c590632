"""Which process the compositor is: variables outlive their session, and sessions are started inside others."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from companion.capture.types import CaptureError
from companion.capture.wayland.names import process_name

_PEER = struct.Struct("=iII")  # process, user and group, as SO_PEERCRED of socket(7) tells them
_SECONDS = 2.0

NOT_TOLD = (
    "This is sway, and SWAYSOCK does not lead to it, so that no place of a window is known. Set it to what "
    "`sway --get-socketpath` says."
)


def compositor_of(environ: Mapping[str, str]) -> int:
    """Return the process behind ``WAYLAND_DISPLAY``. Raises `CaptureError` when there is none."""
    named = environ.get("WAYLAND_DISPLAY", "")
    process = _process_at(Path(environ.get("XDG_RUNTIME_DIR", "/")) / named)
    if process is None:
        raise CaptureError(
            f"No compositor answers at WAYLAND_DISPLAY ({named}). Start Companion inside the desktop session."
        )
    return process


def tells_by_sway_socket(environ: Mapping[str, str], compositor: int) -> bool:
    """Whether what ``SWAYSOCK`` names belongs to this very compositor."""
    named = environ.get("SWAYSOCK", "")
    return bool(named) and _process_at(Path(named)) == compositor


def is_sway(process: int) -> bool:
    """Whether a process is sway or one of its kin."""
    return process_name(process).startswith("sway")


def _process_at(path: Path) -> int | None:
    """Return the process that listens at a socket, None when nobody does."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_SECONDS)
        try:
            asking.connect(str(path))
        except OSError:
            return None
        process, _, _ = _PEER.unpack(asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        return int(process)
