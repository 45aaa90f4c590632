"""What the workers of tests can do; its own module, so that their processes need not import pytest."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import Lock
from pathlib import Path

import numpy as np

from companion.jobs.tasks import Vectors
from embeddings.types import EmbeddingsError
from index.types import FrameError, VaultError

ERRORS = {error.__name__: error for error in (EmbeddingsError, VaultError, FrameError, ImportError)}


class Tasks:
    """Answers, sleeps, fails and dies as asked."""

    def __init__(self) -> None:
        self._kept: list[object] = []

    def echo(self, value: object) -> object:
        return value

    def pid(self) -> int:
        return os.getpid()

    def sleep(self, seconds: float, busy: Path | None = None) -> str:
        """Leave a mark in a file when it begins, and answer when it slept."""
        if busy is not None:
            with busy.open("a") as file:
                file.write(f"{os.getpid()}\n")
        time.sleep(seconds)
        return "slept"

    def hold(self, release: Path, busy: Path | None = None) -> str:
        """Leave a mark in a file when it begins, and answer once another file is there."""
        if busy is not None:
            with busy.open("a") as file:
                file.write(f"{os.getpid()}\n")
        while not release.exists():
            time.sleep(0.01)
        return "let go"

    def die(self, mark: Path | None = None) -> str:
        """Die as if out of memory; with a mark only where it is not there yet."""
        if mark is not None and mark.exists():
            return "alive"
        if mark is not None:
            mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
        return "never"

    def fail(self, name: str) -> None:
        raise ERRORS.get(name, ZeroDivisionError)(f"this is {name}")

    def lock(self) -> None:
        """Hold a semaphore, as progress bars in libraries do."""
        self._kept.append(Lock())

    def niceness(self) -> int:
        return os.nice(0)


class Others(Tasks):
    """Answers otherwise."""

    def echo(self, value: object) -> object:
        del value
        return "other"


def broken() -> Tasks:
    """Make nothing: a process that cannot even begin."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Tasks()


class Encoder:
    """Encodes texts as the real one does, and dies or fails of some titles."""

    def encode_moments(self, texts: list[tuple[str, str]]) -> Vectors:
        titles = [title for title, _ in texts]
        if "deadly" in titles:
            os.kill(os.getpid(), signal.SIGKILL)
        if "poison" in titles:
            raise ZeroDivisionError("nobody thought of this")
        if Path("no-model").exists():
            raise EmbeddingsError("There is no model. Put one there.")
        row = np.array([[1, 0, 0, 0]], np.float32)
        return Vectors("content:test", "test", 4, tuple(row for _ in texts))
