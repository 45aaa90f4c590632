from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worker_tasks import Encoder

from companion import fill as fill_module
from companion.fill import Filler, UnusableError
from companion.steps import BrainStep, ContentStep
from companion.tasks import EncoderTasks
from companion.worker import TaskFailed, Worker
from embeddings.model_place import ComingError
from embeddings.types import EmbeddingsError
from index import changes
from index.bdf import BdfAppender
from index.store import Store
from index.types import Job, NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

BEGIN = 1_772_442_720.0

Incidents = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill_module, "IDLE_SECONDS", 0.05)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(Vault(tmp_path / "vault")) as made:
        yield made


@pytest.fixture
def store(writer: Writer) -> Iterator[Store]:
    made = Store(writer.vault)
    yield made
    made.close()


@pytest.fixture
def incidents() -> Incidents:
    return []


def add(writer: Writer, *titles: str, kind: Job = Job.CONTENT) -> list[int]:
    """Store closed moments that lack one thing each."""

    def change(db: Any) -> list[int]:
        ids = []
        for number, title in enumerate(titles):
            new = NewMoment(BEGIN + 20 * number, BEGIN + 20 * number + 20, "app", title)
            ids.append(changes.open_moment(db, writer.vault, new, None))
            db.execute("UPDATE moments SET open = 0 WHERE id = ?", [ids[-1]])
            changes.want(db, ids[-1], kind)
        return ids

    return writer.do(change).result()


def wait_until(true: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    due = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < due, f"waited in vain for {what}"
        time.sleep(0.01)


class Filling:
    """A filler over the steps of a test, ended with it."""

    def __init__(self, store: Store, writer: Writer, incidents: Incidents, *steps: Any) -> None:
        self.filler = Filler(
            "filler", steps, store=store, writer=writer, on_incident=lambda part, what: incidents.append((part, what))
        )

    def __enter__(self) -> Filler:
        self.filler.start()
        return self.filler

    def __exit__(self, *_: object) -> None:
        self.filler.stop()


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


@pytest.mark.parametrize(("title", "deaths"), [("poison", 0), ("deadly", 4)])
def test_only_the_input_that_cannot_be_encoded_is_set_aside(
    store: Store, writer: Writer, incidents: Incidents, title: str, deaths: int
) -> None:
    ids = add(writer, "a", "b", title, "c", "d")
    encoder = Worker("encoder", Encoder, on_incident=lambda part, what: incidents.append((part, what)))
    step = ContentStep(store=store, writer=writer, encoder=encoder, clock=time.time)
    with Filling(store, writer, incidents, step) as filler:
        wait_until(lambda: not store.backlog(), "the jobs to be worked off")
        assert filler.obstacles == {}
    encoder.stop()
    ((moment, kind, error),) = store.quarantine()
    assert (moment, kind) == (ids[2], Job.CONTENT)
    assert ("nobody thought of this" if title == "poison" else "died 2 times") in error
    having = {row[0] for row in store.rows("SELECT moment_id FROM vectors")}
    assert having == set(ids) - {ids[2]}
    said = [what for _, what in incidents]
    assert sum("died" in what and "process" in what and "restarted" in what for what in said) == deaths
    assert sum(f"Moment {ids[2]} was set aside" in what for what in said) == 1


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


def test_a_stop_in_the_midst_keeps_the_jobs_for_the_next_start(
    store: Store, writer: Writer, incidents: Incidents
) -> None:
    add(writer, "a", "b")
    encoder = Worker("encoder", Encoder, on_incident=lambda part, what: incidents.append((part, what)))
    encoder.stop()
    step = ContentStep(store=store, writer=writer, encoder=encoder, clock=time.time)
    with Filling(store, writer, incidents, step) as filler:
        time.sleep(0.2)
        assert filler.obstacles == {}
    assert store.backlog() == {Job.CONTENT: 2}
    assert incidents == []


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


def record(writer: Writer, start: float, seconds: float, *, loudness: float = 20.0) -> Path:
    """Store a recording of noise as the recorder does; returns its file."""
    path = writer.vault.eeg / f"{start:.0f}.bdf"
    names = ("TP9", "AF7", "AF8", "TP10")
    file = BdfAppender(path, ch_names=names, sfreq=256.0, time_start=start, device="test")
    samples = round(seconds * 256)
    file.append(loudness * np.random.default_rng(1).standard_normal((4, samples)))
    file.close()
    name = changes.relative(writer.vault, path)
    how = {"device": "test", "source": "test", "sfreq": 256.0, "ch_names": names, "time_start": start}
    writer.do(changes.open_recording, name, **how).result()
    writer.do(changes.extend_recording, name, samples, closed=True).result()
    return path


def test_a_damaged_recording_sets_aside_its_own_moments_alone(
    store: Store, writer: Writer, incidents: Incidents
) -> None:
    ids = add(writer, *"abcde", kind=Job.BRAIN)
    gone, cut, empty = (record(writer, BEGIN + second, 16) for second in (21, 61, 81))
    for second in (1, 41):
        record(writer, BEGIN + second, 16)
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:5000])
    empty.write_bytes(b"")
    encoder = Worker("encoder", EncoderTasks, on_incident=lambda part, what: incidents.append((part, what)))
    step = BrainStep(store=store, writer=writer, encoder=encoder, clock=time.time)
    with Filling(store, writer, incidents, step) as filler:
        wait_until(lambda: not store.backlog(), "the jobs to be worked off")
        assert filler.obstacles == {}
    encoder.stop()
    assert [moment for moment, _, _ in store.quarantine()] == [ids[1], ids[3], ids[4]]
    assert {row[0] for row in store.features("TP9+AF7+AF8+TP10")} == {ids[0], ids[2]}
    known = store.moments(ids)
    signal = known[ids[0]].signal
    assert signal is not None
    assert (signal.windows, signal.fit, signal.fault) == (3, 3, "")
    assert known[ids[1]].signal is None
    assert store.ch_names("TP9+AF7+AF8+TP10") == ("TP9", "AF7", "AF8", "TP10")


def test_a_moment_whose_eeg_cannot_be_used_keeps_how_bad_it_was_and_nothing_else(
    store: Store, writer: Writer, incidents: Incidents
) -> None:
    (moment,) = add(writer, "a", kind=Job.BRAIN)
    record(writer, BEGIN + 1, 16, loudness=2000.0)
    encoder = Worker("encoder", EncoderTasks, on_incident=lambda part, what: incidents.append((part, what)))
    step = BrainStep(store=store, writer=writer, encoder=encoder, clock=time.time)
    with Filling(store, writer, incidents, step):
        wait_until(lambda: not store.backlog(), "the job to be worked off")
    encoder.stop()
    signal = store.moment(moment).signal
    assert signal is not None
    assert (signal.windows, signal.fit) == (3, 0)
    assert signal.fault
    assert store.features_of(moment) is None
    assert store.spaces("state:") == []
    assert store.signal(BEGIN) == (signal, 1, 0)
