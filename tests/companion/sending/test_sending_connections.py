"""Connections to the server and from mail programs: broken, slow, too many."""

from __future__ import annotations

import asyncio
import gc
import smtplib
import socket
import threading

import pytest
from mail_person import CALM, HOST, PASSWORD, PATIENCE, USER, Person, until, written

from companion.sending.dialogue import Dialogue


@pytest.mark.parametrize("point", ["recipient", "data"])
def test_a_broken_connection_is_a_temporary_error_and_the_next_try_works(person: Person, point: str) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    left = [True]
    person.server.behaviour.breaks = lambda here: here == point and bool(left) and left.pop()
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)):
        person.send(CALM)
    assert person.server.received == []
    person.send(CALM)
    assert len(person.server.received) == 1
    assert person.guard.held() == ()


@pytest.mark.parametrize("point", ["login", "sender"])
def test_a_connection_that_breaks_before_a_mail_is_begun_is_made_anew(person: Person, point: str) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    left = [True]
    person.server.behaviour.breaks = lambda here: here == point and bool(left) and left.pop()
    person.send(CALM)
    assert not left
    assert len(person.server.received) == 1


def test_a_server_that_hangs_up_between_two_mails_is_called_again(person: Person) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], written(CALM))
        left = [True]
        person.server.behaviour.breaks = lambda here: here == "sender" and bool(left) and left.pop()
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    assert len(person.server.received) == 2


def test_a_server_that_says_so_as_it_hangs_up_is_called_again(person: Person) -> None:
    person.guard.start()
    waited: list[str] = []

    def look(point: str) -> bool:
        if point == "greeting":
            person.server.behaviour.answers.pop("sender", None)
        waited.append(point)
        return False

    with person.mail_program() as program:
        person.server.behaviour.answers["sender"] = "421 4.4.2 Idle for too long"
        person.server.behaviour.breaks = look
        program.sendmail(USER, ["bob@example.org"], written(CALM))
        assert waited.count("sender") == 2
        person.server.behaviour.breaks = lambda _point: False
        person.server.behaviour.answers["sender"] = "421 4.7.0 Come back tomorrow"
        assert program.mail(USER)[0] == 421
    assert len(person.server.received) == 1


def hung_up_within_a_mail(person: Person, program: smtplib.SMTP) -> None:
    left = [True]
    person.server.behaviour.breaks = lambda here: here == "recipient" and bool(left) and left.pop()
    assert program.mail(USER)[0] == 250
    assert program.rcpt("bob@example.org")[0] == 451


def test_whoever_greets_anew_after_the_server_hung_up_within_a_mail_is_still_logged_in(person: Person) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    with person.mail_program() as program:
        hung_up_within_a_mail(person, program)
        assert program.ehlo()[0] == 250
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    assert len(person.server.received) == 1


@pytest.mark.parametrize("greets", [True, False])
def test_where_the_password_is_another_by_then_the_mail_program_may_log_in_again(person: Person, greets: bool) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    with person.mail_program() as program:
        hung_up_within_a_mail(person, program)
        person.server.behaviour.passwords[USER] = "another"
        if greets:
            assert program.ehlo()[0] == 250
        else:
            assert program.rset()[0] == 250
            assert program.mail(USER)[0] == 535
        assert program.mail(USER)[0] == 530
        program.user, program.password = USER, "another"
        assert program.auth("PLAIN", program.auth_plain)[0] == 235
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    assert len(person.server.received) == 1


@pytest.mark.parametrize("greets", [True, False])
def test_where_the_server_lets_nobody_in_for_now_the_mail_program_stays_logged_in(person: Person, greets: bool) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    with person.mail_program() as program:
        hung_up_within_a_mail(person, program)
        person.server.behaviour.answers["login"] = "454 4.7.0 Temporary authentication failure"
        if greets:
            assert program.ehlo()[0] == 250
        assert program.rset()[0] == 250
        assert program.mail(USER) == (454, b"4.7.0 Temporary authentication failure")
        person.server.behaviour.answers.clear()
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    assert len(person.server.received) == 1


def test_a_server_that_hangs_up_after_a_wrong_password_is_called_again(person: Person) -> None:
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            program.login(USER, "wrong")
        assert caught.value.smtp_code == 535
        left = [True]
        person.server.behaviour.breaks = lambda here: here == "login" and bool(left) and left.pop()
        program.user, program.password = USER, PASSWORD
        assert program.auth("PLAIN", program.auth_plain)[0] == 235


def test_stopping_ends_the_connections(person: Person) -> None:
    person.guard.start()
    program = person.mail_program()
    person.guard.stop()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        program.noop()
    until(lambda: not person.guard.runs)


def test_who_is_let_in_as_we_stop_leaves_no_socket_open(person: Person) -> None:
    person.guard.start()
    proxy = person.guard._proxy
    assert proxy is not None
    loop, busy, free = proxy._loop, threading.Event(), threading.Event()
    loop.call_soon_threadsafe(lambda: (busy.set(), free.wait(PATIENCE)))
    assert busy.wait(PATIENCE)
    queued = len(loop._ready)  # type: ignore[attr-defined]
    with socket.create_connection((HOST, person.account.local_port), timeout=PATIENCE) as quiet:
        stopping = threading.Thread(target=person.guard.stop)
        stopping.start()
        until(lambda: len(loop._ready) > queued)  # type: ignore[attr-defined] # both wait for their turn now
        free.set()
        stopping.join(PATIENCE)
        quiet.recv(100)
        assert quiet.recv(1) == b""
    gc.collect()  # pytest makes an error of what is found open


def test_connections_are_counted(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.sending.proxy.AT_ONCE", 2)
    person.guard.start()
    with person.mail_program(), person.mail_program():
        with pytest.raises(smtplib.SMTPConnectError, match="Too many connections") as caught:
            person.mail_program()
        assert caught.value.smtp_code == 421
    until(lambda: not person.guard._proxy or not person.guard._proxy._dialogues)
    person.mail_program().close()


def test_who_does_not_log_in_is_sent_off(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.guard.start()
    with person.mail_program() as program:
        monkeypatch.setattr("companion.sending.dialogue.LOGIN_SECONDS", 0.05)
        with socket.create_connection((HOST, person.account.local_port), timeout=PATIENCE) as quiet:
            said = quiet.makefile("rb").read().decode().splitlines()
        assert said[0].startswith("220")
        assert said[-1] == "421 4.4.2 Nobody logged in here for a while"
        assert program.noop()[0] == 250


def hurry_of(person: Person) -> asyncio.TimerHandle:
    """Return what sends off the one connection there is if nobody logs in."""
    assert person.guard._proxy is not None
    (dialogue,) = person.guard._proxy._dialogues
    assert dialogue._hurry is not None
    return dialogue._hurry


def seconds_left(person: Person) -> float:
    """Return how long the one connection there is may go on without a login."""
    assert person.guard._proxy is not None
    return hurry_of(person).when() - person.guard._proxy._loop.time()


def test_who_greets_has_minutes_to_type_a_password(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        assert seconds_left(person) <= 30
        program.ehlo()
        assert 60 < seconds_left(person) <= 300
        monkeypatch.setattr("companion.sending.dialogue.GREETED_SECONDS", 600.0)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            program.login(USER, "wrong")
        assert seconds_left(person) > 300  # it begins anew with each try
        program.user, program.password = USER, PASSWORD
        assert program.auth("PLAIN", program.auth_plain)[0] == 235


def test_no_time_runs_on_that_was_given_anew_or_is_of_a_connection_that_is_gone(person: Person) -> None:
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        first = hurry_of(person)
        program.ehlo()
        second = hurry_of(person)
        assert (first.cancelled(), second.cancelled()) == (True, False)
    until(second.cancelled)


def test_who_greets_and_never_logs_in_is_sent_off(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.sending.dialogue.GREETED_SECONDS", 0.05)
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        program.ehlo()
        assert program.getreply() == (421, b"4.4.2 Nobody logged in here for a while")


def test_a_server_that_is_slow_over_a_login_is_waited_for(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.sending.dialogue.LOGIN_SECONDS", 0.05)
    hurried, real = list[bool](), Dialogue._hurried

    def hurry(dialogue: Dialogue) -> None:
        hurried.append(True)
        real(dialogue)

    monkeypatch.setattr(Dialogue, "_hurried", hurry)
    person.server.behaviour.breaks = lambda point: point == "hello" and bool(until(lambda: len(hurried) > 2))
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        assert program.ehlo()[0] == 250
