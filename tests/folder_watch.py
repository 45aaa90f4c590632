"""How many bytes a folder holds, looked at all the time: also in the midst of what is done to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def total(root: Path) -> int:
    """Return the bytes of every file at this moment; one that goes while it is looked for has none."""
    found = 0
    for folder, _, names in os.walk(root):
        for name in names:
            with suppress(FileNotFoundError):
                found += Path(folder, name).stat().st_size
    return found


@contextmanager
def watched(root: Path, *, seconds: float = 0.0005) -> Iterator[list[int]]:
    """Look at a folder every so many seconds while the body runs; the one number is the most it held so far."""
    most, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(seconds):
            most[0] = max(most[0], total(root))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()
