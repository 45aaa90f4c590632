"""Whether heavy work should wait: the machine saves its battery, or the person's own programs need it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Protocol

import psutil  # type: ignore[import-untyped]  # it ships no types

LEAST_CHARGE = 40.0  # percent, when no cable is plugged in
BUSY = 2.0  # programs a core that want to run, over the last minute
LONGEST_SECONDS = 20.0  # a batch is put off for no longer, be the machine ever so busy

ON_BATTERY = "Meaning and states are filled in once the battery is charged: new moments are found by their words."
LOADED = "Meaning and states are filled in more slowly while the machine is busy: new moments are found by their words."


class Battery(Protocol):
    """How much is left in the battery."""

    percent: float
    power_plugged: bool | None


def is_low(battery: Battery | None) -> bool:
    """Whether the machine must save its battery; one without a battery never must."""
    return battery is not None and not battery.power_plugged and battery.percent < LEAST_CHARGE


def power_is_low() -> bool:
    """Whether this machine must save its battery now."""
    told: Battery | None = psutil.sensors_battery()
    return is_low(told)


def load_a_core() -> float:
    """Return how many programs a core wanted to run over the last minute."""
    return psutil.getloadavg()[0] / (os.cpu_count() or 1)  # type: ignore[no-any-return]  # also on Windows


class Yielding:
    """Says before each batch whether it waits.

    Parameters
    ----------
    saving
        Whether the machine must save its battery.
    load
        Programs a core that want to run.
    clock
        Seconds that never go back.

    """

    def __init__(
        self,
        *,
        saving: Callable[[], bool] = power_is_low,
        load: Callable[[], float] = load_a_core,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._saving, self._load, self._clock = saving, load, clock
        self._since: dict[str, float] = {}  # put off since then, as the machine is busy; by what is to be done

    def reason(self, what: str) -> str:
        """Return why the next batch of ``what`` is to be done waits, empty when it may be done now."""
        if self._saving():
            return ON_BATTERY
        if self._load() < BUSY:
            self._since.clear()
            return ""
        now = self._clock()
        if now - self._since.setdefault(what, now) < LONGEST_SECONDS:
            return LOADED
        self._since[what] = now
        return ""
