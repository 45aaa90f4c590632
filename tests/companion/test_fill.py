from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence

import pytest
from desk import wait_until
from jobs import Filling, Incidents, add

from companion.jobs import fill as fill_module
from companion.jobs.fill import UnusableError
from companion.jobs.worker import TaskFailed
from embeddings.model_place import ComingError
from embeddings.types import EmbeddingsError
from index import changes
from index.store import Store
from index.types import Job, VaultError
from index.writer import Writer


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill_module, "IDLE_SECONDS", 0.05)


@pytest.fixture
def incidents() -> Incidents:
    return []


class Step:
    """A kind of job that a function does."""

    kind, batch = Job.CONTENT, 4

    def __init__(self, writer: Writer, do: Callable[[Sequence[int]], None], kind: Job = Job.CONTENT) -> None:
        self._writer, self._do, self.kind = writer, do, kind
        self.looked = threading.Event()
        self.batches: list[list[int]] = []

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        self.looked.set()
        return list(moment_ids)

    def fill(self, moment_ids: Sequence[int]) -> None:
        self.batches.append(list(moment_ids))
        self._do(moment_ids)
        for moment_id in moment_ids:
            self._writer.do(changes.done, moment_id, self.kind).result()


def test_what_must_be_mended_first_keeps_the_jobs_and_is_done_once_it_is(
    store: Store, writer: Writer, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "MEND_SECONDS", 0.1)
    add(writer, "a", "b", "c")
    mended = threading.Event()

    def do(_ids: Sequence[int]) -> None:
        if not mended.is_set():
            raise EmbeddingsError("There is no text model. Put one there.")

    step = Step(writer, do)
    with Filling(store, writer, incidents, step) as filler:
        wait_until(lambda: len(step.batches) >= 3, "several tries")
        assert filler.obstacles == {Job.CONTENT: "There is no text model. Put one there."}
        assert store.backlog() == {Job.CONTENT: 3}
        assert store.quarantine() == []
        mended.set()
        wait_until(lambda: not store.backlog(), "the jobs to be done")
        wait_until(lambda: not filler.obstacles, "the obstacle to go")
    assert len(incidents) == 2
    assert incidents[0] == ("filler", "There is no text model. Put one there.")
    assert "works again" in incidents[1][1]


def test_what_is_on_its_way_is_no_obstacle_and_is_asked_for_again_soon(
    store: Store, writer: Writer, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "COMING_SECONDS", 0.05)
    add(writer, "a")
    says: list[Exception | None] = [ComingError("It comes.")]

    def do(_ids: Sequence[int]) -> None:
        if says[0] is not None:
            raise says[0]

    step = Step(writer, do)
    with Filling(store, writer, incidents, step) as filler:
        wait_until(lambda: len(step.batches) >= 3, "several tries")
        assert (filler.coming, filler.obstacles, incidents) == ({Job.CONTENT: "It comes."}, {}, [])
        says[0] = EmbeddingsError("It cannot come.")
        wait_until(lambda: filler.obstacles, "the obstacle")
        assert filler.coming == {}
        says[0] = ComingError("It comes.")
        tried = len(step.batches)
        filler.retry()
        wait_until(lambda: len(step.batches) >= tried + 3, "several tries")
        assert (filler.coming, list(filler.obstacles)) == ({}, [Job.CONTENT])  # not mended before it has come
        says[0] = None
        wait_until(lambda: not store.backlog() and not filler.obstacles, "the job to be done")
    assert len(incidents) == 2


def test_what_the_person_mended_is_tried_at_once(
    store: Store, writer: Writer, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "MEND_SECONDS", 3600.0)
    add(writer, "a")
    mended, failing, fail = threading.Event(), threading.Event(), threading.Event()

    def do(_ids: Sequence[int]) -> None:
        if not mended.is_set():
            failing.set()
            assert fail.wait(30)
            raise EmbeddingsError("There is no text model.")

    with Filling(store, writer, incidents, Step(writer, do)) as filler:
        assert failing.wait(30)
        mended.set()
        filler.retry()  # while it still fails with what was there before
        fail.set()
        wait_until(lambda: not store.backlog(), "the job to be done")


def test_one_obstacle_does_not_hold_up_another_kind_of_job(store: Store, writer: Writer, incidents: Incidents) -> None:
    add(writer, "a", "b")
    add(writer, "c", "d", kind=Job.BRAIN)

    def stuck(_ids: Sequence[int]) -> None:
        raise VaultError("The disk is full.")

    steps = Step(writer, stuck), Step(writer, lambda _ids: None, Job.BRAIN)
    with Filling(store, writer, incidents, *steps) as filler:
        wait_until(lambda: store.backlog() == {Job.CONTENT: 2}, "the other kind")
        assert list(filler.obstacles) == [Job.CONTENT]
    assert incidents == [("filler", "The disk is full.")]


def test_newest_come_first_in_batches_and_a_wake_is_enough(
    store: Store, writer: Writer, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "IDLE_SECONDS", 600.0)
    step = Step(writer, lambda _ids: None)
    with Filling(store, writer, incidents, step) as filler:
        assert step.looked.wait(30)  # it found nothing, and waits to be woken
        ids = add(writer, *"abcdef")
        filler.wake()
        wait_until(lambda: not store.backlog(), "the jobs to be done")
    assert step.batches == [ids[:1:-1], ids[1::-1]]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_program_is_shown_and_nobody_waits_for_it(
    store: Store, writer: Writer, incidents: Incidents
) -> None:
    add(writer, "a")

    def do(_ids: Sequence[int]) -> None:
        raise sqlite3.InterfaceError("a bug")

    with Filling(store, writer, incidents, Step(writer, do)) as filler:
        wait_until(lambda: filler.obstacles, "the obstacle")
        assert "error in the program" in filler.obstacles[Job.CONTENT]
    assert store.backlog() == {Job.CONTENT: 1}
    assert len(incidents) == 1


def test_what_cannot_be_looked_for_is_an_obstacle_until_it_can(
    store: Store, writer: Writer, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "MEND_SECONDS", 0.05)
    step = Step(writer, lambda _ids: None)
    full = threading.Event()
    full.set()

    def ready(moment_ids: Sequence[int]) -> list[int]:
        if full.is_set():
            raise VaultError("The disk is full.")
        return list(moment_ids)

    monkeypatch.setattr(step, "ready", ready)
    with Filling(store, writer, incidents, step) as filler:
        wait_until(lambda: filler.obstacles == {Job.CONTENT: "The disk is full."}, "the obstacle")
        full.clear()
        wait_until(lambda: not filler.obstacles, "the obstacle to go")


@pytest.mark.parametrize("error", [TaskFailed("odd"), UnusableError("gone")])
def test_the_last_line_of_the_reason_is_told(
    store: Store, writer: Writer, incidents: Incidents, error: Exception
) -> None:
    (moment,) = add(writer, "a")

    def do(_ids: Sequence[int]) -> None:
        raise type(error)(f"Traceback:\n  far down\n{error}\n")

    with Filling(store, writer, incidents, Step(writer, do)):
        wait_until(lambda: store.quarantine() and incidents, "the quarantine")
    assert incidents == [("filler", f"Moment {moment} was set aside: its `content` failed ({error}).")]
    assert store.quarantine()[0][2].startswith("Traceback:")
