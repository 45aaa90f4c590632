"""What waits over a restart, and when the keyring has its password."""

from __future__ import annotations

import pytest
from mail_person import ANGRY, PASSWORD, USER, Person, until

from companion.sending.passwords import KeyringPasswords
from companion.sending.types import SendingError, State


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


def test_switched_off_it_still_sends_what_was_held(person: Person) -> None:
    person.guard.start()
    person.send(ANGRY)
    person.change(on=False)
    person.guard.apply(person.settings)
    assert not person.guard.runs
    person.let_pass(601)
    until(lambda: not person.guard.held())
    assert len(person.server.received) == 1


def test_two_guards_never_have_the_same_mails(person: Person) -> None:
    person.guard.start()
    first = person.guard
    with pytest.raises(SendingError, match="Another Companion"):
        person.new_guard().start()
    first.stop()
    person.guard.start()
