"""Locks when nobody has been here for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:  # imports NumPy, which the first window does not wait for
    from companion.idle import Idle

LOOK_MS = 5000


def find_idle() -> Idle | None:
    """Return what knows how long the person has been away, if anything does."""
    from companion import idle

    return idle.find()


def slept() -> float:
    """Return for how many seconds the machine has been suspended since it was started.

    0 where no clock tells: macOS has none, and on Windows `time.monotonic` counts on meanwhile.
    """
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class AutoLock(QObject):
    """Says when the person has been away for so long, also while the machine was suspended.

    Being away counts from when this was asked to watch: a vault unlocked from elsewhere is not locked again at once.

    Parameters
    ----------
    here
        Whether the person is known to be here though they touch nothing.
    clock
        Seconds that only go forward.

    """

    due = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        here: Callable[[], bool] = lambda: False,
        find: Callable[[], Idle | None] = find_idle,
        clock: Callable[[], float] = time.monotonic,
        slept: Callable[[], float] = slept,
    ) -> None:
        super().__init__(parent)
        self._here, self._find, self._clock, self._slept = here, find, clock, slept
        self._idle: Idle | None = None
        self._seconds = 0.0
        self._since = 0.0
        self._looked = self._had_slept = 0.0  # as of the last look
        self._away = 0.0  # seconds, those that the machine slept included
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def watch(self, minutes: float) -> None:
        """Watch for ``minutes`` without a touch; 0 = not at all. Nothing comes where the desktop does not tell."""
        seconds = 60.0 * minutes
        if seconds == self._seconds:
            return
        self.stop()
        if seconds <= 0:
            return
        self._idle = self._find()
        if self._idle is not None:
            self._seconds = seconds
            self._begin_count()
            self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._seconds = 0.0
        if self._idle is not None:
            self._idle.close()
            self._idle = None

    def look(self) -> None:
        """Look whether the person is away."""
        if self._idle is not None and self._here() and self._slept() - self._had_slept < self._seconds:
            self._begin_count()  # what goes on when the machine wakes may be what went on when it was closed
        elif self._idle is not None and self._away_for(self._idle) >= self._seconds:
            self.stop()
            self.due.emit()

    def _begin_count(self) -> None:
        self._looked = self._since = self._clock()
        self._had_slept, self._away = self._slept(), 0.0

    def _away_for(self, idle: Idle) -> float:
        """Return for how many seconds the person is away, or was when they woke the machine.

        The desktop's count stands still while the machine is suspended, and begins anew with the touch that wakes it.
        """
        now, slept = self._clock(), self._slept()
        still = min(idle.seconds(), now - self._since)
        passed, suspended = now - self._looked, slept - self._had_slept
        touched = still < passed  # since the last look
        away = max(still, self._away + suspended + (0.0 if touched else passed))
        self._looked, self._had_slept = now, slept
        self._away = still if touched else away
        return away
