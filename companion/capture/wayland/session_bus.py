"""The session bus, asked from a thread that is not its own. Asking a service does not start it; `wake` does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from dbus_fast import BusType, ErrorType, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from companion.capture.accessible.loop import LoopThread
from companion.capture.types import CaptureError

ANSWER_SECONDS = 2.0
START_SECONDS = 25.0  # the bus itself gives up then
PROPERTIES = "org.freedesktop.DBus.Properties"

_DAEMON = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
_SILENT = "The session bus does not answer. If this stays, log out and in again."


class SessionBus:
    """A connection with a thread of its own; `close` it.

    Parameters
    ----------
    environ
        ``DBUS_SESSION_BUS_ADDRESS`` is looked up here.

    Raises
    ------
    CaptureError
        When there is no session bus; so does every method once it has gone.

    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.thread = LoopThread("session-bus")
        try:
            self._bus = self.thread.run(_connect(environ.get("DBUS_SESSION_BUS_ADDRESS") or None))
        except BaseException:
            self.thread.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; the object cannot be used afterwards."""
        self.thread.run(_hang_up(self._bus))
        self.thread.close()

    @property
    def name(self) -> str:
        """Our unique name on the bus, such as ``:1.42``."""
        return self._bus.unique_name or ""

    def ask(
        self, service: str, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> list[Any] | None:
        """Return what a service answers; None when it is not there, refuses or says nothing for two seconds."""
        answer = self.call(service, path, interface, member, signature, *body)
        return answer.body if answer is not None else None

    def call(
        self, service: str, path: str, interface: str, member: str, signature: str = "", *body: Any
    ) -> Message | None:
        """Return the whole answer of a service, with what else it hands over; None as for `ask`."""
        message = Message(
            destination=service,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
            flags=MessageFlag.NO_AUTOSTART,
        )
        return self.thread.run(_call(self._bus, message, ANSWER_SECONDS))

    def get(self, service: str, path: str, interface: str, name: str) -> Any | None:
        """Return a property's value, None as for `ask`."""
        answer = self.ask(service, path, PROPERTIES, "Get", "ss", interface, name)
        return answer[0].value if answer else None

    def wake(self, service: str) -> None:
        """Have a service started that starts when asked for; whether it came is seen when it is asked something."""
        start = Message(*_DAEMON, _DAEMON[0], "StartServiceByName", signature="su", body=[service, 0])
        self.thread.run(_call(self._bus, start, START_SECONDS))

    def owner(self, service: str) -> str:
        """Return the unique name of whoever is a service, empty when nobody is.

        Raises `CaptureError` where the bus does not say: that is not known then.
        """
        asked = Message(*_DAEMON, _DAEMON[0], "GetNameOwner", signature="s", body=[service])
        answer = self.thread.run(_answer(self._bus, asked, ANSWER_SECONDS))
        if answer is None:
            raise CaptureError(_SILENT)
        if answer.message_type is MessageType.METHOD_RETURN:
            return str(answer.body[0])
        if answer.error_name != ErrorType.NAME_HAS_NO_OWNER.value:
            raise CaptureError(f"The session bus does not say who {service} is. If this stays, log out and in again.")
        return ""

    def on_signal(self, heard: Callable[[Message], None], rule: str) -> None:
        """Have ``heard`` called, on the bus's thread, with the signals that a rule describes and what else comes."""
        self._bus.add_message_handler(lambda said: heard(said) if said.message_type is MessageType.SIGNAL else None)
        self.ask(*_DAEMON, _DAEMON[0], "AddMatch", "s", rule)


async def _connect(address: str | None) -> MessageBus:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await MessageBus(bus_address=address, bus_type=BusType.SESSION, negotiate_unix_fd=True).connect()
    except (OSError, DBusFastError) as error:
        raise CaptureError(
            "There is no session bus. Start Companion inside a desktop session, or with dbus-run-session."
        ) from error


async def _call(bus: MessageBus, message: Message, seconds: float) -> Message | None:
    answer = await _answer(bus, message, seconds)
    return answer if answer is not None and answer.message_type is MessageType.METHOD_RETURN else None


async def _answer(bus: MessageBus, message: Message, seconds: float) -> Message | None:
    """Return what comes back, refusals too; None where nothing does in time."""
    try:
        async with asyncio.timeout(seconds):
            return await bus.call(message)
    except TimeoutError:
        return None
    except (OSError, EOFError) as error:
        raise CaptureError("The session bus has gone away. Log out and in again.") from error


async def _hang_up(bus: Any) -> None:
    bus.disconnect()
    with suppress(OSError, EOFError, TimeoutError):  # it may have gone by itself; how does not matter
        async with asyncio.timeout(ANSWER_SECONDS):
            await bus.wait_for_disconnect()
