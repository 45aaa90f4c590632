"""Pictures that the disk does not give now: they wait, and nothing else waits for them."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import wait_until
from jobs import Filling, Incidents
from scripted import BEGIN

from companion.jobs import fill as fill_module
from companion.jobs import read_step
from companion.jobs.compacting import Compacting, CompactorTasks
from companion.jobs.read_step import ReadStep
from companion.jobs.worker import Worker
from embeddings.types import TextLine
from index import changes
from index.pictures.cold_frames import UnreachableError, is_cold
from index.store import Store
from index.types import Job, NewMoment
from index.writer import Writer

PICTURE = np.full((60, 200, 3), 255, np.uint8)


class Disk:
    """A disk with bad sectors under some files."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.bad: set[Path] = set()
        self.tried: list[Path] = []
        whole = Path.read_bytes

        def read(path: Path) -> bytes:
            if path in self.bad:
                self.tried.append(path)
                raise OSError(errno.EIO, "Input/output error")
            return whole(path)

        patch.setattr(Path, "read_bytes", read)


class Reads:
    """A worker that finds one line in every picture."""

    def submit(self, _task: str, *_arguments: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result([TextLine("words", 1.0, (5, 5, 100, 20))])
        return future


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill_module, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(fill_module, "MEND_SECONDS", 0.05)


@pytest.fixture
def disk() -> Iterator[Disk]:
    with pytest.MonkeyPatch.context() as patch:
        yield Disk(patch)


def pictured(writer: Writer, count: int) -> list[int]:
    """Store closed moments whose pictures are to be read, and that miss nothing else."""
    made = []
    for number in range(count):
        new = NewMoment(BEGIN + 20 * number, BEGIN + 20 * number, "app", f"title {number}")
        made.append(writer.do(changes.open_moment, writer.vault, new, PICTURE).result())
        writer.do(changes.close_moment, made[-1], BEGIN + 20 * number + 10).result()
        writer.do(changes.done, made[-1], Job.BRAIN).result()
    return made


def file_of(store: Store, moment: int) -> Path:
    return store.vault.root / store.moment(moment).frame


def reading(store: Store, writer: Writer, clock: Sequence[float] = ()) -> ReadStep:
    given: dict[str, Any] = {"clock": lambda: clock[0]} if clock else {}
    return ReadStep(store=store, writer=writer, reader=Reads(), **given)  # type: ignore[arg-type]


def test_a_picture_that_cannot_be_reached_stops_no_older_one_and_is_told_of_once(
    store: Store, writer: Writer, disk: Disk
) -> None:
    older, newer, newest = pictured(writer, 3)
    disk.bad = {file_of(store, newer), file_of(store, newest)}
    incidents = Incidents()
    with Filling(store, writer, incidents, reading(store, writer)) as filler:
        wait_until(lambda: Job.READ in filler.obstacles, "what the person must mend to be told")
        assert store.moment(older).text == "words"
        time.sleep(0.3)  # several looks, and tries of what the person must mend
    assert store.waiting(Job.READ, 9) == [newest, newer]
    assert disk.tried == [file_of(store, newest), file_of(store, newer)]  # none is tried again for a while
    (told,) = (what for _, what in incidents)
    assert str(file_of(store, newest)) in told
    assert "Input/output error" in told


def test_after_a_while_it_is_tried_again(store: Store, writer: Writer, disk: Disk) -> None:
    now, (older, newest) = [100.0], pictured(writer, 2)
    disk.bad = {file_of(store, newest)}
    step = reading(store, writer, now)
    step.fill(step.ready([newest]))
    assert step.ready([newest]) == [older]
    step.fill([older])
    with pytest.raises(UnreachableError):
        step.ready([newest])
    assert step.ready([newest]) == []
    now[0] += read_step.REST_SECONDS
    assert step.ready([newest]) == [newest]
    with pytest.raises(UnreachableError, match="Input/output error"):  # nothing else is left to be done
        step.fill([newest])
    now[0] += read_step.REST_SECONDS
    disk.bad.clear()
    step.fill(step.ready([newest]))
    assert store.moment(newest).text == "words"
    assert store.backlog() == {Job.CONTENT: 2}


def test_a_picture_that_cannot_be_reached_does_not_keep_others_from_being_grouped(
    store: Store, writer: Writer, disk: Disk
) -> None:
    *others, newest = pictured(writer, 3)
    disk.bad = {file_of(store, newest)}
    step = reading(store, writer)
    for _ in range(2):
        step.fill(step.ready([newest]))
    with pytest.raises(UnreachableError):
        step.fill([others[0], newest])
    for moment in others:
        writer.do(changes.done, moment, Job.CONTENT).result()
    told: list[str] = []
    compacting = Compacting(
        store=store,
        writer=writer,
        make_worker=lambda: Worker("compactor", CompactorTasks, on_incident=lambda *what: told.append(" ".join(what))),
        clock=lambda: BEGIN + 10 * 86_400,
        on_incident=lambda *what: told.append(" ".join(what)),
        saving=lambda: False,
    )
    try:
        assert compacting.work() == len(others)
    finally:
        compacting.stop()
    assert [is_cold(store.moment(moment).frame) for moment in (*others, newest)] == [True, True, False]
    assert store.waiting(Job.READ, 9) == [newest]
    assert told == []
