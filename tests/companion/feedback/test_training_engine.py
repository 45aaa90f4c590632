"""Training as windows ask for it, through the engine, on a recording that is played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from feedback_steps import trained_before
from played_rest import LONG, PATIENCE, SPEED, TIMES, can_train, settings, until
from vaults import vault_at

from companion.app import build_engine
from companion.engine import Engine
from companion.feedback.port import Choice
from companion.feedback.protocols import FeedbackError
from companion.feedback.room import STANDS_STILL, TAKEN_AWAY, TRAINS
from companion.feedback.types import Phase
from index import trainings
from index.store import Store
from index.vault import Vault
from index.writer import Writer

CALM = Choice("calm", LONG)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return vault_at(tmp_path / "vault")


@contextmanager
def running(folder: Path, vault: Vault, *, speed: int = SPEED) -> Iterator[Engine]:
    engine = build_engine(settings(folder, speed=speed), vault=vault)
    engine.start()
    try:
        until(lambda: can_train(engine.training))
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def before(vault: Vault) -> int:
    """An earlier session, so that there is something to replay."""
    with Writer(vault) as writer:
        return trained_before(writer)


@pytest.fixture
def engine(tmp_path: Path, vault: Vault) -> Iterator[Engine]:
    with running(tmp_path, vault) as made:
        yield made


def in_block(engine: Engine) -> bool:
    return engine.training.snapshot().phase is Phase.BLOCK


def test_a_session_goes_its_way_and_is_told_of(before: int, engine: Engine) -> None:
    training = engine.training
    assert training is engine.training
    assert training.number is None
    training.start(Choice("calm", TIMES, blind=True, sound="pad", strategy="to breathe")).result(PATIENCE)
    assert len(training.seal) == 64
    with pytest.raises(FeedbackError, match="A training runs"):
        training.start(CALM).result(PATIENCE)
    with pytest.raises(FeedbackError, match="A training runs"):
        training.seek_alpha().result(PATIENCE)
    until(lambda: not training.running)
    assert training.snapshot().phase is Phase.DONE
    until(lambda: not [one for one in training.sessions().result(PATIENCE) if one.open])
    (kept,) = [one for one in training.sessions().result(PATIENCE) if one.id != before]
    assert (kept.id, kept.protocol, kept.sealed) == (training.number, "calm", True)
    assert (kept.facts["modality"], kept.facts["strategy"]) == ("scene and sound (pad)", "to breathe")
    report = training.report(kept.id).result(PATIENCE)
    assert report.sham is None
    assert len(report.blocks) == 1
    assert "8 to 12 Hz" in next(one.answer for one in report.items if one.item.code == "4a")
    with pytest.raises(FeedbackError, match="no item 9z"):
        training.answer(kept.id, {"9z": "nothing"}).result(PATIENCE)
    training.answer(kept.id, {"3c": "I breathed.", "guess": "own"}).result(PATIENCE)
    drawn = training.unblind(kept.id).result(PATIENCE)
    assert drawn in {True, False}
    report = training.report(kept.id).result(PATIENCE)
    assert (report.sham, report.training.answers["3c"]) == (drawn, "I breathed.")
    assert training.progress("calm").result(PATIENCE).sealed == 0
    training.forget(kept.id).result(PATIENCE)
    assert [one.id for one in training.sessions().result(PATIENCE)] == [before]


def test_it_waits_while_recording_is_paused_and_ends_when_the_headset_is_taken_away(engine: Engine) -> None:
    training = engine.training
    training.start(CALM).result(PATIENCE)
    until(lambda: in_block(engine))
    engine.pause(None)
    assert training.snapshot().sentence == STANDS_STILL
    until(lambda: engine.listening is None)
    assert "paused" in training.options().result(PATIENCE)[0].obstacle
    before = training.snapshot().time
    engine.resume()
    until(lambda: in_block(engine) and training.snapshot().time != before)
    engine.apply(replace(engine._sources.settings, consent_eeg=False))
    until(lambda: not training.running)
    assert training.snapshot().sentence == TAKEN_AWAY
    assert "Choose one" in training.options().result(PATIENCE)[0].obstacle
    until(lambda: not training.sessions().result(PATIENCE)[0].open)
    (kept,) = training.sessions().result(PATIENCE)
    assert kept.facts["ended"] == "ended"


def test_forgetting_takes_the_session_that_runs_and_the_end_of_the_engine_stores_it(
    tmp_path: Path, vault: Vault
) -> None:
    with running(tmp_path, vault, speed=1) as engine:  # what is played faster is at times to come
        training = engine.training
        training.start(CALM).result(PATIENCE)
        until(lambda: training.number is not None)
        with pytest.raises(FeedbackError, match=TRAINS):
            training.forget(training.number or 0).result(PATIENCE)
        engine.forget_last(3600).result(PATIENCE)
        assert not training.running
        assert training.number is None
        assert training.sessions().result(PATIENCE) == ()
        until(lambda: can_train(training))
        training.start(CALM).result(PATIENCE)
        until(lambda: training.number is not None)
    with closing(Store(vault)) as store:
        (kept,) = trainings.all_of(store)
    assert (kept.open, kept.facts["ended"]) == (False, "ended")
    with pytest.raises(FeedbackError, match="closing"):
        training.options().result(PATIENCE)
