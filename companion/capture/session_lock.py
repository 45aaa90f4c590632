"""Whether the session is locked, by the services of its desktop.

The X server cannot tell everywhere: GNOME Shell, for one, draws its lock screen itself, in a window of its own that
the stack of windows does not show.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from companion.capture.accessible.loop import LoopThread
from companion.capture.session_services import LoginSession, Savers, Told
from companion.capture.types import CaptureError

#: Seconds that a bus and the first answers are waited for. A service that takes longer counts as locked until it says
#: otherwise.
ANSWER_SECONDS = 2.0

_SYSTEM = "unix:path=/run/dbus/system_bus_socket"
_NO_BUS = "No bus tells whether the session is locked: only a screen saver of the display server itself is heeded."
_ENDED = "The screen lock ended while the screen was locked, so nothing is recorded. Lock it and unlock it again."
_UNANSWERED = "{} does not say whether the screen is locked, so nothing is recorded. Log out and in again, or end it."
_LOST = "The bus that tells whether the session is locked has gone away. If this stays, log out and in again."


class SessionLock:
    """Asks logind and the desktop's screen saver, on a thread of its own, and hears of every change.

    Where neither exists, nothing is said to be locked.

    Parameters
    ----------
    environ
        Where ``DBUS_SESSION_BUS_ADDRESS``, ``DBUS_SYSTEM_BUS_ADDRESS`` and ``XDG_SESSION_ID`` are looked up; the
        usual sockets are tried for an address that is not there.
    on_change
        Called on that thread when `locked` may have changed; should only pass the word on.

    """

    def __init__(self, environ: Mapping[str, str], on_change: Callable[[], None]) -> None:
        self._told, self._on_change = Told(on_change), on_change
        self._lost = self._closing = False
        self._broken: BaseException | None = None
        self._buses: list[MessageBus] = []
        self._asking: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._thread = LoopThread("session-lock")
        try:
            self._thread.run(self._begin(environ))
        except BaseException:
            self.close()
            raise

    @property
    def limits(self) -> str:
        """Why nothing can be known of locks here, or why nothing is recorded; empty when neither is so."""
        if self._told.ended:
            return _ENDED
        unanswered = " and ".join(sorted(self._told.unanswered))
        return _UNANSWERED.format(unanswered) if unanswered else "" if self._buses else _NO_BUS

    @property
    def locked(self) -> bool:
        """Whether a service says that the session is locked, or has yet to answer.

        Raises `CaptureError` when a bus has gone away: nobody would tell any more.
        """
        if self._broken is not None:
            raise self._broken
        if self._lost:
            raise CaptureError(_LOST)
        return self._told.locked

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        for bus in self._buses:
            self._thread.run(_hang_up(bus))
        self._buses.clear()
        self._thread.close()

    async def _begin(self, environ: Mapping[str, str]) -> None:
        usual = f"unix:path={environ.get('XDG_RUNTIME_DIR', '/run')}/bus"
        session = await self._connected(environ.get("DBUS_SESSION_BUS_ADDRESS") or usual)
        system = await self._connected(environ.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM)
        if session is not None:
            self._soon(Savers(session, self._told, self._soon).begin())
        if system is not None:
            self._soon(LoginSession(system, self._told, self._soon, environ).begin())
        until = time.monotonic() + ANSWER_SECONDS
        while self._asking and (left := until - time.monotonic()) > 0:
            await asyncio.wait(self._asking, timeout=left)  # an answer can lead to the next question

    async def _connected(self, address: str) -> MessageBus | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                bus = await MessageBus(bus_address=address).connect()
        except (OSError, DBusFastError):
            return None  # there is no such bus: not every system has one
        self._buses.append(bus)
        self._following.add(asyncio.create_task(self._follow(bus)))
        return bus

    async def _follow(self, bus: Any) -> None:
        with suppress(OSError, EOFError):  # how it ended does not matter
            await bus.wait_for_disconnect()
        if not self._closing:
            self._lost = True
            self._on_change()

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asked)

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broken = error
            self._on_change()


async def _hang_up(bus: MessageBus) -> None:
    bus.disconnect()
