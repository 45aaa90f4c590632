"""Full disks, clocks that jump, servers that say nothing, accounts that were changed: no mail is lost, none stuck."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from mail_person import ANGRY, CALM, HOST, PASSWORD, PATIENCE, USER, Person, free_port, until, written
from real_server import Authority, MailServer

from companion.sending import queue
from companion.sending.agitation import Signals
from companion.sending.mail_file import Head, Progress
from companion.sending.outcomes import DOUBLINGS, GIVE_UP_SECONDS, GIVE_UP_TRIES
from companion.sending.passwords import KeyringPasswords
from companion.sending.types import Account, Envelope, HeldMail, Recipient, Security, SendingError, State
from companion.sending.upstream import RefusedError, Upstream
from index.keys.mail_files import bound_to
from index.replacing import replace_file
from index.types import VaultError

LATER = "451 4.2.1 Come back later"
DAYS = 3 * 86_400.0


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


def known_anew(person: Person) -> None:
    """Start the guard as a new program would, with the password in the keyring."""
    person.guard.stop()
    person.new_guard().start()


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
    monkeypatch.setattr("companion.sending.passwords._has_keyring", lambda: False)
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


@pytest.fixture(params=["silent", "dripping"])
def tarpit(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server that takes connections and never says a whole sentence."""
    over = threading.Event()
    met: list[socket.socket] = []

    def feed(one: socket.socket) -> None:
        while request.param == "dripping" and not over.wait(0.02):
            try:
                one.sendall(b"220-wait\r\n")
            except OSError:
                return

    def listen(server: socket.socket) -> None:
        while not over.is_set():
            try:
                one, _ = server.accept()
            except OSError:
                return
            met.append(one)
            threading.Thread(target=feed, args=(one,), daemon=True).start()

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=listen, args=(server,), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)
        for one in met:
            one.close()


def at(port: int) -> Account:
    return Account("work", HOST, port, Security.NONE, free_port())


def test_one_deadline_holds_for_the_whole_greeting(tarpit: int) -> None:
    upstream = Upstream(at(tarpit), tls=lambda: pytest.fail("no TLS here"), timeout=0.3)
    with pytest.raises(RefusedError) as caught:
        upstream.open()
    assert caught.value.reply.code == 451


def test_who_waits_for_a_greeting_can_be_woken(tarpit: int) -> None:
    upstream = Upstream(at(tarpit), tls=lambda: pytest.fail("no TLS here"), timeout=10 * PATIENCE)
    ended: list[int] = []

    def wait() -> None:
        try:
            upstream.open()
        except RefusedError as error:
            ended.append(error.reply.code)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    until(lambda: upstream._line._socket is not None)
    upstream.abort()
    waiting.join(PATIENCE)
    assert ended == [451]


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Have nobody answer who asks for the address of a server; tells when somebody does."""
    asked, over = threading.Event(), threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        asked.set()
        over.wait(PATIENCE)
        return []

    monkeypatch.setattr("companion.sending.line.socket.getaddrinfo", silent)
    yield asked
    over.set()


@pytest.mark.usefixtures("no_names")
def test_one_deadline_holds_for_the_name_of_a_server_too() -> None:
    upstream = Upstream(at(free_port()), tls=lambda: pytest.fail("no TLS here"), timeout=0.3)
    with pytest.raises(RefusedError, match="it took too long"):
        upstream.open()


def test_who_waits_for_the_name_of_a_server_can_be_woken(no_names: threading.Event) -> None:
    upstream = Upstream(at(free_port()), tls=lambda: pytest.fail("no TLS here"), timeout=10 * PATIENCE)
    ended: list[str] = []

    def wait() -> None:
        try:
            upstream.open()
        except RefusedError as error:
            ended.append(error.reply.text)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert no_names.wait(PATIENCE)
    upstream.abort()
    waiting.join(PATIENCE)
    assert len(ended) == 1
    assert "broken off" in ended[0]


def test_an_address_that_nobody_answers_at_leaves_the_others_time(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer(authority, Security.NONE) as server, socket.create_server((HOST, 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]  # more than it lets wait
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        places = [full.getsockname(), (HOST, server.port)]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
        monkeypatch.setattr("companion.sending.line.socket.getaddrinfo", lambda *_, **__: found)
        upstream = Upstream(at(server.port), tls=lambda: pytest.fail("no TLS here"), timeout=3.0)
        upstream.open()
        assert upstream.is_open
        upstream.quit()
        for one in waiting:
            one.close()


def test_a_server_that_never_greets_keeps_nobody_from_stopping(
    person: Person, tarpit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.sending.dispatching.STOP_SECONDS", 0.1)
    monkeypatch.setattr("companion.sending.upstream.TIMEOUT_SECONDS", 10 * PATIENCE)
    person.change(accounts=(replace(person.account, port=tarpit, security=Security.NONE),))
    person.new_guard().start()
    queued = person.guard._queue
    (account,) = person.settings.accounts
    envelope = Envelope(USER, (), (Recipient("bob@example.org"),))
    now = person.clock.now
    content = written(ANGRY)
    head = Head("work", USER, envelope, "x", "1", now, now, len(content), server=account.server)
    person.guard._passwords.put("work", USER, PASSWORD.encode())
    queued.put(head, content, State.HELD)
    person.guard._wake("")
    until(lambda: bool(person.guard._dispatcher and person.guard._dispatcher._speaking))
    stopping = threading.Thread(target=person.guard.stop, daemon=True)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    person.new_guard().start()
    (entry,) = person.guard._queue.entries(*State)
    assert (entry.state, entry.progress.tries) == (State.HELD, 0)  # being broken off counts for nothing


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


def test_a_large_mail_may_take_longer_than_one_answer_over_a_slow_line() -> None:
    timeout = 1.5
    with slow_reader(1.5 * timeout) as port:
        upstream = Upstream(at(port), tls=lambda: pytest.fail("no TLS here"), timeout=timeout)
        upstream.open()
        assert upstream.mail(USER, ()).accepted
        assert upstream.recipient("bob@example.org", ()).accepted
        assert upstream.deliver((b"x" * 998 + b"\r\n") * 9_000, last_moment=lambda: None).accepted
        upstream.quit()


@contextmanager
def slow_reader(seconds: float) -> Iterator[int]:
    """Run a server that for so long takes in what it is told a little at a time."""

    def speak(server: socket.socket) -> None:
        one, _ = server.accept()
        with one, one.makefile("rb") as told:
            one.sendall(b"220 slow.example.org\r\n")
            while line := told.readline():
                if line.startswith(b"DATA"):
                    one.sendall(b"354 Go on\r\n")
                    begun = time.monotonic()
                    while told.readline() != b".\r\n":
                        time.sleep(0.001 if time.monotonic() - begun < seconds else 0.0)
                one.sendall(b"250 Ok\r\n")

    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        server.bind((HOST, 0))
        server.listen()
        thread = threading.Thread(target=speak, args=(server,), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(PATIENCE)
