"""How long nobody has touched anything, where Wayland's desktops tell it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from companion.capture.wayland.session_bus import SessionBus

_MUTTER = "org.gnome.Mutter.IdleMonitor"
_CORE = "/org/gnome/Mutter/IdleMonitor/Core"

#: Seconds without a touch after which `swayidle` says so; below that nobody is taken to be away.
AFTER = 15
#: Seconds for which an answer of the bus holds: who asks in a loop must not cost the desktop a call each time.
_HOLDS = 1.0


class Idle(Protocol):
    """What knows how long the person has been away."""

    def seconds(self) -> float | None:
        """Return seconds since the last touch, None when that is not told any more."""
        ...

    def close(self) -> None:
        """Ask no more."""
        ...


class MutterIdle:
    """Asks GNOME's compositor."""

    def __init__(self, bus: SessionBus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus, self._clock = bus, clock
        self._asked = float("-inf")
        self._told: float | None = None

    def seconds(self) -> float | None:
        """Return seconds since the last touch, None when Mutter does not answer."""
        now = self._clock()
        if now - self._asked >= _HOLDS:
            answer = self._bus.ask(_MUTTER, _CORE, _MUTTER, "GetIdletime")
            self._told = answer[0] / 1000.0 if answer else None
            self._asked = now
        return None if self._told is None else self._told + now - self._asked

    def close(self) -> None:
        """Ask no more; the bus is another's to close."""


class ChildIdle:
    """Listens to `swayidle`, which any compositor with an idle protocol tells (sway, KWin, most of the wlroots family).

    It says when nothing was touched for `AFTER` seconds and when something was again; in between nothing runs.
    """

    def __init__(self, environ: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        # It ends with us, however we end; else a killed Companion would leave one behind.
        ends_with_us = ("setpriv", "--pdeathsig", "TERM") if _has("setpriv", environ) else ()
        own = ("swayidle", "-C", os.devnull, "-w")  # without what the person's own one is told to do
        command = (*ends_with_us, *own, "timeout", str(AFTER), "echo away", "resume", "echo back")
        self._child = subprocess.Popen(  # noqa: S603 - our own words alone
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._child.stdout is not None  # noqa: S101 - it was asked for
        self._out = self._child.stdout
        os.set_blocking(self._out.fileno(), False)
        self._half = b""

    def seconds(self) -> float | None:
        """Return seconds since the last touch, 0 for less than `AFTER`; None once `swayidle` has ended."""
        self._listen()
        if self._child.poll() is not None:
            return None
        return 0.0 if self._since is None else self._clock() - self._since

    def close(self) -> None:
        """End it."""
        self._child.terminate()
        self._child.wait()
        self._out.close()

    def _listen(self) -> None:
        said = self._out.read() or b""
        *lines, self._half = (self._half + said).split(b"\n")
        for line in lines:
            self._since = self._clock() - AFTER if line == b"away" else None


def find(environ: Mapping[str, str], bus: SessionBus | None) -> Idle | None:
    """Return what tells how long the person has been away; None where nothing does.

    Plasma's ``GetSessionIdleTime`` is not asked: under Wayland it cannot know, and says that nobody is ever away.
    """
    if bus is not None and bus.owner(_MUTTER):
        return MutterIdle(bus)
    return ChildIdle(environ) if _has("swayidle", environ) else None


def _has(program: str, environ: Mapping[str, str]) -> bool:
    return shutil.which(program, path=environ.get("PATH")) is not None
