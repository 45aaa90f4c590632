"""Sees every notification on the session bus, and what becomes of it.

The bus hands a *monitor* a copy of each message that its rules describe. A monitor may say nothing itself, so there is
a second connection for asking. Where the bus refuses monitors, the notification daemon of KDE tells of each
notification by itself.
"""

from __future__ import annotations

import asyncio
import threading
import time as system_time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from companion.capture.accessible.loop import LoopThread
from companion.notices import wire
from companion.notices.bus import ANSWER_SECONDS, BUS, BUS_PATH, GONE, RefusedError, ask, ask_bus, connected, until_lost
from companion.notices.kde import KdeWatch
from companion.notices.pending import HandOn, Pending
from companion.notices.types import Happened, NoticesError

T = TypeVar("T")

PART = "notices"
SWEEP_SECONDS = 0.1
BARRIER_SECONDS = 15.0  # longer than anything that was sent waits for its number
FIRST_RETRY, LONGEST_RETRY = 0.5, 30.0  # seconds between two tries to get the bus back
MARK = "org.companion.Notices"
BACK = "Notifications are seen again."
NOT_YET = "Notifications are not watched yet."
UNREAD = "A notification could not be read ({}: {}), and is left to the desktop. Please report this."
UNMARKED = "The session bus is too busy to tell which notifications came first. Try again in a moment."
_RULES = (
    f"type='method_call',interface='{wire.SERVER}'",
    f"type='method_return',sender='{wire.SERVER}'",
    f"type='error',sender='{wire.SERVER}'",
    f"type='error',sender='{BUS}'",  # where there is no daemon, the bus itself answers
    f"type='signal',interface='{wire.SERVER}'",
    f"type='method_call',interface='{wire.GTK}'",
    f"type='method_return',sender='{wire.GTK}'",
    f"type='error',sender='{wire.GTK}'",
    f"type='method_call',interface='{wire.PORTAL}'",
    f"type='signal',interface='{MARK}'",
)


class Watcher:
    """Watches on a thread of its own, from `start` to `stop`. Where the bus goes away it says so and comes back.

    Parameters
    ----------
    environ
        Where the bus's address is looked up.
    on_notice, on_happened
        Called on that thread with each notification and with what becomes of it; should only pass it on.
    on_incident
        Gets the part and a sentence.
    on_lost
        Called on that thread when the bus goes away while it was watched.
    first
        The number of the first notice.

    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        on_notice: HandOn,
        on_happened: Callable[[Happened], None],
        on_incident: Callable[[str, str], None],
        on_lost: Callable[[], None] = lambda: None,
        first: int = 1,
        clock: Callable[[], float] = system_time.time,
    ) -> None:
        self._environ, self._on_happened, self._on_incident, self._clock = environ, on_happened, on_incident, clock
        self._on_lost = on_lost
        self._pending = Pending(first, on_notice, clock=clock, ticking=system_time.monotonic)
        self._thread: LoopThread | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._buses: list[MessageBus] = []
        self._talking: MessageBus | None = None
        self._kde: KdeWatch | None = None
        self._bus_id, self._limits = "", NOT_YET
        self._marks: dict[str, asyncio.Future[int]] = {}
        self._broken: BaseException | None = None
        self._tried = threading.Event()

    @property
    def limits(self) -> str:
        """Why notifications are not seen; empty while they are."""
        if self._broken is not None:
            raise self._broken
        return self._limits

    @property
    def own_name(self) -> str | None:
        """Our name on the bus, by which what we send ourselves is known."""
        talking = self._talking
        return talking.unique_name if talking is not None else None

    @property
    def next_number(self) -> int:
        """The number that the next notice gets."""
        return self._pending.next

    @property
    def knows_senders(self) -> bool:
        """Whether what is sent by ourselves is known by its sender, and left out; KDE's daemon does not tell it."""
        return self._kde is None

    def start(self) -> None:
        """Watch from now on; returns once the first try is over. `limits` says whether it went well."""
        self._thread = LoopThread("notices-bus")
        self._thread.run(self._begin())
        self._tried.wait(4 * ANSWER_SECONDS)

    def stop(self) -> None:
        """Watch no more. Nothing may be asked afterwards."""
        if self._thread is not None:
            self._thread.run(self._end())
            self._thread.close()
            self._thread = None

    def run(self, work: Callable[[MessageBus], Coroutine[Any, Any, T]]) -> T:
        """Return what ``work`` makes of the connection for asking; not to be called on the bus's thread.

        Raises `NoticesError` while there is no bus.
        """
        talking, thread = self._talking, self._thread
        if talking is None or thread is None:
            raise NoticesError(GONE)
        return thread.run(work(talking))

    def barrier(self) -> int:
        """Return the number of the next notice, once all that was sent before this call was handed on.

        Raises `NoticesError` where nothing is seen now.
        """
        if self.limits:
            raise NoticesError(self.limits)
        return self.run(self._pass_barrier)

    async def _begin(self) -> None:
        for work in (self._keep(), self._sweep()):
            task = asyncio.create_task(work)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lost(NOT_YET)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broken = error

    async def _keep(self) -> None:
        """Watch, and get the bus back when it is lost."""
        wait, told = FIRST_RETRY, False
        while True:
            try:
                await self._open()
                if told:
                    self._on_incident(PART, BACK)
                wait, told = FIRST_RETRY, False
                self._tried.set()
                await until_lost(self._buses)
                self._lost(GONE)
                self._on_lost()
            except NoticesError as error:
                self._lost(str(error))
            if not told:
                self._on_incident(PART, self._limits)
                told = True
            self._tried.set()
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_RETRY)

    async def _open(self) -> None:
        """Connect, and become a monitor or KDE's watcher; raises `NoticesError`."""
        talking = await connected(self._environ)
        self._buses.append(talking)
        self._bus_id = (await ask_bus(talking, "GetId"))[0]
        self._talking, self._kde = talking, None
        watching = await connected(self._environ)
        self._buses.append(watching)
        mine = watching.unique_name
        watching.add_message_handler(lambda said: self._overhear(said, mine))
        try:
            await ask(watching, BUS, BUS_PATH, f"{BUS}.Monitoring", "BecomeMonitor", "asu", [*_RULES], 0)
        except RefusedError:
            self._buses.remove(watching)
            watching.disconnect()
            self._kde = KdeWatch(talking, self._take, self._set_limits)
            await self._kde.begin()
        self._limits = ""

    def _overhear(self, said: Message, mine: str | None) -> bool:
        """Take in what is overheard; True keeps dbus-fast from answering what was never meant for us."""
        if said.message_type in (MessageType.METHOD_RETURN, MessageType.ERROR):
            if said.destination == mine:
                return False  # the answer to `BecomeMonitor` itself
            self._pending.answer(said, f"{self._bus_id}{said.sender}")
        elif said.interface == MARK:
            self._marked(said)
        elif said.sender != self.own_name:
            self._take(said, answered=False)
        return True

    def _take(self, said: Message, *, answered: bool) -> None:
        """Take in a call or a signal; one that fails here must not be answered, which the bus lets no monitor do."""
        try:
            self._took(said, answered=answered)
        except Exception as error:  # noqa: BLE001 it is told of
            self._on_incident(PART, UNREAD.format(type(error).__name__, error))

    def _took(self, said: Message, *, answered: bool) -> None:
        became = wire.happened(said, self._clock(), f"{self._bus_id}{said.sender}", self._pending.numbering)
        if became is not None:
            self._on_happened(became)
        elif said.message_type is MessageType.METHOD_CALL:
            self._pending.call(said, answered=f"{self._bus_id}{said.sender}" if answered else "")

    async def _pass_barrier(self, talking: MessageBus) -> int:
        """Send a mark round by the bus: when it comes back, all that was sent before it has come."""
        try:
            async with asyncio.timeout(BARRIER_SECONDS):
                number = await (self._kde.pass_barrier(self._pending) if self._kde else self._mark(talking))
                while self._pending.waits_below(number):  # noqa: ASYNC110 it is handed on by messages or by time
                    await asyncio.sleep(SWEEP_SECONDS / 4)
        except TimeoutError as error:
            raise NoticesError(UNMARKED) from error
        return number

    async def _mark(self, talking: MessageBus) -> int:
        name = str(talking.next_serial())
        seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._marks[name] = seen
        signal = Message.new_signal("/", MARK, "Mark", "s", [name])
        signal.destination = talking.unique_name  # to nobody else
        await talking.send(signal)
        try:
            return await seen
        finally:
            self._marks.pop(name, None)

    def _marked(self, said: Message) -> None:
        waiting = self._marks.get(said.body[0]) if said.signature == "s" else None
        if waiting is not None and not waiting.done():
            waiting.set_result(self._pending.next)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._pending.sweep()

    def _set_limits(self, why: str) -> None:
        if why != self._limits:
            self._limits = why
            self._on_incident(PART, why or BACK)

    def _lost(self, why: str) -> None:
        """Let go of the connections: nobody is heard any more."""
        self._limits, self._talking, self._kde = why, None, None
        self._pending.clear()
        for waiting in self._marks.values():
            if not waiting.done():
                waiting.set_exception(NoticesError(why))
        for bus in self._buses:
            if bus.connected:
                bus.disconnect()
        self._buses.clear()
