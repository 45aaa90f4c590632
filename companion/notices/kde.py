"""KDE's daemon tells of notifications by itself, to whoever asks to be its watcher."""

from __future__ import annotations

import asyncio
from typing import Protocol

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from companion.notices import wire
from companion.notices.bus import BUS, ask, ask_bus
from companion.notices.pending import Pending
from companion.notices.types import NoticesError

REFUSED = (
    "The session bus does not let Companion see notifications, and the notification daemon does not tell of them: "
    "nothing is held. Allow org.freedesktop.DBus.Monitoring in the bus's configuration."
)
_OF_WATCHERS = "org.kde.NotificationManager"


class Take(Protocol):
    """Takes in a message; ``answered`` if no answer with a number follows it."""

    def __call__(self, said: Message, *, answered: bool) -> None:
        """Take it in."""


class LimitsSet(Protocol):
    """Is told why notifications are not seen; nothing when they are."""

    def __call__(self, why: str, /) -> None:
        """Take it down."""


class KdeWatch:
    """Hears of notifications over a connection that may also ask."""

    def __init__(self, bus: MessageBus, take: Take, limited: LimitsSet) -> None:
        self._bus, self._take, self._limited = bus, take, limited
        self._again: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Ask to be told; raises `NoticesError` where the daemon is not KDE's."""
        self._bus.add_message_handler(self._hear)
        await ask_bus(self._bus, "AddMatch", "s", f"type='signal',interface='{wire.SERVER}'")
        owner = f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{wire.SERVER}'"
        await ask_bus(self._bus, "AddMatch", "s", owner)
        await self._register()

    async def pass_barrier(self, pending: Pending) -> int:
        """Return the number of the next notice; what the daemon told before it answers has come by then."""
        await ask(self._bus, wire.SERVER, wire.SERVER_PATH, wire.SERVER, "GetServerInformation")
        return pending.next

    def _hear(self, said: Message) -> bool | Message:
        if said.message_type is MessageType.METHOD_CALL and said.interface == wire.KDE_WATCHER:
            self._take(said, answered=True)
            return Message.new_method_return(said)
        if said.message_type is MessageType.SIGNAL and said.interface == wire.SERVER:
            self._take(said, answered=True)
        elif said.member == "NameOwnerChanged" and said.sender == BUS and said.body[0] == wire.SERVER and said.body[2]:
            self._again = asyncio.create_task(self._anew())
        return False

    async def _anew(self) -> None:
        """Ask a daemon that was started anew."""
        try:
            await self._register()
        except NoticesError as error:
            self._limited(str(error))
        else:
            self._limited("")

    async def _register(self) -> None:
        try:
            await ask(self._bus, wire.SERVER, wire.SERVER_PATH, _OF_WATCHERS, "RegisterWatcher")
        except NoticesError as error:
            raise NoticesError(REFUSED) from error
