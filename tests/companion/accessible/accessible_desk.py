"""A private desktop with a session bus and an accessibility bus of its own."""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop import Desktop, end, wait_until

from companion.capture.accessible.bus import AccessibilityBus
from companion.capture.accessible.reader import AccessibleReader
from companion.capture.accessible.reading import Reading
from companion.capture.accessible.tree import Bounds
from companion.capture.types import Window

#: The machines that run tests are slow and shared; what a reading may take is measured elsewhere.
PATIENT = Bounds(seconds=10.0)


@dataclass
class AccessibleDesk:
    """A desktop, its buses, and a reader on them."""

    desktop: Desktop
    bus: AccessibilityBus
    reader: AccessibleReader

    def start(self, *command: str) -> int:
        return self.desktop.start(*command).pid

    def read(self, pid: int, title: str) -> Reading:
        """Return a whole reading once the program is on the bus."""
        window = Window(app="sample", title=title, pid=pid)
        return wait_until(lambda: _whole(self.reader.read(window)), f"a whole reading of {title}")


def _whole(reading: Reading | None) -> Reading | None:
    return reading if reading is not None and reading.complete else None


@contextmanager
def session_bus(environ: Mapping[str, str]) -> Iterator[str]:
    """Run a session bus and yield its address."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as answer:
        daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", f"--print-address={writing}"],
            pass_fds=[writing],
            env=dict(environ),
            stdout=subprocess.DEVNULL,  # what it starts says hello there
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(writing)
        try:
            yield answer.readline().strip()
        finally:
            end(daemon)


@contextmanager
def accessible_desk() -> Iterator[AccessibleDesk]:
    with Desktop() as desktop:
        desktop.environ["NO_AT_BRIDGE"] = "0"
        with session_bus(desktop.environ) as address:
            desktop.environ["DBUS_SESSION_BUS_ADDRESS"] = address
            with AccessibilityBus(desktop.environ) as bus:
                yield AccessibleDesk(desktop, bus, AccessibleReader(bus, PATIENT))


def start_sample(desk: AccessibleDesk) -> tuple[int, dict[str, list[str]]]:
    """Start the Qt sample; return its process id and what it shows."""
    told = desk.desktop.home / "truth.json"
    program = Path(__file__).with_name("qt_sample.py")
    pid = desk.start(sys.executable, str(program), str(told))
    wait_until(told.exists, "the sample's own account")
    return pid, json.loads(told.read_text(encoding="utf-8"))


def similarity(one: str, other: str) -> float:
    """Return the share of characters two texts have in common, in order, 0 to 1."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
