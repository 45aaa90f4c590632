"""Mails that wait."""

from __future__ import annotations

import threading
from email import message_from_bytes
from pathlib import Path

import pytest
from mail_person import ANGRY, CALM, PATIENCE, USER, Person, until, written
from real_server import Authority

from companion.sending.agitation import Signals
from companion.sending.types import SendingError, State


def test_an_agitated_mail_waits_and_goes_when_its_time_has_come(person: Person) -> None:
    person.guard.start()
    content = person.send(ANGRY)
    mail = person.held()
    assert person.server.received == []
    assert (mail.to, mail.subject, mail.state) == (("bob@example.org",), "Zürich", State.HELD)
    assert mail.goes == person.clock.now + 600
    assert "The headset shows tension." in mail.why
    person.let_pass(601)
    until(lambda: not person.guard.held())
    (received,) = person.server.received
    assert received.content == content


def test_send_now_sends_now(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_later_puts_it_off_for_good(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.later(person.held().id, 5_000)
    person.guard.stop()
    person.new_guard().start()
    assert person.held().goes == person.clock.now + 5_000


def test_a_mail_that_is_put_off_while_its_server_is_asked_does_not_go(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    mail = person.held().id
    put_off: list[str] = []

    def look(point: str) -> bool:
        if point == "data" and not put_off:
            put_off.append(mail)
            person.guard.later(mail, 5_000)
        return False

    person.server.behaviour.breaks = look
    person.let_pass(601)
    until(lambda: bool(put_off) and mail not in person.guard._dispatcher._busy)
    assert (person.server.received, person.held().goes) == ([], person.clock.now + 5_000)
    person.let_pass(5_001)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_a_mail_whose_end_is_out_cannot_be_put_off_any_more(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    mail = person.held().id
    refused: list[str] = []

    def look(point: str) -> bool:
        if point == "before":
            with pytest.raises(SendingError, match="just being sent") as caught:
                person.guard.later(mail, 5_000)
            refused.append(str(caught.value))
        return False

    person.server.behaviour.breaks = look
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(refused) == len(person.server.received) == 1


def test_a_mail_taken_back_is_a_draft_with_its_hidden_recipients_and_never_goes(person: Person, tmp_path: Path) -> None:
    person.guard.start()
    content = written(ANGRY)
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org", "secret@example.org"], content)
    path = person.guard.take_back(person.held().id, tmp_path / "back.eml")
    draft = message_from_bytes(path.read_bytes())
    assert (draft["X-Unsent"], draft["Bcc"], draft["To"]) == ("1", "secret@example.org", "bob@example.org")
    assert path.read_bytes().endswith(content)
    assert path.stat().st_mode & 0o777 == 0o600
    assert person.guard.held() == ()
    person.let_pass(10_000)
    person.guard.stop()
    person.new_guard().start()
    assert person.guard.held() == ()
    assert person.server.received == []


def test_a_draft_that_cannot_be_written_leaves_the_mail_waiting(person: Person, tmp_path: Path) -> None:
    person.guard.start()
    person.send(ANGRY)
    with pytest.raises(SendingError, match="still waits"):
        person.guard.take_back(person.held().id, tmp_path / "missing" / "back.eml")
    assert (person.held().state, person.held().goes) == (State.TAKEN, None)
    with pytest.raises(SendingError, match="Choose another name"):
        person.guard.take_back(person.held().id, tmp_path / f"{'x' * 300}.eml")
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_a_dropped_mail_is_gone_from_the_disk(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.drop(person.held().id)
    assert [path.name for path in person.folder.iterdir()] == ["queue.lock"]
    with pytest.raises(SendingError, match="does not wait any more"):
        person.guard.drop("0" * 24)


def test_a_temporary_error_is_tried_again_later(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.server.behaviour.answers["recipient"] = "451 4.2.1 Come back later"
    person.let_pass(601)
    until(lambda: person.held().said == "4.2.1 Come back later")
    assert person.held().goes == person.clock.now + 30
    assert person.incidents == ["mail: A mail that waits was not taken by its server yet; it is tried again."]
    person.let_pass(31)
    until(lambda: person.held().goes == person.clock.now + 60)
    person.server.behaviour.answers.clear()
    person.let_pass(61)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_a_network_that_shows_another_certificate_is_waited_out(person: Person, tmp_path: Path) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.tls = Authority(tmp_path / "hotel").trusted
    person.let_pass(601)
    until(lambda: "certificate" in person.held().said)
    assert person.held().state is State.HELD
    person.tls = person.authority.trusted
    person.let_pass(31)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


@pytest.mark.parametrize("point", ["recipient", "before"])
def test_a_permanent_error_is_told_and_the_mail_kept(person: Person, point: str) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.server.behaviour.answers[point] = "550 5.1.1 Gone away"
    person.let_pass(601)
    until(lambda: person.held().state is State.FAILED)
    assert person.held().said == "The server refused it: 5.1.1 Gone away"
    until(lambda: any("refused by its server for good" in sentence for sentence in person.incidents))
    assert not any("bob" in sentence for sentence in person.incidents)


def test_a_password_that_was_changed_is_waited_for(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.server.behaviour.passwords[USER] = "another"
    person.let_pass(601)
    until(lambda: "password" in person.held().said)
    person.mail_program(password="another").close()
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


@pytest.mark.parametrize("point", ["login", "sender", "recipient", "data"])
def test_a_connection_that_breaks_before_the_end_is_tried_again(person: Person, point: str) -> None:
    person.guard.start()
    person.send(ANGRY)
    left = [True]
    person.server.behaviour.breaks = lambda here: here == point and bool(left) and left.pop()
    person.let_pass(601)
    until(lambda: person.held().goes == person.clock.now + 30)
    person.let_pass(31)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


@pytest.mark.parametrize(("point", "arrived"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("text", [ANGRY, CALM])
def test_where_nobody_knows_the_person_is_asked(person: Person, point: str, arrived: int, text: str) -> None:
    left = [True]
    person.server.behaviour.breaks = lambda here: here == point and bool(left) and left.pop()
    if text is CALM:
        person.signals = Signals()
    person.guard.start()
    content = person.send(text, message_id="<same@example.org>")
    if text is ANGRY:
        person.guard.send_now(person.held().id)
    until(lambda: person.held().state is State.UNSURE)
    assert len(person.server.received) == arrived
    assert "may have reached the server or not" in person.held().said
    with person.mail_program() as program:  # a mail program that tries again does not double it
        program.sendmail(USER, ["bob@example.org"], content)
    person.let_pass(100_000)
    person.guard.stop()
    person.new_guard().start()
    assert person.held().state is State.UNSURE
    if arrived:
        person.guard.drop(person.held().id)
        with person.mail_program() as program:
            program.sendmail(USER, ["bob@example.org"], content)
    else:
        person.mail_program().close()
        person.guard.send_now(person.held().id)
        person.mail_program().close()
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


@pytest.mark.parametrize("text", [ANGRY, CALM])
def test_the_same_mail_handed_in_twice_is_one(person: Person, text: str) -> None:
    if text is CALM:
        person.signals = Signals()
    person.guard.start()
    content = person.send(text, message_id="<one@example.org>")
    for _ in range(2):
        with person.mail_program() as program:
            program.sendmail(USER, ["bob@example.org"], content)
    person.let_pass(601)
    until(lambda: not person.guard.held())
    person.guard.stop()
    person.new_guard().start()
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], content)
        program.sendmail(USER, ["eve@example.org"], content)  # another envelope is another mail
    if text is ANGRY:
        person.guard.send_now(person.held().id)
        until(lambda: not person.guard.held())
    assert len(person.server.received) == 2


def test_a_mail_without_an_identity_gets_one_that_stays(person: Person) -> None:
    person.guard.start()
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], f"Subject: x\r\n\r\n{ANGRY}\r\n")
    person.server.behaviour.answers["before"] = "451 4.2.1 Later"
    person.guard.send_now(person.held().id)
    until(lambda: person.held().state is State.HELD and person.held().said == "4.2.1 Later")
    person.server.behaviour.answers.clear()
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())
    mail = message_from_bytes(person.server.received[0].content)
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Date"]


def test_an_account_that_is_gone_from_the_settings_is_told(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.change(accounts=())
    person.guard.apply(person.settings)
    person.let_pass(601)
    until(lambda: "not in the settings" in person.held().said)
    assert person.held().state is State.HELD


def test_a_server_that_does_not_answer_does_not_keep_the_program_from_ending(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.sending.dispatching.STOP_SECONDS", 0.1)
    reached = threading.Event()
    person.server.behaviour.silent = lambda point: point == "before" and not reached.set()
    person.guard.start()
    person.send(ANGRY)
    person.guard.send_now(person.held().id)
    assert reached.wait(PATIENCE)
    person.guard.stop()
    person.new_guard().start()
    assert person.held().state is State.UNSURE
