"""Something that happens in the very moment pixels are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mss
import pytest


def _nothing() -> None:
    """Do nothing."""


def during_the_grab(
    patch: pytest.MonkeyPatch, act: Callable[[], object], afterwards: Callable[[], object] = _nothing
) -> None:
    """Have something happen right before pixels are read for the first time, and something right after."""
    grab = mss.MSS.grab

    def slow(self: mss.MSS, monitor: Any) -> Any:
        patch.setattr(mss.MSS, "grab", grab)
        act()
        seen = grab(self, monitor)
        afterwards()
        return seen

    patch.setattr(mss.MSS, "grab", slow)
