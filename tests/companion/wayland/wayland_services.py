"""Services of desktops that are not installed here, as small as a test needs them, on a real bus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from companion.capture.accessible.loop import LoopThread

IDLE_SERVICE = "org.gnome.Mutter.IdleMonitor"
IDLE_PATH = "/org/gnome/Mutter/IdleMonitor/Core"


@contextmanager
def answering(
    environ: Mapping[str, str], service: str, answers: Mapping[tuple[str, str], tuple[str, list[Any]]]
) -> Iterator[None]:
    """Be a service; ``answers`` are signature and body by path and member."""

    def handle(said: Message) -> Message | None:
        known = answers.get((said.path or "", said.member or ""))
        if said.message_type is not MessageType.METHOD_CALL or known is None:
            return None
        return Message.new_method_return(said, *known)

    async def connect() -> MessageBus:
        bus = await MessageBus(bus_address=environ["DBUS_SESSION_BUS_ADDRESS"]).connect()
        bus.add_message_handler(handle)
        await bus.request_name(service)
        return bus

    async def leave() -> None:
        bus.disconnect()
        await bus.wait_for_disconnect()

    thread = LoopThread("answering")
    bus = thread.run(connect())
    try:
        yield
    finally:
        thread.run(leave())
        thread.close()
