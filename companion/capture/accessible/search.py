"""Fields and pages that lie in a part of a page, found by its program itself, and by few questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.roles import DOCUMENTS, EDITORS, Role

COLLECTION = "org.a11y.atspi.Collection"

#: Objects in a part of a page that a program may be asked to search. It does so at one go, some microseconds for each.
MOST = 800

_RULE = "(aiia{ss}iaiiasib)uib"
_ALL, _ANY = 1, 2  # how many of the things in a rule must be true of an object; of none at all, all are
_IN_ORDER = 1
_SOUGHT = frozenset({Role.PASSWORD_TEXT, Role.COMBO_BOX, *EDITORS, *DOCUMENTS})


async def sought_below(bus: AccessibilityBus, ref: Ref) -> list[Ref] | None:
    """Return the fields, password fields among them, and the pages inside an object, in view or not.

    None when it holds too many objects to be searched, or its program cannot search.
    """
    some = await _matches(bus, ref, (), MOST)  # a search ends with as many as were asked for
    if some is None or len(some) >= MOST:
        return None
    return await _matches(bus, ref, _SOUGHT, 0) if some else []


async def _matches(bus: AccessibilityBus, ref: Ref, roles: Iterable[Role], most: int) -> list[Ref] | None:
    """Return the objects inside one that are of some roles, of any when none is given."""
    rule: list[Any] = [[0, 0], _ALL, {}, _ALL, _bits(roles), _ANY if roles else _ALL, [], _ALL, False]
    answer = await bus.ask(ref, COLLECTION, "GetMatches", _RULE, rule, _IN_ORDER, most, True)
    return [Ref(*pair) for pair in answer[0]] if answer else None


def _bits(roles: Iterable[Role]) -> list[int]:
    """Return roles as four signed words of 32 bits."""
    bits = sum(1 << role for role in roles)
    words = ((bits >> (32 * place)) & 0xFFFFFFFF for place in range(4))
    return [word - (1 << 32) if word >> 31 else word for word in words]
