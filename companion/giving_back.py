"""Memory that is not in use goes back to the system, where the C library would keep it."""

from __future__ import annotations

import ctypes
import platform
import threading
from collections.abc import Callable
from functools import partial

EVERY_SECONDS = 20.0
M_ARENA_MAX = -8  # of mallopt(3), glibc's malloc.h


def share_one_heap() -> None:
    """Have all threads that begin from now on take their memory from one heap, where the C library gives each its own.

    Some twenty threads that mostly wait left 100 MB of holes in theirs, and more each hour; in one they fill them.
    """
    if _is_glibc():
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def giving_back() -> Callable[[], object]:
    """Return what hands memory that is not in use back to the system, where the C library keeps it otherwise.

    Texts and pictures of ever other sizes leave holes: 200 batches of text made a process grow by half, and by a
    thirtieth with this.
    """
    return partial(ctypes.CDLL(None).malloc_trim, 0) if _is_glibc() else lambda: None


def _is_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"


class GivingBack:
    """Does so every 20 s, on a thread of its own, for a process in which many threads come and go by memory."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="giving back", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        give_back = giving_back()
        while not self._ending.wait(EVERY_SECONDS):
            give_back()
