"""Each thread reads by a connection of its own: it goes with the thread, and all go with the store."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from filling import add
from sqlcipher3 import dbapi2
from sqlite_utils import Database

from index.store import Store
from index.vault import Vault
from index.writer import Writer

FILES = Path("/proc/self/fd")


def in_a_thread(store: Store) -> None:
    """Read the store from a thread that ends."""
    thread = threading.Thread(target=lambda: store.value("SELECT count(*) FROM moments"))
    thread.start()
    thread.join(30)


def files_of(vault: Vault) -> int:
    """Return how many of this process's open files are the database's."""
    found = 0
    for file in FILES.iterdir():
        with suppress(FileNotFoundError):  # the folder of files itself
            found += str(file.readlink()).startswith(str(vault.database))
    return found


@pytest.mark.skipif(not FILES.exists(), reason="what files a process has open is told in /proc")
def test_threads_that_ended_leave_no_file_open(vault: Vault, writer: Writer, store: Store) -> None:
    add(writer, "words")
    store.value("SELECT 1")
    in_a_thread(store)
    before = files_of(vault)
    gc.disable()  # it goes with the thread, not with the next look for what nobody has any more
    try:
        for _ in range(20):
            in_a_thread(store)
        assert files_of(vault) <= before
    finally:
        gc.enable()
    assert store.value("SELECT count(*) FROM moments") == 1  # this thread's is another


def test_closing_the_store_closes_the_connections_of_all_threads(writer: Writer, store: Store) -> None:
    add(writer, "words")
    with ThreadPoolExecutor(2) as pool:
        both = threading.Barrier(2, timeout=30)

        def mine() -> Database:
            both.wait()
            return store.db

        first, second = (asked.result(30) for asked in [pool.submit(mine), pool.submit(mine)])
        own = store.db
        assert len({id(first), id(second), id(own)}) == 3
        store.close()
        for db in (first, second, own):
            with pytest.raises(dbapi2.ProgrammingError, match="closed"):
                db.execute("SELECT 1")
        store.close()  # again
        assert pool.submit(store.value, "SELECT count(*) FROM moments").result(30) == 1
    assert store.value("SELECT count(*) FROM moments") == 1


def test_threads_that_end_while_the_store_is_closed_disturb_nobody(writer: Writer, store: Store) -> None:
    add(writer, "words")
    for _ in range(5):
        done = threading.Barrier(5, timeout=30)

        def ends(done: threading.Barrier = done) -> None:
            store.value("SELECT count(*) FROM moments")
            done.wait()

        threads = [threading.Thread(target=ends) for _ in range(4)]
        for thread in threads:
            thread.start()
        done.wait()
        store.close()
        for thread in threads:
            thread.join(30)
        assert store.value("SELECT count(*) FROM moments") == 1
