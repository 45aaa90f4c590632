"""The only writer: one thread owns the one connection that may change the vault."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from index import database, transactions
from index.forgetting import within_budget
from index.forgetting.budget import Limits
from index.forgetting.making_room import OpenVault
from index.types import VaultError
from index.vault import Vault

P = ParamSpec("P")
T = TypeVar("T")

WAITING = 512  # changes that may wait before callers are slowed down


class Writer:
    """Runs changes one after another, each in a transaction. Use as a context manager.

    Parameters
    ----------
    vault
        What is written to, within the limits of its `ledger`.
    clock
        UTC seconds since 1970.

    Raises `VaultError` when another process is writing to the vault, or it cannot be written to.
    """

    def __init__(self, vault: Vault, *, clock: Callable[[], float] = time.time) -> None:
        vault.create()
        vault.claim()
        self.vault, self._clock = vault, clock
        self._room = threading.BoundedSemaphore(WAITING)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        try:
            self._db = database.connect(vault, write=True)
        except VaultError:
            self._thread.shutdown()
            vault.release()
            raise
        for file in vault.root.glob(f"{vault.database.name}*"):
            file.chmod(0o600)
        self._work = OpenVault(vault, self._db, vault.ledger)
        self._thread.submit(transactions.prepare, self._db, vault.ledger).result()
        vault.ledger.attach(lambda: self.do(_nothing).result())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def do(self, change: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``change(db, ...)`` in a transaction on the writer's thread; blocks while too many wait.

        The future raises `VaultError` when the disk would not take it; nothing of the change is kept then.
        """
        self._room.acquire()
        try:
            future = self._thread.submit(self._run, lambda db: change(db, *args, **kwargs))
        except RuntimeError:
            self._room.release()
            raise
        future.add_done_callback(lambda _: self._room.release())
        return future

    def alone(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run what needs the database for itself, by a connection of its own, where no change runs beside it.

        Changes wait meanwhile, and none is refused for it. The future raises what ``work`` raises.
        """
        return self._thread.submit(work, *args, **kwargs)

    def limit(self, limits: Limits) -> Future[None]:
        """Stay within other limits, once the changes that wait are made; what is over them goes, as at a start.

        The future raises `NoRoomError` where not enough may go: what is written next is refused then.
        """
        return self._thread.submit(self._limit, limits)

    def close(self) -> None:
        """Finish every change that waits, then let another process write."""
        self.vault.ledger.attach(None)
        self._thread.shutdown(wait=True)
        self._db.close()
        self.vault.release()

    def _limit(self, limits: Limits) -> None:
        if limits != self.vault.ledger.limits:
            transactions.limit(self._db, self.vault.ledger, limits)
            self._run(_nothing)

    def _run(self, change: Callable[[Database], T]) -> T:
        try:
            return within_budget.run(self._work, change, time=self._clock())
        except database.DatabaseError as error:
            if type(error) not in {database.OperationalError, database.DatabaseError}:  # a mistake in the change
                raise
            raise VaultError(f"The vault could not be written to ({error}). {database.way_out(error)}") from error


def _nothing(_: Database) -> None:
    """Change nothing: whoever asked for room waits until the writer made some before this."""
