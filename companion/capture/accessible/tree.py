"""A bounded walk through what one window shows. It never asks a password field for anything but its place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.editor import passage
from companion.capture.accessible.in_view import FEW, children_in_view
from companion.capture.accessible.node import Node, child_at, child_count, children, extents, name_of, role_and_states
from companion.capture.accessible.roles import CLOSED, DOCUMENTS, EDITORS, NAMED, STACKED, Role, State
from companion.capture.types import Rect
from companion.capture.x11 import clipped

#: Children asked for with one question. For each, Qt goes through all children of a widget: a thousand at once, 500 ms.
AT_A_TIME = 24


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one reading may cost the other program.

    Attributes
    ----------
    nodes
        Objects looked at.
    seconds
        From the first question to the last answer.
    at_once
        Objects asked at the same time, with up to three questions each.
    pause
        Seconds without a question after each object, so that the program's own events get their turn.
    characters
        Of all texts together.

    """

    nodes: int = 1_500
    seconds: float = 0.3
    at_once: int = 4
    pause: float = 0.0
    characters: int = 200_000


class Walk:
    """One reading of one window's tree: `run` once, then look at ``root``, ``private``, ``complete`` and ``empty``.

    ``passwords`` and ``written``: the fields in view that are password fields, and the others.
    ``empty``: the window names children that are none, as Chromium's does that was not told to tell of its pages.
    """

    def __init__(self, bus: AccessibilityBus, window: Ref, clip: Rect, bounds: Bounds) -> None:
        self.root = Node(window, clip)
        self.private: list[Rect] = []
        self.passwords: list[Ref] = []
        self.written: list[Ref] = []
        self.documents: list[Ref] = []
        self.complete = True
        self.empty = False
        self._bus = bus
        self._bounds = bounds
        self._seen = 0
        self._characters = 0
        self._waiting = [self.root]  # the last one is next: depth first
        self._busy = 0
        self._more = asyncio.Condition()

    async def run(self, seconds: float) -> None:
        """Look at everything in view, until done or until the time is over."""
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for _ in range(self._bounds.at_once):
                    group.create_task(self._work())
        except TimeoutError:
            self.complete = False
        except BaseExceptionGroup as group:  # the bus has gone for all of them alike
            raise group.exceptions[0] from group

    async def _work(self) -> None:
        while (node := await self._next()) is not None:
            try:
                await self._look(node)
            finally:
                await self._done()
            await asyncio.sleep(self._bounds.pause)

    async def _next(self) -> Node | None:
        async with self._more:
            await self._more.wait_for(lambda: self._waiting or not self._busy)
            if self._waiting and self._seen >= self._bounds.nodes:
                self._waiting.clear()
                self.complete = False
            if not self._waiting:
                self._more.notify_all()
                return None
            self._seen += 1
            self._busy += 1
            return self._waiting.pop()

    async def _done(self) -> None:
        async with self._more:
            self._busy -= 1
            self._more.notify_all()

    async def _look(self, node: Node) -> None:
        known = await role_and_states(self._bus, node.ref)
        if known is None:
            self.complete = False  # what it is stays unknown, and so whether it may be read
            return
        node.role, states = known
        if State.SHOWING not in states and node.role != Role.VIEWPORT:
            return  # GTK's viewport says so once it scrolled by its own height, and shows its children all the same
        node.rect, count, node.name = await asyncio.gather(
            extents(self._bus, node.ref), self._count(node), self._name(node)
        )
        if not self._into_view(node):
            return
        node.shown = True
        if node.role == Role.PASSWORD_TEXT:
            self.passwords.append(node.ref)
            self._keep_private(node)
            return
        if node.role in EDITORS:
            self.written.append(node.ref)
        if node.role in DOCUMENTS:
            node.document = True
            self.documents.append(node.ref)
        await self._read_own(node)
        await self._descend(node, count)

    async def _count(self, node: Node) -> int:
        return 0 if node.role in CLOSED else await child_count(self._bus, node.ref)

    async def _name(self, node: Node) -> str:
        return await name_of(self._bus, node.ref) if node.role in NAMED else ""

    def _into_view(self, node: Node) -> bool:
        """Clip an object to what its ancestors leave free; False when nothing is left."""
        if node.rect is None:
            return True
        seen = clipped(node.rect, node.clip)
        if seen is None:
            return False
        node.rect = seen
        # Pages place things outside their parents; widgets are cut off by theirs.
        if not node.document or node.role in STACKED & DOCUMENTS:
            node.clip = seen
        return True

    def _keep_private(self, node: Node) -> None:
        if node.rect is None:
            self.complete = False  # somewhere in view, and nobody can say where
        else:
            self.private.append(node.rect)

    async def _read_own(self, node: Node) -> None:
        if node.role not in EDITORS and not (node.document and not (node.role == Role.STATIC and node.name)):
            return
        if self._characters >= self._bounds.characters:
            self.complete = False
            return
        found = await passage(self._bus, node.ref, node.clip)
        if found is not None:
            node.own = found.text
            self._characters += len(found.text)
            self.complete = self.complete and found.whole

    async def _descend(self, node: Node, count: int) -> None:
        if not count or node.role in CLOSED:
            return
        node.partial = count > FEW and node.role in STACKED
        if node.partial:
            refs = await children_in_view(self._bus, node, count, self._bounds.nodes)
        elif count <= AT_A_TIME:
            refs = await children(self._bus, node.ref)
        else:
            await self._one_by_one(node, count)
            return
        await self._add(node, refs)

    async def _one_by_one(self, node: Node, count: int) -> None:
        self.complete = self.complete and count <= self._bounds.nodes
        for index in range(min(count, self._bounds.nodes)):
            ref = await child_at(self._bus, node.ref, index)
            await self._add(node, [ref] if ref is not None else [])
            await asyncio.sleep(self._bounds.pause)

    async def _add(self, node: Node, refs: Sequence[Ref]) -> None:
        if node is self.root and refs and all(ref.is_none for ref in refs):
            self.empty = True
            return
        found = [Node(ref, node.clip, node.document) for ref in refs]
        node.children += found
        async with self._more:
            self._waiting.extend(reversed(found))
            self._more.notify_all()
