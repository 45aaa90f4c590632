"""The room that a round of learning takes in the vault.

The process that learns has no account of the vault's bytes. Whoever starts it asks the ledger for the whole round
first, and it writes no more than it was given: where that was too little, it says how much it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from companion.learning import pairs as learning_pairs
from index.forgetting.budget import MEGABYTE, Kind, Limits, NoRoomError, size_of
from index.keys.sealed_file import SealedFile
from index.keys.sealing import OVERHEAD
from index.store import Store
from index.types import VaultError
from index.vault import Vault

FOLDER, PLAN, CHECKPOINT, DRAFT = "learning", "plan", "checkpoint", ".draft"
SHARE = 4  # no more than a quarter of the budget: a round comes and goes, and memories would go for it

# Bytes, as they are written: see `companion.learning.plan` and `embeddings.mapping.rounds`.
FEATURES, NUMBER, BESIDE = 90, 4, 36  # of a pair: features, a float each; three times, session and weight
FACTS = 16 * 1024  # names of electrodes, the spread, and what each array is
NETWORK, NETWORK_A_DIMENSION = 690_000, 1024  # its weights, their average and the optimiser's two moments
COMING = 100  # moments that may be recorded until they are read


class MoreRoomError(Exception):
    """The round needs more room than was asked for: ``most`` bytes in all."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the round needs {most} bytes")
        self.most = most


class RoundTooLargeError(NoRoomError):
    """A round would take too much of the budget; nothing goes for it."""

    def __init__(self, size: int) -> None:
        VaultError.__init__(
            self,
            f"A round of learning takes up to {size / MEGABYTE:.0f} MB in the vault while it lasts: more than a "
            "quarter of its budget. Raise `budget_gb` in the settings.",
        )
        self.kind, self.size = Kind.REST, 0  # no room that comes free alters it


@dataclass(frozen=True, slots=True)
class MoreRoom:
    """What the process answers that was given too little: how many bytes the folder of the round comes to."""

    most: int


@dataclass(frozen=True, slots=True)
class RoundFile:
    """A file of a round, encrypted; the folder it is in never exceeds ``most`` bytes (None: whatever is asked for).

    Raises `MoreRoomError` before it is written.
    """

    file: SealedFile
    folder: Path
    limits: Limits
    most: int | None

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.file.name

    def exists(self) -> bool:
        """Whether it is there."""
        return self.file.exists()

    def read(self) -> bytes | None:
        """Return what it holds, None without a file; raises `DamagedError`."""
        return self.file.read()

    def write(self, blob: bytes) -> None:
        """Replace it in one step; raises `VaultError`."""
        size, draft = len(blob) + OVERHEAD, f"{self.name}{DRAFT}"
        refuse_large(self.limits, size)
        beside = sum(size_of(path) for path in self.folder.iterdir() if path.name != draft)
        if self.most is not None and beside + size > self.most:
            raise MoreRoomError(beside + size)
        self.file.write(blob)


def expected(store: Store) -> int:
    """Return how many bytes the folder of a round comes to at most, as far as can be told before it is begun."""
    folder = store.vault.root / FOLDER
    space = learning_pairs.content_space(store)
    dimension = int(store.value("SELECT dimension FROM spaces WHERE name = ?", [space]) or 0)
    plan = size_of(folder / PLAN) or _plan(min(learning_pairs.count(store)[0], learning_pairs.MOST_PAIRS), dimension)
    checkpoint = max(NETWORK + NETWORK_A_DIMENSION * dimension, size_of(folder / CHECKPOINT))
    return plan + 2 * checkpoint  # the old one is there until the new one is whole


@contextmanager
def taken(vault: Vault, most: int | None) -> Iterator[None]:
    """Ask for what the folder lacks to ``most`` bytes while another process learns in it; None asks for nothing.

    Afterwards what is there counts, whatever became of the process. Raises `NoRoomError`.
    """
    folder = vault.root / FOLDER
    size = 0 if most is None else max(0, most - size_of(folder))
    refuse_large(vault.ledger.limits, size)
    with vault.ledger.room(folder, size):
        yield


def refuse_large(limits: Limits, size: int) -> None:
    """Raise `RoundTooLargeError` for more than a round may take of the budget."""
    if limits.whole and size > limits.whole // SHARE:
        raise RoundTooLargeError(size)


def _plan(pairs: int, dimension: int) -> int:
    return (pairs + COMING) * (NUMBER * (FEATURES + dimension) + BESIDE) + FACTS
