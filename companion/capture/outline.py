"""A bounded walk through what a program tells of one window, one question after another.

For systems whose programs answer one at a time (UI Automation, macOS Accessibility). Over D-Bus many questions wait
at once; that walk is `companion.capture.accessible.tree`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from companion.capture.accessible.order import reading_order
from companion.capture.accessible.reading import Block, Reading
from companion.capture.accessible.roles import CELLS, CLOSED, DOCUMENTS, EDITORS, NAMED, STACKED
from companion.capture.accessible.text import joined
from companion.capture.geometry import clipped
from companion.capture.types import Rect

_DEEPEST = 200  # objects inside each other; pages have some dozens


@dataclass(frozen=True, slots=True)
class Told:
    """What an object says of itself without being asked for its text.

    Attributes
    ----------
    element
        The system's own handle, for further questions.
    role
        A `companion.capture.accessible.roles.Role`, or 0 for what is only there to hold others.
    rect
        Where it lies on the desktop, None where it has no place.
    name
        What it is labelled with; never asked for of a password field.
    secret
        Whether it is a password field.

    """

    element: Any
    role: int
    rect: Rect | None
    name: str = ""
    secret: bool = False


class Teller(Protocol):
    """What answers for a program."""

    def children(self, element: Any) -> Iterator[Told | None]:
        """Yield what is inside an object, None for what does not say what it is."""
        ...

    def text(self, element: Any, most: int) -> str | None:
        """Return at most ``most`` characters of an editor or a document as far as in view; None when it has none."""
        ...

    def page(self, element: Any) -> tuple[str, str]:
        """Return address and title of a document, empty where it does not say."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one reading may cost the other program: objects, seconds, and characters of all texts together."""

    objects: int = 1_500
    seconds: float = 0.15
    characters: int = 200_000


#: For a window that was more than a first, quick reading gets through.
PATIENT = Limits(objects=6_000, seconds=0.8)


@dataclass(slots=True)
class _Node:
    told: Told
    rect: Rect | None
    clip: Rect
    depth: int
    document: bool
    text: str = ""
    children: list[_Node] = field(default_factory=list)


def reading_of(
    teller: Teller, window: Any, clip: Rect, limits: Limits, clock: Callable[[], float] = time.monotonic
) -> Reading:
    """Return what is in view of a window.

    Parameters
    ----------
    window
        The teller's object for it.
    clip
        Where it lies on the desktop.

    """
    walk = _Walk(teller, limits, clock)
    root = walk.run(_Node(Told(window, 0, clip), clip, clip, 0, document=False))
    url, title = teller.page(walk.documents[0]) if walk.documents else ("", "")
    blocks = tuple(_blocks(root, count()))
    within = tuple(teller.page(document)[0] for document in walk.documents[1:])
    return Reading(joined(blocks), url, title, blocks, tuple(walk.private), walk.complete, within=within)


class _Walk:
    def __init__(self, teller: Teller, limits: Limits, clock: Callable[[], float]) -> None:
        self.private: list[Rect] = []
        self.documents: list[Any] = []
        self.complete = True
        self._teller, self._limits, self._clock = teller, limits, clock
        self._due = clock() + limits.seconds
        self._seen = 0
        self._characters = 0

    def run(self, root: _Node) -> _Node:
        waiting = [root]  # the last one is next: depth first
        while waiting:
            node = waiting.pop()
            self._look_into(node)
            if not node.children:
                self._read(node)
            waiting.extend(reversed(node.children))
        return root

    def _look_into(self, node: _Node) -> None:
        """Find what of an object's inside is in view."""
        if node.told.role in CLOSED | EDITORS:
            return
        if node.depth == _DEEPEST:
            self.complete = False
            return
        if self._over():
            return
        for told in self._teller.children(node.told.element):
            self._seen += 1
            if told is None:
                self.complete = False  # what it is stays unknown, and so whether it may be read
            elif told.secret:
                self._keep_private(told, node.clip)
            elif (child := _in_view(told, node)) is not None:
                node.children.append(child)
                if told.role in DOCUMENTS:
                    self.documents.append(told.element)
            if self._over():
                return

    def _over(self) -> bool:
        over = self._seen >= self._limits.objects or self._clock() >= self._due
        self.complete = self.complete and not over
        return over

    def _keep_private(self, told: Told, clip: Rect) -> None:
        if told.rect is None:
            self.complete = False  # somewhere in view, and nobody can say where
        elif (seen := clipped(told.rect, clip)) is not None:
            self.private.append(seen)

    def _read(self, node: _Node) -> None:
        """Ask an editor, or a document that is one, for what it shows."""
        if node.told.role not in EDITORS | DOCUMENTS:
            node.text = node.told.name if node.told.role in NAMED else ""
            return
        left = self._limits.characters - self._characters
        if left <= 0 or self._over():
            self.complete = False
            return
        node.text = self._teller.text(node.told.element, left) or ""
        self._characters += len(node.text)
        self.complete = self.complete and len(node.text) < left


def _in_view(told: Told, parent: _Node) -> _Node | None:
    """Return an object clipped to what its ancestors leave free; None when nothing is left."""
    document = parent.document or told.role in DOCUMENTS
    seen = clipped(told.rect, parent.clip) if told.rect is not None else None
    if told.rect is not None and seen is None:
        return None
    # Pages place things outside their parents; widgets are cut off by theirs.
    clip = parent.clip if seen is None or parent.document else seen
    return _Node(told, seen, clip, parent.depth + 1, document)


def _blocks(node: _Node, numbers: Iterator[int], *, cell: bool = False) -> Iterator[Block]:
    """Yield the text of a tree in reading order; what is inside an object is said instead of its own name."""
    role = node.told.role
    cell = cell or role in CELLS
    found = [block for child in _in_order(node) for block in _blocks(child, numbers, cell=cell)]
    text = node.text or (node.told.name if role in NAMED else "")
    if not found and text.strip():
        editable = role in EDITORS
        found = [Block(role, text, node.rect, next(numbers), node.document, editable, cell)]
    yield from found


def _in_order(node: _Node) -> list[_Node]:
    """Return the children as a person reads them; pages, lists and tables are told in that order."""
    rects = [child.rect for child in node.children if child.rect is not None]
    if node.document or node.told.role in STACKED | CELLS or len(rects) != len(node.children):
        return node.children
    return [node.children[place] for place in reading_order(rects)]
