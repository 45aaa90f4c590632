from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future

import pytest

from index.database import OperationalError
from index.ranking.cancelling import Cancelling, QueryCancelledError
from index.store import Store
from index.types import VaultError

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_query_that_runs_is_let_go_of_and_the_connection_stays_usable(store: Store) -> None:
    asked = Cancelling()
    timer = threading.Timer(0.1, asked.cancel)
    timer.start()
    with pytest.raises(QueryCancelledError), asked.over(store.db):
        store.rows(ENDLESS)
    timer.join()
    assert store.value("SELECT 1") == 1
    with Cancelling().over(store.db):
        assert store.value("SELECT count(*) FROM moments") == 0


def test_what_was_let_go_of_before_does_not_begin(store: Store) -> None:
    asked = Cancelling()
    asked.cancel()
    with pytest.raises(QueryCancelledError), asked.over(store.db):
        raise AssertionError
    asked.cancel()


def test_other_errors_of_the_database_stay_what_they_are(store: Store) -> None:
    with pytest.raises((OperationalError, VaultError), match="no such table"), Cancelling().over(store.db):
        store.rows("SELECT * FROM nowhere")


def test_waiting_for_something_else_ends_as_well() -> None:
    asked, future = Cancelling(), Future[int]()
    timer = threading.Timer(0.05, asked.cancel)
    timer.start()
    with pytest.raises(QueryCancelledError):
        asked.result(future, 60)
    timer.join()
    assert future.cancelled()


def test_waiting_has_an_end_and_brings_what_came() -> None:
    asked, never, came, gone = Cancelling(), Future[int](), Future[int](), Future[int]()
    with pytest.raises((TimeoutError, CancelledError)):
        asked.result(never, 0.01)
    came.set_result(7)
    assert asked.result(came, 1) == 7
    gone.cancel()
    with pytest.raises(CancelledError):
        asked.result(gone, 1)
