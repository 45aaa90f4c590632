"""Clocks that jump, accounts that were changed, passwords that come late: no mail is lost, none stuck."""

from __future__ import annotations

import smtplib
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from mail_person import ANGRY, PATIENCE, USER, Person, until, written
from real_server import Authority, MailServer

from companion.sending import queue
from companion.sending.mail_file import Head, Progress
from companion.sending.outcomes import GIVE_UP_SECONDS, GIVE_UP_TRIES, UNFIT
from companion.sending.passwords import KeyringPasswords
from companion.sending.types import Envelope, HeldMail, Recipient, Security, SendingError, State
from index.keys.mail_files import bound_to
from index.replacing import replace_file

LATER = "451 4.2.1 Come back later"
DAYS = 3 * 86_400.0


def known_anew(person: Person) -> None:
    """Start the guard as a new program would, with the password in the keyring."""
    person.guard.stop()
    person.new_guard().start()


def test_a_machine_that_was_off_for_days_waits_out_one_temporary_error(person: Person) -> None:
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)
    person.guard.stop()
    person.clock.now += DAYS
    person.server.behaviour.answers["recipient"] = LATER
    person.new_guard().start()
    until(lambda: person.held().said == "4.2.1 Come back later")
    known_anew(person)
    person.let_pass(DAYS)  # off once more, after one try
    until(lambda: person.held().goes == person.clock.now + 60)
    assert person.held().state is State.HELD


def test_a_mail_that_was_put_off_for_days_waits_out_one_temporary_error(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.later(person.held().id, DAYS)
    person.server.behaviour.answers["recipient"] = LATER
    person.let_pass(DAYS + 1)
    until(lambda: person.held().goes == person.clock.now + 30)
    assert person.held().state is State.HELD


def test_what_is_decided_while_it_is_taken_down_what_came_of_a_try_stands(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.guard.start()
    person.send(ANGRY)
    mail, remember = person.held().id, person.guard._queue.remember
    later = threading.Thread(target=person.guard.later, args=(mail, DAYS))

    def decide(which: str, progress: Progress) -> None:
        later.start()
        later.join(0.5)
        remember(which, progress)

    monkeypatch.setattr(person.guard._queue, "remember", decide)
    person.server.behaviour.answers["recipient"] = LATER
    person.let_pass(601)
    until(lambda: later.ident is not None and not later.is_alive())
    until(lambda: person.guard._dispatcher is not None and not person.guard._dispatcher._busy)
    assert person.held().goes == person.clock.now + DAYS


def test_what_is_no_answer_is_no_refusal(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.server.behaviour.answers["recipient"] = "<html>Log in to this network first</html>"
    person.let_pass(601)
    until(lambda: person.held().goes == person.clock.now + 30)
    assert (person.held().state, "no answer" in person.held().said) == (State.HELD, True)


def test_after_two_days_of_tries_it_is_given_up_and_not_called_refused(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.server.behaviour.answers["recipient"] = LATER
    person.let_pass(601)
    until(lambda: person.held().goes == person.clock.now + 30)
    entry = person.guard._queue.entry(person.held().id)
    person.guard._queue.note(entry.id, replace(entry.progress, tries=GIVE_UP_TRIES))
    person.let_pass(GIVE_UP_SECONDS)
    until(lambda: person.held().state is State.FAILED)
    assert person.held().said == "It was tried for two days. The server said last: 4.2.1 Come back later"
    until(lambda: any("not taken by its server for two days" in sentence for sentence in person.incidents))
    assert not any("for good" in sentence for sentence in person.incidents)
    person.guard.send_now(entry.id)  # a new decision begins anew
    until(lambda: person.held().goes == person.clock.now + 30)


def test_a_clock_that_is_set_back_lets_no_mail_wait_longer_than_was_chosen(person: Person) -> None:
    person.clock.now += 365 * 86_400
    person.guard.start()
    person.send(ANGRY)
    person.let_pass(-365 * 86_400)
    until(lambda: person.held().goes == person.clock.now + 600)
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_an_account_that_is_gone_is_not_asked_for_again_and_again(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.change(accounts=())
    person.guard.apply(person.settings)
    due = person.held().goes
    person.let_pass(601)
    until(lambda: "not in the settings" in person.held().said)
    assert person.held().goes == due  # it is not put off to be tried again
    until(lambda: bool(person.incidents))
    assert sum("not in the settings" in sentence for sentence in person.incidents) == 1


def test_a_password_that_comes_while_an_older_one_is_refused_is_kept(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.server.behaviour.passwords = {USER: "changed"}
    asked: list[str] = []

    def look(point: str) -> bool:
        if point == "login":
            asked.append(point)
        if asked == ["login"] and person.guard._dispatcher is not None:
            person.guard._dispatcher.logged_in(person.account.name, USER, b"changed")
        return False

    person.server.behaviour.breaks = look
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_a_mail_goes_to_no_other_server_than_it_was_held_for_unless_asked(person: Person, authority: Authority) -> None:
    with MailServer(authority, Security.TLS) as other:
        logins: list[str] = []
        other.behaviour.breaks = lambda point: point == "login" and bool(logins.append(point))
        person.guard.start()
        person.send(ANGRY)
        person.change(accounts=(replace(person.account, port=other.port),))
        person.guard.apply(person.settings)
        person.let_pass(601)
        until(lambda: "another server now" in person.held().said)
        assert (logins, other.received, person.held().state) == ([], [], State.HELD)
        person.guard.apply(replace(person.settings, accounts=(person.account,)))
        until(lambda: not person.guard.held())  # the account is as it was
        assert len(person.server.received) == 1

        person.send(ANGRY)
        person.guard.apply(person.settings)
        person.let_pass(601)
        until(lambda: "another server now" in person.held().said)
        person.guard.send_now(person.held().id)
        until(lambda: not person.guard.held())
        assert len(other.received) == 1


def test_passwords_stay_where_they_were_when_they_cannot_be_moved(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.guard.start()
    person.send(ANGRY)
    monkeypatch.setattr("companion.sending.passwords.has_keyring", lambda: False)
    with pytest.raises(SendingError, match="no keyring"):
        person.guard.apply(replace(person.settings, keep_passwords=True))
    person.guard.apply(replace(person.settings, hold_seconds=300.0))
    person.send(ANGRY)  # neither refused for want of a keyring
    monkeypatch.undo()
    person.send(ANGRY)  # nor kept in one without consent
    assert KeyringPasswords().get("work", USER) is None
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 3


def test_passwords_stay_when_the_keyring_does_not_let_go_of_them(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)

    def refuse(*_: object) -> None:
        raise SendingError("The keyring still has a mail's password.")

    monkeypatch.setattr(KeyringPasswords, "drop", refuse)
    with pytest.raises(SendingError, match="still has"):
        person.guard.apply(replace(person.settings, keep_passwords=False))
    assert person.guard.settings.keep_passwords
    monkeypatch.undo()
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())


def test_a_mail_that_was_not_taken_is_not_there_either(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError(5, "Input/output error")

    person.guard.start()
    with monkeypatch.context() as disk, person.mail_program() as program:
        disk.setattr("index.replacing.sync_folder", refuse)
        with pytest.raises(smtplib.SMTPDataError) as caught:
            program.sendmail(USER, ["bob@example.org"], written(ANGRY))
    assert caught.value.smtp_code == 451
    person.guard.stop()
    person.new_guard().start()
    assert person.guard.held() == ()


def test_no_password_is_kept_for_a_mail_that_was_sent_already(person: Person) -> None:
    person.guard.start()
    content = person.send(ANGRY)
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())
    until(lambda: person.guard._passwords.get("work", USER) is None)
    with person.mail_program() as program:  # which missed the answer, and tries again
        program.sendmail(USER, ["bob@example.org"], content)
    assert person.guard._passwords.get("work", USER) is None
    assert len(person.server.received) == 1


def test_a_mail_that_comes_as_the_last_one_before_it_goes_keeps_its_password(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.guard.start()
    put, dispatcher = person.guard._queue.put, person.guard._dispatcher
    assert dispatcher is not None

    def put_meanwhile(head: Head, content: bytes, state: State) -> tuple[queue.Entry, bool]:
        dispatcher.settle("work", USER)  # as for a mail that was just sent
        return put(head, content, state)

    monkeypatch.setattr(person.guard._queue, "put", put_meanwhile)
    person.send(ANGRY)
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_who_looks_what_waits_does_not_wait_for_the_disk(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.guard.start()
    person.send(ANGRY)
    writing, over = threading.Event(), threading.Event()

    def write(path: Path, content: bytes) -> None:
        writing.set()
        assert over.wait(PATIENCE)
        replace_file(path, content)

    monkeypatch.setattr(queue, "replace_file", write)
    putting_off = threading.Thread(target=person.guard.later, args=(person.held().id, 5_000), daemon=True)
    putting_off.start()
    assert writing.wait(PATIENCE)
    seen: list[HeldMail] = []
    looking = threading.Thread(target=lambda: seen.extend(person.guard.held()), daemon=True)
    looking.start()
    looking.join(PATIENCE / 3)
    while_it_is_written = len(seen)
    over.set()
    putting_off.join(PATIENCE)
    assert while_it_is_written == 1


def test_a_mail_from_before_that_servers_could_take_to_end_early_is_given_up(person: Person) -> None:
    waiting, now = queue.Queue(person.folder, person.keys.files, clock=person.clock), person.clock.now
    waiting.open()
    content = b"Message-ID: <1@x>\r\n\r\nhi\n.\nMAIL FROM:<eve@x>\r\n"
    envelope = Envelope(USER, (), (Recipient("bob@example.org", ()),))
    head = Head("work", USER, envelope, "hi", "1", now, now, len(content), server=person.account.server)
    waiting.put(head, content, State.HELD)
    waiting.close()
    points: list[str] = []
    person.guard.start()
    until(lambda: "password" in person.held().said)
    program = person.mail_program()
    person.server.behaviour.breaks = lambda point: bool(points.append(point))
    until(lambda: person.held().state is State.FAILED)
    program.close()
    assert "single dot after half a line break" in person.held().said
    assert "data" not in points
    until(lambda: f"mail: {UNFIT}" in person.incidents)


def test_a_mail_of_a_newer_version_stays_as_it_is_and_the_others_go(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.stop()
    (file,) = person.folder.glob("*.held")
    told = b'{"account": "work", "of": "a version to come"}'
    newer = file.with_name(f"{'0' * 24}.held")
    newer.write_bytes(person.keys.files.seal(len(told).to_bytes(4, "big") + told, bound_to(newer)))
    person.change(keep_passwords=False)
    person.new_guard().start()
    assert "mail: 1 waiting mails cannot be read; their files stay as they are." in person.incidents
    person.mail_program().close()
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert newer.exists()
