"""A person with a mail program, and the guard between it and a real server."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from pathlib import Path
from typing import NoReturn

import keyring
import pytest
from keyring.errors import KeyringLocked
from real_server import HOST, PASSWORD, USER, Authority, MailServer

from companion.sending.agitation import Signals, Typing
from companion.sending.guard import SendGuard
from companion.sending.types import Account, HeldMail, SendSettings
from index.keys.keys import Keys

PATIENCE = 60.0
ANGRY = "FIX IT NOW!!! I WON'T ASK AGAIN."
CALM = "Please find the minutes attached. Thank you for your help."
HOT = Typing(keys=200, rate=6.0, corrections=0.2, bursts=12.0, usual_rate=4.0, usual_corrections=0.07, usual_bursts=6.0)


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Locked:
    """A keyring that gives nothing while it is locked, as after a login that needs no password."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shut, self.asked, self._get = True, 0, keyring.get_password
        monkeypatch.setattr(keyring, "get_password", self._given)

    def _given(self, service: str, user: str) -> str | None:
        self.asked += 1
        return self._refused() if self.shut else self._get(service, user)

    def _refused(self) -> NoReturn:
        raise KeyringLocked("Failed to unlock the collection!")


class Person:
    """Has one account, and a guard that they can stop and start again as a new program would."""

    def __init__(self, folder: Path, server: MailServer, authority: Authority) -> None:
        self.folder, self.server, self.authority = folder / "mails", server, authority
        self.keys = Keys.random()
        self.signals = Signals(tense=0.9, typing=HOT, hour=23.0)
        self.clock = Clock()
        self.incidents: list[str] = []
        self.tls: Callable[[], ssl.SSLContext] = authority.trusted
        self.account = Account("work", HOST, server.port, server.security, free_port())
        self.settings = SendSettings(on=True, accounts=(self.account,), hold_seconds=600.0)
        self.guard = self.new_guard()

    def new_guard(self) -> SendGuard:
        self.guard = SendGuard(
            self.folder,
            self.keys.files,
            self.settings,
            signals=lambda: self.signals,
            clock=self.clock,
            on_incident=lambda part, sentence: self.incidents.append(f"{part}: {sentence}"),
            tls=lambda: self.tls(),  # noqa: PLW0108 it may be changed later
        )
        return self.guard

    def change(self, **more: object) -> None:
        self.settings = replace(self.settings, **more)

    def mail_program(self, user: str = USER, password: str = PASSWORD) -> smtplib.SMTP:
        program = smtplib.SMTP(HOST, self.account.local_port, timeout=PATIENCE)
        try:
            program.login(user, password)
        except BaseException:
            program.close()
            raise
        return program

    def send(self, text: str, *to: str, message_id: str = "") -> bytes:
        """Send one mail as a mail program does, and return its bytes."""
        content = written(text, *to, message_id=message_id)
        with self.mail_program() as program:
            program.sendmail(USER, to or ("bob@example.org",), content)
        return content

    def let_pass(self, seconds: float) -> None:
        """Let time go by; the program looks at the clock at once instead of in a few seconds."""
        self.clock.now += seconds
        self.guard._wake("")

    def held(self) -> HeldMail:
        (mail,) = self.guard.held()
        return mail


def written(text: str, *to: str, message_id: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = USER, ", ".join(to or ("bob@example.org",))
    mail["Subject"], mail["Message-ID"] = "Zürich", message_id or make_msgid(domain="example.org")
    mail["Date"] = localtime()
    mail.set_content(text)
    return mail.as_bytes().replace(b"\n", b"\r\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)
