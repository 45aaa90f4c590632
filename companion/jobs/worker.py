"""A process of its own for heavy work: restarted when it dies, its input tried once more, then given up on."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from companion.giving_back import giving_back
from embeddings.model_place import ComingError
from embeddings.types import EmbeddingsError
from index.types import FrameError, VaultError

MENDABLE: dict[str, type[Exception]] = {
    error.__name__: error for error in (EmbeddingsError, ComingError, VaultError, FrameError)
}
TRIES = 2
WAITING = 64  # tasks that may wait before callers are slowed down
STOP_SECONDS = 3.0
# Dense 4K screens or hours of EEG on a busy, slow machine take minutes; what takes longer than this hangs.
TASK_SECONDS = 300.0
RESTED, LONGEST = 5.0, 60.0  # seconds without a task after which memory is given back, and at the latest between tasks


class WorkerCrashed(Exception):  # noqa: N818 it is what happened
    """The process died twice on the same input."""


class TaskFailed(Exception):  # noqa: N818 it is what happened
    """A task raised something that is not the person's to mend; the message is its traceback."""


@dataclass(order=True)
class _Order:
    """One task in the queue; urgent ones first, then in order of arrival."""

    urgency: int
    number: int
    task: str = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    future: Future[Any] = field(compare=False)


class Worker:
    """Calls methods of an object that lives in another process, one at a time.

    Parameters
    ----------
    name
        What the person is told when it dies.
    make
        Makes the object, in the process; must be importable by name.
    on_incident
        Told in a sentence when the process died and what became of its input.
    niceness
        How far it yields to the person's own programs.
    limit
        Seconds a task may take; then the process is ended and counts as died.

    """

    def __init__(
        self,
        name: str,
        make: Callable[[], object],
        *,
        on_incident: Callable[[str, str], None],
        niceness: int = 5,
        limit: float = TASK_SECONDS,
    ) -> None:
        self.name = name
        self._make, self._on_incident, self._niceness, self._limit = make, on_incident, niceness, limit
        self._outdated = False  # the process was made by an older `make`
        self._orders: queue.PriorityQueue[_Order] = queue.PriorityQueue()
        self._room = threading.BoundedSemaphore(WAITING)
        self._number = itertools.count()
        self._stopping, self._gate = threading.Event(), threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._thread = threading.Thread(target=self._run, name=f"worker {name}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process, once something was asked of it."""
        process = self._process
        return process.pid if process is not None else None

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[Any]:
        """Ask for ``task(*arguments)``; blocks while too much waits, unless ``urgent``.

        The future raises `EmbeddingsError` or `VaultError` as the task did, `TaskFailed` or `WorkerCrashed`.
        """
        future: Future[Any] = Future()
        if not urgent:
            self._room.acquire()
            future.add_done_callback(lambda _: self._room.release())
        order = _Order(0 if urgent else 1, next(self._number), task, arguments, future)
        with self._gate:  # nothing may come in behind the last order, where nobody would answer it
            if not self._stopping.is_set():
                self._orders.put(order)
                return future
        future.cancel()
        return future

    def renew(self, make: Callable[[], object]) -> None:
        """Give every task from now on to a new process, made by ``make``; the task in hand is finished first."""
        self._make = make
        self._outdated = True

    def stop(self) -> None:
        """End the process after the task in hand, or in its midst when that takes long; what waits is cancelled."""
        with self._gate:
            self._stopping.set()
        self._orders.put(_Order(-1, next(self._number), "", (), Future()))
        self._thread.join(STOP_SECONDS)
        end: Callable[[multiprocessing.process.BaseProcess], None] = multiprocessing.process.BaseProcess.terminate
        while self._thread.is_alive():
            process = self._process
            if process is not None:  # None for as long as it is being started
                end(process)
                end = multiprocessing.process.BaseProcess.kill  # for one that hangs too deep to be asked
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        _keep_interrupts_from_children()
        while not self._stopping.is_set():
            order = self._orders.get()
            if self._stopping.is_set():
                order.future.cancel()
            elif order.future.set_running_or_notify_cancel():
                self._answer(order)
        self._end_process()
        while not self._orders.empty():
            self._orders.get().future.cancel()

    def _answer(self, order: _Order) -> None:
        try:
            self._carry_out(order)
        except Exception as error:  # noqa: BLE001 such as no process could be started: for whoever waits to see
            order.future.set_exception(error)

    def _carry_out(self, order: _Order) -> None:
        for attempt in range(1, TRIES + 1):
            reply = self._ask(order)
            if not isinstance(reply, str):
                _settle(order.future, *reply)
                return
            if self._stopping.is_set():
                order.future.set_exception(CancelledError())
                return
            outcome = "Trying once more." if attempt < TRIES else "It was set aside after two tries."
            what = f"The {self.name} process {reply} at `{order.task}` and was restarted. {outcome}"
            self._on_incident(self.name, what)
        order.future.set_exception(WorkerCrashed(f"the {self.name} process died {TRIES} times at `{order.task}`"))

    def _ask(self, order: _Order) -> tuple[str, Any] | str:
        """Send one task and wait for its answer; what became of the process when it gave none."""
        process, pipe = self._alive()
        too_long = threading.Event()

        def end() -> None:
            too_long.set()
            process.kill()

        watch = threading.Timer(self._limit, end)
        watch.daemon = True
        watch.start()
        try:
            pipe.send((order.task, order.arguments))
            wait([pipe, process.sentinel])
            if pipe.poll():
                reply: tuple[str, Any] = pipe.recv()
                return reply
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass  # it died: said by the caller
        finally:
            watch.cancel()
        self._end_process()
        return f"gave no answer for {self._limit:g} s" if too_long.is_set() else "died"

    def _alive(self) -> tuple[multiprocessing.process.BaseProcess, Connection]:
        if self._process is not None and self._pipe is not None and self._process.is_alive() and not self._outdated:
            return self._process, self._pipe
        if self._process is not None and not self._process.is_alive():
            self._on_incident(self.name, f"The {self.name} process died between two tasks and was restarted.")
        self._end_process()
        self._outdated = False  # before `make` is read: one that comes now is for the next task
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        process = spawn.Process(
            target=_serve, args=(theirs, self._make, self._niceness), name=f"companion {self.name}", daemon=True
        )
        process.start()
        self._process = process  # only now: `stop` may end it at any time
        theirs.close()
        return process, self._pipe

    def _end_process(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(STOP_SECONDS)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process = None


def _settle(future: Future[Any], kind: str, content: Any) -> None:
    """Give the answer of the process to whoever waits for it."""
    if kind == "done":
        future.set_result(content)
    else:
        future.set_exception(MENDABLE.get(kind, TaskFailed)(content))


def _keep_interrupts_from_children() -> None:
    """Let processes that this thread starts be born deaf to Ctrl-C, as it reaches the whole group."""
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # starting it later would undo the mask
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _serve(pipe: Connection, make: Callable[[], object], niceness: int) -> None:
    """Answer tasks until the other end is gone. Runs in the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which ends this one
    if "fork" in multiprocessing.get_all_start_methods():
        # Libraries' semaphores (of progress bars) are then gone with this process, however it ends.
        multiprocessing.set_start_method("fork", force=True)
    if hasattr(os, "nice"):
        os.nice(niceness)
    _answer(pipe, make(), giving_back())


def _answer(pipe: Connection, tasks: object, give_back: Callable[[], object]) -> None:
    given_back = time.monotonic()
    while True:
        try:
            task, arguments = pipe.recv()
            pipe.send(_attempt(tasks, task, arguments))
            del arguments
            # What is given back has to be asked for again: after every task, that took a tenth of the processor's time.
            if not pipe.poll(RESTED) or time.monotonic() - given_back > LONGEST:
                give_back()
                given_back = time.monotonic()
        except (EOFError, ConnectionError):
            return  # nobody is there any more who would want an answer


def _attempt(tasks: object, task: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """Return what a task answered, or which error it ended in."""
    try:
        return "done", getattr(tasks, task)(*arguments)
    except tuple(MENDABLE.values()) as error:
        return type(error).__name__, str(error)
    except ImportError as error:
        return EmbeddingsError.__name__, f"A part of the program is missing ({error}). Install Companion again."
    except Exception:  # noqa: BLE001 everything crosses the process border as a `TaskFailed` with its traceback
        return "failed", traceback.format_exc()
