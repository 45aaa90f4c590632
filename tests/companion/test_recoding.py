from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future

import numpy as np
import pytest
from sqlite_utils import Database

from companion.jobs import recoding
from companion.jobs.recoding import Recoding
from companion.jobs.worker import TaskFailed
from embeddings.types import EmbeddingsError
from index import changes
from index.store import Store
from index.types import Job, NewMoment
from index.writer import Writer

MOMENTS = 7


class Model:
    """Answers for an encoder: a space, or what goes wrong, in turn; the last again and again."""

    def __init__(self, *answers: str | BaseException) -> None:
        self.answers = list(answers)
        self.asked = 0

    def submit(self, task: str, *_: object, urgent: bool = False) -> Future[str]:
        assert (task, urgent) == ("warm", False)
        future: Future[str] = Future()
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, str):
            future.set_result(answer)
        else:
            future.set_exception(answer)
        return future


@pytest.fixture
def run(writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Look what is missing, of moments with vectors of an old model; returns what was complained of."""
    monkeypatch.setattr(recoding, "AT_ONCE", 2)
    monkeypatch.setattr(recoding, "AGAIN_SECONDS", 0.001)

    def fill(db: Database) -> None:
        changes.put_space(db, "content:old", model="old", dimension=2, time=0.0)
        for i in range(MOMENTS):
            moment = changes.open_moment(db, writer.vault, NewMoment(10.0 * i, 10.0 * i + 9, "app", f"title {i}"), None)
            changes.put_vectors(db, "content:old", {moment: np.array([[1, 0]], np.float32)})

    writer.do(fill).result()

    def look(model: Model, *, chosen: bool) -> list[str]:
        said: list[str] = []
        looking = Recoding(store, writer, model, on_incident=lambda _, what: said.append(what))
        looking.start(chosen=chosen)
        looking._threads[0].join()
        looking.stop()
        return said

    return look


def test_another_text_model_wants_vectors_of_every_old_moment(run: Callable[..., list[str]], store: Store) -> None:
    assert run(Model("content:new"), chosen=True) == []
    assert store.backlog() == {Job.CONTENT: MOMENTS}


def test_a_model_that_was_chosen_while_the_program_was_not_running_is_noticed(
    run: Callable[..., list[str]], store: Store
) -> None:
    run(Model("content:new"), chosen=False)
    assert store.backlog() == {Job.CONTENT: MOMENTS}


def test_the_model_of_before_wants_nothing(run: Callable[..., list[str]], store: Store) -> None:
    run(Model("content:old"), chosen=False)
    run(Model("content:old"), chosen=True)
    assert store.backlog() == {}


def test_a_model_that_is_not_there_yet_is_waited_for(run: Callable[..., list[str]], store: Store) -> None:
    model = Model(EmbeddingsError("no model"), EmbeddingsError("no model"), "content:new")
    assert run(model, chosen=True) == []
    assert store.backlog() == {Job.CONTENT: MOMENTS}


def test_what_goes_wrong_is_told_and_an_encoder_that_ends_ends_it(run: Callable[..., list[str]], store: Store) -> None:
    assert run(Model(TaskFailed("a bug")), chosen=True) == ["Older moments could not be asked for again: a bug"]
    assert run(Model(CancelledError()), chosen=True) == []
    assert store.backlog() == {}


def test_an_engine_that_stops_does_not_wait_for_a_model(
    store: Store, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recoding, "AGAIN_SECONDS", 3600.0)
    looking = Recoding(store, writer, Model(EmbeddingsError("no model")), on_incident=lambda *_: None)
    looking.start(chosen=True)
    looking.start(chosen=True)
    looking.stop()
