"""The add-on in a real Thunderbird, asking the guard, with a real server behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from desktop import PATIENCE, Desktop, DesktopError, wait_until
from mail_desk import Desk
from mail_person import ANGRY, CALM
from thunderbird import TRIES, Thunderbird

from companion.control import Control
from companion.sending import message, requests
from companion.thunderbird import install

pytestmark = [pytest.mark.display, pytest.mark.timeout(240)]

READING_SECONDS = 1.0
SEND_NOW, LATER = ("Tab", "Return"), ("Tab", "Tab", "Return")  # from Edit on
SHORT_MINUTES = 0.5  # enough to change a mail meanwhile


class Person:
    """Somebody with Thunderbird on a desktop, and Companion beside it."""

    def __init__(self, desktop: Desktop, desk: Desk, vault: Path, *, html: bool) -> None:
        self.desktop, self.desk, self.vault = desktop, desk, vault
        self.control: Control | None = None
        self.begin()
        self.thunderbird = Thunderbird(desktop, port=desk.server.port, html=html)

    def begin(self) -> None:
        self.control = Control(self.vault, lambda request: requests.answer(self.desk.guard, request))

    def end(self) -> None:
        if self.control is not None:
            self.control.close()
        self.control = None

    @property
    def sent(self) -> list[str]:
        return [message.own_words(one.content) for one in self.desk.server.received]

    def arrives(self, *texts: str, seconds: float = PATIENCE) -> None:
        wait_until(lambda: len(self.sent) >= len(texts), f"{texts} (there: {self.sent})", seconds=seconds)
        assert self.sent == list(texts)

    def asked(self, subject: str) -> str:
        """Wait for the question about a mail, and read it."""
        window = self._shown(f"Waits: {subject}")
        wait_until(lambda: self.desktop.active() == window, f"the question about {subject} to become active")
        time.sleep(READING_SECONDS)  # its page takes keys only a little later
        return window

    def reads_that_it_was_not_sent(self, subject: str) -> None:
        """Press Close; other windows of a Thunderbird that starts or sends take the attention away once more."""
        told = self._shown(f"Not sent: {subject}")
        for _ in range(TRIES):
            self.desktop.activate(told)
            for key in ("Tab", "Return"):
                self.desktop.press(key)
            with suppress(DesktopError):
                wait_until(lambda: (there := self.open()) and told not in there, "its end", seconds=5.0)
                return
        raise DesktopError("what was not sent is told for ever")

    def _shown(self, title: str) -> str:
        name = f"^{title} - Mozilla Thunderbird$"
        return wait_until(lambda: self.desktop.search("--name", name), title, seconds=90.0)[-1]

    def gone(self, window: str) -> None:
        wait_until(lambda: (there := self.open()) and window not in there, f"window {window} to close")

    def open(self) -> list[str]:
        """Return the windows of Thunderbird; none where one closed while they were looked for."""
        return self.desktop.search("--name", "Thunderbird$")


@pytest.fixture
def person(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Person]:
    desk.server.behaviour.passwords.clear()
    desk.settings = replace(desk.settings, send_accounts=())
    desk.apply(desk.settings)
    with Desktop(size="1280x900x24") as desktop:
        monkeypatch.setenv("XDG_RUNTIME_DIR", desktop.environ["XDG_RUNTIME_DIR"])
        install.install(tmp_path / "add-on.xpi", home=desktop.home, vault=tmp_path / "vault")
        made = Person(desktop, desk, tmp_path / "vault", html=request.param)
        with made.thunderbird:
            yield made
        made.end()


in_plain_text = pytest.mark.parametrize("person", [False], indirect=True, ids=["plain"])
in_html = pytest.mark.parametrize("person", [True], indirect=True, ids=["html"])


@in_plain_text
def test_a_mail_waits_and_goes_as_its_person_says(person: Person) -> None:
    desktop, thunderbird = person.desktop, person.thunderbird
    thunderbird.send("minutes", CALM)
    person.arrives(CALM)

    window = thunderbird.send("printer", ANGRY)
    asked = person.asked("printer")
    wait_until(lambda: ANGRY in thunderbird.drafts(), "the draft")
    for key in SEND_NOW:
        desktop.press(key)
    person.arrives(CALM, ANGRY)
    person.gone(window)
    person.gone(asked)

    again = thunderbird.send("again", ANGRY)
    asked = person.asked("again")
    desktop.activate(again)
    desktop.press("ctrl+Return")  # the question is the same
    assert person.asked("again") == asked
    desktop.press("Return")  # Edit
    person.gone(asked)
    wait_until(lambda: desktop.active() == again, "the mail, to be edited")
    desktop.press("ctrl+a")
    desktop.run("xdotool", "type", "--delay", "10", CALM)
    desktop.press("ctrl+Return")
    person.arrives(CALM, ANGRY, CALM)
    person.gone(again)

    person.desk.server.behaviour.answers["before"] = "554 5.7.1 We do not take this"
    thunderbird.send("refused", ANGRY)
    person.asked("refused")
    for key in SEND_NOW:
        desktop.press(key)
    desktop.await_window("Send Message Error")
    desktop.press("Return")
    person.reads_that_it_was_not_sent("refused")
    assert len(person.sent) == 3


@in_html
def test_a_mail_goes_by_itself_unless_it_was_changed_put_off_or_closed(person: Person) -> None:
    desktop, thunderbird = person.desktop, person.thunderbird
    closed = thunderbird.send("closed", ANGRY)
    person.asked("closed")
    wait_until(lambda: "Subject: closed" in thunderbird.drafts(), "the draft")
    desktop.activate(closed)
    desktop.press("ctrl+w")
    person.reads_that_it_was_not_sent("closed")

    person.desk.apply(replace(person.desk.settings, send_hold_minutes=SHORT_MINUTES))
    put_off = thunderbird.send("put off", ANGRY)
    person.asked("put off")
    for key in LATER:
        desktop.press(key)
    changed = thunderbird.send("changed", ANGRY)
    person.asked("changed")
    desktop.activate(changed)
    desktop.run("xdotool", "type", "--delay", "10", "And another thing.")
    alone = thunderbird.send("alone", ANGRY)
    person.reads_that_it_was_not_sent("changed")
    person.arrives(ANGRY, seconds=120.0)
    person.gone(alone)
    assert {put_off, changed} <= set(wait_until(person.open, "the windows"))


@in_html
def test_whoever_ends_thunderbird_is_told_what_waited(person: Person) -> None:
    thunderbird = person.thunderbird
    thunderbird.send("waiting", ANGRY)
    person.asked("waiting")
    wait_until(lambda: "Subject: waiting" in thunderbird.drafts(), "the draft")
    thunderbird.kill()
    person.reads_that_it_was_not_sent("waiting")
    assert person.sent == []

    person.end()  # a mail that nobody can judge goes
    thunderbird.send("unjudged", ANGRY)
    person.arrives(ANGRY)
