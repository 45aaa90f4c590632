"""What went wrong, taken down even where going wrong means that nothing can be written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from sqlite_utils import Database

from index import changes
from index.types import Incident, VaultError
from index.writer import Writer

HELD = 200  # incidents that wait in memory for a vault that takes nothing
RETRY_SECONDS = 5.0


class Incidents:
    """Writes incidents down in the order they came. What the vault refuses waits in memory and is tried again.

    Parameters
    ----------
    clock
        UTC seconds since 1970; an incident keeps the time it happened, however late it is written.

    """

    def __init__(self, writer: Writer, *, clock: Callable[[], float], retry_seconds: float = RETRY_SECONDS) -> None:
        self._writer, self._clock, self._retry_seconds = writer, clock, retry_seconds
        self._refused: list[Incident] = []
        self._left_out = 0  # refused, and more than are held
        self._retrying = False
        self._lock = threading.Lock()

    def note(self, part: str, what: str) -> None:
        """Write down an incident, after those that were refused before; does not wait for the disk."""
        self._write([*self._take(), Incident(self._clock(), part, what)])

    def _take(self) -> list[Incident]:
        with self._lock:
            waiting, self._refused = self._refused, []
            if self._left_out:
                what = f"{self._left_out} more incidents were not taken down: the vault could not be written to."
                waiting.append(Incident(self._clock(), "vault", what))
                self._left_out = 0
            return waiting

    def _write(self, incidents: Sequence[Incident]) -> None:
        self._writer.do(_take_down, incidents).add_done_callback(partial(self._settle, incidents))

    def _settle(self, incidents: Sequence[Incident], written: Future[None]) -> None:
        """Hold what was refused. Runs on the writer's thread, which must not wait for itself: hence the timer."""
        error = written.exception()
        if error is None:
            return
        if not isinstance(error, VaultError):
            raise error
        with self._lock:
            waiting = sorted([*incidents, *self._refused], key=lambda incident: incident.time)
            self._refused = waiting[:HELD]
            self._left_out += len(waiting) - len(self._refused)
            if self._retrying:
                return
            self._retrying = True
        timer = threading.Timer(self._retry_seconds, self._try_again)
        timer.daemon = True
        timer.start()

    def _try_again(self) -> None:
        with self._lock:
            self._retrying = False
        waiting = self._take()
        if not waiting:
            return
        try:
            self._write(waiting)
        except RuntimeError:  # the writer was closed meanwhile: the program ends, and there is nowhere left to write
            return


def _take_down(db: Database, incidents: Sequence[Incident]) -> None:
    for incident in incidents:
        changes.incident(db, incident.time, incident.part, incident.what)
