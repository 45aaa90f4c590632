"""Seeking by halving, where each look is a question to another program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


async def first_where(count: int, true: Callable[[int], Awaitable[bool]]) -> int:
    """Return the first of ``count`` places from which ``true`` holds, ``count`` when it never does.

    ``true`` must not become false again after it held; it is asked at most ``log2(count) + 1`` times.
    """
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if await true(middle):
            high = middle
        else:
            low = middle + 1
    return low


async def stretch_around(place: int, low: int, high: int, true: Callable[[int], Awaitable[bool]]) -> range:
    """Return the unbroken stretch around ``place`` in which ``true`` holds, within ``low`` and ``high`` (the end).

    ``true`` holds at ``place``. Looks in steps that double, then halves the last one.
    """
    back = await _reach(place - low + 1, lambda step: true(place - step))
    ahead = await _reach(high - place, lambda step: true(place + step))
    return range(place - back + 1, place + ahead)


async def _reach(most: int, true: Callable[[int], Awaitable[bool]]) -> int:
    """Return the first of the steps 1 to ``most`` that does not hold; ``most`` itself is known not to."""
    near, far = 0, 8
    while far < most and await true(far):
        near, far = far, far * 2
    far = min(far, most)

    async def ended(step: int) -> bool:
        return not await true(near + 1 + step)

    return near + 1 + await first_where(far - near - 1, ended)
