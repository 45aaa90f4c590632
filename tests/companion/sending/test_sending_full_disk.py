"""A disk that takes nothing: mails go all the same, and none is tried or sent again for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mail_person import ANGRY, CALM, USER, Person, until, written

from companion.sending import queue
from companion.sending.agitation import Signals
from companion.sending.dispatching import LEFT_WHOLE
from companion.sending.outcomes import DOUBLINGS
from companion.sending.types import SendingError, State
from index.replacing import replace_file
from index.types import VaultError

LATER = "451 4.2.1 Come back later"


class Disk:
    """Takes nothing while it is full: a full disk of a fixed size would need root and a mount."""

    def __init__(self) -> None:
        self.full = False

    def write(self, path: Path, content: bytes) -> None:
        if self.full:
            raise VaultError(f"{path} could not be written (No space left on device). Is the disk full?")
        replace_file(path, content)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(queue, "replace_file", made.write)
    return made


def logins_of(person: Person) -> list[str]:
    """Return what grows by one with each login at the server."""
    seen: list[str] = []

    def look(point: str) -> bool:
        if point == "login":
            seen.append(point)
        return False

    person.server.behaviour.breaks = look
    return seen


def test_a_disk_that_is_full_keeps_no_mail_from_going(person: Person, disk: Disk) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.signals = Signals()
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], written(CALM))
        disk.full = True
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 2
    assert not any(path.stat().st_size > 1000 for path in person.folder.iterdir())


def test_whatever_comes_up_at_a_look_is_told_once_and_looked_past(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def breaks() -> None:
        looks.append(1)
        raise SendingError("The disk is away.")

    monkeypatch.setattr("companion.sending.dispatching.LOOK_SECONDS", 0.02)
    monkeypatch.setattr(person.guard._queue, "sweep", breaks)
    person.guard.start()
    until(lambda: len(looks) > 3)
    assert person.incidents == ["mail: Mails that wait are tried again in a moment: The disk is away."]
    person.send(ANGRY)
    person.let_pass(601)
    until(lambda: len(person.server.received) == 1)


def test_a_stop_tells_where_sent_mails_lie_whole(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise SendingError("The disk is away.")

    person.guard.start()
    monkeypatch.setattr(person.guard._queue, "sweep", breaks)
    person.guard.stop()
    assert f"mail: {LEFT_WHOLE.format('The disk is away.')}" in person.incidents


def test_a_sent_mail_is_known_again_where_there_is_no_room_for_its_mark(person: Person, disk: Disk) -> None:
    person.signals = Signals()
    person.guard.start()
    content = written(CALM, message_id="<one@example.org>")
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], content)
        disk.full = True
    person.guard._queue.sweep()
    assert list(person.folder.glob("*.sent")) == []
    disk.full = False
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], content)
    assert len(person.server.received) == 1


def test_what_came_of_a_try_holds_where_it_cannot_be_written(person: Person, disk: Disk) -> None:
    person.guard.start()
    person.send(ANGRY)
    logins = logins_of(person)
    person.server.behaviour.answers["recipient"] = LATER
    disk.full = True
    person.let_pass(601)
    until(lambda: person.held().goes == person.clock.now + 30)
    for _ in range(3):  # each look would try again
        person.guard._wake("")
    person.let_pass(31)
    until(lambda: person.held().goes == person.clock.now + 60)
    assert len(logins) == 2


def test_a_mail_that_failed_is_not_tried_again_where_that_cannot_be_written(
    person: Person, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.guard.start()
    person.send(ANGRY)
    logins = logins_of(person)
    person.server.behaviour.answers["recipient"] = "550 5.1.1 Gone away"
    moves, real = [True], person.guard._queue._ledger.move

    def move(path: Path, to: Path) -> None:
        if moves:
            moves.pop()
            raise OSError(5, "Input/output error")
        real(path, to)

    monkeypatch.setattr(person.guard._queue._ledger, "move", move)
    disk.full = True
    person.let_pass(601)
    until(lambda: not moves)
    person.guard._wake("")
    until(lambda: person.held().state is State.FAILED)
    assert len(logins) == 1


@pytest.mark.usefixtures("disk")
def test_so_many_tries_can_be_counted(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    mail = person.guard._queue.entry(person.held().id)
    person.guard._queue.note(mail.id, replace(mail.progress, tries=5000))
    person.server.behaviour.answers["recipient"] = LATER
    person.let_pass(601)
    until(lambda: person.held().goes == person.clock.now + 1800)
    assert 30 * 2**DOUBLINGS >= 1800


@pytest.mark.parametrize("act", ["send", "drop"])
def test_a_mail_of_unknown_fate_is_asked_about_where_that_cannot_be_written(
    person: Person, disk: Disk, act: str
) -> None:
    person.guard.start()
    person.send(ANGRY)
    left = [True]
    person.server.behaviour.breaks = lambda here: here == "after" and bool(left) and left.pop()
    disk.full = True
    person.let_pass(601)
    until(lambda: person.held().state is State.UNSURE)
    assert "may have reached the server or not" in person.held().said
    disk.full = False
    if act == "drop":
        person.guard.drop(person.held().id)
    else:
        person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == (2 if act == "send" else 1)


def test_a_mail_found_under_way_is_asked_about_on_a_full_disk_too(person: Person, disk: Disk) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard._queue.move(person.held().id, State.HELD, State.SENDING)
    person.guard.stop()
    disk.full = True
    person.new_guard().start()
    assert person.held().state is State.UNSURE
