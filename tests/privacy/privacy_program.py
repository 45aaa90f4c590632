"""Programs of three toolkits that show what they are told to."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from desktop import Desktop, DesktopError, end, wait_until
from privacy_vault import Colour

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"  # has PyGObject where its package is installed
ANSWER_SECONDS = 20.0
TOOLKITS = {"qt": sys.executable, "gtk": SYSTEM_PYTHON, "tk": sys.executable}
_NEEDS = {"qt": "import PySide6", "gtk": "import gi; gi.require_version('Gtk', '3.0')", "tk": "import tkinter"}

#: What tells a toolkit how large to draw.
SCALES = {"qt": "QT_SCALE_FACTOR", "gtk": "GDK_SCALE"}

BY_MONITOR = "QT_SCREEN_SCALE_FACTORS"

Widget = tuple[str, dict[str, Any]]


def missing(toolkit: str) -> str:
    """Return why programs of a toolkit cannot run here, empty when they can."""
    try:
        done = subprocess.run([TOOLKITS[toolkit], "-c", _NEEDS[toolkit]], capture_output=True, check=False)
    except FileNotFoundError:
        return f"{TOOLKITS[toolkit]} is not there"
    return "" if done.returncode == 0 else f"{TOOLKITS[toolkit]} has no {toolkit}"


def css(colour: Colour) -> str:
    """Return a colour as toolkits take it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


class Program:
    """A program that goes on from case to case; its window is closed behind each.

    ``scale``: how many pixels it takes for one of its points, on each of several monitors by ``1;2``.
    """

    def __init__(self, desktop: Desktop, toolkit: str, scale: str = "") -> None:
        self.desktop, self.toolkit = desktop, toolkit
        self._child = subprocess.Popen(
            [TOOLKITS[toolkit], str(HERE / f"show_{toolkit}.py")],
            env=desktop.environ | ({BY_MONITOR if ";" in scale else SCALES[toolkit]: scale} if scale else {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = self._child.pid

    def show(
        self, title: str, *widgets: Widget, size: tuple[int, int] = (420, 260), at: tuple[int, int] = (60, 80)
    ) -> str:
        """Show widgets below each other in a window of its own, wait until it is active and return its number."""
        self.tell("show", about={"title": title, "widgets": widgets, "size": size, "at": at})
        window = self.desktop.await_active(title)
        wait_until(lambda: self.desktop.colours(window) > 1, f"{title} to be painted")
        return window

    def tell(self, do: str, **how: Any) -> None:
        """Have something done, and wait until it is."""
        self._pipe(self._child.stdin).write(json.dumps({"do": do, **how}) + "\n")
        self._pipe(self._child.stdin).flush()
        ready, _, _ = select.select([self._child.stdout], [], [], ANSWER_SECONDS)
        if not ready or not self._pipe(self._child.stdout).readline():
            raise DesktopError(f"the {self.toolkit} program did not {do}")

    def close(self) -> None:
        """Close its window."""
        self.tell("close")

    def end(self) -> None:
        """End it."""
        for pipe in (self._child.stdin, self._child.stdout):
            self._pipe(pipe).close()
        end(self._child)

    def alive(self) -> bool:
        """Whether it runs."""
        return self._child.poll() is None

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe
