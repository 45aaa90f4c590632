"""When a word could first be found: a full-text query, asked again whenever a recorder has committed something."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from index.pictures import reeling
from index.store import Store
from index.types import Job

LOOK_SECONDS = 0.02  # between looks whether anything was committed: what a time may be too late by


class Searched(Protocol):
    """What a recorder writes to, seen by somebody who only reads."""

    def version(self) -> int:
        """Return a number that is another one after each commit."""
        ...

    def holds(self, word: str) -> bool:
        """Whether a full-text query finds the word."""
        ...

    def waiting(self) -> int:
        """Return how much was put off and is still to be done."""
        ...


class InVault:
    """The program's own vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def version(self) -> int:
        """Return SQLite's number of the version that this connection sees."""
        return int(self._store.value("PRAGMA data_version"))

    def holds(self, word: str) -> bool:
        """Ask the full text."""
        sql = "SELECT 1 FROM moments_fts WHERE moments_fts MATCH ? LIMIT 1"
        return self._store.value(sql, [f'"{word}"']) is not None

    def waiting(self) -> int:
        """Return how many frames wait to be read, or for those like them in a reel, and how many texts for vectors."""
        backlog = self._store.backlog()
        reels = reeling.plan(self._store, now=time.time() + reeling.SETTLED).groups
        return sum(map(len, reels)) + sum(backlog.get(kind, 0) for kind in (Job.READ, Job.CONTENT))


class InTable:
    """A plain SQLite file with a table ``screens`` of FTS5."""

    def __init__(self, path: Path) -> None:
        self._path, self._local = path, threading.local()

    @property
    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._local, "db"):
            self._local.db = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        db: sqlite3.Connection = self._local.db
        return db

    def version(self) -> int:
        """Return SQLite's number of the version that this connection sees."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def holds(self, word: str) -> bool:
        """Ask the full text."""
        sql = "SELECT 1 FROM screens WHERE screens MATCH ? LIMIT 1"
        with closing(self._db.execute(sql, [f'"{word}"'])) as found:
            return found.fetchone() is not None

    def waiting(self) -> int:
        """Return 0: it puts nothing off."""
        return 0


class Finder:
    """Notes, on a thread, when each word that is waited for was found first (UTC seconds), until closed."""

    def __init__(self, searched: Searched) -> None:
        self.found: dict[str, float] = {}
        self._searched = searched
        self._waiting: set[str] = set()
        self._stop = threading.Event()
        self._gate = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="finding")

    def __enter__(self) -> Self:
        self._running = self._thread.submit(self._run)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.shutdown()
        if error is None:
            self._running.result()  # where looking broke off, nothing it found counts

    def await_word(self, word: str) -> None:
        """Wait for a word from now on; before it is shown."""
        with self._gate:
            self._waiting.add(word)

    def _run(self) -> None:
        last = -1
        while not self._stop.wait(LOOK_SECONDS):
            now = self._searched.version()
            if now != last:
                last = now
                self._look()

    def _look(self) -> None:
        with self._gate:
            waiting = list(self._waiting)
        for word in waiting:
            if self._searched.holds(word):
                self.found[word] = time.time()
                with self._gate:
                    self._waiting.discard(word)
