"""A real X server with real windows, done to as the made-up desktops are."""

from __future__ import annotations

import xcffib.xproto as x
from desktop import Desktop
from worlds import Image

from companion.capture.types import Rect
from companion.capture.x11 import Display
from companion.capture.x11_screen import X11Screen


class X11World:
    """Windows are terminals; a window's number is xdotool's."""

    settles = True

    def __init__(self, desktop: Desktop, *, listen: bool = True) -> None:
        self.desktop = desktop
        self.screen = X11Screen(desktop.display, listen=listen, environ=desktop.environ)

    def open(self, app: str, title: str, left: int = 100, top: int = 100) -> str:
        return self.desktop.open_xterm("some words", title=title, name=app, geometry=f"40x12+{left}+{top}")

    def open_unknown(self) -> str:
        window = self.open("Gone", "who is it?")
        self.desktop.run("xprop", "-id", window, "-remove", "WM_CLASS")
        return window

    def pid(self, window: str) -> int:
        return int(self.desktop.run("xdotool", "getwindowpid", window))

    def activate(self, window: str) -> None:
        self.desktop.activate(window)

    def keep_on_top(self, window: str) -> None:
        self.desktop.keep_above(window)

    def move(self, window: str, left: int, top: int) -> None:
        self.desktop.move(window, left, top)

    def minimise(self, window: str) -> None:
        self.desktop.run("xdotool", "windowminimize", "--sync", window)

    def retitle(self, window: str, title: str) -> None:
        self.desktop.run("xdotool", "set_window", "--name", title, window)

    def close(self, window: str) -> None:
        self.desktop.run("xdotool", "windowkill", window)

    def lock(self) -> None:
        self._saver(x.ScreenSaver.Active)

    def unlock(self) -> None:
        self._saver(x.ScreenSaver.Reset)

    def _saver(self, mode: int) -> None:
        with Display(self.desktop.display) as display:
            display.core.ForceScreenSaverChecked(mode).check()

    def press_key(self, key: str) -> None:
        self.desktop.press(key)

    def click(self) -> None:
        self.desktop.run("xdotool", "click", "1")

    def scroll(self) -> None:
        self.desktop.run("xdotool", "click", "4")

    def shown(self, window: str, rect: Rect) -> Image:
        with Display(self.desktop.display) as display:
            origin = display.rect(int(window))
        top, left = rect.top - origin.top, rect.left - origin.left
        return self.desktop.pixels(window)[top : top + rect.height, left : left + rect.width]
