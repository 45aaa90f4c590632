"""What is read from mails, and whose socket it is."""

from __future__ import annotations

import socket
import sys
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.sending import message
from companion.sending.peers import is_own, user_of
from companion.sending.types import Envelope, Recipient

ENVELOPE = Envelope("ann@example.org", (), (Recipient("bob@example.org"),))


def test_only_the_persons_own_words_are_read() -> None:
    mail = EmailMessage()
    mail.set_content(
        "I am fine.\n\nOn Monday Bob wrote:\n> YOU IDIOT\n> FIX IT\n\nSee you.\n-- \nAnn, FIX CORP\n",
    )
    mail.add_alternative("<p>not read</p>", subtype="html")
    mail.add_attachment("STUPID", filename="a.txt")
    assert message.own_words(mail.as_bytes()).split() == ["I", "am", "fine.", "See", "you."]


def test_a_page_is_read_without_its_quotations() -> None:
    mail = EmailMessage()
    page = "<style>p{}</style><p>I am <b>fine</b></p><blockquote>YOU IDIOT<blockquote>x</blockquote></blockquote>bye"
    mail.set_content(page, subtype="html")
    assert message.own_words(mail.as_bytes()).split() == ["I", "am", "fine", "bye"]


def test_what_was_forwarded_is_not_the_persons() -> None:
    text = "Look at this.\n\n-------- Forwarded Message --------\nSubject: x\n\nYOU IDIOT\n"
    assert message.own_words(b"Subject: y\r\n\r\n" + text.encode()) == "Look at this."


@pytest.mark.parametrize("made", ["-", "<!--", "<a ", "<a b='", "</", "<", "&#9", ": ", "\n>"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_no_mail_takes_longer_than_its_length(made: str, kind: str) -> None:
    """Reading it stops the whole program; what is slower than the length would need hours for this one."""
    page = made * (199_000 // len(made)) + "x"
    message.own_words(f"Content-Type: text/{kind}\r\n\r\n{page}\r\n".encode())


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("a<![if !supportLists]>b<![endif]>c", "abc"),
        ("a<!--[if mso]><p>x</p><![endif]-->b", "ab"),
        ("1 < 2 &amp; 3", "1 < 2 & 3"),
        ("a<![x", "a"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("a&#" + "9" * 5000 + ";", "a&#" + "9" * 5000 + ";"),
    ],
)
def test_pages_are_read_as_they_are_shown(page: str, words: str) -> None:
    assert message.own_words(f"Content-Type: text/html\r\n\r\n{page}".encode()) == words


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "rot13", "none-such"])
def test_a_charset_that_is_none_is_read_as_the_usual_one(charset: str) -> None:
    content = f"Content-Type: text/plain; charset={charset}\r\n\r\nFIX \xe4\xff".encode("latin-1")
    assert message.own_words(content).startswith("FIX")


@pytest.mark.parametrize(
    ("line", "over"),
    [
        ("-----Original Message-----", True),
        ("-- Weitergeleitet --", True),
        ("----------", False),
        ("--force is the option--" + "x" * 100, False),
        ("- one thing -", False),
    ],
)
def test_a_line_between_two_rules_begins_what_is_forwarded(line: str, over: bool) -> None:
    assert message.own_words(f"\r\nhello\r\n{line}\r\nmore".encode()).endswith("more") is not over


@given(st.binary())
def test_any_bytes_can_be_read(raw: bytes) -> None:
    message.own_words(raw)
    message.subject(raw)
    message.is_reply(raw)
    message.fingerprint(raw, "work", ENVELOPE)
    assert message.with_message_id(raw, host="x", now=0.0).endswith(raw)
    assert message.for_editing(raw, ENVELOPE).endswith(raw)


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?b?WsO8cmljaA==?=", "Zürich"),
        ("=?nonsense?b?WsO8?=", "=?nonsense?b?WsO8?="),
        ("two\r\n lines", "two lines"),
        ("", ""),
    ],
)
def test_subjects_are_told_in_words(header: str, subject: str) -> None:
    assert message.subject(f"Subject: {header}\r\n\r\nx".encode()) == subject


def test_the_same_mail_has_the_same_fingerprint_and_another_has_another() -> None:
    content = b"Message-ID: <1@x>\r\n\r\nx"
    known = message.fingerprint(content, "work", ENVELOPE)
    assert known == message.fingerprint(content, "work", ENVELOPE)
    others = {
        message.fingerprint(content + b"y", "work", ENVELOPE),
        message.fingerprint(content, "home", ENVELOPE),
        message.fingerprint(content, "work", Envelope("ann@example.org", (), (Recipient("eve@example.org"),))),
    }
    assert known not in others
    assert len(others) == 3
    assert message.fingerprint(b"Subject: x\r\n\r\nx", "work", ENVELOPE) == ""


def test_hidden_recipients_come_back_once() -> None:
    envelope = Envelope("a@x", (), (Recipient("Bob@x"), Recipient("eve@x")))
    assert message.for_editing(b"To: bob@X\r\n\r\nx", envelope).startswith(b"X-Unsent: 1\r\nBcc: eve@x\r\nTo:")


def test_a_socket_belongs_to_whom_the_kernel_says() -> None:
    lines = [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:1F90 0100007F:09D5 01 00000000:00000000 00:00000000 00000000  1001        0 1 1",
        "   1: 0000000000000000FFFF00000100007F:1F91 0000000000000000FFFF00000100007F:09D5 01 0:0 0:0 0  1002  0 1 1",
    ]
    if sys.byteorder != "little":
        pytest.skip("the table is written for the other order of bytes")
    here = ("127.0.0.1", 0x09D5)
    assert user_of(("127.0.0.1", 0x1F90), here, lines) == 1001
    assert user_of(("127.0.0.1", 0x1F91), here, lines) == 1002
    assert user_of(("127.0.0.1", 0x1F92), here, lines) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_our_own_socket_is_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as peer:
        assert is_own(peer.getsockname(), server.getsockname())
        assert not is_own(("127.0.0.1", 1), server.getsockname())
