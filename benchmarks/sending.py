"""The send guard between a mail program and a real server, with kill -9 and broken connections: 0 lost, 0 doubled.

A server with TLS (aiosmtpd, a certificate of our own authority) breaks connections at random points of the protocol,
also between taking a mail and saying so. The guard runs in a process that is killed again and again. The mail program
(smtplib) tries each mail until it is taken, as an outbox does. About half of the mails are written to be held. Where
the guard asks whether a mail arrived, the answer comes from what the server has, as a person would ask the recipient.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import localtime
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "companion" / "sending"))

from mail_person import ANGRY, CALM, free_port
from real_server import HOST, PASSWORD, USER, Authority, Behaviour, MailServer

from companion.figures import Bar, report
from companion.sending.types import Security

MAILS, A_KILL = 1000, 10  # mails, and about how many of them are handed in between two kills
LEAST_KILLS_A_MAIL = 0.05
PROGRAMS = 3  # mail programs at once
BREAKING = 0.008  # of connections, at each point of the protocol
HOLD_SECONDS = 1.0
PATIENCE = 60.0  # seconds until one thing that should have happened counts as never
WHOLE = 1800.0  # seconds for all of it
TIMED = 60  # mails that are timed with and without the guard
TAKEN, WRONG_PASSWORD, NO_SUCH, NO_TLS = 250, 535, 550, 554
CHILD = Path(__file__).with_name("_mail_child.py")
ERRORS = (smtplib.SMTPException, OSError)


@dataclass
class Guard:
    """The guard's process, begun anew after each kill."""

    folder: Path
    authority: Authority
    port: int
    security: Security = Security.TLS
    local_port: int = field(default_factory=free_port)
    key: bytes = field(default_factory=lambda: os.urandom(32))
    kills: int = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(exist_ok=True)
        self.log = (self.folder / "said").open("a+b")
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.child.kill()
        self._ended()
        self.log.close()

    def begin(self) -> None:
        """Start the process; returns once mail programs find it."""
        told = {
            "host": HOST,
            "port": self.port,
            "security": self.security,
            "local_port": self.local_port,
            "folder": str(self.folder / "mails"),
            "key": b64encode(self.key).decode(),
            "hold_seconds": HOLD_SECONDS,
        }
        environ = {**os.environ, "SSL_CERT_FILE": str(self.authority.root)}
        self.child = subprocess.Popen(
            [sys.executable, str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=environ,
            text=True,
        )
        if self._asked(json.dumps(told)).strip() != "ready":
            raise RuntimeError(f"the guard did not begin: {self.said()}")

    def kill(self) -> None:
        """Kill it with no warning, and start it again."""
        self.child.kill()
        self._ended()
        self.kills += 1
        self.begin()

    def ask(self, what: str) -> list[dict[str, Any]]:
        """Tell it something; return the mails that wait."""
        return list(json.loads(self._asked(what)))

    def said(self) -> str:
        """Return what it wrote to standard error, over all its lives."""
        self.log.flush()
        return (self.folder / "said").read_text(encoding="utf-8")

    def _asked(self, line: str) -> str:
        if self.child.stdin is None or self.child.stdout is None:
            raise RuntimeError("the guard's process has no pipes")
        self.child.stdin.write(f"{line}\n")
        self.child.stdin.flush()
        return self.child.stdout.readline()

    def _ended(self) -> None:
        self.child.wait(PATIENCE)
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe is not None:
                pipe.close()


class Outbox:
    """Mails that mail programs hand in, each until it is taken."""

    def __init__(self, mails: list[bytes], local_port: int) -> None:
        self._left, self._port = list(enumerate(mails)), local_port
        self.taken, self.tries = 0, 0
        self._lock = threading.Lock()
        self._end = time.monotonic() + WHOLE
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(PROGRAMS)]
        for thread in self._threads:
            thread.start()

    @property
    def done(self) -> bool:
        """Whether every mail was taken, or time is up."""
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while time.monotonic() < self._end:
            with self._lock:
                if not self._left:
                    return
                _, content = self._left.pop()
            while not self._handed_in(content) and time.monotonic() < self._end:
                time.sleep(0.02)

    def _handed_in(self, content: bytes) -> bool:
        with self._lock:
            self.tries += 1
        try:
            with connected(self._port) as program:
                program.sendmail(USER, ["bob@example.org", "eve@example.org"], content)
        except ERRORS:
            return False
        with self._lock:
            self.taken += 1
        return True


def connected(port: int, password: str = PASSWORD) -> smtplib.SMTP:
    """Return a mail program's connection, logged in."""
    program = smtplib.SMTP(HOST, port, timeout=PATIENCE)
    try:
        program.login(USER, password)
    except BaseException:
        program.close()
        raise
    return program


def written(number: int, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = USER, "bob@example.org, eve@example.org", f"mail {number}"
    mail["Date"], mail["Message-ID"] = localtime(), f"<{number}@example.org>"
    mail.set_content(f"{text}\n.\nNumber {number}.\n" * 20)
    return mail.as_bytes().replace(b"\n", b"\r\n")


def disturb(guard: Guard, outbox: Outbox, rng: random.Random) -> None:
    """Kill the guard after every few mails, at a random time, until all are handed in."""
    end = time.monotonic() + WHOLE
    while not outbox.done and time.monotonic() < end:
        some = outbox.taken + rng.randint(0, 2 * A_KILL)
        while outbox.taken < some and not outbox.done and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.1))
        guard.kill()


def settle(guard: Guard, server: MailServer) -> tuple[int, int]:
    """Wait until nothing waits, answering what is asked; return how often that was, and how often a mail was there."""
    asked = arrived = 0
    end = time.monotonic() + WHOLE
    while (waiting := guard.ask("held")) and time.monotonic() < end:
        for mail in waiting:
            if mail["state"] == "unsure":
                there = mail["subject"] in subjects(server)
                asked, arrived = asked + 1, arrived + there
                guard.ask(f"{'drop' if there else 'send'} {mail['id']}")
        try:  # what waits for its password goes once a mail program logs in again
            connected(guard.local_port).close()
        except ERRORS:
            continue
        finally:
            time.sleep(0.1)
    return asked, arrived


def subjects(server: MailServer) -> Counter[str]:
    """Return how often the server took each mail, by its subject."""
    found = (
        line for one in list(server.received) for line in one.content.decode().split("\r\n") if "Subject: " in line
    )
    return Counter(line.removeprefix("Subject: ") for line in found)


def trial(folder: Path, authority: Authority, mails: int, seed: int) -> tuple[dict[str, object], list[Bar]]:
    rng, dice = random.Random(seed), random.Random(seed + 1)  # noqa: S311 a trial that can be done again
    contents = [written(number, rng.choice((ANGRY, CALM))) for number in range(mails)]
    behaviour = Behaviour(breaks=lambda _point: dice.random() < BREAKING)
    begin = time.monotonic()
    with MailServer(authority, Security.TLS, behaviour) as server, Guard(folder, authority, server.port) as guard:
        outbox = Outbox(contents, guard.local_port)
        disturb(guard, outbox, rng)
        asked, arrived = settle(guard, server)
        left = len(guard.ask("held"))
        took = subjects(server)
        altered = sum(one.content not in set(contents) for one in server.received)
        said = guard.said()
    lost = sum(took[f"mail {number}"] == 0 for number in range(mails))
    doubled = sum(count > 1 for count in took.values())
    figures = {
        "mails": mails,
        "handed_in": outbox.taken,
        "tries": outbox.tries,
        "kills": guard.kills,
        "asked": asked,
        "asked_and_had_arrived": arrived,
        "seconds": round(time.monotonic() - begin, 1),
    }
    bars = [
        Bar("lost", lost, 0),
        Bar("doubled", doubled, 0),
        Bar("altered", altered, 0),
        Bar("still_waiting", left, 0),
        Bar("faults_of_ours", said.count("Traceback") + said.count("failed ("), 0),
        Bar("kills", guard.kills, LEAST_KILLS_A_MAIL * mails, "least"),
    ]
    return figures, bars


def heard(attempt: Callable[[], object]) -> tuple[int, str]:
    """Return the code and the words that smtplib raises."""
    try:
        attempt()
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        return error.smtp_code, said.decode() if isinstance(said, bytes) else said
    except smtplib.SMTPRecipientsRefused as error:
        ((code, said),) = error.recipients.values()
        return code, said.decode()
    return TAKEN, ""


def errors(folder: Path, authority: Authority) -> tuple[dict[str, object], list[Bar]]:
    """Return what a mail program hears of what is wrong."""
    folder.mkdir(exist_ok=True)
    with MailServer(authority, Security.TLS) as server, Guard(folder / "a", authority, server.port) as guard:

        def to_nobody() -> None:
            with connected(guard.local_port) as program:
                program.sendmail(USER, ["nobody@example.org"], written(0, CALM))

        password = heard(lambda: connected(guard.local_port, "wrong"))
        recipient = heard(to_nobody)
    with (
        MailServer(authority, Security.NONE) as server,
        Guard(folder / "b", authority, server.port, Security.STARTTLS) as guard,
    ):
        unencrypted = heard(lambda: connected(guard.local_port))
        sent = len(server.received)
    told = {"wrong_password": password, "refused_recipient": recipient, "no_tls": unencrypted}
    right = [password[0] == WRONG_PASSWORD, recipient[0] == NO_SUCH, unencrypted[0] == NO_TLS]
    return told, [Bar("clear_errors", sum(right), len(right), "least"), Bar("sent_without_tls", sent, 0)]


def speed(folder: Path, authority: Authority) -> dict[str, object]:
    """Return milliseconds a calm mail with a login takes, to the server directly and through the guard."""
    with MailServer(authority, Security.TLS) as server, Guard(folder, authority, server.port) as guard:

        def directly() -> smtplib.SMTP:
            program = smtplib.SMTP_SSL(HOST, server.port, context=authority.trusted(), timeout=PATIENCE)
            program.login(USER, PASSWORD)
            return program

        return {
            "direct_ms": _each(directly, 0),
            "through_guard_ms": _each(lambda: connected(guard.local_port), TIMED),
        }


def _each(connect: Callable[[], smtplib.SMTP], first: int) -> float:
    begin = time.monotonic()
    for number in range(first, first + TIMED):
        with connect() as program:
            program.sendmail(USER, ["bob@example.org"], written(number, CALM))
    return round(1000 * (time.monotonic() - begin) / TIMED, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = Authority(folder / "authority")
        figures, bars = trial(folder / "trial", authority, chosen.mails, chosen.seed)
        told, more = errors(folder, authority)
        figures |= told | speed(folder / "speed", authority)
    return report("sending", figures, [*bars, *more])


if __name__ == "__main__":
    sys.exit(main())
