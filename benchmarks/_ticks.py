"""Notes when a timer of one millisecond fires in somebody's event loop, so that whoever holds it up is seen.

No library but Python's own: the programs that are measured run under two different Pythons.
"""

from __future__ import annotations

import os
import time
from array import array
from pathlib import Path

PERIOD_MILLISECONDS = 1
NANO = 1e9
AT_ONCE = 500  # numbers until they are written: little work, seldom


class Ticks:
    """Appends two doubles a tick to a file, both in seconds.

    When it came (`time.monotonic`), and for how long the program had wanted to run up to then and had no processor.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._times = array("d")
        self._account = os.open("/proc/self/schedstat", os.O_RDONLY)  # of the thread with the event loop, the first

    def tick(self) -> bool:
        """Note that the timer fired; returns True, which is how GLib is told to go on."""
        waited = int(os.pread(self._account, 64, 0).split()[1]) / NANO
        self._times.extend((time.monotonic(), waited))
        if len(self._times) >= AT_ONCE:
            self._times.tofile(self._file)
            self._times = array("d")
        return True


def label(number: int) -> str:
    """Return what a label says."""
    return f"label {number} of many"


def cell(row: int, column: int) -> str:
    """Return what a cell says."""
    return f"row {row}, column {column}"


def line(number: int) -> str:
    """Return a line of the long text."""
    return f"Line {number} of a text that is longer than any window: it goes on and on, and says little."


LABELS, ACROSS = 300, 6
ROWS, COLUMNS, LINES = 600, 20, 4_000
TITLE = "Something of everything"
SIZE = (1500, 950)
