"""Looking at a private desktop the way the program does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from desktop import Desktop, wait_until

from companion.capture.pace import Pace
from companion.capture.privacy import Rules
from companion.capture.types import Frame, Rect, Skipped
from companion.capture.x11 import Display
from companion.capture.x11_screen import X11Source

NO_ZENITY = Rules(exclude_apps=("zenity",))
TEXT = "\n".join(f"{line:>3} the quick brown fox jumps over the lazy dog" for line in range(18))


@contextmanager
def watching(
    desktop: Desktop, rules: Rules | None = None, *, heartbeat: float = 0.2
) -> Iterator[Iterator[Frame | Skipped]]:
    stop = threading.Event()
    source = X11Source(rules or Rules(), display=desktop.display, pace=Pace(heartbeat=heartbeat, slowest=heartbeat))
    seen = source.frames(stop)
    try:
        yield seen
    finally:
        stop.set()
        for _ in seen:
            pass


def look_until(seen: Iterator[Frame | Skipped], wanted: Callable[[Frame | Skipped], bool]) -> Frame | Skipped:
    return wait_until(lambda: [one for one in [next(seen)] if wanted(one)], "a look as wanted")[0]


def outer_rect(desktop: Desktop, window: str) -> Rect:
    """A window with its frame."""
    with Display(desktop.display) as display:
        inside = display.rect(int(window))
        left, right, top, bottom = display.numbers(int(window), "_NET_FRAME_EXTENTS")
    return Rect(inside.left - left, inside.top - top, inside.width + left + right, inside.height + top + bottom)
