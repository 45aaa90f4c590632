from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import pytest
from desk import Desk
from planted_week import BEGIN, DAY, Week

from companion import learning
from companion.learning import Known, Learning, waits_for
from companion.learning_plan import Place
from companion.learning_round import Round
from companion.learning_wording import verdict
from companion.worker import TaskFailed
from embeddings.types import EmbeddingsError
from index import database, mappings
from index.mappings import Learned, VersionState
from index.types import Job

NOW = BEGIN + 10 * DAY


def learned(*, adopted: bool = True, old: float | None = None, low: float | None = 0.01, known: int = 300) -> Learned:
    told = None if low is None else 0.031
    return Learned(
        trained_until=BEGIN,
        montages=("A+B",),
        content_space="content:planted",
        known=known,
        pairs=600,
        later=214,
        score=told,
        old_score=old,
        chance=None if low is None else 0.005,
        low=low,
        high=None if low is None else 0.05,
        adopted=adopted,
        reason="A reason.",
        data=b"mapping",
        spread=b"spread",
    )


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (Known(299, 30), "299 moments with clean EEG and text, in 30 different hours"),
        (Known(900, 2), "in 2 different hours, are known; 300 in 3 hours are needed"),
        (Known(1000, 9, 900, NOW - 3600), "tried again with 1080"),
        (Known(901, 9, 900, NOW - 2 * DAY), "or a day later when more have come"),
    ],
)
def test_why_nothing_is_learned_yet_is_said(known: Known, says: str) -> None:
    assert says in waits_for(known, NOW)


@pytest.mark.parametrize(
    "known",
    [Known(300, 3), Known(1080, 9, 900, NOW - 60), Known(930, 9, 900, NOW - DAY)],
    ids=["new", "grown", "daily"],
)
def test_there_is_something_to_learn(known: Known) -> None:
    assert waits_for(known, NOW) == ""


class Worker:
    """A learner process that answers what is written down, once it is let."""

    pid = 1

    def __init__(self, answer: Round | Exception | None) -> None:
        self._answer = answer
        self.asked: list[tuple[object, ...]] = []
        self.stopped = threading.Event()
        self._future: Future[Any] = Future()

    def submit(self, *asked: object) -> Future[Any]:
        self.asked.append(asked)
        if isinstance(self._answer, Exception):
            self._future.set_exception(self._answer)
        elif self._answer is not None:
            self._future.set_result(self._answer)
        return self._future

    def stop(self) -> None:
        self.stopped.set()
        self._future.cancel()


class Background:
    def __init__(self, desk: Desk, answer: Round | Exception | None) -> None:
        self.workers: list[Worker] = []
        self.incidents: list[str] = []
        self.adopted = threading.Event()

        def make() -> Worker:
            self.workers.append(Worker(answer))
            return self.workers[-1]

        self.learning = Learning(
            store=desk.store,
            writer=desk.writer,
            make_worker=make,  # type: ignore[arg-type]  # the part of it that is used
            clock=lambda: NOW,
            on_incident=lambda _, what: self.incidents.append(what),
            on_adopted=self.adopted.set,
            look_seconds=0.02,
        )

    def __enter__(self) -> Self:
        self.learning.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.learning.stop()


def wait_until(true: Callable[[], object]) -> None:
    due = time.monotonic() + 20
    while not true():
        assert time.monotonic() < due
        time.sleep(0.01)


def test_without_enough_no_process_is_started(desk: Desk) -> None:
    Week(strength=0, days=1).store(desk.writer)
    with Background(desk, None) as background:
        time.sleep(0.2)
        assert background.workers == []
        assert background.learning.pid is None


def test_what_is_adopted_makes_the_past_be_encoded_anew_and_is_not_learned_again(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    with Background(desk, Round(NOW, 64, learned())) as background:
        assert background.adopted.wait(20)
        time.sleep(0.2)
    assert [len(worker.asked) for worker in background.workers] == [1]
    assert background.workers[0].stopped.is_set()  # it held much memory
    assert desk.store.backlog()[Job.SHARED] == 300
    (version,) = mappings.live(desk.store)
    assert version.state is VersionState.COMING
    assert background.incidents == []


def test_what_is_refused_is_noted_with_its_figures_and_encodes_nothing(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    with Background(desk, Round(NOW, 64, learned(adopted=False))):
        wait_until(lambda: mappings.newest(desk.store) is not None)
    (version,) = mappings.history(desk.store)
    assert (version.state, version.learned.score, version.learned.data) == (VersionState.REFUSED, 0.031, b"")
    assert Job.SHARED not in desk.store.backlog()
    assert desk.store.spaces("shared:") == []


def test_a_round_that_was_begun_goes_on_at_the_next_start(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "vault" / "learning").mkdir()
    (tmp_path / "vault" / "learning" / "plan").write_bytes(b"")
    with Background(desk, Round(NOW, 64, learned(adopted=False))):
        wait_until(lambda: mappings.newest(desk.store) is not None)
        wait_until(lambda: not Place(desk.vault).begun)


@pytest.mark.parametrize("error", [EmbeddingsError("Too few."), TaskFailed("odd")])
def test_a_round_that_fails_is_said_once_and_begun_anew_a_day_later(desk: Desk, error: Exception) -> None:
    Week(strength=0, days=5).store(desk.writer)
    with Background(desk, error) as background:
        wait_until(lambda: background.incidents)
        time.sleep(0.2)
    assert background.incidents == [f"Nothing was learned; it is begun anew in a day. {error}"]
    assert len(background.workers) == 1


def test_a_disk_that_fails_is_said_and_it_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> Known:
        raise database.OperationalError("disk I/O error")

    monkeypatch.setattr(learning, "known", fails)
    with Background(desk, None) as background:
        wait_until(lambda: background.incidents)
        assert background.learning._thread.is_alive()
        assert background.learning.obstacle == ""
    (said,) = background.incidents
    assert "(disk I/O error); it is tried again in a day. Is the disk full" in said


def test_a_round_that_cannot_be_removed_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise PermissionError("no")

    Week(strength=0, days=5).store(desk.writer)
    monkeypatch.setattr(Place, "clear", fails)
    with Background(desk, TaskFailed("odd")) as background:
        wait_until(lambda: len(background.incidents) == 2)
        assert background.learning._thread.is_alive()
    assert "may you not write to" in background.incidents[1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_program_is_shown(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    with Background(desk, ZeroDivisionError("a bug")) as background:
        wait_until(lambda: background.incidents)
        assert background.incidents == [background.learning.obstacle]
    assert "error in the program" in background.incidents[0]


def test_the_end_of_the_program_does_not_wait_for_what_is_being_learned(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    background = Background(desk, None)
    with background:
        wait_until(lambda: background.workers and background.workers[0].asked)
        assert background.learning.pid == 1
    assert background.incidents == []
    assert mappings.newest(desk.store) is None


def test_the_same_round_is_noted_only_once(desk: Desk) -> None:
    for _ in range(2):
        learning.keep(desk.store, desk.writer, Round(NOW, 64, learned(adopted=False)), NOW)
    assert len(mappings.history(desk.store)) == 1


def test_a_version_that_was_still_coming_is_given_up_for_a_newer_one(desk: Desk) -> None:
    Week(strength=0, days=1, a_day=3).store(desk.writer)
    for number in range(2):
        learning.keep(desk.store, desk.writer, Round(NOW + number, 64, learned()), NOW)
    assert [version.state for version in mappings.history(desk.store)] == [VersionState.COMING, VersionState.REPLACED]
    assert sorted(desk.store.spaces("shared:")) == ["shared:v2:brain", "shared:v2:content"]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (learned(), ("On 214 later moments", "in 3.1 % (chance 0.5 %)", "+0.010 to +0.050", "Adopted.")),
        (learned(adopted=False, low=-0.01), ("The brain adds nothing yet.", "3.1 %", "against chance")),
        (learned(adopted=False, old=0.04), ("Not better than what is in use", "the version in use 4.0 %")),
        (learned(adopted=False, low=None), ("Nothing was adopted. A reason.",)),
    ],
)
def test_a_verdict_says_what_was_found(told: Learned, says: tuple[str, ...]) -> None:
    for words in says:
        assert words in verdict(told)
