"""Private buses, and services on them that say whether the session is locked."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from desktop import end, wait_until

from companion.capture.accessible.loop import LoopThread
from companion.capture.session_services import SAVERS

ANSWER_SECONDS = 60.0  # a daemon that has hundreds to draw, on a busy machine

_ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")


@contextmanager
def private_bus() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a bus; yield its address and its daemon."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as answer:
        command = (*_ENDS_WITH_US, "dbus-daemon", "--session", "--nofork", f"--print-address={writing}")
        daemon = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        try:
            yield answer.readline().strip(), daemon
        finally:
            end(daemon)


class Caller:
    """A connection to a bus, on a thread of its own."""

    def __init__(self, address: str) -> None:
        self.thread = LoopThread("caller")
        self.bus = self.thread.run(self._connect(address))

    def call(self, name: str, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        """Return what an object answers; None when it refuses."""
        message = Message(
            destination=name, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )

        async def asked() -> Message | None:
            return await asyncio.wait_for(self.bus.call(message), ANSWER_SECONDS)

        answer = self.thread.run(asked())
        assert answer is not None
        return answer.body if answer.message_type is MessageType.METHOD_RETURN else None

    def close(self) -> None:
        async def hang_up() -> None:
            self.bus.disconnect()

        self.thread.run(hang_up())
        self.thread.close()

    async def _connect(self, address: str) -> MessageBus:
        return await MessageBus(bus_address=address).connect()


class ScreenSaver:
    """A screen saver of one of the names desktops use.

    Parameters
    ----------
    answers
        Whether it answers when asked; else it is silent until it says something of itself.

    """

    def __init__(self, address: str, name: str, *, active: bool = False, answers: bool = True) -> None:
        self.name, self.active, self.answers = name, active, answers
        self.asked = 0
        self.refuses = ""  # with which error it answers
        self._caller = Caller(address)
        self._caller.bus.add_message_handler(self._answer)
        self._caller.thread.run(self._take_name())

    def set(self, active: bool, *, to: str | None = None) -> None:
        """Lock or unlock, and say so, to everybody or to one connection."""
        self.active = active

        async def say() -> None:
            signal = Message.new_signal(SAVERS[self.name], self.name, "ActiveChanged", "b", [active])
            signal.destination = to
            await self._caller.bus.send(signal)

        self._caller.thread.run(say())

    def leave(self) -> None:
        """Leave the bus."""
        self._caller.close()

    async def _take_name(self) -> None:
        await self._caller.bus.request_name(self.name)

    def _answer(self, said: Message) -> Message | bool | None:
        if said.member != "GetActive":
            return None
        self.asked += 1
        if said.interface != self.name or said.path != SAVERS[self.name]:
            return Message.new_error(said, "org.freedesktop.DBus.Error.UnknownMethod", "no such thing")
        if self.refuses:
            return Message.new_error(said, self.refuses, "it cannot")
        return Message.new_method_return(said, "b", [self.active]) if self.answers else True


@contextmanager
def mocked(template: str, name: str, path: str, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a stand-in of python3-dbusmock until it has taken its name."""
    (address,) = environ.values()
    command = (*_ENDS_WITH_US, "/usr/bin/python3", "-m", "dbusmock", "--template", template)
    mock = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", **environ}, stdout=subprocess.DEVNULL)
    caller = Caller(address)
    try:
        wait_until(lambda: caller.call(name, path, "org.freedesktop.DBus.Peer", "Ping") is not None, f"{name}")
        yield mock
    finally:
        caller.close()
        end(mock)
