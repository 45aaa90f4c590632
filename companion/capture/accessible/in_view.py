"""Which children of a long list, tree, table or page are in view, without asking all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.halving import first_where, stretch_around
from companion.capture.accessible.node import ACCESSIBLE, COMPONENT, ON_SCREEN, TABLE, Node, child_at, extents, ref_of
from companion.capture.accessible.roles import TABLES
from companion.capture.types import Rect

#: Children that may be asked for at once. Programs make an object for each, which takes Qt some microseconds apiece.
FEW = 128

_AT_ONCE = 8
_EDGE = 2  # pixels of a frame; what shows less than that is not seen
_STEPS = 8  # neighbours tried for one that has no place, such as a hidden row

_SAMPLES = 12  # children that are asked where they lie, to tell whether they lie one below the other

Find = Callable[[int], Awaitable[Ref | None]]


@dataclass(frozen=True, slots=True)
class _Grid:
    rows: int
    columns: int


async def children_in_view(bus: AccessibilityBus, node: Node, count: int, most: int) -> list[Ref]:
    """Return those of ``count`` stacked children that are in ``node.clip``, at most ``most``, in their order."""
    grid = await _grid(bus, node) if node.role in TABLES else None
    if grid is not None:
        return await _cells(bus, node, grid, most)
    return await _run(bus, lambda index: child_at(bus, node.ref, index), count, node.clip, most)


async def are_stacked(bus: AccessibilityBus, node: Node, count: int) -> bool:
    """Whether of children all over their order none begins above one before it, as far as a few of them tell."""
    places = [place * (count - 1) // (_SAMPLES - 1) for place in range(_SAMPLES)]
    refs = await asyncio.gather(*(child_at(bus, node.ref, place) for place in places))
    tops = [rect.top for rect in await _places(bus, refs) if rect is not None]
    return len(tops) > 1 and tops == sorted(tops)


async def _grid(bus: AccessibilityBus, node: Node) -> _Grid | None:
    rows, columns = [await bus.get(node.ref, TABLE, name) for name in ("NRows", "NColumns")]
    return _Grid(int(rows), int(columns)) if rows and columns and rows > 0 and columns > 0 else None


async def _cells(bus: AccessibilityBus, node: Node, grid: _Grid, most: int) -> list[Ref]:
    async def cell(row: int, column: int) -> Ref | None:
        return ref_of(await bus.ask(node.ref, TABLE, "GetAccessibleAt", "ii", row, column))

    at = await _row_in_view(bus, node)
    if at is None:
        at = await first_where(
            grid.rows, lambda row: _ends_below(bus, lambda at: cell(at, 0), row, grid.rows, node.clip)
        )
    columns = await _columns(bus, lambda column: cell(min(at, grid.rows - 1), column), grid.columns, node.clip)
    headers = [ref for column in columns if (ref := await _header(bus, node.ref, column)) is not None]
    clip = _below(node.clip, await _places(bus, headers[:1]))

    async def seen(row: int) -> bool:
        return any(_shows(rect, clip) for rect in await _places(bus, [await cell(row, columns[0])]))

    rows = await stretch_around(at, 0, grid.rows, seen) if columns and at < grid.rows else range(0)
    found: list[Ref | None] = [*headers]
    for row in rows:
        found += await asyncio.gather(*(cell(row, column) for column in columns))
    return [ref for ref in found if ref is not None][:most]


async def _row_in_view(bus: AccessibilityBus, node: Node) -> int | None:
    """Return a row the program says is drawn in the midst of a table, None where it says nothing."""
    for height in (0.5, 0.8, 0.2):
        point = (node.clip.left + 8, node.clip.top + round(height * node.clip.height))
        ref = ref_of(await bus.ask(node.ref, COMPONENT, "GetAccessibleAtPoint", "iiu", *point, ON_SCREEN))
        index = await bus.ask(ref, ACCESSIBLE, "GetIndexInParent") if ref is not None else None
        row = await bus.ask(node.ref, TABLE, "GetRowAtIndex", "i", index[0]) if index and index[0] >= 0 else None
        if row and row[0] >= 0:
            return int(row[0])
    return None


def _shows(rect: Rect | None, clip: Rect) -> bool:
    return rect is not None and rect.bottom > clip.top + _EDGE and rect.top < clip.bottom - _EDGE


def _below(clip: Rect, headers: Sequence[Rect | None]) -> Rect:
    """Return what the headers leave free."""
    top = max([clip.top, *(rect.bottom for rect in headers if rect is not None)])
    return Rect(clip.left, top, clip.width, max(0, clip.bottom - top))


async def _columns(bus: AccessibilityBus, find: Find, count: int, clip: Rect) -> list[int]:
    """Return the columns whose cell lies between the left and the right edge; they lie side by side."""
    found: list[int] = []
    for start in range(0, count, _AT_ONCE):
        columns = range(start, min(start + _AT_ONCE, count))
        rects = await _places(bus, await asyncio.gather(*map(find, columns)))
        found += [
            column
            for column, rect in zip(columns, rects, strict=True)
            if rect and rect.left < clip.right and clip.left < rect.right
        ]
        if any(rect and rect.left >= clip.right for rect in rects):
            break
    return found


async def _header(bus: AccessibilityBus, table: Ref, column: int) -> Ref | None:
    return ref_of(await bus.ask(table, TABLE, "GetColumnHeader", "i", column))


async def _run(bus: AccessibilityBus, find: Find, count: int, clip: Rect, most: int) -> list[Ref]:
    first = await first_where(count, lambda index: _ends_below(bus, find, index, count, clip))
    found: list[Ref] = []
    for start in range(first, count, _AT_ONCE):
        refs = await asyncio.gather(*map(find, range(start, min(start + _AT_ONCE, count))))
        rects = await _places(bus, refs)
        found += [
            ref
            for ref, rect in zip(refs, rects, strict=True)
            if ref is not None and not (rect and rect.top >= clip.bottom - _EDGE)
        ]
        if len(found) >= most or any(rect and rect.top >= clip.bottom - _EDGE for rect in rects):
            break
    return found[:most]


async def _ends_below(bus: AccessibilityBus, find: Find, index: int, count: int, clip: Rect) -> bool:
    """Whether a child, or the next one that has a place, ends below the upper edge of what is in view."""
    for at in range(index, min(index + _STEPS, count)):
        ref = await find(at)
        rect = await extents(bus, ref) if ref is not None else None
        if rect is not None:
            return rect.bottom > clip.top + _EDGE
    return False


async def _places(bus: AccessibilityBus, refs: Sequence[Ref | None]) -> list[Rect | None]:
    async def place(ref: Ref | None) -> Rect | None:
        return await extents(bus, ref) if ref is not None else None

    return await asyncio.gather(*map(place, refs))
