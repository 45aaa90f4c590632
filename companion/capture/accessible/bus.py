"""The accessibility bus: finding it, waking the programs on it, asking them.

Programs answer only while ``org.a11y.Status IsEnabled`` is true. It is set while a bus is open and put back by `close`.
Most desktops keep the property over restarts: after a crash it stays true, which costs programs a little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from companion.capture.accessible.answers import body_of, value_of
from companion.capture.accessible.loop import LoopThread
from companion.capture.types import CaptureError

PROPERTIES = "org.freedesktop.DBus.Properties"
ANSWER_SECONDS = 2.0  # for what the buses themselves answer; they are never busy for long

_ENABLED = ("org.a11y.Status", "IsEnabled")


class AccessibilityError(CaptureError):
    """Why no program's text can be asked for; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Ref:
    """One object of one program: its unique name on the bus, and its path."""

    bus: str
    path: str

    @property
    def is_none(self) -> bool:
        """Whether it stands for no object at all."""
        return not self.bus or self.path.endswith("/null")

    @property
    def name(self) -> str:
        """Both in one word; see `named`."""
        return self.bus + self.path

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the object whose `name` this is."""
        bus, slash, path = name.partition("/")
        return cls(bus, slash + path)


_A11Y = Ref("org.a11y.Bus", "/org/a11y/bus")
_DAEMON = Ref("org.freedesktop.DBus", "/org/freedesktop/DBus")


class AccessibilityBus:
    """The session's accessibility bus, on a thread of its own.

    Parameters
    ----------
    environ
        Where the addresses are looked up: ``DBUS_SESSION_BUS_ADDRESS``, and ``AT_SPI_BUS_ADDRESS`` where it is set.

    Raises
    ------
    AccessibilityError
        If there is no session bus or no accessibility bus on it.

    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.thread = LoopThread("accessible")
        self._woken = False
        self._buses: list[MessageBus] = []
        try:
            self.thread.run(self._open(environ))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the programs sleep again if it was us who woke them, and hang up."""
        try:
            if self._woken:
                self._woken = False
                self.thread.run(self._wake(False))
        finally:
            for bus in self._buses:
                self.thread.run(_hang_up(bus))
            self._buses.clear()
            self.thread.close()

    async def ask(self, ref: Ref, interface: str, member: str, signature: str = "", *body: Any) -> list[Any] | None:
        """Return what an object answers, or None when it refuses: it is gone, or has no such thing.

        So it does when it answers with what is no answer to that question (`answers`).

        Raises `AccessibilityError` when the bus itself has gone. The caller bounds the time.
        """
        return await _ask(self._bus, ref, interface, member, signature, *body)

    async def get(self, ref: Ref, interface: str, name: str) -> Any | None:
        """Return a property's value, or None when the object refuses."""
        answer = await self.ask(ref, PROPERTIES, "Get", "ss", interface, name)
        return value_of(answer[0], name) if answer else None

    async def process_of(self, name: str) -> int | None:
        """Return the process id behind a unique name, None when it has left."""
        answer = await self.ask(_DAEMON, _DAEMON.bus, "GetConnectionUnixProcessID", "s", name)
        return int(answer[0]) if answer else None

    async def match(self, rule: str, *, add: bool = True) -> None:
        """Ask the bus for the signals a rule describes, or for no more of them."""
        await self.ask(_DAEMON, _DAEMON.bus, "AddMatch" if add else "RemoveMatch", "s", rule)

    def on_signal(self, heard: Callable[[Message], None]) -> None:
        """Have ``heard`` called, on the bus's thread, with every signal."""
        self._bus.add_message_handler(lambda said: heard(said) if said.message_type is MessageType.SIGNAL else None)

    async def _open(self, environ: Mapping[str, str]) -> None:
        self._session = await self._connect(
            environ.get("DBUS_SESSION_BUS_ADDRESS") or None,
            "There is no session bus. Start Companion inside a desktop session, or with dbus-run-session.",
        )
        address = environ.get("AT_SPI_BUS_ADDRESS") or await self._address()
        self._bus = await self._connect(
            address,
            "The accessibility bus does not let Companion in. Log out and in again; if it stays so, reinstall "
            "at-spi2-core.",
        )
        self._woken = not await self._awake()
        if self._woken:
            await self._wake(True)

    async def _connect(self, address: str | None, otherwise: str) -> MessageBus:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                bus = await MessageBus(bus_address=address, bus_type=BusType.SESSION).connect()
        except (OSError, DBusFastError) as error:
            raise AccessibilityError(otherwise) from error
        self._buses.append(bus)
        return bus

    async def _address(self) -> str:
        answer = await self._of_session(_A11Y.bus, "GetAddress")
        if not answer or not answer[0]:
            raise AccessibilityError(
                "This desktop has no accessibility bus, so text can only be read from pictures. Install the package "
                "at-spi2-core and log in again."
            )
        return str(answer[0])

    async def _awake(self) -> bool:
        answer = await self._of_session(PROPERTIES, "Get", "ss", *_ENABLED)
        return bool(answer and answer[0].value)

    async def _wake(self, wanted: bool) -> None:
        answer = await self._of_session(PROPERTIES, "Set", "ssv", *_ENABLED, Variant("b", wanted))
        if answer is None:
            raise AccessibilityError(
                "Programs cannot be asked for their text: org.a11y.Status refuses to be set. Switch on assistive "
                "technologies in the settings of your desktop, or update at-spi2-core."
            )

    async def _of_session(self, interface: str, member: str, signature: str = "", *body: Any) -> list[Any] | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await _ask(self._session, _A11Y, interface, member, signature, *body)
        except TimeoutError as error:
            raise AccessibilityError(
                "The desktop's accessibility service does not answer. Log out and in again."
            ) from error


async def _ask(bus: MessageBus, ref: Ref, interface: str, member: str, signature: str, *body: Any) -> list[Any] | None:
    said: Sequence[Any] = body
    call = Message(
        destination=ref.bus, path=ref.path, interface=interface, member=member, signature=signature, body=list(said)
    )
    try:
        answer = await bus.call(call)
    except (OSError, EOFError) as error:
        raise AccessibilityError("The accessibility bus has gone away. Log out and in again.") from error
    return body_of(answer, member)


async def _hang_up(bus: MessageBus) -> None:
    bus.disconnect()
