"""What a journal's entries say: a kind, facts, and bytes such as a picture or samples."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.forgetting.budget import Kind, Ledger
from index.journal import ENTRY_OVERHEAD, SUFFIX, JournalWriter
from index.types import VaultError

LENGTH_BYTES = 4
LARGEST_FILE, LEAST_FILE = 32 * 1024 * 1024, 1024 * 1024  # bytes; merged one file at a time, each in one transaction
FILE_SHARE = 16  # of the budget: while a file is merged there has to be room for what is in it beside it
NAME_BYTES = 8
FULL = (
    "The vault's budget is used up, and nothing can go to make room while it is locked: unlock it, or raise "
    "`budget_gb` in the settings."
)

OPENED, CHANGED, EXTENDED, CLOSED = "opened", "changed", "extended", "closed"  # moments
SAMPLES, INCIDENT, LOOKS = "samples", "incident", "looks"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was recorded."""

    kind: str
    facts: Mapping[str, Any]
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """Return it to be sealed."""
        told = json.dumps({"kind": self.kind, **self.facts}, ensure_ascii=True).encode()
        return len(told).to_bytes(LENGTH_BYTES, "big") + told + self.payload

    @classmethod
    def from_bytes(cls, raw: bytes) -> Entry:
        """Return what `to_bytes` gave."""
        end = LENGTH_BYTES + int.from_bytes(raw[:LENGTH_BYTES], "big")
        facts = json.loads(raw[LENGTH_BYTES:end])
        return cls(facts.pop("kind"), facts, raw[end:])


class Journal:
    """The journal of one locked time, a new file whenever one grows large. Safe to use from several threads.

    Raises `VaultError` when the disk refuses, or the budget.
    """

    def __init__(self, folder: Path, public: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._public, self._clock = folder, public, clock
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._file: JournalWriter | None = None
        self._begun, self._files = "", 0
        self._refused = ""

    @property
    def refused(self) -> str:
        """Why the last entry could not be written, empty when it was."""
        return self._refused

    def stay_within(self, ledger: Ledger) -> None:
        """Ask for room from now on; what unlocking will need of it for the database is left free."""
        with self._lock:
            self._ledger = ledger

    def append(self, entry: Entry) -> None:
        """Write an entry, safe on disk when this returns."""
        raw = entry.to_bytes()
        with self._lock:
            if entry.kind == INCIDENT:  # small, and it must be told: the reserve is enough for it
                self._put(raw)
                return
            try:
                self._put_within(raw)
            except VaultError as error:
                self._refused = str(error)
                raise
            self._refused = ""

    def append_if_room(self, entry: Entry) -> bool:
        """Write an entry that is not worth a complaint; returns whether the disk and the budget took it."""
        try:
            with self._lock:
                self._put_within(entry.to_bytes())
        except VaultError:
            return False
        return True

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _put_within(self, raw: bytes) -> None:
        """Write where the budget has room; raises `VaultError`."""
        if self._ledger is None or not self._ledger.limits.whole:
            self._put(raw)
            return
        reserve, size = self._ledger.limits.log, len(raw) + ENTRY_OVERHEAD
        if self._ledger.free(Kind.REST) < size + reserve:
            raise VaultError(FULL)
        with self._ledger.room(self._open_file(len(raw)).path, size):
            self._put(raw)

    def _put(self, raw: bytes) -> None:
        self._open_file(len(raw)).append(raw)

    def _open_file(self, size: int) -> JournalWriter:
        """Return the file that has room for ``size`` bytes, a new one where the last has not, or is broken."""
        if self._file is not None and (self._file.broken or self._file.size + size > self._largest()):
            self._file.close()
            self._file = None
        if self._file is None:
            self._file = JournalWriter(self._new_path(), self._public)
        return self._file

    def _largest(self) -> int:
        whole = self._ledger.limits.whole if self._ledger is not None else 0
        return min(LARGEST_FILE, max(LEAST_FILE, whole // FILE_SHARE)) if whole else LARGEST_FILE

    def _new_path(self) -> Path:
        """Return a name that sorts by the time of the first file, and never was that of another."""
        self._begun = self._begun or f"{datetime.fromtimestamp(self._clock(), UTC):%Y%m%dT%H%M%S}"
        self._files += 1
        return self._folder / f"{self._begun}-{self._files:04d}-{secrets.token_hex(NAME_BYTES)}{SUFFIX}"
