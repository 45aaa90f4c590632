"""How much reading a program's text holds that program up: a Qt and a GTK program, each measuring its own event loop.

Their windows show hundreds of labels, a long text and a table. A timer of one millisecond notes in the program when
it fired. The program is read as `companion` reads it, each time as if something had called for a look, and left alone
in between: a stretch as long as the reading before it is what the next is compared with, so that both see the same
machine.

- A stall is what an event of the person's would wait for, came it at any time of a reading (or of a stretch left
  alone): until the timer fires next, a millisecond at the most where nothing holds the program up.
- What reading adds is the 95th percentile over readings, less that over the stretches left alone.
- None may hold the program up for more than 50 ms while it is read. What it wanted to run and had no processor for,
  as the kernel counts it, is taken off: a busy neighbour is no part of reading.
- Beside it, the longest stall of each reading and of each stretch left alone, by the clock and so corrected. The 95th
  percentile is by the clock, so a machine that does nothing else tells most.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from _capture_desk import desk, missing
from _ticks import TITLE
from desktop import Desktop, DesktopError, end, wait_until
from numpy.typing import NDArray

from companion.capture.accessible.source import AccessibleTexts
from companion.capture.types import Window
from companion.figures import Bar, report

READINGS = 200
BETWEEN_SECONDS = 0.4  # at the least; typing and scrolling call for a look that often, seldom oftener
SETTLE_SECONDS = 3.0
EVENTS_APART = 0.0005  # seconds
LEAST_TEXT = 3_000  # characters; a window of which less is read was not read as it is meant to be
LEAST_COMPLETE = 0.95  # of readings: what gives up early holds nobody up
MOST_ADDED, LONGEST = 2.0, 50.0  # milliseconds
SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAMS = {
    "qt": (sys.executable, str(Path(__file__).with_name("_stall_qt.py"))),
    "gtk": (SYSTEM_PYTHON, "-I", str(Path(__file__).with_name("_stall_gtk.py"))),
}


@dataclass(frozen=True, slots=True)
class Stretches:
    """Milliseconds that events would wait, all of them; the longest of each stretch, by the clock and held up."""

    waits: NDArray[np.float64]
    longest: NDArray[np.float64]
    held: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stalls:
    """What the program met while it was read, and while it was left alone."""

    read: Stretches
    alone: Stretches
    reading_seconds: NDArray[np.float64]
    characters: int
    complete: int  # readings

    @property
    def added(self) -> float:
        """What reading adds to the 95th percentile."""
        return float(np.quantile(self.read.waits, 0.95) - np.quantile(self.alone.waits, 0.95))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--readings", type=int, default=READINGS, help="of each program")
    readings = options.parse_args().readings
    absent = missing("Xvfb", "openbox", "dbus-daemon", "xdotool", "xprop")
    if absent or not Path(SYSTEM_PYTHON).exists():
        absent = absent or [SYSTEM_PYTHON]
        how = "packaging/linux/install-system-packages.sh test"
        print(f"stall: {', '.join(absent)} needed: {how}", file=sys.stderr)
        return 2
    try:
        found = {name: _measured(command, readings) for name, command in PROGRAMS.items()}
    except DesktopError as error:
        print(f"stall: {error}", file=sys.stderr)
        return 2
    bars = []
    for name, stalls in found.items():
        bars.append(Bar(f"milliseconds added to stalls of {name}, p95", round(stalls.added, 2), MOST_ADDED))
        longest = round(float(stalls.read.held.max()), 2)
        bars.append(Bar(f"longest that {name} was held up while read, milliseconds", longest, LONGEST))
        bars.append(Bar(f"characters read of {name}'s window", stalls.characters, LEAST_TEXT, "least"))
        share = round(stalls.complete / len(stalls.read.longest), 3)
        bars.append(Bar(f"share of readings that told all of {name}'s window", share, LEAST_COMPLETE, "least"))
    return report("stall", {name: _figures(stalls) for name, stalls in found.items()}, bars)


def _measured(command: Sequence[str], readings: int) -> Stalls:
    """Start a program on a desktop of its own and read it over and over."""
    with tempfile.TemporaryDirectory(prefix="companion-stall-") as folder, desk() as desktop:
        ticks = Path(folder) / "ticks"
        with closing(AccessibleTexts(desktop.environ)) as texts:  # awake before the program starts
            program = desktop.start(*command, str(ticks))
            window = _window(desktop, program.pid)
            wait_until(lambda: len(_text(texts, window)) >= LEAST_TEXT, "its text on the accessibility bus")
            time.sleep(SETTLE_SECONDS)
            stretches, text, complete = _read(texts, window, readings)
            time.sleep(1.0)  # the last ticks are written
            end(program)
        return _stalls(np.fromfile(ticks).reshape(-1, 2), stretches, text, complete)


def _window(desktop: Desktop, pid: int) -> Window:
    desktop.await_active(TITLE)
    return Window(app="stall", title=TITLE, pid=pid)


def _text(texts: AccessibleTexts, window: Window) -> str:
    reading = texts.read(window)
    return "" if reading is None else reading.text


def _read(texts: AccessibleTexts, window: Window, readings: int) -> tuple[NDArray[np.float64], int, int]:
    """Return begin and end of each stretch alone and of each reading: ``float64[readings, 2, 2]``; text, whole ones."""
    stretches, lengths, complete, last = np.empty((readings, 2, 2)), [], 0, 0.1
    for number in range(readings):
        time.sleep(BETWEEN_SECONDS)
        alone = time.monotonic()
        time.sleep(last)
        begin = time.monotonic()
        reading = texts.read(window)
        done = time.monotonic()
        last = done - begin
        stretches[number] = (alone, begin), (begin, done)
        lengths.append(0 if reading is None else len(reading.text))
        complete += reading is not None and reading.complete
    return stretches, round(statistics.median(lengths)), complete


def _stalls(ticks: NDArray[np.float64], stretches: NDArray[np.float64], characters: int, complete: int) -> Stalls:
    return Stalls(
        read=_met(ticks, stretches[:, 1]),
        alone=_met(ticks, stretches[:, 0]),
        reading_seconds=np.diff(stretches[:, 1], axis=1).ravel(),
        characters=characters,
        complete=complete,
    )


def _met(ticks: NDArray[np.float64], stretches: NDArray[np.float64]) -> Stretches:
    """Let events come all through some stretches, and return how long each waits for the next tick.

    ``ticks`` is ``float64[ticks, 2]``: when each came, and how long the program had waited for a processor by then.
    """
    times, waits, held = ticks[:, 0], [], []
    gaps = np.diff(times) - np.diff(ticks[:, 1])
    for begin, done in stretches:
        events = np.arange(begin, done, EVENTS_APART)
        next_ones = np.searchsorted(times, events)
        waits.append(1000 * (times[next_ones] - events))
        held.append(1000 * gaps[next_ones - 1].max())
    return Stretches(np.concatenate(waits), np.array([of_one.max() for of_one in waits]), np.array(held))


def _figures(stalls: Stalls) -> dict[str, object]:
    parts = {
        "stall_ms_read": stalls.read.waits,
        "stall_ms_alone": stalls.alone.waits,
        "longest_ms_of_each_reading": stalls.read.longest,
        "longest_ms_of_each_stretch_alone": stalls.alone.longest,
        "held_up_ms_of_each_reading": stalls.read.held,
        "held_up_ms_of_each_stretch_alone": stalls.alone.held,
    }
    quantiles = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    told = {part: {n: round(float(np.quantile(v, q)), 2) for n, q in quantiles.items()} for part, v in parts.items()}
    return {
        **told,
        "readings": len(stalls.read.longest),
        "complete_readings": stalls.complete,
        "seconds_a_reading_p50": round(float(np.median(stalls.reading_seconds)), 3),
        "seconds_a_reading_p95": round(float(np.quantile(stalls.reading_seconds, 0.95)), 3),
        "characters_p50": stalls.characters,
        "load_of_machine": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    sys.exit(main())
