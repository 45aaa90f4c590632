"""The only thread crossing: calls queued anywhere, made on the Qt thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, QSocketNotifier

Result = TypeVar("Result")
Call = Callable[[], None]


class Bridge(QObject):
    """Carries calls from any thread to the one that made the bridge.

    Attributes
    ----------
    wake_fd
        A socket whose being written to wakes the Qt thread, for `signal.set_wakeup_fd`.

    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._ears, self._bell = socket.socketpair()
        self._ears.setblocking(False)
        self._bell.setblocking(False)
        self._lock = threading.Lock()
        self._closed = False
        self._awaited: set[Future[object]] = set()
        self.wake_fd = self._bell.fileno()
        self._notifier = QSocketNotifier(self._ears.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def post(self, call: Call) -> None:
        """Have ``call`` made on the Qt thread; dropped once the bridge is closed. Any thread."""
        self._calls.put(call)
        self._ring()

    def follow(self, future: Future[Result], done: Callable[[Future[Result]], None]) -> None:
        """Have ``done(future)`` called on the Qt thread when the future is done or cancelled."""
        future.add_done_callback(lambda finished: self.post(lambda: done(finished)))

    def call(self, call: Callable[[], Result]) -> Result:
        """Have ``call`` made on the Qt thread and return what it returned. Any other thread.

        Raises `CancelledError` when the bridge is closed first.
        """
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise CancelledError
            self._awaited.add(future)  # type: ignore[arg-type]  # whatever it holds, it is only cancelled
        self.post(lambda: _make(call, future))
        try:
            return future.result()
        finally:
            with self._lock:
                self._awaited.discard(future)

    def close(self) -> None:
        """Deliver nothing any more."""
        with self._lock:
            self._closed = True
            for future in self._awaited:
                future.cancel()
            self._notifier.setEnabled(False)
            self._ears.close()
            self._bell.close()

    def _ring(self) -> None:
        with self._lock:
            if self._closed:
                return
            try:
                self._bell.send(b"\0")
            except BlockingIOError:
                return  # the buffer is full of rings nobody answered yet: one more says nothing new

    def _drain(self) -> None:
        """Make the calls queued by now; those they queue themselves come with the next ring."""
        with suppress(BlockingIOError):  # another event loop, a menu's, may have answered this ring
            self._ears.recv(4096)
        try:
            for _ in range(self._calls.qsize()):
                call = self._next()
                if call is None or self._closed:
                    return
                call()
        finally:
            if not self._calls.empty():  # a call raised, or queued others
                self._ring()

    def _next(self) -> Call | None:
        try:
            return self._calls.get_nowait()
        except Empty:
            return None


def in_background(call: Callable[[], Result], *, name: str) -> Future[Result]:
    """Run ``call`` on a thread of its own, which does not keep the program from ending."""
    future: Future[Result] = Future()
    threading.Thread(target=lambda: _make(call, future), name=name, daemon=True).start()
    return future


class OneThread:
    """Runs calls one after another on a thread of its own, which does not keep the program from ending."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def submit(self, call: Callable[[], Result]) -> Future[Result]:
        """Run ``call`` after those before it."""
        future: Future[Result] = Future()
        self._calls.put(lambda: _make(call, future))
        if not self._thread.is_alive():
            self._thread.start()
        return future

    def _run(self) -> None:
        while True:
            self._calls.get()()


def _make(call: Callable[[], Result], future: Future[Result]) -> None:
    """Make a call and put what came of it into the future; a cancelled one is not made."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  the future carries it to whoever waits
        future.set_exception(error)
    else:
        future.set_result(result)
