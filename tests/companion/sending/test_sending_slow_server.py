"""Servers that say nothing, or a little for ever, and names that nobody knows."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from mail_person import ANGRY, HOST, PASSWORD, PATIENCE, USER, Person, free_port, until, written
from real_server import Authority, MailServer

from companion.sending.mail_file import Head
from companion.sending.types import Account, Envelope, Recipient, Security, State
from companion.sending.upstream import RefusedError, Upstream


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
