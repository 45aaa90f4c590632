"""What waits over a restart, and when the keyring has its password."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import NoReturn

import keyring
import pytest
from mail_person import ANGRY, CALM, PASSWORD, USER, Locked, Person, until

from companion.sending.agitation import Signals
from companion.sending.mail_file import Head
from companion.sending.passwords import KeyringPasswords
from companion.sending.queue import REMEMBERED_SECONDS, Queue
from companion.sending.types import Envelope, SendingError, State
from companion.sending.withdrawal import NAME


def test_nothing_on_disk_can_be_read(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.later(person.held().id, 100)
    files = list(person.folder.iterdir())
    assert len(files) == 3
    for path in files:
        assert not any(word in path.read_bytes() for word in (b"FIX", b"bob", b"example", PASSWORD.encode()))
        assert path.stat().st_mode & 0o077 == 0
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())
    person.guard.stop()
    person.new_guard().start()
    # Of a sent mail only what tells it again is left, much less than the mail was.
    (left,) = person.folder.glob("*.sent")
    assert left.stat().st_size < 500


def test_a_mail_waits_over_a_restart_until_the_mail_program_logs_in_again(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.stop()
    person.let_pass(601)
    person.new_guard().start()
    until(lambda: "password" in person.held().said)
    assert person.server.received == []
    person.mail_program().close()
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_with_consent_the_keyring_has_the_password_as_long_as_a_mail_waits(person: Person) -> None:
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)
    assert KeyringPasswords().get("work", USER) == PASSWORD.encode()
    person.guard.stop()
    person.let_pass(601)
    person.new_guard().start()
    until(lambda: not person.guard.held())
    until(lambda: KeyringPasswords().get("work", USER) is None)
    assert len(person.server.received) == 1


def test_when_consent_is_taken_back_the_keyring_has_nothing(person: Person) -> None:
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)
    person.change(keep_passwords=False)
    person.guard.apply(person.settings)
    assert KeyringPasswords().get("work", USER) is None
    person.guard.send_now(person.held().id)
    until(lambda: not person.guard.held())


def test_consent_taken_back_while_the_program_was_off_empties_the_keyring(person: Person) -> None:
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)
    person.guard.stop()
    person.change(keep_passwords=False)
    person.new_guard().start()
    assert KeyringPasswords().get("work", USER) is None
    assert person.held().state is State.HELD


def test_a_locked_keyring_keeps_nobody_from_sending(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.guard.stop()
    Locked(monkeypatch)
    person.new_guard().start()
    assert person.guard.runs
    assert person.held().state is State.HELD
    (told,) = person.incidents
    assert told == (
        "mail: Companion could not look whether the keyring has a mail's password that is not to stay there: The "
        "keyring did not give a mail's password (Failed to unlock the collection!). Unlock it. It looks again in an "
        "hour, or once your mail program logs in."
    )
    person.let_pass(601)
    person.mail_program().close()
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_what_a_locked_keyring_has_without_consent_goes_once_it_is_open(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.sending.withdrawal.AGAIN_SECONDS", 0.01)
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)
    person.guard.stop()
    person.change(keep_passwords=False)
    locked = Locked(monkeypatch)
    person.new_guard().start()
    until(lambda: locked.asked > 3)
    person.guard.drop(person.held().id)  # it is taken out although no mail waits with it any more
    locked.shut = False
    until(lambda: KeyringPasswords().get("work", USER) is None)
    assert len(person.incidents) == 1


def test_consent_given_anew_leaves_the_password_where_it_is(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.sending.withdrawal.AGAIN_SECONDS", 0.01)
    person.guard.start()
    person.send(ANGRY)
    locked = Locked(monkeypatch)
    person.guard.apply(replace(person.settings, hold_seconds=300.0))
    until(lambda: locked.asked > 3)
    person.guard.apply(replace(person.settings, keep_passwords=True))
    locked.shut = False
    until(lambda: NAME not in {thread.name for thread in threading.enumerate()})
    assert KeyringPasswords().get("work", USER) == PASSWORD.encode()


def test_whatever_a_keyring_raises_mail_programs_are_served(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_service: str, _user: str) -> NoReturn:
        raise TimeoutError

    person.guard.start()
    person.send(ANGRY)
    person.guard.stop()
    monkeypatch.setattr(keyring, "get_password", fail)
    person.new_guard().start()
    assert person.guard.runs
    assert "not to stay there: TimeoutError" in person.incidents[0]


def test_switched_off_it_still_sends_what_was_held(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.change(on=False)
    person.guard.apply(person.settings)
    assert not person.guard.runs
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_a_stop_leaves_nothing_of_what_was_sent_but_what_tells_it_again(person: Person) -> None:
    person.guard.start()
    person.signals = Signals()
    person.send(CALM + "x" * 2000)
    person.guard.stop()
    assert len(person.server.received) == 1
    (left,) = person.folder.glob("*.sent")
    assert left.stat().st_size < 500


def test_switched_off_nothing_of_what_was_sent_stays(person: Person) -> None:
    queue = Queue(person.folder, person.keys.files, clock=person.clock)
    queue.open()
    head = Head("work", USER, Envelope(USER, (), ()), "Budget", "1", person.clock.now, person.clock.now, 2000)
    queue.put(head, b"x" * 2000, State.SENDING)
    queue.sent(queue.entries(State.SENDING)[0].id)
    queue.close()  # as where the program ended here
    person.change(on=False)
    person.new_guard().start()
    (left,) = person.folder.glob("*.sent")
    assert left.stat().st_size < 500
    person.let_pass(REMEMBERED_SECONDS + 1)
    until(lambda: not list(person.folder.glob("*.sent")))
    person.guard.stop()
    person.new_guard().start()
    assert person.guard._dispatcher is None  # nothing is left to do


def test_two_guards_never_have_the_same_mails(person: Person) -> None:
    person.guard.start()
    first = person.guard
    with pytest.raises(SendingError, match="Another Companion"):
        person.new_guard().start()
    first.stop()
    person.guard.start()
