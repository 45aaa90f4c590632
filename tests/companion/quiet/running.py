"""Starts `quiet_program` in a session, hears what it says, and kills it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from desktop import wait_until

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(__file__).with_name("quiet_program.py")


class Running:
    """The program, and what it said last."""

    def __init__(self, folder: Path, environ: Mapping[str, str], what: str = "hold", seed: int = 0) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            (sys.executable, "-P", str(PROGRAM), str(folder), what, str(seed)),
            env={**environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def line(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n").split("\t")

    def await_line(self, first: str) -> list[str]:
        for _ in range(1000):
            said = self.line()
            if said[0] == first or not said[0]:
                break
        assert said[0] == first, said
        return said

    def ask(self) -> str:
        """Return whether it holds, as it says itself."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.line()[0]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def leave(self) -> list[str]:
        """Have it end by itself."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.await_line("stopped")

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


@contextmanager
def running(folder: Path, environ: Mapping[str, str], what: str = "hold", seed: int = 0) -> Iterator[Running]:
    program = Running(folder, {**os.environ, **environ}, what, seed)
    try:
        yield program
    finally:
        program.close()
        for process in watchdogs(folder):  # they restore first, and have until then
            wait_until(lambda one=process: not alive(one), "the watchdog to end")


def watchdogs(folder: Path) -> list[int]:
    """Return the watchdogs of a journal's folder."""
    found = []
    for process in psutil.process_iter(("pid", "cmdline")):
        words = process.info["cmdline"] or ()
        if "companion.quiet.watchdog" in words and str(folder) in words:
            found.append(process.info["pid"])
    return found


def alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
