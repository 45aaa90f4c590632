"""Waiting until a desktop has done what it said yes to."""

from __future__ import annotations

import time
from collections.abc import Callable

_SECONDS, _APART = 2.0, 0.02


def settled(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within two seconds."""
    due = time.monotonic() + _SECONDS
    while not true():
        if time.monotonic() > due:
            return False
        time.sleep(_APART)
    return True
