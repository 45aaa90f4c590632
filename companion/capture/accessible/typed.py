"""What the person types into fields, as their programs tell it over AT-SPI. Held in memory until it is asked for.

A program tells every insertion, also into password fields, and also those it makes itself. Kept is only what came right
after a key was pressed, a few characters at a time, into a field that has the focus and may be written to, is no
password field and no terminal, and belongs to the very window that is asked for.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from dbus_fast import Message, Variant

from companion.capture.accessible.bus import ANSWER_SECONDS, AccessibilityBus, AccessibilityError, Ref
from companion.capture.accessible.node import ACCESSIBLE, role_and_states
from companion.capture.accessible.roles import Role, State
from companion.capture.accessible.runs import AFTER, LONGEST, Edit, joined, typed_of
from companion.capture.accessible.window import Windows
from companion.capture.known_fields import KnownFields
from companion.capture.types import Window

#: Insertions and deletions that are held of a program, programs, and fields that were asked when they were written to.
HELD, PROGRAMS, FIELDS = 2_000, 32, 2_000

#: Seconds that a program is asked for about its fields, once what was typed is wanted.
SECONDS = 0.3

_DEEP = 100  # objects from a field up to its window
_ROOT = "/org/a11y/atspi/accessible/root"  # of a program; its windows are below
_REGISTRY = Ref("org.a11y.atspi.Registry", "/org/a11y/atspi/registry")
_EVENT = "object:text-changed"
_INTERFACE, _MEMBER = "org.a11y.atspi.Event.Object", "TextChanged"
_RULE = f"type='signal',interface='{_INTERFACE}',member='{_MEMBER}'"


class TypedText:
    """Listens from its making until it is closed. Satisfies `companion.capture.screen.TypedSource`.

    ``fields``: what is known of password fields from before, and from what else was seen. Raises `AccessibilityError`
    where programs cannot be listened to.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        fields: KnownFields | None = None,
    ) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._edits: dict[str, deque[Edit]] = {}  # by the program's name on the bus
        self._asked: dict[Ref, asyncio.Task[bool]] = {}  # whether a field could be kept when it was written to
        self._known = fields or KnownFields()  # of what was a password field nothing is kept, whatever it is now
        self._bus = AccessibilityBus(environ)
        self._windows = Windows(self._bus)
        try:
            self._bus.thread.run(self._register())
            self._bus.on_signal(self._hear)
        except BaseException:
            self._bus.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def take(self, window: Window, keys: Sequence[float]) -> str:
        """Return what was typed into ``window`` by ``keys`` since this was asked last; all else is let go."""
        edits, asked = self._let_go()
        told, left = self._bus.thread.run(self._told(window, keys, edits, asked)) if asked else ("", [])
        self._hold_on(left, asked)
        return told

    def drop(self) -> None:
        """Let go of all that was typed."""
        self._let_go()

    def close(self) -> None:
        """Listen no more."""
        self._let_go()
        try:
            with suppress(AccessibilityError):  # whoever hangs up is not told any more, asked or not
                self._bus.thread.run(self._register(add=False))
        finally:
            self._bus.close()

    def _let_go(self) -> tuple[dict[str, deque[Edit]], dict[Ref, asyncio.Task[bool]]]:
        with self._lock:
            held = self._edits, self._asked
            self._edits, self._asked = {}, {}
        return held

    def _hold_on(self, edits: Sequence[Edit], asked: Mapping[Ref, asyncio.Task[bool]]) -> None:
        """Hold on to what came into the same window just now: we may not have heard yet of the key that made it."""
        with self._lock:
            for edit in reversed([edit for edit in edits if edit.text and edit.time > self._clock() - AFTER]):
                self._edits.setdefault(edit.field.bus, deque(maxlen=HELD)).appendleft(edit)
                self._asked.setdefault(edit.field, asked[edit.field])

    def _hear(self, said: Message) -> None:
        """Keep an edit, and ask at once what its field is: a password field may be shown as another later."""
        if (said.interface, said.member) != (_INTERFACE, _MEMBER) or not said.sender or not said.path:
            return
        field = Ref(said.sender, said.path)
        edit = _edit_of(field, said.body, self._clock())
        with self._lock:
            if edit is None or (said.sender not in self._edits and len(self._edits) >= PROGRAMS):
                return
            self._edits.setdefault(said.sender, deque(maxlen=HELD)).append(edit)
            if edit.text and field not in self._asked:
                self._asked[field] = asyncio.get_running_loop().create_task(self._could_be_kept(field))
                if len(self._asked) > FIELDS:  # pages write into ever new ones also while nobody looks
                    del self._asked[next(iter(self._asked))]

    async def _told(
        self,
        window: Window,
        keys: Sequence[float],
        edits: Mapping[str, Sequence[Edit]],
        asked: Mapping[Ref, asyncio.Task[bool]],
    ) -> tuple[str, list[Edit]]:
        """Return what was typed, and what else came into fields of the window."""
        try:
            async with asyncio.timeout(SECONDS):
                names = [name for name in edits if await self._windows.pid_of(name) == window.pid]
                own = sorted((edit for name in names for edit in edits[name]), key=lambda edit: edit.time)
                fields = {edit.field for edit in own} & asked.keys()
                found = await self._windows.find(window) if fields else None
                if found is None:
                    return "", []
                kept = {one for one in fields if await self._is_kept(one, asked[one], found.ref, window.pid)}
        except TimeoutError:
            return "", []
        told = [edit for edit in own if edit.field in kept]
        typed = typed_of(told, keys)
        return joined(told, typed), [edit for edit in told if edit not in typed]

    async def _is_kept(self, field: Ref, before: asyncio.Task[bool], window: Ref, pid: int) -> bool:
        """Whether a field is one of ``window``, and could be kept when it was written to and can now."""
        could = await before and await self._may_be_kept(field) and await self._top(field) == window
        return could and self._known.may_be_kept(pid, field.name)

    async def _could_be_kept(self, field: Ref) -> bool:
        """Whether a field that was written to just now may be kept, and has the focus."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._may_be_kept(field) and await self._has_focus(field)
        except (TimeoutError, AccessibilityError):
            return False

    async def _may_be_kept(self, field: Ref) -> bool:
        """Whether a field is shown, may be written to and is no password field; False where it does not say.

        One that is not shown any more is on a page that the person has left, and nobody decided about.
        """
        known = await role_and_states(self._bus, field)
        if known is None:
            return False
        role, states = known
        if role == Role.PASSWORD_TEXT:
            self._known.was_private(field.name)
        written = State.EDITABLE in states and State.SHOWING in states
        return written and role not in (Role.TERMINAL, Role.PASSWORD_TEXT)

    async def _has_focus(self, field: Ref) -> bool:
        """Whether a field, or what it is a part of, has the focus."""
        async for above in self._upwards(field):
            known = await role_and_states(self._bus, above)
            if known is None:
                return False
            if State.FOCUSED in known[1]:
                return True
        return False

    async def _top(self, field: Ref) -> Ref | None:
        """Return the window a field belongs to, None where its program does not say."""
        top = None
        async for above in self._upwards(field):
            top = above
        return top

    async def _upwards(self, field: Ref) -> AsyncIterator[Ref]:
        """Yield a field, what it is a part of, and so on up to its window."""
        here: Ref | None = field
        for _ in range(_DEEP):
            if here is None or here.path == _ROOT:
                return
            yield here
            parent = await self._bus.get(here, ACCESSIBLE, "Parent")
            here = Ref(*parent) if parent and not parent[1].endswith("/null") else None

    async def _register(self, *, add: bool = True) -> None:
        """Have programs tell of what is inserted and deleted, or not any more."""
        body: tuple[object, ...] = (_EVENT, [], "") if add else (_EVENT,)
        member, signature = ("RegisterEvent", "sass") if add else ("DeregisterEvent", "s")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                done = await self._bus.ask(_REGISTRY, _REGISTRY.bus, member, signature, *body)
                await self._bus.match(_RULE, add=add)
        except TimeoutError:
            done = None
        if done is None:
            raise AccessibilityError(
                "The registry of the accessibility bus refuses. Update at-spi2-core and log in again."
            )


def _edit_of(field: Ref, body: Sequence[object], now: float) -> Edit | None:
    """Return what a signal tells, None for none that is known; of a long insertion only that there was one."""
    match body:
        case ["insert", int(place), int(), Variant(value=str(text)), *_] if text:
            return Edit(field, place, text if len(text) <= LONGEST else text[: LONGEST + 1], 0, now)
        case ["delete", int(place), int(gone), *_] if gone > 0:
            return Edit(field, place, "", gone, now)
    return None
