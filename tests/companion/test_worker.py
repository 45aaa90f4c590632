from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import psutil
import pytest
from worker_tasks import Others, Tasks, broken

from companion.jobs import worker as worker_module
from companion.jobs.worker import WAITING, TaskFailed, Worker, WorkerCrashed
from embeddings.types import EmbeddingsError
from index.types import FrameError, VaultError

HERE = Path(__file__).parent
PATIENCE = 30.0

Incidents = list[tuple[str, str]]


@pytest.fixture
def incidents() -> Incidents:
    return []


@pytest.fixture
def worker(incidents: Incidents) -> Iterator[Worker]:
    made = Worker("tester", Tasks, on_incident=lambda part, what: incidents.append((part, what)))
    yield made
    made.stop()


def wait_until(true: Callable[[], object], what: str) -> None:
    due = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < due, f"waited in vain for {what}"
        time.sleep(0.02)


def begin(worker: Worker, folder: Path) -> Future[str]:
    """Ask for a task that lasts until it is let go, and wait until it runs."""
    future = worker.submit("hold", folder / "release", folder / "busy")
    wait_until((folder / "busy").exists, "the task to begin")
    return future


def let_go(folder: Path) -> None:
    (folder / "release").touch()


def test_a_task_runs_in_another_process_that_yields_to_the_person(worker: Worker) -> None:
    assert worker.pid is None
    pid = worker.submit("pid").result(PATIENCE)
    assert pid == worker.pid != os.getpid()
    assert worker.submit("niceness").result(PATIENCE) == os.nice(0) + 5


def test_a_killed_process_is_restarted_and_its_task_tried_again(
    worker: Worker, incidents: Incidents, tmp_path: Path
) -> None:
    future = begin(worker, tmp_path)
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    let_go(tmp_path)
    assert future.result(PATIENCE) == "let go"
    tried = (tmp_path / "busy").read_text().split()
    assert tried == [str(first), str(worker.pid)]
    assert tried[0] != tried[1]
    ((part, what),) = incidents
    assert part == "tester"
    assert "died" in what
    assert "`hold`" in what
    assert "Trying once more" in what


def test_a_process_killed_while_idle_costs_nothing(worker: Worker, incidents: Incidents) -> None:
    first = worker.submit("pid").result(PATIENCE)
    os.kill(first, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first)] if psutil.pid_exists(first) else [], timeout=PATIENCE)
    second = worker.submit("pid").result(PATIENCE)
    assert second != first
    assert len(incidents) <= 1  # one where it was asked before its end was seen


def test_an_input_that_kills_twice_is_given_up_and_the_next_one_answered(worker: Worker, incidents: Incidents) -> None:
    with pytest.raises(WorkerCrashed, match="died 2 times at `die`"):
        worker.submit("die").result(PATIENCE)
    assert len(incidents) == 2
    assert "Trying once more" in incidents[0][1]
    assert "set aside" in incidents[1][1]
    assert worker.submit("echo", 7).result(PATIENCE) == 7


def test_a_process_that_cannot_begin_is_given_up(incidents: Incidents) -> None:
    worker = Worker("tester", broken, on_incident=lambda part, what: incidents.append((part, what)))
    with pytest.raises(WorkerCrashed):
        worker.submit("echo", 1).result(PATIENCE)
    worker.stop()
    assert len(incidents) == 2


@pytest.mark.parametrize("kind", [EmbeddingsError, VaultError, FrameError])
def test_what_the_person_can_mend_arrives_as_itself(worker: Worker, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"^this is {kind.__name__}$") as raised:
        worker.submit("fail", kind.__name__).result(PATIENCE)
    assert type(raised.value) is kind


def test_a_missing_library_is_for_the_person_to_mend(worker: Worker) -> None:
    with pytest.raises(EmbeddingsError, match="Install Companion again"):
        worker.submit("fail", "ImportError").result(PATIENCE)


def test_any_other_error_arrives_with_its_traceback(worker: Worker, incidents: Incidents) -> None:
    with pytest.raises(TaskFailed, match=r"(?s)worker_tasks\.py.*in fail.*ZeroDivisionError: this is odd"):
        worker.submit("fail", "odd").result(PATIENCE)
    assert incidents == []


def test_what_cannot_be_sent_is_the_callers_error_and_not_the_workers_end(worker: Worker) -> None:
    with pytest.raises((TypeError, AttributeError)):
        worker.submit("echo", threading.Lock()).result(PATIENCE)
    assert worker.submit("echo", 1).result(PATIENCE) == 1


def test_an_urgent_task_overtakes_what_waits(worker: Worker, tmp_path: Path) -> None:
    begin(worker, tmp_path)
    order: list[str] = []
    waiting = [worker.submit("echo", i) for i in range(3)]
    urgent = worker.submit("echo", "urgent", urgent=True)
    for name, future in [*zip("abc", waiting, strict=True), ("urgent", urgent)]:
        future.add_done_callback(lambda _, name=name: order.append(name))
    let_go(tmp_path)
    wait_until(lambda: len(order) == 4, "all answers")
    assert order == ["urgent", "a", "b", "c"]


def test_a_cancelled_task_is_never_run(worker: Worker, tmp_path: Path) -> None:
    running = begin(worker, tmp_path)
    dropped = worker.submit("sleep", 0.0, tmp_path / "dropped", urgent=True)
    assert dropped.cancel()
    let_go(tmp_path)
    running.result(PATIENCE)
    worker.submit("echo", 1).result(PATIENCE)
    assert not (tmp_path / "dropped").exists()


def test_the_backlog_is_bounded_but_not_for_urgent_ones(worker: Worker, tmp_path: Path) -> None:
    running = begin(worker, tmp_path)
    handed_over: list[Future[object]] = []

    def flood() -> None:
        handed_over.extend(worker.submit("echo", i) for i in range(WAITING + 5))

    flooding = threading.Thread(target=flood)
    flooding.start()
    wait_until(lambda: worker._orders.qsize() == WAITING - 1, "the queue to be full")
    flooding.join(0.3)
    assert flooding.is_alive()  # slowed down: there is no room beside the one that runs
    assert worker._orders.qsize() == WAITING - 1
    urgent = worker.submit("echo", "now", urgent=True)
    let_go(tmp_path)
    assert running.result(PATIENCE) == "let go"
    assert urgent.result(PATIENCE) == "now"
    flooding.join(PATIENCE)
    assert [future.result(PATIENCE) for future in handed_over] == list(range(WAITING + 5))


def test_stop_ends_the_process_after_the_task_in_hand_and_cancels_what_waits(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "STOP_SECONDS", PATIENCE)
    running = begin(worker, tmp_path)
    waiting = [worker.submit("echo", i) for i in range(3)]
    process = psutil.Process(worker.pid)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    wait_until(worker._stopping.is_set, "the stop to begin")
    let_go(tmp_path)
    stopping.join(PATIENCE)
    assert running.result(0) == "let go"
    assert [future.cancelled() for future in waiting] == [True] * 3
    assert not process.is_running()
    assert worker.pid is None
    assert worker.submit("echo", 1).cancelled()


def test_stop_does_not_wait_for_a_task_that_takes_long(
    worker: Worker, incidents: Incidents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.5)
    running = begin(worker, tmp_path)
    process = psutil.Process(worker.pid)
    worker.stop()
    with pytest.raises(CancelledError):
        running.result(0)
    assert not process.is_running()
    assert incidents == []


def test_stop_does_not_wait_for_a_process_that_does_not_even_hear(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.2)
    running = begin(worker, tmp_path)
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    worker.stop()
    with pytest.raises(CancelledError):
        running.result(0)
    assert not psutil.pid_exists(pid)


def test_nobody_waits_for_ever_on_a_worker_that_stops_while_it_is_asked() -> None:
    for _ in range(8):
        worker = Worker("tester", Tasks, on_incident=lambda *_: None)
        futures: list[Future[object]] = []
        asking = threading.Thread(target=lambda w=worker, f=futures: f.extend(w.submit("echo", 1) for _ in range(2000)))
        asking.start()
        worker.stop()
        asking.join(PATIENCE)
        assert not asking.is_alive()
        assert all(future.done() for future in futures)


def test_an_order_taken_up_as_the_worker_stops_is_cancelled(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    take = worker._orders.get

    def take_and_stop() -> object:
        order = take()
        if order.arguments == ("the last",):
            worker._stopping.set()
        return order

    monkeypatch.setattr(worker._orders, "get", take_and_stop)
    assert worker.submit("echo", 1).result(PATIENCE) == 1  # may have waited in the real one; what follows does not
    order = worker.submit("echo", "the last")
    wait_until(order.done, "the order to be settled")
    assert order.cancelled()


def test_a_task_that_hangs_is_ended_and_given_up_after_two_tries(incidents: Incidents, tmp_path: Path) -> None:
    worker = Worker("tester", Tasks, on_incident=lambda part, what: incidents.append((part, what)), limit=3.0)
    try:
        future = begin(worker, tmp_path)
        with pytest.raises(WorkerCrashed):
            future.result(PATIENCE)
        first, second = map(int, (tmp_path / "busy").read_text().split())
        assert first != second
        assert not psutil.pid_exists(first)
        assert ["gave no answer for 3 s at `hold`" in what for _, what in incidents] == [True, True]
        assert "Trying once more" in incidents[0][1]
    finally:
        worker.stop()


def test_a_renewed_worker_finishes_what_it_does_and_gives_the_rest_to_a_new_process(
    worker: Worker, tmp_path: Path
) -> None:
    running = begin(worker, tmp_path)
    old = worker.pid
    worker.renew(Others)
    told = worker.submit("echo", 1)
    let_go(tmp_path)
    assert running.result(PATIENCE) == "let go"
    assert told.result(PATIENCE) == "other"
    assert worker.submit("pid").result(PATIENCE) == worker.pid != old


class Doubling:
    def double(self, number: int) -> int:
        return 2 * number


def answered(given: Callable[[], None], enough: Callable[[], bool]) -> None:
    """Have three tasks answered one after the other, and wait until memory was given back often enough."""
    ours, theirs = multiprocessing.Pipe()
    thread = threading.Thread(target=worker_module._answer, args=(theirs, Doubling(), given))
    thread.start()
    for number in range(3):
        ours.send(("double", (number,)))
        assert ours.recv() == ("done", 2 * number)
    assert enough()
    ours.close()
    thread.join(60)
    assert not thread.is_alive()


def test_memory_is_given_back_once_nothing_is_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "RESTED", 0.01)
    given = threading.Event()
    answered(given.set, lambda: given.wait(60))


def test_between_tasks_memory_is_given_back_now_and_then_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "RESTED", 60.0)
    given: list[int] = []
    answered(lambda: given.append(1), lambda: not given)
    monkeypatch.setattr(worker_module, "LONGEST", -1.0)
    answered(lambda: given.append(1), lambda: len(given) >= 2)
