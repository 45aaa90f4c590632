"""What programs tell over the accessibility bus, as something that happened on the screen."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from companion.capture.accessible.bus import AccessibilityBus
from companion.capture.accessible.debounce import Happening, What
from companion.capture.accessible.events import Events
from companion.capture.screen import Happened
from companion.capture.types import CaptureError, Trigger

_TRIGGERS = {
    What.ACTIVATED: Trigger.SWITCHED,
    What.FOCUSED: Trigger.SWITCHED,
    What.TYPED: Trigger.TYPED,
    What.LOADED: Trigger.LOADED,
}

_MANY = 4096  # bytes; each is a wake-up, and all wake-ups are alike


class Heard:
    """Listens on a thread of its own; wait on `fileno` for it, then ask for `happenings`.

    Parameters
    ----------
    bus
        Stays the caller's to close, after this.
    listen
        Whether typing may be told as such; else only that the text of a window changed.

    Raises
    ------
    AccessibilityError
        When the accessibility bus refuses; `happenings` raises it once the bus has gone.

    """

    def __init__(self, bus: AccessibilityBus, clock: Callable[[], float], *, listen: bool) -> None:
        self._triggers = _TRIGGERS if listen else _TRIGGERS | {What.TYPED: Trigger.CHANGED}
        self._events = Events(bus, clock)
        self._queue: queue.SimpleQueue[Happening | CaptureError] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        self._thread = threading.Thread(target=self._listen, name="heard", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._stop.set()
        self._thread.join()
        os.close(self._read)
        os.close(self._write)
        self._events.close()

    def fileno(self) -> int:
        """Return what to wait on."""
        return self._read

    def happenings(self) -> list[Happening]:
        """Return what was heard since this was last asked, oldest first, without waiting."""
        with suppress(BlockingIOError):
            os.read(self._read, _MANY)
        found: list[Happening] = []
        while not self._queue.empty():
            said = self._queue.get()
            if isinstance(said, CaptureError):
                raise said
            found.append(said)
        return found

    def happened(self, what: Happening) -> Happened:
        """Return what a program told as what calls for a look."""
        trigger = self._triggers[what.what]
        return Happened(trigger, what.time, 1 if trigger is Trigger.CHANGED else what.count)

    def _listen(self) -> None:
        try:
            for happening in self._events.happenings(self._stop):
                self._tell(happening)
        except CaptureError as error:
            self._tell(error)

    def _tell(self, what: Happening | CaptureError) -> None:
        self._queue.put(what)
        os.write(self._write, b".")
