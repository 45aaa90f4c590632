"""Looking at a private desktop the way the program does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import pytest
import xcffib.xproto as x
from desktop import Desktop, wait_until

from companion.capture import triggers
from companion.capture.privacy import Rules
from companion.capture.screen import Happened
from companion.capture.source import ScreenSource
from companion.capture.types import Frame, Rect, Skipped, Trigger
from companion.capture.x11 import Display
from companion.capture.x11_screen import X11Screen

NO_ZENITY = Rules(exclude_apps=("zenity",))
TEXT = "\n".join(f"{line:>3} the quick brown fox jumps over the lazy dog" for line in range(18))


def alone(desktop: Desktop) -> Mapping[str, str]:
    """Whether the session of whoever runs the tests is locked must not matter."""
    return desktop.environ | {"DBUS_SYSTEM_BUS_ADDRESS": "disabled:"}


def screen_of(desktop: Desktop, *, listen: bool = True) -> X11Screen:
    return X11Screen(desktop.display, listen=listen, environ=alone(desktop))


def source_of(desktop: Desktop, rules: Rules | None = None) -> ScreenSource:
    return ScreenSource(rules or Rules(), open_screen=partial(screen_of, desktop))


@contextmanager
def watching(
    desktop: Desktop, rules: Rules | None = None, *, heartbeat: float = 0.2
) -> Iterator[Iterator[Frame | Skipped]]:
    stop = threading.Event()
    seen = source_of(desktop, rules).frames(stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triggers, "HEARTBEAT", heartbeat)
        try:
            yield seen
        finally:
            stop.set()
            for _ in seen:
                pass


def hear(screen: X11Screen, wanted: Trigger, *, times: int = 1) -> list[Happened]:
    """Wait until something happened that often, and return all that did meanwhile."""
    heard: list[Happened] = []

    def enough() -> bool:
        heard.extend(screen.wait(0.1))
        return sum(what.count for what in heard if what.trigger is wanted) >= times

    wait_until(enough, f"word that {wanted}")
    return heard


def calm(screen: X11Screen, *, seconds: float = 0.6) -> None:
    """Wait until nothing has happened for a while."""
    wait_until(lambda: not screen.wait(seconds), "a calm screen")


def look_until(seen: Iterator[Frame | Skipped], wanted: Callable[[Frame | Skipped], bool]) -> Frame | Skipped:
    return wait_until(lambda: [one for one in [next(seen)] if wanted(one)], "a look as wanted")[0]


def outer_rect(desktop: Desktop, window: str) -> Rect:
    """A window with its frame."""
    with Display(desktop.display) as display:
        inside = display.rect(int(window))
        left, right, top, bottom = display.numbers(int(window), "_NET_FRAME_EXTENTS")
    return Rect(inside.left - left, inside.top - top, inside.width + left + right, inside.height + top + bottom)


@contextmanager
def plain_window(desktop: Desktop) -> Iterator[tuple[Display, int]]:
    """An active white window of this process, which paints nothing by itself, and the connection it belongs to."""
    with Display(desktop.display) as display:
        window: int = display.connection.generate_id()
        kind = x.WindowClass.InputOutput
        values = (0, x.CW.BackPixel, [0xFFFFFF])
        display.core.CreateWindowChecked(0, window, display.root, 200, 150, 400, 300, 0, kind, *values).check()
        replace, text = x.PropMode.Replace, x.Atom.STRING
        for name, said in (("WM_CLASS", b"plain\0Plain\0"), ("WM_NAME", b"plain")):
            atom = display.atom(name)
            display.core.ChangePropertyChecked(replace, window, atom, text, 8, len(said), said).check()

        def shown() -> list[str]:
            display.core.MapWindowChecked(window).check()  # openbox loses this as long as it is starting
            return desktop.search("--class", "Plain")

        wait_until(shown, "the plain window")
        desktop.activate(str(window))
        yield display, window


def paint(display: Display, window: int, rect: Rect) -> None:
    """Paint a part of a window with its background."""
    display.core.ClearAreaChecked(False, window, rect.left, rect.top, rect.width, rect.height).check()
