"""What a mail program sees."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from mail_person import ANGRY, CALM, HOST, PASSWORD, PATIENCE, USER, Person, until, written
from real_server import Authority, MailServer

from companion.sending.types import Account, Security, SendingError, SendSettings

PYTHON = shutil.which("python3", path="/usr/bin") or ""  # one that any user may start


def test_a_calm_mail_reaches_the_server_before_the_mail_program_is_answered(person: Person) -> None:
    person.signals = type(person.signals)()
    person.guard.start()
    content = person.send(CALM, "bob@example.org", "eve@example.org")
    (received,) = person.server.received
    assert received.content == content
    assert [address for address, _ in received.recipients] == ["bob@example.org", "eve@example.org"]
    assert person.guard.held() == ()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_login_is_checked_with_the_real_server_at_once(person: Person, mechanism: str) -> None:
    person.server.behaviour.mechanisms = (mechanism,)
    person.guard.start()
    with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        person.mail_program(password="wrong")
    assert caught.value.smtp_code == 535
    assert b"No such name or password" in caught.value.smtp_error
    person.mail_program().close()


def test_a_login_of_two_steps_works(person: Person) -> None:
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        program.ehlo()
        assert program.docmd("AUTH", "LOGIN")[0] == 334
        assert program.docmd(b64encode(USER.encode()).decode())[0] == 334
        assert program.docmd(b64encode(PASSWORD.encode()).decode())[0] == 235


def test_a_password_that_is_not_ascii_is_passed_through(person: Person) -> None:
    person.server.behaviour.passwords[USER] = "köstlich"
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        program.ehlo()
        assert program.docmd("AUTH", "PLAIN " + b64encode(f"\0{USER}\0köstlich".encode()).decode())[0] == 235


def test_without_a_login_no_mail_is_taken(person: Person) -> None:
    person.guard.start()
    with smtplib.SMTP(HOST, person.account.local_port, timeout=PATIENCE) as program:
        program.ehlo()
        assert program.mail(USER)[0] == 530


@pytest.mark.parametrize("text", [CALM, ANGRY])
def test_a_refused_recipient_is_an_error_in_the_mail_program(person: Person, text: str) -> None:
    person.guard.start()
    with person.mail_program() as program:
        refused = program.sendmail(USER, ["nobody@example.org", "bob@example.org"], written(text))
        assert refused == {"nobody@example.org": (550, b"5.1.1 We know nobody\n5.1.1 of this name")}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            program.sendmail(USER, ["nobody@example.org"], written(text))


def test_a_server_without_encryption_gets_nothing(person: Person, authority: Authority) -> None:
    with MailServer(authority, Security.NONE) as plain:
        person.change(accounts=(Account("work", HOST, plain.port, Security.STARTTLS, person.account.local_port),))
        person.new_guard().start()
        with pytest.raises(smtplib.SMTPHeloError) as caught:
            person.mail_program()
        assert caught.value.smtp_code == 554
        assert b"offers no encryption" in caught.value.smtp_error
        assert plain.received == []


def test_a_server_that_speaks_no_tls_at_once_gets_nothing(person: Person, authority: Authority) -> None:
    with MailServer(authority, Security.STARTTLS) as later:
        person.change(accounts=(Account("work", HOST, later.port, Security.TLS, person.account.local_port),))
        person.new_guard().start()
        with pytest.raises(smtplib.SMTPHeloError, match="does not speak TLS at once"):
            person.mail_program()


def test_a_certificate_of_another_name_is_refused(person: Person, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", name="mail.example.com")
    with MailServer(other, Security.TLS) as server:
        person.tls = other.trusted
        person.change(accounts=(Account("work", HOST, server.port, Security.TLS, person.account.local_port),))
        person.new_guard().start()
        with pytest.raises(smtplib.SMTPHeloError, match=r"certificate of .* is not valid"):
            person.mail_program()


def test_a_certificate_that_nobody_vouches_for_is_refused(person: Person, tmp_path: Path) -> None:
    person.tls = Authority(tmp_path / "stranger").trusted
    person.guard.start()
    with pytest.raises(smtplib.SMTPHeloError, match=r"certificate of .* is not valid"):
        person.mail_program()


def test_starttls_works(person: Person, authority: Authority) -> None:
    with MailServer(authority, Security.STARTTLS) as server:
        person.change(accounts=(Account("work", HOST, server.port, Security.STARTTLS, person.account.local_port),))
        person.new_guard().start()
        person.signals = type(person.signals)()
        person.send(CALM)
        assert len(server.received) == 1


def test_a_server_that_cannot_be_reached_is_a_temporary_error(person: Person) -> None:
    person.server.stop_listening()
    person.guard.start()
    with pytest.raises(smtplib.SMTPHeloError, match="cannot be reached") as caught:
        person.mail_program()
    assert caught.value.smtp_code == 451


def test_what_the_server_can_do_is_offered_and_no_more(person: Person) -> None:
    person.server.behaviour.features, person.server.behaviour.size = ("8BITMIME",), 5_000
    person.guard.start()
    with person.mail_program() as program:
        assert program.has_extn("8bitmime")
        assert not program.has_extn("smtputf8")
        assert not program.has_extn("dsn")
        assert program.esmtp_features["size"] == "5000"
        with pytest.raises(smtplib.SMTPDataError) as caught:
            program.sendmail(USER, ["bob@example.org"], written("x" * 60 + "\n" + "word " * 2000))
        assert caught.value.smtp_code == 552


def test_parameters_and_addresses_go_through_as_they_came(person: Person) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    options = ["BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "ENVID=aBc"]
    with person.mail_program() as program:
        program.sendmail(
            USER, ["jürgen@example.org"], written("Grüße".encode().decode()), options, ["NOTIFY=SUCCESS,DELAY"]
        )
    (received,) = person.server.received
    assert received.sender_params.split()[-4:] == options
    assert received.recipients == (("jürgen@example.org", "NOTIFY=SUCCESS,DELAY"),)


def test_a_mail_without_a_sender_goes_too(person: Person) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    with person.mail_program() as program:
        program.sendmail("", ["bob@example.org"], written("I have read your mail."))
    assert person.server.received[0].sender == ""


def test_dots_and_bare_line_feeds_and_long_lines_arrive_as_written(person: Person) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    content = written(CALM) + b".\r\n..two\r\n" + b"x" * 1900 + b"\r\n"
    person.server.behaviour.size = 100_000
    with person.mail_program() as program:
        assert program.mail(USER)[0] == 250
        assert program.rcpt("bob@example.org")[0] == 250
        code, said = program.data(content)
    # The test's server allows 1000 characters a line, and its refusal is what the mail program hears.
    assert (code, said[:13]) == (500, b"Line too long")
    content = content.replace(b"x" * 1900, b"short")
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], content)
    assert person.server.received[0].content == content


def handed_in(program: smtplib.SMTP, raw: bytes) -> int:
    """Hand in a mail byte for byte as a mail program puts it on the wire, its end left out; return the answer."""
    assert program.mail(USER)[0] == 250
    assert program.rcpt("bob@example.org")[0] == 250
    assert program.docmd("DATA")[0] == 354
    program.send(raw + b".\r\n")
    return program.getreply()[0]


@pytest.mark.parametrize("text", [CALM, ANGRY])
def test_only_dots_after_a_whole_line_break_are_doubled_on_the_way(person: Person, text: str) -> None:
    person.guard.start()
    head = b"Message-ID: <1@x>\r\nDate: x\r\n\r\n" + text.encode()
    with person.mail_program() as program:
        assert handed_in(program, head + b"\n.one\r\n..two\r\n...\r\n..\n\n.\tthree\r.four\r\n") == 250
        assert handed_in(program, b"..\r\n..\r\n") == 250
    person.let_pass(601)
    until(lambda: len(person.server.received) == 2)
    arrived = {received.content[:12]: received.content for received in person.server.received}
    assert arrived[head[:12]] == head + b"\n.one\r\n.two\r\n..\r\n.\n\n.\tthree\r.four\r\n"
    (other,) = (content for content in arrived.values() if content[:12] != head[:12])
    assert other.endswith(b">\r\n.\r\n.\r\n")


def test_a_mail_that_begins_with_a_dot_arrives_as_written(person: Person) -> None:
    person.guard.start()
    person.signals = type(person.signals)()
    content = b".X: y\r\nMessage-ID: <1@x>\r\nDate: x\r\n\r\nHello\r\n"
    with person.mail_program() as program:
        assert handed_in(program, b"." + content) == 250
    assert person.server.received[0].content == content


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n..\n.\n"])
def test_a_mail_that_servers_could_take_to_end_early_is_refused(person: Person, end: bytes) -> None:
    person.guard.start()
    with person.mail_program() as program:
        assert handed_in(program, b"Message-ID: <1@x>\r\n\r\nFIX IT NOW!!!" + end + b"MAIL FROM:<eve@x>\r\n") == 554
        assert person.server.received == []
        assert person.guard.held() == ()
        person.signals = type(person.signals)()
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    assert len(person.server.received) == 1


def test_a_refusal_after_the_data_is_the_mail_programs(person: Person) -> None:
    person.server.behaviour.answers["before"] = "554 5.7.1 This looks like spam"
    person.guard.start()
    person.signals = type(person.signals)()
    with person.mail_program() as program, pytest.raises(smtplib.SMTPDataError, match="looks like spam"):
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    assert person.guard.held() == ()
    person.server.behaviour.answers.clear()
    person.send(CALM)
    assert len(person.server.received) == 1


@pytest.mark.skipif(os.getuid() != 0 or not PYTHON, reason="only root can be another user as well")
def test_another_user_of_the_machine_is_turned_away(person: Person) -> None:
    person.guard.start()
    ask = (
        "import socket, sys\n"
        f"s = socket.create_connection(('{HOST}', {person.account.local_port}))\n"
        "print(s.makefile('rb').read().decode())"
    )
    said = subprocess.run(
        [PYTHON, "-I", "-c", ask], user=65534, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert said.stdout.startswith("554 5.7.1 This mail proxy belongs to another user")


def test_a_port_that_another_program_has_is_told(person: Person) -> None:
    with socket.socket() as other:
        other.bind((HOST, person.account.local_port))
        other.listen()
        with pytest.raises(SendingError, match="do not let your mail program log in there"):
            person.guard.start()
    person.guard.start()
    person.mail_program().close()


def test_nonsense_is_answered_and_the_connection_goes_on(person: Person) -> None:
    person.guard.start()
    with person.mail_program() as program:
        assert program.docmd("RCPT", "TO:<bob@example.org>")[0] == 503
        assert program.docmd("MAIL", "FROM:ann")[0] == 501
        assert program.docmd("MAIL", "FROM:<ann@example.org>")[0] == 250
        assert program.docmd("MAIL", "FROM:<ann@example.org>")[0] == 503
        assert program.docmd("RCPT", "TO:<>")[0] == 501
        assert program.docmd("DATA")[0] == 503
        assert program.docmd("RSET")[0] == 250
        assert program.docmd("VRFY", "bob")[0] == 252
        assert program.docmd("FROBNICATE")[0] == 500


def test_nothing_listens_while_it_is_off(person: Person) -> None:
    person.change(on=False)
    person.new_guard().start()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, person.account.local_port), timeout=PATIENCE)


def test_a_mail_that_is_too_large_leaves_no_recipient_with_the_server(person: Person) -> None:
    person.change(most_bytes=5_000)
    person.new_guard().start()
    person.signals = type(person.signals)()
    with person.mail_program() as program:
        assert program.mail(USER)[0] == 250
        assert program.rcpt("eve@example.org")[0] == 250
        assert program.data((b"a" * 70 + b"\r\n") * 100)[0] == 552
        program.sendmail(USER, ["bob@example.org"], written(CALM))
    (received,) = person.server.received
    assert [address for address, _ in received.recipients] == ["bob@example.org"]


@pytest.mark.parametrize("kind", ["text/html", "text/plain; charset=idna", "text/plain; charset=undefined"])
def test_a_mail_that_is_hard_to_read_goes(person: Person, kind: str) -> None:
    person.signals = type(person.signals)()
    person.guard.start()
    content = f"Message-ID: <1@x>\r\nDate: x\r\nContent-Type: {kind}\r\n\r\n<p>calm <![x]></p>\xff\r\n".encode(
        "latin-1"
    )
    with person.mail_program() as program:
        program.sendmail(USER, ["bob@example.org"], content)
    assert person.server.received[0].content == content


def test_a_mail_whose_words_cannot_be_read_goes_and_that_is_told(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_content: bytes) -> str:
        raise RecursionError

    person.guard.start()
    monkeypatch.setattr("companion.sending.message.own_words", fail)
    person.send(ANGRY)  # the headset and the typing speak for themselves
    assert person.incidents == ["mail: The words of a mail could not be read (RecursionError): not judged."]
    assert len(person.guard.held()) == 1
    monkeypatch.setattr("companion.sending.agitation.judge", fail)
    person.send(CALM)
    assert person.incidents[-1] == "mail: A mail could not be judged (TypeError): it is not held."
    assert len(person.server.received) == 1


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (Account("a", "mail.example.org", 25, Security.NONE, 2525), "encrypted"),
        (Account("a", "mail.example.org", 465, Security.TLS, 80), "1024"),
        (Account("a", "", 465, Security.TLS, 2525), "host"),
        (Account("a", "smtp..example.org", 465, Security.TLS, 2525), "no name of a server"),
    ],
)
def test_accounts_that_cannot_be_used_are_refused(account: Account, why: str) -> None:
    with pytest.raises(SendingError, match=why):
        SendSettings(accounts=(account,)).checked()


def test_settings_that_cannot_be_are_refused() -> None:
    one = Account("a", "localhost", 25, Security.NONE, 2525)
    for settings in (
        SendSettings(hold_seconds=0),
        SendSettings(hold_seconds=float("nan")),
        SendSettings(threshold=0),
        SendSettings(accounts=(one, one)),
    ):
        with pytest.raises(SendingError):
            settings.checked()
