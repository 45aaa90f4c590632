"""A thread that works off what it is handed, one after another, and goes on after what fails."""

from __future__ import annotations

import queue
import threading
import time as system_time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from companion.notices.watching import PART

T = TypeVar("T")
Work = Callable[[], object]

BEAT_SECONDS = 1.0
FAILED = "Something went wrong with a notification ({}: {}). Those after it go on; please report this."


class Line:
    """Works off what is put into it, from `start` to `stop`. Safe to use from several threads.

    Parameters
    ----------
    name
        Of the thread.
    beat
        Done about once a second between other work.
    on_incident
        Gets the part and a sentence where something fails that nobody waits for.

    Attributes
    ----------
    over
        Whether it was started and stopped.

    """

    def __init__(
        self, name: str, *, on_incident: Callable[[str, str], None], beat: Callable[[], object] = lambda: None
    ) -> None:
        self._name, self._on_incident, self._beat = name, on_incident, beat
        self._waiting: queue.SimpleQueue[Work | None] = queue.SimpleQueue()  # None: no more
        self._thread: threading.Thread | None = None
        self.over = False

    @property
    def runs(self) -> bool:
        """Whether it was started and not stopped."""
        return self._thread is not None

    def start(self) -> None:
        """Begin with what was put in before."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End once all that waits is worked off."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread, self.over = None, True

    def put(self, work: Work) -> None:
        """Have something done after all that waits; once this has ended, by a thread of its own."""
        if self.over:
            threading.Thread(target=self._guarded, args=(work,), name=self._name, daemon=True).start()
        else:
            self._waiting.put(work)

    def do(self, work: Callable[[], T]) -> Future[T]:
        """Have something done after all that waits; what it raises is raised where it is waited for."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 it is raised where it is waited for
                done.set_exception(error)

        self._waiting.put(run)
        return done

    def _run(self) -> None:
        beaten = system_time.monotonic()
        while (work := self._next()) is not None:
            self._guarded(work)
            if system_time.monotonic() - beaten >= BEAT_SECONDS:
                self._guarded(self._beat)
                beaten = system_time.monotonic()

    def _next(self) -> Work | None:
        try:
            return self._waiting.get(timeout=BEAT_SECONDS)
        except queue.Empty:
            return lambda: None

    def _guarded(self, work: Work) -> None:
        """Do it; one that fails must not keep those after it from being shown."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 it is told of
            self._on_incident(PART, FAILED.format(type(error).__name__, error))
