"""Which run of a program is behind a process id: ids are given again, and what is known of one is not of the next."""

from __future__ import annotations

from collections import OrderedDict

import psutil  # type: ignore[import-untyped]  # it ships no types

#: Runs that are remembered.
RUNS = 256

Run = tuple[int, float]


def run_of(pid: int) -> Run:
    """Return a process id and when its process began (UTC seconds), 0 where that is not told."""
    try:
        return pid, psutil.Process(pid).create_time() if pid > 0 else 0.0
    except psutil.Error:
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
