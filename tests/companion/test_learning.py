from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
from desk import Desk
from planted_week import BEGIN, CONTENT, DAY, Week

from companion.jobs.worker import TaskFailed, WorkerCrashed
from companion.learning import background as learning
from companion.learning.background import Known, Learning, waits_for
from companion.learning.plan import Place
from companion.learning.round import Round
from companion.learning.wording import verdict
from embeddings.types import EmbeddingsError
from index import changes, database, mappings
from index.mappings import Learned, VersionState
from index.types import Job
from index.vault import Vault

NOW = BEGIN + 10 * DAY


def learned(
    *,
    adopted: bool = True,
    old: float | None = None,
    low: float | None = 0.01,
    high: float = 0.05,
    known: int = 300,
) -> Learned:
    told = None if low is None else 0.031
    return Learned(
        trained_until=BEGIN,
        montages=("A+B",),
        content_space=CONTENT,
        known=known,
        pairs=600,
        later=214,
        score=told,
        old_score=old,
        chance=None if low is None else 0.005,
        low=low,
        high=None if low is None else high,
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


def test_after_forgetting_what_is_left_is_what_was_tried(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    learning.keep(desk.store, desk.writer, Round(NOW, 64, learned(adopted=False, known=900)), NOW)
    assert "with 300 of the 300 moments" in waits_for(learning.known(desk.store), NOW + 2 * DAY)
    Week(strength=0, days=1, seed=1).store(desk.writer, first_day=11)
    assert waits_for(learning.known(desk.store), NOW + 60) == ""


def test_another_text_model_is_learned_with_once_most_is_encoded_by_it(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    done = Round(NOW, 64, replace(learned(adopted=False, known=900), content_space="content:before"))
    learning.keep(desk.store, desk.writer, done, NOW)
    assert waits_for(learning.known(desk.store), NOW + 60) == ""

    def ask_again(db: Any) -> None:
        for moment in range(1, 101):
            changes.want(db, moment, Job.CONTENT)

    desk.writer.do(ask_again).result()
    assert "100 moments with EEG still have to be encoded by it" in waits_for(learning.known(desk.store), NOW + 60)
    assert learning.known(desk.store).tried_pairs == 0


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
    def __init__(
        self, desk: Desk, answer: Round | Exception | None = None, make: Callable[[], Worker] | None = None
    ) -> None:
        self.workers: list[Worker] = []
        self.incidents: list[str] = []
        self.adopted = threading.Event()

        def made() -> Worker:
            self.workers.append(make() if make else Worker(answer))
            return self.workers[-1]

        self.learning = Learning(
            store=desk.store,
            writer=desk.writer,
            make_worker=made,  # type: ignore[arg-type]  # the part of it that is used
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


class Slow(Worker):
    """One that is ended in its midst; what it leaves is as far as it got."""

    def __init__(self, left: bytes) -> None:
        super().__init__(WorkerCrashed("it died"))
        self._left = left

    def submit(self, *asked: object) -> Future[Any]:
        vault = asked[1]
        assert isinstance(vault, Vault)
        Place(vault).checkpoint.write(self._left)
        return super().submit(*asked)


def test_a_round_that_gets_further_each_time_is_gone_on_with_until_it_does_not(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "vault" / "learning").mkdir()
    (tmp_path / "vault" / "learning" / "plan").write_bytes(b"")
    left = [b"first", b"second", b"third", b"third"]
    with Background(desk, make=lambda: Slow(left.pop(0))) as background:
        wait_until(lambda: len(background.incidents) == 4)
        time.sleep(0.2)
        assert not Place(desk.vault).begun
    assert len(background.workers) == 4
    assert (
        background.incidents[:3] == ["A round of learning was ended in its midst; it goes on from there. it died"] * 3
    )
    assert background.incidents[3] == "Nothing was learned; it is begun anew in a day. it died"


def test_nothing_is_learned_while_a_version_is_coming(desk: Desk, tmp_path: Path) -> None:
    Week(strength=0, days=5).store(desk.writer)
    learning.keep(desk.store, desk.writer, Round(NOW - DAY, 64, learned(known=100)), NOW - DAY)
    (tmp_path / "vault" / "learning").mkdir()
    (tmp_path / "vault" / "learning" / "plan").write_bytes(b"")
    with Background(desk, Round(NOW, 64, learned(adopted=False))) as background:
        time.sleep(0.3)
        assert background.workers == []
        desk.writer.do(lambda db: db.execute("DELETE FROM jobs")).result()
        desk.writer.do(mappings.serve_when_complete, prefix="shared:v{}:").result()
        wait_until(lambda: len(mappings.history(desk.store)) == 2)
    serving = mappings.serving(desk.store)
    assert serving is not None
    assert serving.version == 1


def test_trouble_that_mended_itself_is_an_incident(desk: Desk) -> None:
    learning.keep(desk.store, desk.writer, Round(NOW, 64, learned(adopted=False), "It was trained anew."), NOW)
    assert [incident.what for incident in desk.store.incidents()] == ["It was trained anew."]


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


def test_nothing_is_learned_while_something_is_forgotten(desk: Desk) -> None:
    Week(strength=0, days=5).store(desk.writer)
    with Background(desk, None) as background:
        wait_until(lambda: background.workers and background.workers[0].asked)
        with background.learning.at_rest():
            assert background.workers[0].stopped.is_set()
            time.sleep(0.2)
            assert len(background.workers) == 1
        wait_until(lambda: len(background.workers) == 2 and background.workers[1].asked)
    assert background.incidents == []


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
        (learned(adopted=False, low=-0.01, high=0.01), ("The brain adds nothing yet.", "3.1 %", "against chance")),
        (learned(adopted=False, low=-0.004), ("It could not be told yet whether the brain adds anything.", "+0.050")),
        (
            learned(adopted=False, old=0.04, low=-0.03, high=0.01),
            ("Not better than what is in use, which", "use 4.0 %"),
        ),
        (learned(adopted=False, old=0.04, low=-0.03), ("not be told yet whether it is better than what is in use",)),
        (learned(adopted=False, low=None), ("Nothing was adopted. A reason.",)),
    ],
)
def test_a_verdict_says_what_was_found(told: Learned, says: tuple[str, ...]) -> None:
    for words in says:
        assert words in verdict(told)
