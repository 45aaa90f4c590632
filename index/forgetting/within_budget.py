"""The writer's changes within the budget: where one has no room, room is made and it is run again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlite_utils import Database

from index import changes
from index.forgetting.budget import Kind, NoRoomError
from index.forgetting.making_room import OpenVault, make
from index.transactions import TooLargeError, empty_log, transaction

T = TypeVar("T")
ATTEMPTS = 6


def run(work: OpenVault, change: Callable[[Database], T], *, time: float) -> T:
    """Run a change in a transaction. Where the budget has no room for it, room is made and it is run again.

    ``time`` is now, UTC seconds. Raises `NoRoomError` when none can be made; nothing of the change is kept then.
    """
    if work.ledger.limits.none:
        return _once(work, change)
    with work.ledger.change():
        return _run(work, change, time)


def _run(work: OpenVault, change: Callable[[Database], T], time: float) -> T:
    ledger = work.ledger
    if ledger.log > ledger.limits.log:
        empty_log(work.db, ledger)  # of a change that was refused: no reason for anything to go
    for kind, size in [(Kind.DATABASE, 0), *ledger.wanted()]:
        make(work, kind, size, time=time)
    attempts = 0
    while True:
        attempts += 1
        try:
            return _once(work, change)
        except TooLargeError:
            if attempts > 1:
                raise
            empty_log(work.db, ledger)  # what else was in it might have been in the way
        except NoRoomError as short:
            empty_log(work.db, ledger)  # what was rolled back is in it, and is no reason for anything to go
            if attempts == ATTEMPTS or not make(work, short.kind, short.size, time=time):
                raise


def _once(work: OpenVault, change: Callable[[Database], T]) -> T:
    """Run a change; where it or its transaction is refused, the pictures it wrote go again, and need room again."""
    work.vault.unsettled.clear()
    try:
        with transaction(work.db, work.ledger):
            return change(work.db)
    except NoRoomError as short:
        short.size += changes.take_back_frames(work.db, work.vault)
        raise
    except BaseException:
        changes.take_back_frames(work.db, work.vault)
        raise
