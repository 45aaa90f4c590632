"""A private desktop for tests: its own X server, window manager and, if wished, a tray."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import xcffib.xproto as x
from numpy.typing import NDArray

from companion.capture.x11 import Display

T = TypeVar("T")

PATIENCE = 20.0  # seconds; the machines that run tests are slow and shared
TRAY_STARTS = 4
KEYRING_OF_TESTS = ("PYTHONPATH", "PYTHON_KEYRING_BACKEND", "COMPANION_TEST_KEYRING")


class DesktopError(Exception):
    """A test desktop that does not come up."""


def wait_until(true: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """Return the first true answer; fail with ``what`` when none comes."""
    due = time.monotonic() + seconds
    while not (answer := true()):
        if time.monotonic() > due:
            raise DesktopError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.02)
    return answer


class Desktop:
    """Xvfb, openbox and the windows opened on it; everything is ended by `close`.

    Attributes
    ----------
    display
        Such as ``:7``.
    environ
        For children: DISPLAY, an empty home of their own, no session bus unless one is set here.

    """

    def __init__(
        self,
        *,
        size: str = "1280x800x24",
        window_manager: bool = True,
        tray: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="companion-desktop-"))
        self._children: list[subprocess.Popen[bytes]] = []
        self._pages: dict[str, Path] = {}
        self.environ = _environment(self.home)
        try:
            self.display = self._start_server(size)
            self.environ |= {"DISPLAY": self.display, **(environ or {})}
            if window_manager:
                self.start_window_manager()
            if tray:
                self.start_tray()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End every program started here, the server last."""
        for child in reversed(self._children):
            end(child)
        self._children.clear()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self, *command: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program on this desktop."""
        child = subprocess.Popen(
            command,
            env=self.environ | dict(environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._children.append(child)
        return child

    def run(self, *command: str) -> str:
        """Run a program to its end and return what it printed."""
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=PATIENCE, check=True, encoding="utf-8"
        )
        return done.stdout

    def start_window_manager(self) -> None:
        self.start("openbox", "--sm-disable")
        wait_until(lambda: "window id" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "openbox")

    def start_tray(self) -> None:
        """Start trayer; one start in ten leaves its panel unmapped for good, so it is started again then."""
        for _ in range(TRAY_STARTS):
            tray = self.start("trayer", "--edge", "bottom", "--width", "20")
            try:
                wait_until(lambda: self.search("--class", "trayer"), "trayer", seconds=PATIENCE / TRAY_STARTS)
            except DesktopError:
                end(tray)
            else:
                return
        raise DesktopError(f"trayer shows no panel after {TRAY_STARTS} starts")

    def open_xterm(self, text: str, *, title: str = "terminal", geometry: str = "80x20+20+40", name: str = "") -> str:
        """Open a terminal that shows ``text``, wait until it is active and painted, and return its window id.

        ``name`` is the class the window says it is of, XTerm when empty. `write` shows more in it later.
        """
        page = self.home / f"{len(self._children)}.txt"
        page.write_text(text, encoding="utf-8")
        font = ("-fa", "DejaVu Sans Mono", "-fs", "12")
        names = ("-class", name) if name else ()
        show = ("sh", "-c", f"printf '\\033[?25l'; cat '{page}'; exec tail -n 0 -f '{page}'")
        self.start("xterm", *font, *names, "-geometry", geometry, "-T", title, "-e", *show)
        window = self.await_active(title)
        self._pages[window] = page
        if text.strip():
            wait_until(lambda: self.colours(window) > 1, f"the text in {title}")
        return window

    def write(self, window: str, text: str) -> None:
        """Show more text in a terminal that `open_xterm` opened."""
        with self._pages[window].open("a", encoding="utf-8") as page:
            page.write(text)

    def pixels(self, window: str) -> NDArray[np.uint8]:
        """Return what a window shows, asked from the server by its id: ``uint8[height, width, 3]``, RGB."""
        with Display(self.display) as display:
            size = display.rect(int(window))
            area = (0, 0, size.width, size.height)
            image = display.core.GetImage(x.ImageFormat.ZPixmap, int(window), *area, 0xFFFFFFFF).reply()
            cells = np.frombuffer(bytes(image.data.buf()), np.uint8).reshape(size.height, size.width, 4)
            return cells[:, :, 2::-1].copy()

    def colours(self, window: str) -> int:
        """Return how many different pixels a window shows."""
        return len(np.unique(self.pixels(window).reshape(-1, 3), axis=0))

    def open_text_window(self, text: str, *, title: str = "text", size: tuple[int, int] = (500, 300)) -> str:
        """Open a GTK window that shows ``text``, wait until it is active, and return its window id."""
        page = self.home / f"{len(self._children)}.txt"
        page.write_text(text, encoding="utf-8")
        width, height = map(str, size)
        self.start(
            "zenity", "--text-info", "--title", title, "--filename", str(page), "--width", width, "--height", height
        )
        return self.await_active(title)

    def search(self, *wanted: str) -> list[str]:
        """Return the ids of the visible windows that xdotool finds."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", *wanted],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split()

    def await_window(self, title: str) -> str:
        """Wait for a window with exactly this title and return its id."""
        return wait_until(lambda: self.search("--name", f"^{re.escape(title)}$"), f"a window called {title}")[-1]

    def await_active(self, title: str) -> str:
        """Wait until the window with this title is active and return its id."""
        window = self.await_window(title)
        wait_until(lambda: self.active() == window, f"{title} to become active")
        return window

    def active(self) -> str:
        """Return the active window's id, empty when there is none."""
        answer = self.run("xprop", "-root", "_NET_ACTIVE_WINDOW")
        number = re.search(r"# (0x[0-9a-f]+)", answer)
        return str(int(number[1], 16)) if number and int(number[1], 16) else ""

    def activate(self, window: str) -> None:
        """Give a window the attention and wait until it has it."""
        self.run("xdotool", "windowactivate", window)
        wait_until(lambda: self.active() == window, f"window {window} to become active")

    def move(self, window: str, left: int, top: int) -> None:
        self.run("xdotool", "windowmove", "--sync", window, str(left), str(top))

    def keep_above(self, window: str) -> None:
        """Stack a window above the others for good, also above the active one."""
        self.ask_manager(window, "_NET_WM_STATE", 1, "_NET_WM_STATE_ABOVE")
        wait_until(lambda: "ABOVE" in self.run("xprop", "-id", window, "_NET_WM_STATE"), f"window {window} above all")

    def ask_manager(self, window: str, what: str, *data: int | str) -> None:
        """Send the window manager one of the requests EWMH names; text stands for an atom."""
        with Display(self.display) as display:
            numbers = [display.atom(value) if isinstance(value, str) else value for value in data]
            numbers += [0] * (5 - len(numbers))
            union = x.ClientMessageData.synthetic(numbers, "5I")
            event = x.ClientMessageEvent.synthetic(32, int(window), display.atom(what), union).pack()
            mask = x.EventMask.SubstructureRedirect | x.EventMask.SubstructureNotify
            display.core.SendEventChecked(False, display.root, mask, event).check()

    def press(self, keys: str) -> None:
        """Press and release a combination such as ``ctrl+alt+space``."""
        self.run("xdotool", "key", keys)

    def _start_server(self, size: str) -> str:
        reading, writing = os.pipe()
        # Where the test run itself is killed (a time-out), the server goes with it and takes its clients along.
        ends_with_us = ("setpriv", "--pdeathsig", "KILL")
        options = ("-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset")
        command = [*ends_with_us, "Xvfb", *options]
        with os.fdopen(reading) as answer:
            child = subprocess.Popen(
                command, pass_fds=[writing], env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            self._children.append(child)
            self.server = child
            os.close(writing)
            number = answer.readline().strip()
        if not number:
            raise DesktopError("Xvfb did not start")
        return f":{number}"


def end(child: subprocess.Popen[bytes]) -> None:
    """End one program and what it started, gently first."""
    own_group = child.poll() is None and os.getpgid(child.pid) == child.pid
    for means, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, PATIENCE)):
        if child.poll() is not None:
            return
        if own_group:
            os.killpg(child.pid, means)
        else:
            child.send_signal(means)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def _environment(home: Path) -> dict[str, str]:
    kept: Sequence[str] = ("PATH", "LANG", "LC_ALL", "TZ", *KEYRING_OF_TESTS)
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "LC_CTYPE": "C.UTF-8",
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GDK_BACKEND": "x11",
        "QT_QPA_PLATFORM": "xcb",
        "NO_AT_BRIDGE": "1",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
