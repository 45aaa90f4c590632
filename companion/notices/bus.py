"""Connections to the session bus, and asking over them with a bound on the time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from dbus_fast import BusType, ErrorType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from companion.notices.types import NoticesError

ANSWER_SECONDS = 5.0
BUS, BUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
NO_BUS = "There is no session bus, so notifications cannot be seen. Start Companion inside a desktop session."
GONE = "The session bus has gone away: notifications are not seen until it is back."


class RefusedError(NoticesError):
    """Somebody on the bus answered with an error."""

    def __init__(self, said: Message) -> None:
        super().__init__(f"{said.error_name}: {said.body[0] if said.body else ''}")
        self.denied = said.error_name == ErrorType.ACCESS_DENIED.value


async def connected(environ: Mapping[str, str]) -> MessageBus:
    """Return a new connection; raises `NoticesError` when there is no bus."""
    usual = f"unix:path={environ['XDG_RUNTIME_DIR']}/bus" if environ.get("XDG_RUNTIME_DIR") else None
    address = environ.get("DBUS_SESSION_BUS_ADDRESS") or usual
    if address is None:
        raise NoticesError(NO_BUS)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await MessageBus(bus_address=address, bus_type=BusType.SESSION).connect()
    except (OSError, EOFError, DBusFastError) as error:  # a time-out is an OSError
        raise NoticesError(NO_BUS) from error


async def ask(  # noqa: PLR0917 as D-Bus orders them
    bus: MessageBus, to: str, path: str, interface: str, member: str, signature: str = "", *body: Any
) -> list[Any]:
    """Return what an object answers.

    Raises `RefusedError` where it refuses, `NoticesError` where it does not answer or the bus is gone.
    """
    call = Message(destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body))
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await bus.call(call)
    except TimeoutError as error:
        raise NoticesError(f"{to} does not answer. Restart it, or log out and in again.") from error
    except (OSError, EOFError) as error:
        raise NoticesError(GONE) from error
    if answer is None:
        raise NoticesError(GONE)
    if answer.message_type is MessageType.ERROR:
        raise RefusedError(answer)
    return answer.body


async def ask_bus(bus: MessageBus, member: str, signature: str = "", *body: Any) -> list[Any]:
    """Return what the bus itself answers; raises as `ask`."""
    return await ask(bus, BUS, BUS_PATH, BUS, member, signature, *body)


async def until_lost(buses: list[MessageBus]) -> None:
    """Return when one of the connections ended."""
    waiting = [asyncio.create_task(_ended(bus)) for bus in buses]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def _ended(bus: MessageBus) -> None:
    waiting: Callable[[], Awaitable[None]] = bus.wait_for_disconnect
    with suppress(OSError, EOFError):  # how it ended does not matter
        await waiting()
