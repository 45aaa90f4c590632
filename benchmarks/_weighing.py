"""What a program and the processes it started cost: processor time, memory, open descriptors, by process.

Processor time is the kernel's own account of the whole tree, of children that have ended too once they were waited
for. Memory is sampled: resident (RSS), its own alone (USS), its own with its share of what others use too (PSS), and
what it wrote (dirty). Of a library or a model that is mapped, USS counts what no other process happens to have mapped
at that moment, so that it rises and falls with them by a hundred megabytes; what was written does not.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

SAMPLE_SECONDS = 2.0
MEGABYTE = 2**20
OTHER = "other"
#: What a process is, by what it has mapped; whatever has neither is told by its command.
LIBRARIES = {"libtorch": "encoder", "onnxruntime": "reader"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at one process. Bytes; ``time`` is `time.monotonic`."""

    time: float
    pid: int
    rss: int
    uss: int
    pss: int
    dirty: int
    descriptors: int


class Weighing:
    """Weighs the tree of processes below ``root`` on a thread, until closed."""

    def __init__(self, root: int, *, every: float = SAMPLE_SECONDS) -> None:
        self.samples: list[Sample] = []
        self._root = psutil.Process(root)
        self._every = every
        self._roles: dict[int, str] = {}
        self._spent: dict[int, float] = {}  # by process, as last seen
        self._stop, self._gate = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name="weighing", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def cpu(self) -> float:
        """Return the processor seconds of the whole tree up to now."""
        return _spent(self._tree())

    def cpu_of_others(self) -> float:
        """Return those of all else that this process started: X server, buses, the programs looked at."""
        ours = {process.pid for process in self._tree()}
        started = psutil.Process().children(recursive=True)
        return _spent([process for process in started if process.pid not in ours])

    def cpu_by_role(self) -> Counter[str]:
        """Return the processor seconds of each process up to now, those that have ended too."""
        with self._gate:
            for process in self._tree():
                with contextlib.suppress(psutil.Error, OSError):  # it has ended meanwhile
                    self._spent[process.pid] = sum(process.cpu_times()[:2])
                    self._name(process)
            spent: Counter[str] = Counter()
            for pid, seconds in self._spent.items():
                spent[self.role(pid)] += seconds  # type: ignore[assignment] # seconds are no integer
            return spent

    def role(self, pid: int) -> str:
        """Return what a process of the tree is for, ``other`` where nothing tells."""
        return self._roles.get(pid, OTHER)

    def peaks(self) -> dict[str, dict[str, float]]:
        """Return the most megabytes each process took."""
        found: dict[str, dict[str, float]] = {}
        for sample in self.samples:
            most = found.setdefault(self.role(sample.pid), dict.fromkeys(("rss", "uss", "pss", "dirty"), 0.0))
            for name in most:
                most[name] = max(most[name], round(getattr(sample, name) / MEGABYTE, 1))
        return found

    def _run(self) -> None:
        while not self._stop.is_set():
            self.cpu_by_role()
            for process in self._tree():
                with contextlib.suppress(psutil.Error):
                    self.samples.append(self._sample(process))
            self._stop.wait(self._every)

    def _tree(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _sample(self, process: psutil.Process) -> Sample:
        memory = process.memory_full_info()
        return Sample(
            time.monotonic(), process.pid, memory.rss, memory.uss, memory.pss, _written(process.pid), process.num_fds()
        )

    def _name(self, process: psutil.Process) -> None:
        """Say what a process is; one that has not loaded its library yet is looked at again."""
        if self.role(process.pid) != OTHER:
            return
        if process.pid == self._root.pid:
            self._roles[process.pid] = "main"
        elif "resource_tracker" in " ".join(process.cmdline()):
            self._roles[process.pid] = "tracker"
        else:
            mapped = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
            self._roles[process.pid] = next((role for name, role in LIBRARIES.items() if name in mapped), OTHER)


def _written(pid: int) -> int:
    """Return the bytes that a process wrote and shares with nobody; raises `psutil.NoSuchProcess`."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError as error:
        raise psutil.NoSuchProcess(pid) from error
    kilobytes = dict(line.split(":") for line in told.splitlines()[1:])
    return 1024 * sum(int(kilobytes[name].split()[0]) for name in ("Private_Dirty", "Swap"))


def _spent(processes: list[psutil.Process]) -> float:
    """Return the processor seconds of processes, and of children they waited for."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def await_quiet(
    weighing: Weighing, *, waiting: Callable[[], int], share: float = 0.05, seconds: float = 3.0, patience: float = 300
) -> bool:
    """Wait until nothing is ``waiting`` and a tree uses less than ``share`` of a core for so many seconds in a row.

    Returns False when that does not come about.
    """
    due, since = time.monotonic() + patience, time.monotonic()
    last = weighing.cpu()
    while time.monotonic() < due:
        time.sleep(1.0)
        now = weighing.cpu()
        if now - last > share or waiting():
            since = time.monotonic()
        elif time.monotonic() - since >= seconds:
            return True
        last = now
    return False
