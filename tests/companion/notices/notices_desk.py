"""A private session with a real notification daemon, and programs that send notifications to it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bus_services import Caller, private_bus
from dbus_fast import Message, Variant
from desktop import Desktop, wait_until

from companion.notices.digest import Digest
from companion.notices.notices import Notices
from companion.notices.rules import Choices
from companion.notices.telling import Offer
from companion.notices.types import Brain, Judged, Notice
from index.store import Store
from index.writer import Writer

SERVER, PATH, DUNST = "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.dunstproject.cmd0"
PROPERTIES = "org.freedesktop.DBus.Properties"
ANSWER_SECONDS = 60.0
URGENCY = {"low": 0, "normal": 1, "critical": 2}


@dataclass(frozen=True)
class Semantic:
    critical_passes: bool = False
    replays: bool = False
    keeps: bool = False


OF_DUNST = Semantic(replays=True, keeps=True)
OF_XFCE = Semantic(critical_passes=True)


class Program:
    """Sends notifications, and hears what comes of them."""

    def __init__(self, address: str) -> None:
        self.caller = Caller(address)
        self.heard: list[tuple[str, list[Any]]] = []
        self.took = 0.0  # seconds in which the last many were sent
        self.caller.bus.add_message_handler(self._hear)

    def notify(
        self,
        summary: str,
        body: str = "",
        *,
        app: str = "Mail",
        urgency: str = "normal",
        replaces: int = 0,
        **hints: Variant,
    ) -> int:
        """Send a notification; returns the daemon's number of it."""
        told = {"urgency": Variant("y", URGENCY[urgency]), **hints}
        (number,) = self.caller.call(
            SERVER, PATH, SERVER, "Notify", "susssasa{sv}i", *_body(app, replaces, summary, body, told)
        )
        return int(number)

    def notify_many(
        self, count: int, *, rate: float, app: str = "Mail", start: int = 0, patience: float = ANSWER_SECONDS
    ) -> list[int]:
        """Send notifications ``rate`` a second without waiting for one's answer before the next.

        Returns the daemon's numbers, as far as it answered within so many seconds of the last.
        """

        async def send() -> list[int]:
            loop = asyncio.get_running_loop()
            begun, calls = loop.time(), []
            for i in range(count):
                await asyncio.sleep(max(0.0, begun + i / rate - loop.time()))
                body = _body(app, 0, f"subject {start + i}", f"text number {i}", {})
                said = Message(SERVER, PATH, SERVER, "Notify", signature="susssasa{sv}i", body=body)
                calls.append(asyncio.create_task(self.caller.bus.call(said)))
            self.took = loop.time() - begun
            _, silent = await asyncio.wait(calls, timeout=patience)
            for one in silent:
                one.cancel()
            answered = [one.result() for one in calls if one.done() and not one.cancelled()]
            return [one.body[0] for one in answered if one is not None]

        return self.caller.thread.run(send())

    def close(self, number: int) -> None:
        """Take a notification back."""
        self.caller.call(SERVER, PATH, SERVER, "CloseNotification", "u", number)

    def _hear(self, said: Message) -> None:
        if said.interface == SERVER and said.member:
            self.heard.append((said.member, list(said.body)))


class Dunst:
    """What the daemon says of itself."""

    def __init__(self, address: str) -> None:
        self.caller = Caller(address)

    def get(self, name: str) -> Any:
        return self.caller.call(SERVER, PATH, PROPERTIES, "Get", "ss", DUNST, name)[0].value

    def pause(self, paused: bool) -> None:
        self.caller.call(SERVER, PATH, PROPERTIES, "Set", "ssv", DUNST, "paused", Variant("b", paused))

    @property
    def popped(self) -> int:
        """How many are shown or wait to be."""
        return int(self.get("displayedLength")) + int(self.get("waitingLength"))

    def close_all(self) -> None:
        self.caller.call(SERVER, PATH, DUNST, "NotificationCloseAll")

    def history(self, what: str = "summary") -> list[str]:
        (found,) = self.caller.call(SERVER, PATH, DUNST, "NotificationListHistory")
        return [one[what].value for one in found]


@dataclass
class NoticesDesk:
    """A session, its daemon, and the notices on it."""

    address: str
    bus: subprocess.Popen[bytes]
    dunst: Dunst
    program: Program
    environ: Mapping[str, str]
    notices: Notices
    incidents: list[str]
    offered: list[Digest]
    desktop: Desktop
    shown: list[Judged] = field(default_factory=list)
    taken_down: list[Callable[[Notice], bool]] = field(default_factory=list)
    choices: list[Choices] = field(default_factory=lambda: [Choices()])
    recorded: list[bool] = field(default_factory=lambda: [True])  # false while recording is paused
    own_quiet: list[Semantic | None] = field(default_factory=lambda: [None])  # the person's own do-not-disturb
    window: list[bool] = field(default_factory=lambda: [True])  # whether anybody shows a digest

    def restart_dunst(self, config: Path = Path("/dev/null")) -> None:
        start_dunst(self.desktop, self.dunst.caller, config)

    def quiet(self) -> None:
        """Let focus begin: the daemon shows nothing."""
        self.dunst.pause(True)
        assert self.notices.focus_began(OF_DUNST, "dunst")

    def loud(self) -> None:
        """Let the daemon show what comes, as at the end of focus."""
        self.dunst.pause(False)

    def is_down(self, judged: Judged) -> bool:
        """Whether one that was shown has been taken down since."""
        return any(of(judged.notice) for of in self.taken_down)

    def seen(self, count: int, *, seconds: float = 20.0) -> None:
        wait_until(lambda: self.notices.snapshot().seen >= count, f"{count} notices to be seen", seconds=seconds)


@contextmanager
def dunst_session() -> Iterator[tuple[str, subprocess.Popen[bytes], Desktop]]:
    """Run an X server, a bus and dunst; yield the bus's address and its process."""
    with Desktop(window_manager=False) as desktop, private_bus() as (address, bus):
        desktop.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        caller = Caller(address)
        try:
            start_dunst(desktop, caller)
            yield address, bus, desktop
        finally:
            caller.close()


def start_dunst(desktop: Desktop, caller: Caller, config: Path = Path("/dev/null")) -> None:
    """Have a new dunst show what comes; one that runs is ended first."""
    to = ("org.freedesktop.DBus", "/", "org.freedesktop.DBus")
    if caller.call(*to, "NameHasOwner", "s", SERVER)[0]:
        os.kill(caller.call(*to, "GetConnectionUnixProcessID", "s", SERVER)[0], signal.SIGKILL)
        wait_until(lambda: not caller.call(*to, "NameHasOwner", "s", SERVER)[0], "dunst to end")
    desktop.start("dunst", "-conf", str(config))
    wait_until(lambda: caller.call(*to, "NameHasOwner", "s", SERVER)[0], "dunst")


@contextmanager
def notices_desk(
    writer: Writer,
    store: Store,
    *,
    show: Callable[[Judged], bool] | None = None,
    offer: Offer | None = None,
    brain: Brain | None = None,
    start: bool = True,
) -> Iterator[NoticesDesk]:
    with dunst_session() as (address, bus, desktop):
        environ, incidents = {"DBUS_SESSION_BUS_ADDRESS": address}, list[str]()
        made, offered = list[NoticesDesk](), list[Digest]()
        lock, taken_down = threading.Lock(), list[Callable[[Notice], bool]]()

        def note(_part: str, sentence: str) -> None:
            with lock:
                incidents.append(sentence)

        def shows(judged: Judged) -> bool:
            made[0].shown.append(judged)
            return True

        def offers(digest: Digest) -> bool:
            if made[0].window[0]:
                offered.append(digest)
            return made[0].window[0]

        notices = Notices(
            writer,
            store,
            environ,
            choices=lambda: made[0].choices[0],
            show=show or shows,
            take_down=taken_down.append,
            offer=offer or offers,
            brain=brain,
            may_keep=lambda: made[0].recorded[0],
            quiet=lambda: made[0].own_quiet[0],
            on_incident=note,
        )
        dunst, program = Dunst(address), Program(address)
        made.append(NoticesDesk(address, bus, dunst, program, environ, notices, incidents, offered, desktop))
        made[0].taken_down = taken_down
        try:
            if start:
                notices.start()
            yield made[0]
        finally:
            notices.stop()
            program.caller.close()
            dunst.caller.close()


@contextmanager
def busy(writer: Writer) -> Iterator[None]:
    """Keep the vault's writer busy, as forgetting does for minutes."""
    over = threading.Event()
    work = writer.alone(over.wait, 60.0)
    try:
        yield
    finally:
        over.set()
        work.result()


def _body(app: str, replaces: int, summary: str, body: str, hints: Mapping[str, Variant]) -> list[Any]:
    return [app, replaces, "", summary, body, ["default", "Open"], dict(hints), -1]
