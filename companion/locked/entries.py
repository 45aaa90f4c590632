"""What a journal's entries say: a kind, facts, and bytes such as a picture or samples."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.journal import SUFFIX, JournalWriter

LENGTH_BYTES = 4
LARGEST_FILE = 256 * 1024 * 1024  # bytes; merged one file at a time

OPENED, EXTENDED, CLOSED = "opened", "extended", "closed"  # moments
SAMPLES, INCIDENT = "samples", "incident"


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

    Raises `VaultError` when the disk refuses.
    """

    def __init__(self, folder: Path, public: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._public, self._clock = folder, public, clock
        self._lock = threading.Lock()
        self._file: JournalWriter | None = None

    def append(self, entry: Entry) -> None:
        """Write an entry, safe on disk when this returns."""
        raw = entry.to_bytes()
        with self._lock:
            if self._file is not None and self._file.size + len(raw) > LARGEST_FILE:
                self._file.close()
                self._file = None
            if self._file is None:
                self._file = JournalWriter(self._free_path(), self._public)
            self._file.append(raw)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _free_path(self) -> Path:
        """Return a name that sorts by time and is not taken, also when the clock was set back."""
        begun = f"{datetime.fromtimestamp(self._clock(), UTC):%Y%m%dT%H%M%S}"
        number = 0
        while (path := self._folder / f"{begun}-{number:04d}{SUFFIX}").exists():
            number += 1
        return path
