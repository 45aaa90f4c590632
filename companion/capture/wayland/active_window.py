"""The window that programs themselves say is active, for compositors that do not tell."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.node import children, name_of, role_and_states
from companion.capture.accessible.roles import State

_DESKTOP = Ref("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_SECONDS = 1.0  # for the answers of all programs; one that hangs is not the active one


@dataclass(frozen=True, slots=True)
class Claim:
    """A window that says it is active, of the program ``app``."""

    ref: Ref
    app: str
    title: str
    pid: int


class ActiveWindow:
    """Asks programs whether they are in front.

    The one that was is asked first and alone; only when it says no, or `moved` was called, are all of them asked.
    """

    def __init__(self, bus: AccessibilityBus) -> None:
        self._bus = bus
        self._last: Claim | None = None
        self._newest = 0  # the process that last said a window of it was activated

    def moved(self, pid: int) -> None:
        """Take in that a process said one of its windows was activated."""
        self._last, self._newest = None, pid

    def find(self) -> Claim | None:
        """Return the active window; None when no program says so, or several do and none was heard last.

        Raises `AccessibilityError` when the bus has gone.
        """
        self._last = self._bus.thread.run(self._find())
        return self._last

    async def _find(self) -> Claim | None:
        if self._last is not None:
            try:
                async with asyncio.timeout(_SECONDS):
                    still = await self._claim(self._last.ref, self._last.app, self._last.pid)
            except TimeoutError:
                return None  # it hangs: whether it is in front is not known
            if still is not None:
                return still
        try:
            async with asyncio.timeout(_SECONDS):
                applications = await children(self._bus, _DESKTOP)
        except TimeoutError:
            return None
        found = await asyncio.gather(*(self._in_time(one) for one in applications))
        claims = [claim for of_one in found for claim in of_one]
        newest = [claim for claim in claims if claim.pid == self._newest]
        best = claims if len(claims) == 1 else newest
        return best[0] if len(best) == 1 else None

    async def _in_time(self, application: Ref) -> list[Claim]:
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._of(application)
        except TimeoutError:
            return []

    async def _of(self, application: Ref) -> list[Claim]:
        pid, app, frames = await asyncio.gather(
            self._bus.process_of(application.bus), name_of(self._bus, application), children(self._bus, application)
        )
        if pid is None:
            return []
        claims = await asyncio.gather(*(self._claim(frame, app, pid) for frame in frames))
        return [claim for claim in claims if claim is not None]

    async def _claim(self, frame: Ref, app: str, pid: int) -> Claim | None:
        known = await role_and_states(self._bus, frame)
        if known is None or not {State.ACTIVE, State.SHOWING} <= known[1]:
            return None
        return Claim(frame, app, await name_of(self._bus, frame), pid)
