"""What programs tell of themselves: another window, another field, typing, a page that has loaded.

What was typed is in the message of the bus and is dropped here: only that something was typed goes on.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from dbus_fast import Message

from companion.capture.accessible.bus import ANSWER_SECONDS, AccessibilityBus, AccessibilityError, Ref
from companion.capture.accessible.debounce import Debounce, Happening, What

_REGISTRY = Ref("org.a11y.atspi.Registry", "/org/a11y/atspi/registry")
_OF = "org.a11y.atspi.Event."
_KNOWN = 500  # processes by their names on the bus, which are never used again

#: What the registry is asked for: programs send only what somebody registered.
_REGISTERED = ("window:activate", "object:state-changed:focused", "object:text-changed", "document:load-complete")

#: Interface, member and, where it matters, the first word of the signals that follow from it.
_SIGNALS: dict[tuple[str, str], tuple[What, str]] = {
    ("Window", "Activate"): (What.ACTIVATED, ""),
    ("Object", "StateChanged"): (What.FOCUSED, "focused"),
    ("Object", "TextChanged"): (What.TYPED, ""),
    ("Document", "LoadComplete"): (What.LOADED, ""),
}


class Events:
    """Listens until closed.

    Parameters
    ----------
    bus
        Stays the caller's to close, after this.
    clock
        Seconds that never go back (`time.monotonic`); the times of what happened are its.

    Raises
    ------
    AccessibilityError
        When the registry of the accessibility bus refuses.

    """

    def __init__(self, bus: AccessibilityBus, clock: Callable[[], float]) -> None:
        self._bus = bus
        self._clock = clock
        self._debounce = Debounce()
        self._heard: queue.SimpleQueue[tuple[str, What, float]] = queue.SimpleQueue()
        self._pids: dict[str, int | None] = {}
        self._open = True
        bus.thread.run(self._register(add=True))
        bus.on_signal(self._hear)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ask for no more."""
        if self._open:
            self._open = False
            self._bus.thread.run(self._register(add=False))

    def happenings(self, stop: threading.Event, *, look_up: float = 0.25) -> Iterator[Happening]:
        """Yield what happened once it paused, until ``stop`` is set, which is looked at every ``look_up`` seconds."""
        while not stop.is_set():
            self._take(look_up)
            yield from self._debounce.due(self._clock())

    def _take(self, longest: float) -> None:
        """Wait for the next event, or until something is ripe."""
        ripe = self._debounce.next_due()
        wait = longest if ripe is None else min(longest, max(0.0, ripe - self._clock()))
        try:
            sender, what, time = self._heard.get(timeout=wait) if wait else self._heard.get_nowait()
        except queue.Empty:
            return
        if sender not in self._pids:
            if len(self._pids) >= _KNOWN:
                self._pids.clear()
            self._pids[sender] = self._bus.thread.run(self._bus.process_of(sender))
        pid = self._pids[sender]
        if pid is not None:  # else it left before anybody could look
            self._debounce.add(pid, what, time)

    def _hear(self, said: Message) -> None:
        """Keep who said what kind of thing, on the bus's thread; never what was in it."""
        interface, member = said.interface or "", said.member or ""
        found = _SIGNALS.get((interface.removeprefix(_OF), member)) if interface.startswith(_OF) else None
        if found is None or not said.sender or not self._open:
            return
        what, word = found
        if word and not (said.body[0] == word and said.body[1]):
            return
        self._heard.put((said.sender, what, self._clock()))

    async def _register(self, *, add: bool) -> None:
        member = "RegisterEvent" if add else "DeregisterEvent"
        async with asyncio.timeout(ANSWER_SECONDS):
            for name in _REGISTERED:
                body: tuple[object, ...] = (name, [], "") if add else (name,)
                done = await self._bus.ask(_REGISTRY, _REGISTRY.bus, member, "sass" if add else "s", *body)
                if done is None and add:
                    raise AccessibilityError(
                        "The registry of the accessibility bus refuses. Update at-spi2-core and log in again."
                    )
            for (interface, signal), (_, word) in _SIGNALS.items():
                only = f",arg0='{word}'" if word else ""
                rule = f"type='signal',interface='{_OF}{interface}',member='{signal}'{only}"
                await self._bus.match(rule, add=add)
