"""What the engine has to do with learning: it hears of opened hits, and ends a learner with itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from planted_week import Week
from vaults import vault_at

from companion.app import build_engine
from companion.engine import Engine
from companion.ports import Answer, Question
from companion.settings import Settings
from index import changes, feedback
from index.store import Store
from index.types import Hit, NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = vault_at(tmp_path / "vault")
    with Writer(made) as writer:
        for number in range(2):
            new = NewMoment(1000.0 * number, 1000.0 * number + 9, "app", f"page {number}")
            writer.do(changes.open_moment, made, new, None).result()
    return made


@pytest.fixture
def engine(vault: Vault) -> Iterator[Engine]:
    made = build_engine(Settings(), vault=vault)
    yield made
    made.stop()


def wait_until(true: Callable[[], object]) -> None:
    due = time.monotonic() + 20
    while not true():
        assert time.monotonic() < due
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("question", "kind"), [(Question(thought=True), "thought"), (Question("page"), "words"), (Question(like=1), "like")]
)
def test_what_is_opened_is_noted_with_its_question(engine: Engine, vault: Vault, question: Question, kind: str) -> None:
    store = Store(vault)
    hits = tuple(Hit(engine.moment(i), 0.5, "s", "why", parts={"state": 1.0}) for i in (1, 2))
    engine.opened(Answer(question, hits, time=5000.0), 1)
    wait_until(lambda: feedback.openings(store) == {2: 1})
    rows = store.rows("SELECT asked_at, question, moment_id, rank, opened FROM feedback ORDER BY rank")
    assert rows == [(5000.0, kind, 1, 0, 0), (5000.0, kind, 2, 1, 1)]
    assert feedback.fusion(store).opened == (1 if kind == "thought" else 0)
    store.close()


def test_what_the_disk_refuses_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise VaultError("The disk is full.")

    monkeypatch.setattr(feedback, "opened", full)
    store = engine._parts.store
    engine.opened(Answer(Question(thought=True), (), time=5000.0), 0)
    said = "What was opened could not be noted: The disk is full."
    wait_until(lambda: said in [incident.what for incident in store.incidents()])


def test_an_engine_that_ends_ends_its_learner(tmp_path: Path) -> None:
    vault = vault_at(tmp_path / "learned")
    with Writer(vault) as writer:
        Week(strength=1.0, days=5).store(writer)
    engine = build_engine(Settings(), vault=vault)
    engine._parts.learning._look_seconds = 0.05
    engine.start()
    wait_until(lambda: "learner" in engine.pids)
    learner = engine.pids["learner"]
    engine.stop()
    assert "learner" not in engine.pids
    assert learner is not None
    assert not psutil.pid_exists(learner)
