"""The writer's changes within the budget: where one has no room, room is made and it is run again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlite_utils import Database

from index.forgetting.budget import Kind, NoRoomError
from index.forgetting.making_room import OpenVault, make
from index.transactions import transaction

T = TypeVar("T")
ATTEMPTS = 6


def run(work: OpenVault, change: Callable[[Database], T], *, time: float) -> T:
    """Run a change in a transaction. Where the budget has no room for it, room is made and it is run again.

    ``time`` is now, UTC seconds. Raises `NoRoomError` when none can be made; nothing of the change is kept then.
    """
    if work.ledger.limits.none:
        with work.db.atomic():
            return change(work.db)
    with work.ledger.change():
        return _run(work, change, time)


def _run(work: OpenVault, change: Callable[[Database], T], time: float) -> T:
    ledger = work.ledger
    for kind, size in [(Kind.DATABASE, 0), *ledger.wanted()]:
        make(work, kind, size, time=time)
    growth = ledger.limits.log // 4 or None
    for _ in range(ATTEMPTS):
        try:
            with transaction(work.db, ledger, growth=growth):
                return change(work.db)
        except NoRoomError as short:
            if not make(work, short.kind, short.size, time=time):
                raise
            if short.kind is Kind.DATABASE:
                growth = max(short.size, growth or 0)
    raise NoRoomError(Kind.DATABASE, growth or 0)
