"""Which text model's contents learning goes by, also after somebody went back to an earlier one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learning_home import NOW, Home
from planted_week import CONTENT, DIMENSION, Week

from companion.learning import background as learning
from companion.learning import pairs
from companion.learning import round as learning_round
from companion.learning.background import Learning
from companion.learning.plan import Place
from companion.learning.round import LearnerTasks, Round
from companion.thinking import Thinking
from embeddings.mapping import rounds, training
from index import changes, mappings
from index.mappings import Learned
from index.spaces.vector_bytes import unpack

WIDER = "content:wider"
OF_BEFORE = Learned(
    NOW, ("A+B",), CONTENT, 240, 180, 60, 0.03, None, 0.005, 0.01, 0.05, True, "", b"mapping", b"spread"
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "vault", Week(strength=1.5))
    yield made
    made.close()


def encode(home: Home, space: str) -> None:
    """Give every moment its vector by another text model, or by the first one again."""
    dimension = DIMENSION if space == CONTENT else DIMENSION + 8
    turned = np.linalg.qr(np.random.default_rng(0).normal(size=(dimension, DIMENSION)))[0]

    def change(db: Any) -> None:
        changes.put_space(db, space, model=space, dimension=dimension, time=NOW)
        rows = db.execute("SELECT moment_id, vector FROM whole_vectors WHERE space = ?", [CONTENT]).fetchall()
        told = {i: unpack(blob) if space == CONTENT else turned @ unpack(blob) for i, blob in rows}
        changes.put_vectors(db, space, {i: vector.astype(np.float32)[np.newaxis] for i, vector in told.items()})

    home.writer.do(change).result()


def on_screen(home: Home) -> str:
    """Return the space in which a thought right after the week compares what is on screen."""
    _, asked = Thinking(home.store, lambda *_: None)._context(home.week.end)
    return asked["context"].space


def test_what_is_gone_by_is_the_model_in_use_also_after_going_back(home: Home) -> None:
    for space in (CONTENT, WIDER, CONTENT, WIDER):
        encode(home, space)
        assert pairs.content_space(home.store) == space
        assert on_screen(home) == space


def test_a_space_nothing_was_encoded_in_yet_is_not_in_use(home: Home) -> None:
    home.writer.do(changes.put_space, WIDER, model="wider", dimension=8, time=NOW).result()
    assert pairs.content_space(home.store) == CONTENT
    home.writer.do(lambda db: db.execute("DELETE FROM vectors")).result()
    assert pairs.content_space(home.store) == WIDER  # the newest, where there is nothing else to go by


def test_a_round_of_another_text_model_is_begun_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "LEAST_ROUNDS", 1)
    monkeypatch.setattr(rounds, "STEPS", 2)
    learning_round._begin(home.store, Place(home.store.vault), NOW, None)
    encode(home, WIDER)
    done = learning_round.learn(home.store, NOW + 1)
    assert (done.made_at, done.learned.content_space) == (NOW + 1, WIDER)


class Answers:
    """A learner process, here: it does what it is asked, or answers what is written down."""

    pid = 1

    def __init__(self, answer: Round | None = None) -> None:
        self._answer = answer

    def submit(self, task: str, *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(self._answer or getattr(LearnerTasks(), task)(*arguments))
        return future

    def stop(self) -> None:
        """There is no process."""


@pytest.mark.parametrize(
    "worker", [Answers, lambda: Answers(Round(NOW, 64, OF_BEFORE))], ids=["waits to be gone on with", "has just ended"]
)
def test_a_round_that_outlived_its_text_model_is_let_go_of_and_the_next_one_waits(
    home: Home, worker: Callable[[], Answers]
) -> None:
    learning_round._begin(home.store, Place(home.store.vault), NOW, None)
    encode(home, WIDER)
    incidents: list[str] = []
    made: list[Answers] = []

    def make() -> Answers:
        made.append(worker())
        return made[-1]

    looking = Learning(
        store=home.store,
        writer=home.writer,
        make_worker=make,  # type: ignore[arg-type]  # the part of it that is used
        clock=lambda: NOW + 1,
        on_incident=lambda _, what: incidents.append(what),
        on_adopted=lambda: incidents.append("adopted"),
        look_seconds=0.02,
    )
    looking.start()
    due = time.monotonic() + 20
    while not home.store.outputs():
        assert time.monotonic() < due
        time.sleep(0.01)
    time.sleep(0.1)  # some looks more
    looking.stop()
    (told,) = home.store.outputs()
    assert told.note == learning.OUTDATED
    assert mappings.history(home.store) == []
    assert not Place(home.store.vault).begun
    assert len(made) == 1  # with 240 pairs none is begun
    assert incidents == []
