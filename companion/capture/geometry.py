"""Rectangles of windows and monitors. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from companion.capture.types import Rect


def clipped(rect: Rect, to: Rect) -> Rect | None:
    """Return the part of ``rect`` inside ``to``, or None when there is none."""
    left, top = max(rect.left, to.left), max(rect.top, to.top)
    right, bottom = min(rect.right, to.right), min(rect.bottom, to.bottom)
    return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None


def around(rects: Sequence[Rect]) -> Rect:
    """Return the smallest rectangle that holds all of ``rects``, empty when there are none."""
    if not rects:
        return Rect(0, 0, 0, 0)
    left, top = min(rect.left for rect in rects), min(rect.top for rect in rects)
    return Rect(left, top, max(rect.right for rect in rects) - left, max(rect.bottom for rect in rects) - top)


def corner_of(monitors: Sequence[Rect], number: int) -> tuple[int, int]:
    """Return where one of some monitors begins, the desktop where there is none of that number."""
    return (monitors[number].left, monitors[number].top) if number < len(monitors) else (0, 0)


def lies_across(rect: Rect, monitors: Sequence[Rect]) -> bool:
    """Return whether several monitors show some of ``rect``; those that show the same count as one."""
    return sum(rect.overlaps(monitor) for monitor in set(monitors)) > 1


def showing_most(rect: Rect, monitors: Sequence[Rect]) -> int:
    """Return the place in ``monitors`` of the one that shows most of ``rect``, 0 where there are none."""
    shown = [clipped(rect, monitor) for monitor in monitors]
    areas = [part.width * part.height if part else 0 for part in shown]
    return areas.index(max(areas)) if areas else 0
