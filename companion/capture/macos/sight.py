"""What macOS shows at one instant. Everything here follows from its list of windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from companion.capture.geometry import around, clipped, showing_most
from companion.capture.macos.calls import NORMAL, SCREEN_SAVER
from companion.capture.screen import NOTHING, Sight
from companion.capture.types import Rect, Window

_WITHHELD = 0  # "CGWindowSharingType": no other program may read the window


@dataclass(frozen=True, slots=True)
class Shown:
    """One window on the displays; ``rect`` is not clipped."""

    id: int
    pid: int
    owner: str
    title: str
    layer: int
    rect: Rect
    withheld: bool


def shown(windows: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """Return the windows that can be seen, the front one first, as "CGWindowListCopyWindowInfo" has them."""
    found = []
    for told in windows:
        rect = _rect(told["kCGWindowBounds"])
        if rect.width > 0 and rect.height > 0 and told.get("kCGWindowAlpha", 1.0) > 0:
            found.append(
                Shown(
                    id=int(told["kCGWindowNumber"]),
                    pid=int(told["kCGWindowOwnerPID"]),
                    owner=str(told.get("kCGWindowOwnerName") or ""),
                    title=str(told.get("kCGWindowName") or ""),
                    layer=int(told["kCGWindowLayer"]),
                    rect=rect,
                    withheld=told.get("kCGWindowSharingState", _WITHHELD) == _WITHHELD,
                )
            )
    return found


def sight(windows: Sequence[Shown], displays: Sequence[Rect], executable: Callable[[int], str]) -> Sight:
    """Return what is active: the front one of the windows that people work in, and what lies over it."""
    place = _front(windows)
    rect = clipped(windows[place].rect, around(displays)) if place is not None else None
    if place is None or rect is None:
        return NOTHING
    active = windows[place]
    window = Window(
        app="" if active.withheld else program(active, executable),
        title=active.title,
        pid=active.pid,
        rect=rect,
        monitor=showing_most(rect, displays),
    )
    over = (
        Window(app=program(other, executable), title=other.title, pid=other.pid, rect=other.rect)
        for other in windows[:place]
        if other.rect.overlaps(rect)
    )
    return Sight(active.id, window, tuple(over))


def _front(windows: Sequence[Shown]) -> int | None:
    """Return the place of the active window: of the program whose window is in front, the first that has a title.

    What a browser draws over its window to say where a link leads is a window in front of it, and so is a sheet.
    """
    normal = [(place, window) for place, window in enumerate(windows) if window.layer == NORMAL]
    if not normal:
        return None
    own = [(place, window) for place, window in normal if window.pid == normal[0][1].pid]
    return next((place for place, window in own if window.title), own[0][0])


def covered(windows: Sequence[Shown], displays: Sequence[Rect]) -> bool:
    """Whether a screen saver hides a display."""
    hiding = [window.rect for window in windows if window.layer == SCREEN_SAVER]
    return any(clipped(display, rect) == display for display in displays for rect in hiding)


def program(window: Shown, executable: Callable[[int], str]) -> str:
    """Return what a window's program is called: its bundle's name, which is the same in every language."""
    parts = PurePosixPath(executable(window.pid)).parts
    bundles = [part for part in parts if part.casefold().endswith(".app")]
    return bundles[0][: -len(".app")] if bundles else window.owner


def rect_of(left: float, top: float, width: float, height: float) -> Rect:
    """Return whole points."""
    return Rect(round(left), round(top), round(left + width) - round(left), round(top + height) - round(top))


def _rect(bounds: Mapping[str, float]) -> Rect:
    return rect_of(bounds["X"], bounds["Y"], bounds["Width"], bounds["Height"])
