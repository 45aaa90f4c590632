"""Locks when nobody has been here for a while."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:  # imports NumPy, which the first window does not wait for
    from companion.idle import Idle

LOOK_MS = 5000


def find_idle() -> Idle | None:
    """Return what knows how long the person has been away, if anything does."""
    from companion import idle

    return idle.find()


class AutoLock(QObject):
    """Says when the person has been away for so long.

    Being away counts from when this was asked to watch: a vault unlocked from elsewhere is not locked again at once.
    """

    due = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        find: Callable[[], Idle | None] = find_idle,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(parent)
        self._find, self._clock = find, clock
        self._idle: Idle | None = None
        self._seconds = 0.0
        self._since = 0.0
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
            self._seconds, self._since = seconds, self._clock()
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
        if self._idle is not None and min(self._idle.seconds(), self._clock() - self._since) >= self._seconds:
            self.stop()
            self.due.emit()
