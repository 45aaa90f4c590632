"""A person's settings, the guard they lead to, and a real server behind it."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from pathlib import Path

from mail_person import HOST, PASSWORD, USER, free_port, written
from real_server import MailServer

from companion.sending.agitation import Signals
from companion.sending.guard import SendGuard
from companion.sending.mail_guard import MailGuard
from companion.sending.senses import Senses
from companion.sending.types import SendSettings
from companion.settings import Settings
from companion.tension import TensionWatch
from index.keys.keys import Keys
from index.store import Store

OFF = Settings()


class TenseSenses(Senses):
    """Knows that the person is tense, and how they type."""

    def signals(self) -> Signals:
        return replace(super().signals(), tense=0.95, hour=14.0)


class Desk:
    """A person's settings, the guard they lead to, and a mail program."""

    def __init__(self, folder: Path, store: Store, server: MailServer) -> None:
        self.folder, self.store, self.server, self.keys = folder / "mails", store, server, Keys.random()
        self.incidents: list[str] = []
        self.made: list[SendGuard] = []
        self.port = free_port()
        account = f"work none {HOST}:{server.port} local {self.port}"
        self.settings = replace(OFF, send_guard=True, send_accounts=(account,))
        self.guard = self.new_guard()

    def new_guard(self) -> MailGuard:
        senses = TenseSenses(store=self.store, make_tension=self._tension, clock=lambda: 1_790_000_000.0)

        def make(chosen: SendSettings) -> SendGuard:
            self.made.append(
                SendGuard(
                    self.folder,
                    self.keys.files,
                    chosen,
                    signals=senses.signals,
                    clock=lambda: 1_790_000_000.0,
                    on_incident=self.note,
                )
            )
            return self.made[-1]

        self.guard = MailGuard(self.folder, make, senses=senses, on_incident=self.note)
        return self.guard

    def note(self, part: str, sentence: str) -> None:
        self.incidents.append(f"{part}: {sentence}")

    def apply(self, settings: Settings) -> None:
        self.guard.apply(settings).result(60)

    def send(self, text: str) -> None:
        with smtplib.SMTP(HOST, self.port, timeout=60) as program:
            program.login(USER, PASSWORD)
            program.sendmail(USER, ["bob@example.org"], written(text))

    def _tension(self) -> TensionWatch:
        return TensionWatch(
            encoder=_NoEncoder(), last=lambda _seconds: None, clock=lambda: 1_790_000_000.0, on_incident=self.note
        )


class _NoEncoder:
    def submit(self, task: str, *arguments: object, urgent: bool = False) -> object:
        raise AssertionError((task, arguments, urgent))
