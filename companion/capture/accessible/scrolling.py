"""How far a view is scrolled, as its scroll bar says."""

from __future__ import annotations

from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.node import child_count, children, role_and_states
from companion.capture.accessible.roles import Role, State

VALUE = "org.a11y.atspi.Value"

_DEEP = 2  # Qt puts a scroll bar into a container of its own
_MANY = 16  # what has more children than this is no frame of a view


@dataclass(frozen=True, slots=True)
class ScrollBar:
    """Where a vertical scroll bar stands and where it ends, both counted from its upper end, in the view's unit."""

    at: float
    most: float


async def scroll_bar(bus: AccessibilityBus, view: Ref, deep: int = _DEEP) -> ScrollBar | None:
    """Return the vertical scroll bar of a view, None where there is none."""
    if await child_count(bus, view) > _MANY:
        return None
    for ref in await children(bus, view):
        known = await role_and_states(bus, ref)
        if known is None:
            continue
        if known[0] == Role.SCROLL_BAR:
            found = await _stands(bus, ref) if State.VERTICAL in known[1] else None
        else:
            found = await scroll_bar(bus, ref, deep - 1) if deep > 1 else None
        if found is not None:
            return found
    return None


async def _stands(bus: AccessibilityBus, bar: Ref) -> ScrollBar | None:
    least, most, at = [await bus.get(bar, VALUE, f"{name}Value") for name in ("Minimum", "Maximum", "Current")]
    if least is None or most is None or at is None or most <= least:
        return None
    return ScrollBar(float(at - least), float(most - least))
