"""One object of a program's tree, and the questions it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.placing import AS_TOLD, Placing
from companion.capture.accessible.roles import State, states_in
from companion.capture.types import Rect

ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
DOCUMENT = "org.a11y.atspi.Document"
TABLE = "org.a11y.atspi.Table"
_NOWHERE = -(2**30)
ON_SCREEN = 0  # coordinates from the corner of the desktop


@dataclass(slots=True)
class Node:
    """What is known of an object so far.

    Attributes
    ----------
    clip
        What of it can be in view: what its ancestors leave free.
    partial
        Only some of its children were looked at, those in view.
    own
        What its Text interface said; None when it was not asked or has none.
    editor
        Whether it holds the person's own text.
    parent
        What it is in, None for the window itself.
    told
        Where it is told to lie, all of it; ``rect`` and ``clip`` are what of that can be in view.
    placing
        How all of these are places on the desktop.
    sought
        Whether it was found because it may be in view, wherever it is in the tree.
    depth
        In how many others it is.
    searched
        Whether all that is inside it was searched for password fields and pages; None while that was not tried.

    """

    ref: Ref
    clip: Rect
    document: bool = False
    role: int = 0
    name: str = ""
    rect: Rect | None = None
    shown: bool = False
    partial: bool = False
    own: str | None = None
    editor: bool = False
    parent: Node | None = None
    told: Rect | None = None
    placing: Placing = AS_TOLD
    sought: bool = False
    searched: bool | None = None
    depth: int = 0
    children: list[Node] = field(default_factory=list)

    @property
    def lies(self) -> Rect | None:
        """Where what of it can be in view lies on the desktop, None where it has no place."""
        return self.placing.pixels(self.rect) if self.rect is not None else None

    def around(self) -> Iterator[Node]:
        """Yield what it is in, from inside out."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


async def role_and_states(bus: AccessibilityBus, ref: Ref) -> tuple[int, frozenset[State]] | None:
    """Return what an object is and how it is, None when it does not say."""
    role, states = await asyncio.gather(
        bus.ask(ref, ACCESSIBLE, "GetRole"),
        bus.ask(ref, ACCESSIBLE, "GetState"),
    )
    return (int(role[0]), states_in(states[0])) if role and states else None


async def name_of(bus: AccessibilityBus, ref: Ref) -> str:
    """Return an object's name, empty when it has none."""
    return str(await bus.get(ref, ACCESSIBLE, "Name") or "")


async def extents(bus: AccessibilityBus, ref: Ref) -> Rect | None:
    """Return where an object lies on the desktop, None when it has no place or no size."""
    answer = await bus.ask(ref, COMPONENT, "GetExtents", "u", ON_SCREEN)
    return rect_of(answer[0]) if answer else None


async def child_count(bus: AccessibilityBus, ref: Ref) -> int:
    """Return how many children an object has; some toolkits say -1 when they do not know."""
    return max(0, int(await bus.get(ref, ACCESSIBLE, "ChildCount") or 0))


async def children(bus: AccessibilityBus, ref: Ref) -> list[Ref]:
    """Return all children at once; only for objects known to have few."""
    answer = await bus.ask(ref, ACCESSIBLE, "GetChildren")
    return [Ref(*pair) for pair in answer[0]] if answer else []


async def child_at(bus: AccessibilityBus, ref: Ref, index: int) -> Ref | None:
    """Return one child, None when there is none."""
    return ref_of(await bus.ask(ref, ACCESSIBLE, "GetChildAtIndex", "i", index))


def ref_of(answer: list[Any] | None) -> Ref | None:
    """Return the object an answer names, if any."""
    if not answer:
        return None
    bus, path = answer[0]
    ref = Ref(bus, path)
    return None if ref.is_none else ref


def rect_of(numbers: list[int] | tuple[int, ...]) -> Rect | None:
    """Return left, top, width, height as a rectangle, None where it has no size or no place.

    GTK says the lowest number there is for the place of what it does not draw.
    """
    left, top, width, height = numbers
    return Rect(left, top, width, height) if width > 0 and height > 0 and min(left, top) > _NOWHERE else None
