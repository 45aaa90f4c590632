"""Letting go of a question that nobody waits for any more, in the middle of what the database does for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any, TypeVar

from sqlite_utils import Database

from index.database import OperationalError
from index.types import VaultError

T = TypeVar("T")
STEPS = 10_000  # of SQLite's virtual machine between two looks: a fraction of a millisecond


class QueryCancelledError(Exception):
    """The question is not wanted any more: a newer one was asked, or nobody waits for its answer."""


class Cancelling:
    """Whether one question is still wanted. `cancel` may be called from any thread."""

    def __init__(self) -> None:
        self._gone: Future[None] = Future()

    def cancel(self) -> None:
        """Let go of the question; harmless when it was answered, or let go of before."""
        with suppress(InvalidStateError):  # it was let go of before
            self._gone.set_result(None)

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants an answer any more."""
        return self._gone.done()

    def check(self) -> None:
        """Raise `QueryCancelledError` when nobody wants an answer any more."""
        if self.cancelled:
            raise QueryCancelledError

    def result(self, future: Future[T], seconds: float) -> T:
        """Return a future's result, waiting at most so long for it.

        Raises `QueryCancelledError`, TimeoutError, and what the future does; a future nobody waits for is cancelled.
        """
        either = Event()  # `futures.wait` sleeps through a future that is cancelled before it begins
        for one in (future, self._gone):
            one.add_done_callback(lambda _: either.set())
        either.wait(seconds)
        if future.done():
            self.check()
            return future.result()
        future.cancel()
        self.check()
        raise TimeoutError

    @contextmanager
    def over(self, db: Database) -> Iterator[None]:
        """Interrupt what the connection does when the question is let go of; it then raises `QueryCancelledError`.

        Nothing of an answer is left: the connection can be used again at once.
        """
        connection: Any = db.conn
        connection.set_progress_handler(lambda: self.cancelled, STEPS)
        try:
            self.check()
            yield
        except (OperationalError, VaultError) as error:
            if self.cancelled:
                raise QueryCancelledError from error
            raise
        finally:
            connection.set_progress_handler(None, 0)
