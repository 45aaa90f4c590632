"""How many bytes a vault may take on disk, and who has asked for how many: nothing is written without asking.

What is counted is what `stat` tells of every file in the folder. Whoever is about to write asks for the most it can
come to; afterwards what is really there counts. So the sum is within the budget at every moment, also in the midst
of a write, while a file has its draft beside it, and while the database has a log.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from index.types import VaultError

MEGABYTE = 1024 * 1024
LEAST_LOG, MOST_LOG, LOG_SHARE = MEGABYTE, 64 * MEGABYTE, 16
TRIES = 3
LEAST_INDEX, INDEX_SHARE = 64 * 1024, 256  # 32 KiB for each 4,096 pages of the log (SQLite, "WAL-Index Format")


class Kind(StrEnum):
    """What a file holds."""

    FRAMES = "frames"
    EEG = "eeg"
    DATABASE = "database"
    REST = "rest"  # vectors, the journal, what learning keeps, keys


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes that the whole vault, its pictures and its raw EEG may take; 0 is no limit.

    ``newest`` seconds before the newest moment nothing goes for want of room.
    """

    whole: int = 0
    frames: int = 0
    eeg: int = 0
    newest: float = 3600.0

    @property
    def none(self) -> bool:
        """Whether nothing is limited."""
        return not (self.whole or self.frames or self.eeg)

    @property
    def log(self) -> int:
        """Bytes that are put by for the database's log, which has to grow before the database can shrink."""
        return min(MOST_LOG, max(LEAST_LOG, self.whole // LOG_SHARE)) if self.whole else 0

    @property
    def last(self) -> int:
        """Bytes that only making room may use: it has to write down what goes."""
        return self.log // 4


class NoRoomError(VaultError):
    """The budget is used up, and nothing more may go to make room."""

    def __init__(self, kind: Kind, size: int) -> None:
        super().__init__(
            f"The vault has no room for {size} more bytes ({kind}) within its budget, and nothing old enough is left "
            "to go. Raise `budget_gb`, `budget_frames_gb` or `budget_eeg_gb` in the settings, or forget something: "
            "`companion forget`."
        )
        self.kind, self.size = kind, size


class Ledger:
    """Counts a vault's bytes. Safe to use from several threads of the one process that writes.

    Parameters
    ----------
    root, database
        The vault's folder and the database in it.

    Attributes
    ----------
    limits
        What may not be exceeded; without any, nothing is counted.

    """

    def __init__(self, root: Path, database: Path) -> None:
        self.limits = Limits()
        self.root, self._database = root, database
        self._log_file = database.with_name(f"{database.name}-wal")
        self._used = dict.fromkeys(Kind, 0)
        self._asked = dict.fromkeys(Kind, 0)  # and not written yet
        self._log = 0
        self._wanted: list[tuple[Kind, int]] = []
        self._make_room: Callable[[], None] | None = None
        self._changing: int | None = None  # the writer's thread, while it works
        self._lock = threading.Lock()

    def attach(self, make_room: Callable[[], None] | None) -> None:
        """Take what has the writer make the room that is `wanted`, and waits for it."""
        self._make_room = make_room

    def measure(self) -> None:
        """Count what is on disk."""
        used = dict.fromkeys(Kind, 0)
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                used[self.kind_of(path)] += size_of(path)
        used[Kind.DATABASE] = size_of(self._database)
        log = self._log_size()
        with self._lock:
            self._used, self._log = used, log

    def kind_of(self, path: Path) -> Kind:
        """Return what a file of the vault holds, told by its place."""
        first = path.relative_to(self.root).parts[0]
        if first.startswith(self._database.name):
            return Kind.DATABASE
        return Kind(first) if first in {Kind.FRAMES, Kind.EEG} else Kind.REST

    def used(self) -> dict[Kind, int]:
        """Return the bytes on disk by kind, what is put by for the database's log among them."""
        with self._lock:
            return {**self._used, Kind.DATABASE: self._used[Kind.DATABASE] + max(self._log, self.limits.log)}

    def free(self, kind: Kind) -> int:
        """Return how many bytes may still be asked for; below 0 where the budget was made smaller."""
        with self._lock:
            return self._free(kind, last=False)

    def own_free(self, kind: Kind) -> int | None:
        """Return how many bytes one kind has left of its own limit, None where it has none."""
        with self._lock:
            return self._own_free(kind)

    def limit(self, kind: Kind) -> int:
        """Return the limit that is one kind's own, 0 where it has none."""
        return {Kind.FRAMES: self.limits.frames, Kind.EEG: self.limits.eeg}.get(kind, 0)

    @property
    def log(self) -> int:
        """Bytes of the database's log when it was looked at last."""
        return self._log

    @contextmanager
    def room(self, path: Path, size: int) -> Iterator[None]:
        """Ask for ``size`` bytes more at ``path`` while the body writes them; raises `NoRoomError` before it does.

        A file that takes the place of another needs room for both until it has. ``path`` may be a folder, for what is
        written to it without asking on its own: by a process that has no account of the vault.
        """
        if self.limits.none:
            yield
            return
        kind = self.kind_of(path)
        self.ask(kind, size)
        before = size_of(path)
        try:
            yield
        finally:
            with self._lock:
                self._asked[kind] -= size
                self._used[kind] += size_of(path) - before

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there, and count it no more; raises OSError."""
        with self._lock:  # else two threads that remove the same file would each subtract it
            size = size_of(path)
            path.unlink(missing_ok=True)
            self._used[self.kind_of(path)] -= size

    def move(self, path: Path, to: Path) -> None:
        """Give a file another place in the vault, and count it there; raises OSError."""
        with self._lock:
            size = size_of(path)
            path.rename(to)
            self._used[self.kind_of(path)] -= size
            self._used[self.kind_of(to)] += size

    def ask(self, kind: Kind, size: int, *, last: bool = False) -> None:
        """Ask for room until `give_back`; raises `NoRoomError` where none can be made, unless this is to make some."""
        if self._taken(kind, size, last=last):
            return
        if threading.get_ident() == self._changing or self._make_room is None:
            raise NoRoomError(kind, size)
        for _ in range(TRIES):  # another thread may take what was made for this one
            with self._lock:
                self._wanted.append((kind, size))
            self._make_room()
            if self._taken(kind, size, last=last):
                return
        raise NoRoomError(kind, size)

    def give_back(self, kind: Kind, size: int) -> None:
        """Give back what was asked for."""
        with self._lock:
            self._asked[kind] -= size

    def wanted(self) -> list[tuple[Kind, int]]:
        """Return what other threads wait for, once."""
        with self._lock:
            wanted, self._wanted = self._wanted, []
            return wanted

    @contextmanager
    def change(self) -> Iterator[None]:
        """Say that the calling thread is the writer's: it cannot wait for itself to make room."""
        self._changing = threading.get_ident()
        try:
            yield
        finally:
            self._changing = None

    def weigh_database(self, pages: int) -> None:
        """Count the database anew; ``pages`` are the bytes it has when its log is written back."""
        size, log = max(size_of(self._database), pages), self._log_size()
        with self._lock:
            self._used[Kind.DATABASE], self._log = size, log

    def weigh_log(self, ahead: int, *, within_log: bool) -> bool:
        """Count the log anew, in the midst of a change, as if it had ``ahead`` more bytes; returns whether these fit.

        ``within_log`` leaves it no more than what is put by for it.
        """
        log = self._log_size()
        with self._lock:
            self._log = log + ahead
            if within_log:
                return self._log <= self.limits.log
            return not self.limits.whole or self._free(Kind.DATABASE, last=True) >= 0

    def _taken(self, kind: Kind, size: int, *, last: bool) -> bool:
        with self._lock:
            fits = last or self.limits.none or size <= self._free(kind, last=False)
            if fits:
                self._asked[kind] += size
            return fits

    def _own_free(self, kind: Kind) -> int | None:
        limit = self.limit(kind)
        return limit - self._used[kind] - self._asked[kind] if limit else None

    def _free(self, kind: Kind, *, last: bool) -> int:
        own = self._own_free(kind)
        if not self.limits.whole:
            return own if own is not None else 1 << 62
        taken = sum(self._used.values()) + sum(self._asked.values()) + max(self._log, self.limits.log)
        whole = self.limits.whole - taken - (0 if last else self.limits.last)
        return whole if own is None else min(own, whole)

    def _log_size(self) -> int:
        """Return the bytes of the log and the most that its index, a file beside it, has for so many."""
        log = size_of(self._log_file)
        return log + log // INDEX_SHARE + LEAST_INDEX


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder; 0 when there is neither."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return 0
    if not stat.S_ISDIR(told.st_mode):
        return told.st_size
    return sum(size_of(Path(folder, name)) for folder, _, names in os.walk(path) for name in names)
