"""Fills in what moments still miss (text, vectors, state), from the vault's own list of jobs: a crash loses none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from typing import Protocol

from companion.jobs.worker import TaskFailed, WorkerCrashed
from embeddings.model_place import ComingError
from embeddings.types import EmbeddingsError
from index import changes
from index.forgetting import forgotten
from index.pictures.cold_frames import UnreachableError
from index.store import Store
from index.types import FrameError, Job, RecordingError, VaultError
from index.writer import Writer

IDLE_SECONDS = 1.0  # between looks at an empty list when nobody wakes it
COMING_SECONDS = 2.0  # between tries when what is missing comes by itself
MEND_SECONDS = 30.0  # between tries when the environment must be mended first (no text model, a full disk)


class UnusableError(Exception):
    """One input that cannot be used; the others can."""


# The input's fault, not the environment's. ValueError: what came of it is nothing that can be stored.
POISON = (TaskFailed, WorkerCrashed, FrameError, RecordingError, UnusableError, ValueError)


class Step(Protocol):
    """How one kind of job is done."""

    kind: Job
    batch: int

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return those that can be done now, or older ones that can; asked with none when none waits."""
        ...

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Do the jobs and store what came of them; raises what the worker raises, or `UnusableError`."""
        ...


def work_off(step: Step, ids: Sequence[int], *, writer: Writer, on_incident: Callable[[str], None]) -> None:
    """Do the jobs; one that cannot be done is found by doing them one by one, set aside and told of.

    Raises `UnreachableError` for a frame that the disk does not give now: it would be gone, and may be whole.
    """
    try:
        step.fill(ids)
    except UnreachableError:
        raise
    except POISON as error:
        if len(ids) > 1:
            for moment_id in ids:
                work_off(step, [moment_id], writer=writer, on_incident=on_incident)
            return
        if not writer.do(changes.set_aside, ids[0], step.kind, str(error)).result():
            return  # its moment was forgotten meanwhile
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        on_incident(f"Moment {ids[0]} was set aside: its `{step.kind}` failed ({reason}).")
        forgotten.remove_files(writer)  # of a frame that could not be read


class Filler:
    """Works off the jobs of its steps on a thread, newest moments first.

    Parameters
    ----------
    put_off
        Says before a batch of a kind why it waits, in words; empty when it may be done.

    Attributes
    ----------
    obstacles
        What the person must mend before a kind of job can be done, by kind.
    coming
        What a kind of job waits for that comes by itself, by kind.

    """

    def __init__(
        self,
        name: str,
        steps: Sequence[Step],
        *,
        store: Store,
        writer: Writer,
        on_incident: Callable[[str, str], None],
        put_off: Callable[[str], str] = lambda _kind: "",
    ) -> None:
        self.name = name
        self.obstacles: dict[Job, str] = {}
        self.coming: dict[Job, str] = {}
        self._steps, self._store, self._writer, self._on_incident = steps, store, writer, on_incident
        self._put_off = put_off
        self._retry_at = dict.fromkeys((step.kind for step in steps), 0.0)
        self._mended = 0  # how often the person may have mended something
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"fill {name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the job in hand."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Look at the list now."""
        self._wake.set()

    def retry(self) -> None:
        """Try at once what had to be mended: it may be."""
        self._mended += 1
        self._retry_at = dict.fromkeys(self._retry_at, 0.0)
        self._wake.set()

    def _run(self) -> None:
        try:
            self._keep_filling()
        except Exception:
            # A bug: it must be seen, and nobody may wait for what will not come.
            for step in self._steps:
                self._meet(step.kind, f"The {self.name} stopped because of an error in the program. Start it again.")
            raise

    def _keep_filling(self) -> None:
        while not self._stopping.is_set():
            # Each in turn: a step must not wait for the one before it to run dry.
            worked = [self._work_off(step) for step in self._steps]
            if not any(worked):
                self._wake.wait(IDLE_SECONDS)
                self._wake.clear()

    def _work_off(self, step: Step) -> bool:
        """Do one batch; returns whether anything was done."""
        if time.monotonic() < self._retry_at[step.kind]:
            return False
        mended = self._mended
        try:
            waiting = self._store.waiting(step.kind, step.batch)
            ids = step.ready(waiting)
            if self._stopping.is_set() or (waiting and not ids):
                return False
            if ids:
                self._ask_leave(step.kind)
                work_off(step, ids, writer=self._writer, on_incident=self._incident)
        except CancelledError:
            return False
        except ComingError as error:
            self._await(step.kind, str(error))
            return False
        except (EmbeddingsError, VaultError) as error:
            self._meet(step.kind, str(error))
            if mended != self._mended:  # it failed with what was there before
                self._retry_at[step.kind] = 0.0
            return False
        self.coming.pop(step.kind, None)
        if self.obstacles.pop(step.kind, None):
            self._on_incident(self.name, f"`{step.kind}` works again; what waited is being filled in.")
        return bool(ids)

    def _ask_leave(self, kind: Job) -> None:
        """Raise `ComingError` where the next batch of a kind is to wait."""
        reason = self._put_off(kind)
        if reason:
            raise ComingError(reason)

    def _incident(self, what: str) -> None:
        self._on_incident(self.name, what)

    def _await(self, kind: Job, sentence: str) -> None:
        """Note what will come by itself, and look again soon; an obstacle stays one until it has come."""
        self._retry_at[kind] = time.monotonic() + COMING_SECONDS
        if kind not in self.obstacles:
            self.coming[kind] = sentence

    def _meet(self, kind: Job, sentence: str) -> None:
        """Note what the person must mend, and try again later."""
        self.coming.pop(kind, None)
        self._retry_at[kind] = time.monotonic() + MEND_SECONDS
        if self.obstacles.get(kind) != sentence:
            self.obstacles[kind] = sentence
            self._on_incident(self.name, sentence)
