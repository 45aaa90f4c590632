"""Whether a program counts in another unit on each monitor, so that no one ratio tells where things in its window lie.

Of the toolkits on X11 only Qt does, and only where it is told to: by a factor for each screen, as Plasma gives it, or
by asking each for its size in millimetres.
"""

from __future__ import annotations

from collections.abc import Mapping

import psutil  # type: ignore[import-untyped]  # it ships no types

_FACTORS, _BY_SIZE = "QT_SCREEN_SCALE_FACTORS", "QT_USE_PHYSICAL_DPI"


def counts_by_monitor(pid: int) -> bool:
    """Whether a process may, by what it was started with; True where that is not told."""
    try:
        return by_monitor(psutil.Process(pid).environ())
    except psutil.Error:
        return True


def by_monitor(environ: Mapping[str, str]) -> bool:
    """Whether a Qt program of these variables may count in several units (``2;1`` or ``eDP-1=2;HDMI-1=1``)."""
    if environ.get(_BY_SIZE, "0") != "0":
        return True
    told = [one.rpartition("=") for one in environ.get(_FACTORS, "").split(";") if one.strip()]
    # One that is not named has the factor one.
    factors = {factor.strip() for _, _, factor in told} | ({"1"} if len(told) == 1 else set())
    return len(factors) > 1
