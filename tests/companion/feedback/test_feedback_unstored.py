"""Sessions whose end the vault refuses, and those that something is asked of while they are still being stored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from feedback_steps import trained_before
from played_rest import NOW, PATIENCE, STREAMS, Bursting, Worn, until

from companion.feedback import kept
from companion.feedback.port import Choice
from companion.feedback.room import TrainingRoom
from companion.feedback.session import Session
from companion.feedback.training import UNSTORED
from companion.feedback.types import Phase, Times
from index import trainings
from index.store import Store
from index.types import VaultError
from index.writer import Writer

FULL = "The disk is full. Make room."
CALM = Choice("calm", Times(baseline=15.0, block=60.0, rest=0.0, blocks=1))


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def room(writer: Writer, store: Store, told: list[str]) -> Iterator[TrainingRoom]:
    """Trains on some seconds of signal that come at once."""
    made = TrainingRoom(
        Worn(Bursting(20), state=STREAMS),
        store=store,
        writer=writer,
        on_incident=lambda _part, what: told.append(what),
        clock=lambda: NOW,
    )
    yield made
    made.stop()


class Disk:
    """Refuses ends of sessions while it is full."""

    def __init__(self, keep: Callable[..., int | None]) -> None:
        self.full, self._keep = True, keep

    def keep(self, writer: Writer, session: Session, **facts: object) -> int | None:
        if session.over and self.full:
            raise VaultError(FULL)
        return self._keep(writer, session, **facts)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk(kept.keep)
    monkeypatch.setattr(kept, "keep", made.keep)
    return made


def ended(room: TrainingRoom, choice: Choice = CALM) -> int:
    """Begin a session, and end it once part of it is stored; returns its number."""
    room.start(choice).result(PATIENCE)
    until(lambda: room.number is not None)
    room.end()
    number = room.number
    assert number is not None
    return number


def refused(room: TrainingRoom, told: list[str], choice: Choice = CALM) -> int:
    number = ended(room, choice)
    until(lambda: any(FULL in one for one in told))
    until(lambda: FULL in room.snapshot().sentence)
    return number


def test_an_end_that_could_not_be_stored_is_said_and_stored_once_there_is_room(
    room: TrainingRoom, writer: Writer, store: Store, told: list[str], disk: Disk
) -> None:
    disk.full = False
    before = trained_before(writer, seconds=200.0)
    disk.full = True
    number = refused(room, told, Choice("calm", CALM.times, blind=True))
    assert room.snapshot().phase is Phase.ENDED
    assert room.snapshot().sentence == UNSTORED.format(FULL)
    for ask in (room.report, room.unblind):
        with pytest.raises(VaultError, match="is not stored: The disk is full"):
            ask(number).result(PATIENCE)
    with pytest.raises(VaultError, match="is not stored: The disk is full"):
        room.start(CALM).result(PATIENCE)  # it would take its place
    assert room.number == number
    assert trainings.one(store, number).open
    disk.full = False
    assert {one.id: one.open for one in room.sessions().result(PATIENCE)} == {before: False, number: False}
    found = room.report(number).result(PATIENCE)
    assert found.training.facts["ended"] == "ended"
    assert len(trainings.series(store, number)["time"]) > 300
    assert room.snapshot().sentence.startswith("Ended early")
    assert room.unblind(number).result(PATIENCE) in {True, False}


def test_an_end_is_stored_when_the_room_is_left(room: TrainingRoom, store: Store, told: list[str], disk: Disk) -> None:
    number = refused(room, told)
    disk.full = False
    room.stop()
    assert not trainings.one(store, number).open


def test_a_session_whose_end_is_not_stored_can_be_forgotten_and_stays_so(
    room: TrainingRoom, writer: Writer, store: Store, told: list[str], disk: Disk
) -> None:
    disk.full = False
    other = trained_before(writer)
    disk.full = True
    number = refused(room, told)
    with pytest.raises(VaultError, match="is not stored"):  # it may have replayed that one
        room.forget(other).result(PATIENCE)
    room.forget(number).result(PATIENCE)
    disk.full = False
    assert [one.id for one in room.sessions().result(PATIENCE)] == [other]
    assert [one.id for one in trainings.all_of(store)] == [other]


def test_forgetting_waits_for_what_is_being_stored(
    room: TrainingRoom, writer: Writer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a blind session replayed of a forgotten one would be written again."""
    first, keep, forgotten = trained_before(writer, seconds=200.0), kept.keep, threading.Event()

    def slow(writer: Writer, session: Session, **facts: object) -> int | None:
        if session.over:
            session.log.margin[:] = [1.0] * len(session.log.margin)
            forgotten.wait(1.0)
        return keep(writer, session, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "keep", slow)
    number = ended(room, Choice("calm", CALM.times, blind=True))
    room.forget(first).result(PATIENCE)
    forgotten.set()
    until(lambda: not trainings.one(store, number).open)
    assert np.isnan(trainings.series(store, number)["margin"].astype(float)).all()
