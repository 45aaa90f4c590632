"""Letting Qt work until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtTest import QTest


def wait_until(so: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        QTest.qWait(10)


def settle() -> None:
    QTest.qWait(30)
