"""Consent to the keyring that was taken back: nothing of it stays there, and who consents anew loses nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from mail_person import ANGRY, PASSWORD, PATIENCE, USER, Locked, Person, until

from companion.sending import leftover, withdrawal
from companion.sending.guard import forget_passwords
from companion.sending.leftover import UNREADABLE
from companion.sending.passwords import KeyringPasswords
from companion.sending.types import SendingError
from companion.sending.withdrawal import NAME, UNWRITTEN
from index.types import VaultError


def kept() -> bytes | None:
    return KeyringPasswords().get("work", USER)


def full(path: Path, _content: bytes) -> None:
    raise VaultError(f"{path.name} could not be written.")


def threads() -> int:
    return sum(thread.name == NAME for thread in threading.enumerate())


def held_by_consent(person: Person) -> None:
    """Leave a mail and its password where a guard without consent finds them."""
    person.change(keep_passwords=True)
    person.new_guard().start()
    person.send(ANGRY)
    person.guard.stop()
    person.change(keep_passwords=False)


def left_behind(person: Person, monkeypatch: pytest.MonkeyPatch) -> Locked:
    """Leave a password in the keyring that no mail waits with any more."""
    held_by_consent(person)
    locked = Locked(monkeypatch)
    person.new_guard().start()
    person.guard.drop(person.held().id)
    person.guard.stop()
    return locked


class Slow:
    """A keyring that asks its person, who takes their time; only the thread that takes passwords out waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.answered, self._get = threading.Semaphore(0), threading.Event(), keyring.get_password
        monkeypatch.setattr(withdrawal, "FIRST_SECONDS", 0.05)
        monkeypatch.setattr(keyring, "get_password", self._given)

    def _given(self, service: str, user: str) -> str | None:
        if threading.current_thread().name == NAME:
            self.asked.release()
            assert self.answered.wait(PATIENCE)
        return self._get(service, user)


@pytest.mark.parametrize("sent", [True, False])
def test_once_the_keyring_is_open_a_later_start_takes_out_what_no_mail_waits_with(
    person: Person, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    held_by_consent(person)
    locked = Locked(monkeypatch)
    person.new_guard().start()
    if sent:
        person.mail_program().close()
        person.let_pass(601)
    else:
        person.guard.drop(person.held().id)
    until(lambda: not person.guard.held())
    person.guard.stop()
    (file,) = person.folder.glob(leftover.FILE)
    assert USER.encode() not in file.read_bytes()
    for path in person.folder.glob("*.sent"):
        path.unlink()
    person.change(on=False)
    person.new_guard().start()
    person.guard.stop()
    locked.shut = False
    assert kept() is not None
    person.new_guard().start()
    assert kept() is None
    person.guard.stop()
    person.new_guard().start()
    assert person.guard._dispatcher is None  # nothing is left to do


def test_it_is_on_disk_before_the_keyring_asks_its_person(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    held_by_consent(person)
    slow = Slow(monkeypatch)
    person.new_guard().start()
    assert slow.asked.acquire(timeout=PATIENCE)
    person.guard.drop(person.held().id)
    person.guard.stop()
    slow.answered.set()
    until(lambda: threads() == 0)
    assert kept() is not None  # who stops takes nothing out
    person.new_guard().start()
    assert kept() is None


def test_a_login_has_it_looked_for_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawal, "LOGIN_SECONDS", 0.0)
    held_by_consent(person)
    locked = Locked(monkeypatch)
    person.new_guard().start()
    locked.shut = False
    assert kept() is not None
    person.mail_program().close()
    until(lambda: kept() is None)
    until(lambda: threads() == 0)


def test_no_login_has_a_locked_keyring_ask_its_person_again_at_once(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by_consent(person)
    locked = Locked(monkeypatch)
    person.new_guard().start()
    waits: list[float | None] = []
    thread = person.guard._withdrawal
    monkeypatch.setattr(thread, "_wake", Noted(thread._wake, waits))
    person.mail_program().close()
    person.mail_program().close()
    until(lambda: len(waits) > 1)
    assert locked.asked == 1
    assert all(wait is not None and 60 < wait <= withdrawal.LOGIN_SECONDS for wait in waits)


class Noted(threading.Event):
    """An event that takes down how long it is waited for; whoever waits at the one before is woken to use it."""

    def __init__(self, before: threading.Event, waits: list[float | None]) -> None:
        super().__init__()
        self._before, self._waits = before, waits

    def set(self) -> None:
        self._before.set()
        super().set()

    def wait(self, timeout: float | None = None) -> bool:
        self._waits.append(timeout)
        return super().wait(timeout)


def test_changed_settings_neither_ask_nor_tell_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.guard.start()
    person.send(ANGRY)
    locked = Locked(monkeypatch)
    for seconds in range(300, 305):
        person.guard.apply(replace(person.settings, hold_seconds=float(seconds)))
    assert locked.asked == 1
    assert len(person.incidents) == 1


def test_changed_settings_begin_no_other_thread(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.guard.start()
    person.send(ANGRY)
    slow = Slow(monkeypatch)
    for seconds in range(300, 305):
        person.guard.apply(replace(person.settings, hold_seconds=float(seconds)))
    assert slow.asked.acquire(timeout=PATIENCE)
    assert not slow.asked.acquire(blocking=False)
    assert threads() == 1
    slow.answered.set()
    until(lambda: threads() == 0)


def test_who_consents_anew_while_the_keyring_asks_keeps_the_password(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.guard.start()
    person.send(ANGRY)
    slow, put = Slow(monkeypatch), KeyringPasswords.put

    def put_as_they_answer(ring: KeyringPasswords, account: str, user: str, password: bytes) -> None:
        put(ring, account, user, password)
        slow.answered.set()
        until(lambda: threads() == 0)

    person.guard.apply(replace(person.settings, hold_seconds=300.0))
    assert slow.asked.acquire(timeout=PATIENCE)
    with monkeypatch.context() as consent:
        consent.setattr(KeyringPasswords, "put", put_as_they_answer)
        person.guard.apply(replace(person.settings, keep_passwords=True))
    assert kept() == PASSWORD.encode()
    until(lambda: threads() == 0)
    assert kept() == PASSWORD.encode()
    assert not (person.folder / leftover.FILE).exists()


def test_consent_that_could_not_be_given_leaves_it_to_be_taken_out(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawal, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(withdrawal, "LOGIN_SECONDS", 0.01)
    held_by_consent(person)
    locked = Locked(monkeypatch)
    person.new_guard().start()
    person.mail_program().close()
    with monkeypatch.context() as ring:
        ring.setattr("companion.sending.passwords.has_keyring", lambda: False)
        with pytest.raises(SendingError, match="no keyring"):
            person.guard.apply(replace(person.settings, keep_passwords=True))
    locked.shut = False
    until(lambda: kept() is None)
    until(lambda: threads() == 0)


def test_with_consent_anew_only_what_a_mail_waits_with_stays(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = left_behind(person, monkeypatch)
    locked.shut = False
    KeyringPasswords().put("work", "ann", b"waits")
    monkeypatch.setattr(person.guard, "_users", set)
    leftover.Leftover(person.folder, person.keys.files).write([("work", USER), ("work", "ann")])
    guard = person.new_guard()
    guard.settings = replace(person.settings, keep_passwords=True)
    monkeypatch.setattr(guard, "_users", lambda: {("work", "ann")})
    guard.start()
    until(lambda: threads() == 0)
    assert kept() is None
    assert KeyringPasswords().get("work", "ann") == b"waits"
    assert not (person.folder / leftover.FILE).exists()


def test_a_mail_that_comes_as_its_password_is_taken_out_keeps_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = left_behind(person, monkeypatch)
    locked.shut = False
    guard, answers = person.new_guard(), [set[tuple[str, str]](), {("work", USER)}]
    guard.settings = replace(person.settings, keep_passwords=True)
    users = guard._users
    monkeypatch.setattr(guard, "_users", lambda: answers.pop(0) if threading.current_thread().name == NAME else users())
    guard.start()
    until(lambda: threads() == 0)
    assert answers == []
    assert kept() == PASSWORD.encode()


@pytest.mark.parametrize("before", [True, False])
def test_without_a_keyring_only_what_one_was_asked_for_is_left(
    person: Person, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    if before:
        left_behind(person, monkeypatch).shut = False
    monkeypatch.setattr(withdrawal, "has_keyring", lambda: False)
    person.new_guard().start()
    person.send(ANGRY)
    person.guard.stop()
    person.new_guard().start()
    until(lambda: threads() == before)
    person.guard.stop()
    assert (person.folder / leftover.FILE).exists() is before
    assert not any("keyring" in sentence for sentence in person.incidents[1:])


def test_a_note_that_cannot_be_read_is_told_once_and_mail_programs_are_served(person: Person) -> None:
    person.folder.mkdir()
    (person.folder / leftover.FILE).write_bytes(b"damaged" * 9)
    for _ in range(2):
        person.new_guard().start()
        assert person.guard.runs
        assert person.incidents == [f"mail: {UNREADABLE}"]
        person.guard.stop()


def test_what_could_not_be_written_down_is_not_lost_over_a_change_of_settings(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawal, "AGAIN_SECONDS", 0.01)
    held_by_consent(person)
    locked = Locked(monkeypatch)
    with monkeypatch.context() as disk:
        disk.setattr(leftover, "replace_file", full)
        person.new_guard().start()
        person.guard.drop(person.held().id)
        person.guard.apply(replace(person.settings, hold_seconds=300.0))
        locked.shut = False
        until(lambda: kept() is None)
    until(lambda: threads() == 0)


def test_where_it_cannot_be_written_down_it_is_taken_out_all_the_same(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by_consent(person)
    monkeypatch.setattr(leftover, "replace_file", full)
    person.new_guard().start()
    assert kept() is None
    assert person.incidents == [f"mail: {UNWRITTEN.format('passwords.note could not be written.')}"]


def test_a_password_that_cannot_be_taken_out_holds_up_no_other(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawal, "AGAIN_SECONDS", 0.01)
    KeyringPasswords().put("work", USER, b"goes")
    get, failed = keyring.get_password, list[str]()

    def given(service: str, user: str) -> str | None:
        if user == "work/aaron":
            failed.append(user)
            raise TimeoutError
        return get(service, user)

    monkeypatch.setattr(keyring, "get_password", given)
    person.folder.mkdir()
    leftover.Leftover(person.folder, person.keys.files).write([("work", "aaron"), ("work", USER)])
    person.guard.start()
    until(lambda: kept() is None)
    left = leftover.Leftover(person.folder, person.keys.files)
    until(lambda: left.read() == {("work", "aaron")})
    until(lambda: len(failed) > 3)
    assert len(person.incidents) == 1


def test_forgetting_everything_takes_out_what_was_left_behind(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = left_behind(person, monkeypatch)
    with pytest.raises(SendingError, match="Unlock it"):
        forget_passwords(person.folder, person.keys.files, clock=person.clock)
    locked.shut = False
    forget_passwords(person.folder, person.keys.files, clock=person.clock)
    assert kept() is None
