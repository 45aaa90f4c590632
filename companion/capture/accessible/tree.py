"""A bounded walk through what one window shows. It never asks a password field for anything but its place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.editor import passage
from companion.capture.accessible.in_view import FEW, are_stacked, children_in_view
from companion.capture.accessible.node import Node, child_at, child_count, children, extents, name_of, role_and_states
from companion.capture.accessible.placing import AS_TOLD, Placing, of_page
from companion.capture.accessible.roles import CLOSED, DOCUMENTS, EDITORS, NAMED, PICTURES, STACKED, TITLED, Role, State
from companion.capture.accessible.search import sought_below
from companion.capture.types import Rect
from companion.capture.x11 import clipped

#: Children asked for with one question. For each, Qt goes through all children of a widget: a thousand at once, 500 ms.
AT_A_TIME = 24

#: Objects inside each other that are looked at; pages have some dozens, and some programs put one into itself.
DEEPEST = 200


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
    ``writing``: a field that is in no page has the focus.
    ``strays``: the fields of pages that are in view, and not where what they are in is.
    ``placed``: whether what a page tells of places is understood. ``drawn``: where pictures lie. All of these are on
    the desktop; ``clip`` and what the tree's nodes say is as the program tells it, which ``placing`` goes over from.
    """

    def __init__(
        self, bus: AccessibilityBus, window: Ref, clip: Rect, bounds: Bounds, placing: Placing = AS_TOLD
    ) -> None:
        self.root = Node(window, clip, placing=placing)
        self.private: list[Rect] = []
        self.drawn: list[Rect] = []
        self.strays: list[Node] = []
        self.placed = True
        self.passwords: list[Ref] = []
        self.written: list[Ref] = []
        self.documents: list[Ref] = []
        self.complete = True
        self.empty = False
        self.writing = False
        self._bus = bus
        self._bounds = bounds
        self._seen = 0
        self._characters = 0
        self._waiting = [self.root]  # the last one is next: depth first
        self._busy = 0
        self._more = asyncio.Condition()
        self._searching = asyncio.Lock()
        self._looked: set[Ref] = set()

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

    def take_apart(self) -> None:
        """Let go of the tree, of which nothing is left then: its nodes name each other, and would go much later."""
        nodes = [self.root, *self.strays, *self._waiting]
        while nodes:
            node = nodes.pop()
            nodes += node.children
            node.parent, node.children = None, []

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
        if node.sought and node.ref in self._looked:
            return
        self._looked.add(node.ref)
        known = await role_and_states(self._bus, node.ref)
        if known is None:
            self.complete = False  # what it is stays unknown, and so whether it may be read
            return
        node.role, states = known
        node.editor = node.role in EDITORS or (node.role == Role.COMBO_BOX and State.EDITABLE in states)
        # GTK's viewport says so once it scrolled by its own height, and shows its children all the same.
        hides = node.role != Role.VIEWPORT and not (node.document and node.role == Role.PASSWORD_TEXT)
        if State.SHOWING not in states and hides:
            await self._overlook(node, None)
            return
        node.told, count, node.name = await asyncio.gather(
            extents(self._bus, node.ref), self._count(node), self._name(node)
        )
        if not self._into_view(node):
            await self._overlook(node, count)
        elif node.role == Role.PASSWORD_TEXT:
            self._keep_private(node)
        else:
            node.shown = True
            self.writing = self.writing or (node.editor and not node.document and State.FOCUSED in states)
            await self._look_into(node, count)

    async def _look_into(self, node: Node, count: int) -> None:
        if node.editor and node.ref not in self.written:
            self.written.append(node.ref)
        if node.role in DOCUMENTS:
            node.document = True
            if node.ref not in self.documents:
                self.documents.append(node.ref)
        if node.sought and not node.editor:
            return  # whoever found it looked for what is inside it, too
        if node.role in PICTURES and node.lies is not None:
            self.drawn.append(node.lies)
        await self._read_own(node)
        if node.sought:
            self.strays.append(node)
        else:
            await self._descend(node, count)

    async def _count(self, node: Node) -> int:
        return 0 if node.role in CLOSED else await child_count(self._bus, node.ref)

    async def _name(self, node: Node) -> str:
        named = node.role in NAMED and not (node.document and node.role in TITLED)
        return await name_of(self._bus, node.ref) if named else ""

    def _into_view(self, node: Node) -> bool:
        """Clip an object to what its ancestors leave free; False when nothing is left."""
        if node.told is None:
            return True
        if node.role == Role.DOCUMENT_WEB and not node.document:
            self._into_page(node, node.told)
        seen = clipped(node.told, node.clip)
        if seen is None:
            return False
        node.rect = seen
        # Pages place things outside their parents; widgets are cut off by theirs.
        if not node.document or node.role in STACKED & DOCUMENTS:
            node.clip = seen
        return True

    def _into_page(self, node: Node, told: Rect) -> None:
        """Go over to how a page tells places, which need not be how its browser does."""
        around = next((one.told for one in node.around() if one.told is not None), None)
        placing = of_page(told, around, node.placing) if around is not None else node.placing
        if placing is None:
            self.placed = False
        elif placing != node.placing:
            node.clip, node.placing = placing.units(node.placing.pixels(node.clip)), placing

    def _keep_private(self, node: Node) -> None:
        if node.ref in self.passwords:
            return
        self.passwords.append(node.ref)
        if node.lies is None:
            self.complete = False  # somewhere in view, and nobody can say where
        else:
            self.private.append(node.lies)

    async def _read_own(self, node: Node) -> None:
        if not node.editor and not (node.document and not (node.role == Role.STATIC and node.name)):
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
        node.partial = count > FEW and node.role in STACKED and await self._are_stacked(node, count)
        if node.partial:
            refs = await children_in_view(self._bus, node, count, self._bounds.nodes)
        elif count <= AT_A_TIME:
            refs = await children(self._bus, node.ref)
        else:
            await self._one_by_one(node, count)
            return
        await self._add(node, refs)

    async def _are_stacked(self, node: Node, count: int) -> bool:
        """Whether children lie one below the other; in pages that is a matter of style, and some lie anywhere."""
        if not node.document:
            return True
        if not await are_stacked(self._bus, node, count):
            return False
        await self._search(node)
        return True

    async def _overlook(self, node: Node, count: int | None) -> None:
        """Leave out what is not in view; a page can place in view what it has inside of that."""
        if not node.document or node.sought or count == 0 or node.role in CLOSED | {Role.STATIC}:
            return
        if any(one.searched for one in node.around()):
            return
        count = await child_count(self._bus, node.ref) if count is None else count
        if count and not await self._search(node):
            await self._descend(node, count)

    async def _search(self, node: Node) -> bool:
        """Have the program search what holds an object, as far as it may; returns whether that came to anything."""
        async with self._searching:
            around = [one for one in node.around() if one.document]
            if any(one.searched for one in (node, *around)):
                return True
            for part in (*around[-1:], *around[:1], node):
                if part.searched is None:
                    part.searched = await self._searched(part)
                if part.searched:
                    return True
            return False

    async def _searched(self, part: Node) -> bool:
        refs = await sought_below(self._bus, part.ref)
        if refs is None:
            return False
        clip = next((one.clip for one in (part, *part.around()) if one.role in DOCUMENTS), part.clip)
        found = [Node(ref, clip, True, parent=part, placing=part.placing, sought=True) for ref in refs]
        async with self._more:
            self._waiting[:0] = found  # what is in view where it is looked for comes first
            self._more.notify_all()
        return True

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
        if node.depth == DEEPEST:
            self.complete = self.complete and not refs
            return
        deep, placing = node.depth + 1, node.placing
        found = [Node(ref, node.clip, node.document, parent=node, placing=placing, depth=deep) for ref in refs]
        node.children += found
        async with self._more:
            self._waiting.extend(reversed(found))
            self._more.notify_all()
