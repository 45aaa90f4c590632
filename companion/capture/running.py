"""Which run of a program is behind a process id: ids are given again, and what is known of one is not of the next."""

from __future__ import annotations

import sys
from collections import OrderedDict
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

#: Runs that are remembered.
RUNS = 256

#: Where in ``/proc/PID/stat`` it says when a process began, counted from behind the program's name, which may hold
#: anything: the 22nd of all (proc(5)).
_STARTTIME = 22 - 3

Run = tuple[int, float]


def run_of(pid: int) -> Run:
    """Return a process id and when its process began, 0 where that is not told.

    On Linux in clock ticks since the machine started, which stay when the clock is set; elsewhere in UTC seconds.
    """
    try:
        return pid, _began(pid) if pid > 0 else 0.0
    except (psutil.Error, OSError):
        return pid, 0.0


class Telling:
    """Remembers which programs told what they show: from one that does then not, nothing is known."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Run, None] = OrderedDict()

    def add(self, pid: int) -> None:
        """Take in that a process told something."""
        self._runs[run_of(pid)] = None
        self._runs.move_to_end(run_of(pid))
        while len(self._runs) > RUNS:
            self._runs.popitem(last=False)

    def __contains__(self, pid: int) -> bool:
        """Whether this run of a program told something before."""
        return run_of(pid) in self._runs


def _began(pid: int) -> float:
    if sys.platform != "linux":
        return float(psutil.Process(pid).create_time())
    stat = Path(f"/proc/{pid}/stat").read_bytes()
    return float(stat.rpartition(b")")[2].split()[_STARTTIME])
