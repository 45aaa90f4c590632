from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import wait_until
from jobs import Filling, Incidents, add
from scripted import BEGIN
from worker_tasks import Encoder

from companion.jobs import fill as fill_module
from companion.jobs.fill import UnusableError, work_off
from companion.jobs.read_step import ReadStep
from companion.jobs.steps import BrainStep, ContentStep
from companion.jobs.tasks import EncoderTasks, Vectors
from companion.jobs.worker import TaskFailed, Worker, WorkerCrashed
from companion.recover import finish_forgetting
from companion.wording import SIMULATED, signal_quality
from embeddings.types import TextLine
from index import changes, schema
from index.forgetting import forgotten
from index.pictures import frames
from index.pictures.cold_frames import UnreachableError
from index.signals.bdf import BdfAppender
from index.store import Store
from index.types import Job, NewMoment
from index.writer import Writer


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill_module, "IDLE_SECONDS", 0.05)


@pytest.fixture
def incidents() -> Incidents:
    return []


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


def record(writer: Writer, start: float, seconds: float, *, loudness: float = 20.0, source: str = "test") -> Path:
    """Store a recording of noise as the recorder does; returns its file."""
    path = writer.vault.eeg / f"{start:.0f}.bdf"
    names = ("TP9", "AF7", "AF8", "TP10")
    file = BdfAppender(path, ch_names=names, sfreq=256.0, time_start=start, device="test", sealer=writer.vault.keys.eeg)
    samples = round(seconds * 256)
    file.append(loudness * np.random.default_rng(1).standard_normal((4, samples)))
    file.close()
    name = changes.relative(writer.vault, path)
    how = {"device": "test", "source": source, "sfreq": 256.0, "ch_names": names, "time_start": start}
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


def test_of_a_simulated_headset_no_electrode_is_said_to_lie_badly(
    store: Store, writer: Writer, incidents: Incidents
) -> None:
    (moment,) = add(writer, "a", kind=Job.BRAIN)
    record(writer, BEGIN + 1, 16, loudness=2000.0, source="synthetic")
    encoder = Worker("encoder", EncoderTasks, on_incident=lambda part, what: incidents.append((part, what)))
    with Filling(store, writer, incidents, BrainStep(store=store, writer=writer, encoder=encoder, clock=time.time)):
        wait_until(lambda: not store.backlog(), "the job to be worked off")
    encoder.stop()
    signal = store.moment(moment).signal
    assert signal is not None
    assert (signal.fault, "on no head" in signal_quality(signal)) == (SIMULATED, True)


def test_moments_of_a_clock_that_was_set_back_hold_up_no_older_ones(store: Store, writer: Writer) -> None:
    ids = add(writer, *"abcdefghijklm", kind=Job.BRAIN)
    now = BEGIN + 1000

    def end(moments: Sequence[int], time: float) -> None:
        rows = [(time, moment) for moment in moments]
        writer.do(lambda db: db.conn.executemany("UPDATE moments SET time_end = ? WHERE id = ?", rows)).result()

    encoder = Asked(lambda: None)
    step = BrainStep(store=store, writer=writer, encoder=encoder, clock=lambda: now)  # type: ignore[arg-type]
    end(ids[3:], now + 30)  # their EEG may not be on disk yet
    assert step.ready(store.waiting(Job.BRAIN, step.batch)) == ids[2::-1]
    end(ids[3:], now + 7200)  # it is: the clock was two hours ahead when they ended
    assert step.ready(store.waiting(Job.BRAIN, step.batch)) == ids[:4:-1]
    end(ids, now - 1)
    assert step.ready(store.waiting(Job.BRAIN, step.batch)) == []
    assert step.ready([]) == []


class Asked:
    """A worker that answers with what it is given, after the moments it was asked about are forgotten."""

    def __init__(self, forget: Callable[[], None], **answers: object) -> None:
        self._forget, self._answers = forget, answers

    def submit(self, task: str, *_arguments: object) -> Future[Any]:
        self._forget()
        future: Future[Any] = Future()
        future.set_result(self._answers[task])
        return future


def test_what_comes_of_a_moment_that_was_forgotten_meanwhile_is_stored_nowhere(store: Store, writer: Writer) -> None:
    ids = add(writer, "a", "b")

    def forget() -> None:
        writer.do(forgotten.delete_moments, ids[:1]).result()

    matrices = [np.eye(1, 8, dtype=np.float32)] * 2
    encoder = Asked(forget, encode_moments=Vectors("content:m", "m", 8, matrices))
    ContentStep(store=store, writer=writer, encoder=encoder, clock=time.time).fill(ids)  # type: ignore[arg-type]
    assert [row[0] for row in store.rows("SELECT moment_id FROM vectors")] == ids[1:]
    assert store.backlog() == {}


def test_a_picture_that_was_forgotten_while_it_was_read_leaves_no_file(store: Store, writer: Writer) -> None:
    new = NewMoment(BEGIN, BEGIN, "app", "key")
    made = writer.do(changes.open_moment, writer.vault, new, np.full((60, 200, 3), 255, np.uint8)).result()
    secret = TextLine("AKIA" + "IOSFODNN7REALKEY", 1.0, (5, 5, 190, 30))

    def forget() -> None:
        writer.do(forgotten.delete_moments, [made]).result()
        forgotten.remove_files(writer)

    ReadStep(store=store, writer=writer, reader=Asked(forget, read=[secret])).fill([made])  # type: ignore[arg-type]
    assert [path for path in store.vault.frames.rglob("*") if path.is_file()] == []
    assert store.count() == 0


READS: Any = Asked(lambda: None, read=[TextLine("words", 1.0, (5, 5, 100, 20))])


class Failing:
    """A worker whose answers fail."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def submit(self, *_: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(self._error)
        return future


@pytest.mark.parametrize("error", [TaskFailed("no text found"), WorkerCrashed("died 2 times")])
def test_a_picture_that_could_not_be_read_is_not_kept(
    store: Store, writer: Writer, incidents: Incidents, error: Exception
) -> None:
    picture = np.full((60, 200, 3), 255, np.uint8)
    ids = [
        writer.do(changes.open_moment, writer.vault, NewMoment(BEGIN, BEGIN, "app", title), picture).result()
        for title in ("first", "second")
    ]
    step = ReadStep(store=store, writer=writer, reader=Failing(error))  # type: ignore[arg-type]
    work_off(step, ids[:1], writer=writer, on_incident=lambda what: incidents.append(("", what)))
    unread, other = (store.moment(moment) for moment in ids)
    assert (unread.title, unread.frame) == ("first", "")
    left = {str(path.relative_to(store.vault.root)) for path in store.vault.frames.rglob("*") if path.is_file()}
    assert left == {other.frame, frames.thumbnail(other.frame)}
    assert store.waiting(Job.CONTENT, 9) == ids[:1]  # found by its title
    assert [moment for moment, _, _ in store.quarantine()] == ids[:1]
    assert len(incidents) == 1
    assert store.value("SELECT count(*) FROM forgetting") == 0


def test_a_picture_that_the_disk_does_not_give_now_is_kept_and_waits(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.full((60, 200, 3), 255, np.uint8)
    made = writer.do(changes.open_moment, writer.vault, NewMoment(BEGIN, BEGIN, "app", "key"), picture).result()

    def too_many(_: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    step = ReadStep(store=store, writer=writer, reader=Asked(lambda: None, read=[]))  # type: ignore[arg-type]
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", too_many)
        with pytest.raises(UnreachableError, match="Too many open files"):
            work_off(step, [made], writer=writer, on_incident=pytest.fail)
    assert store.waiting(Job.READ, 9) == [made]
    work_off(step, [made], writer=writer, on_incident=pytest.fail)
    assert frames.decode(frames.read(store.vault, store.moment(made).frame)).shape == (60, 200, 3)


def test_a_picture_that_an_older_version_kept_unread_is_read_again_before_it_goes(
    store: Store, writer: Writer, incidents: Incidents
) -> None:
    picture, step = np.full((60, 200, 3), 255, np.uint8), ReadStep(store=store, writer=writer, reader=READS)
    ids = [
        writer.do(changes.open_moment, writer.vault, NewMoment(BEGIN, BEGIN, "app", title), picture).result()
        for title in ("whole", "damaged")
    ]
    writer.do(lambda db: db.execute("UPDATE jobs SET quarantined = 1, error = 'the disk was not well'")).result()
    (store.vault.root / store.moment(ids[1]).frame).write_bytes(b"half")
    writer.do(schema.unread_frames).result()
    finish_forgetting(writer, store)
    assert store.waiting(Job.READ, 9) == ids[::-1]
    for _ in ids:
        ready = step.ready(store.waiting(Job.READ, step.batch))
        work_off(step, ready, writer=writer, on_incident=lambda what: incidents.append(("", what)))
    assert [moment.text for moment in store.moments(ids).values()] == ["words", ""]
    assert [bool(moment.frame) for moment in store.moments(ids).values()] == [True, False]
    assert [moment for moment, _, _ in store.quarantine()] == ids[1:]
    assert len(incidents) == 1


def test_a_secret_that_was_misread_is_taken_out_of_a_replay_as_of_what_is_live(store: Store, writer: Writer) -> None:
    picture = np.full((60, 400, 3), 128, np.uint8)
    made = writer.do(changes.open_moment, writer.vault, NewMoment(BEGIN, BEGIN, "app", "key"), picture).result()
    read = [TextLine("token ghp x7Kd92LmQp4RtVw8ZsYb3NcHf6JgTa1BuE5f", 1.0, (10, 24, 390, 40))]
    ReadStep(store=store, writer=writer, reader=Asked(lambda: None, read=read)).fill([made])  # type: ignore[arg-type]
    moment = store.moment(made)
    assert "LmQp4RtV" not in moment.text
    assert frames.decode(frames.read(store.vault, moment.frame))[26:38, 100:380].max() < 16


def test_a_moment_that_was_forgotten_is_not_set_aside(store: Store, writer: Writer, incidents: Incidents) -> None:
    (made,) = add(writer, "a")

    class Fails:
        kind, batch = Job.CONTENT, 1

        def ready(self, moment_ids: Sequence[int]) -> list[int]:
            return list(moment_ids)

        def fill(self, _moment_ids: Sequence[int]) -> None:
            writer.do(forgotten.delete_moments, [made]).result()
            raise UnusableError("gone")

    work_off(Fails(), [made], writer=writer, on_incident=lambda what: incidents.append(("", what)))
    assert incidents == []
    assert store.quarantine() == []
