"""A round of learning as it lies in the vault's folder until it is done: what it learns from, and how far it is.

The pairs are a snapshot, so that a round that was ended in its midst (by a crash, or with the computer) goes on with
the very same ones, whatever was recorded since.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

import numpy as np

from companion.learning.pairs import Gathered
from companion.learning.room import CHECKPOINT, FOLDER, PLAN, RoundFile
from index.keys.sealed_file import SealedFile
from index.keys.sealing import DamagedError
from index.replacing import FOLDER_MODE
from index.vault import Vault

_PAIRS, _TIMES = ("brain", "content", "time", "session", "weight"), ("start", "end")


@dataclass(frozen=True, slots=True)
class Plan:
    """One round of learning. ``older`` is the version it begins from and has to beat, None for the first."""

    made_at: float
    older: int | None
    gathered: Gathered


class Place:
    """The folder of a vault in which a round of learning lies.

    Parameters
    ----------
    most
        Bytes it may take, where somebody asked for them; None where each file asks the vault's ledger for itself.

    """

    def __init__(self, vault: Vault, most: int | None = None) -> None:
        self._vault, self._folder, self._most = vault, vault.root / FOLDER, most
        self.checkpoint, self._plan = self._file(CHECKPOINT), self._file(PLAN)

    @property
    def begun(self) -> bool:
        """Whether a round waits to be gone on with."""
        return self._plan.exists()

    def put(self, plan: Plan) -> None:
        """Begin a round; what was left of another is gone. Raises `VaultError`, `MoreRoomError`."""
        self.clear()
        self._folder.mkdir(mode=FOLDER_MODE)
        self._plan.write(_dumped(plan))

    def get(self) -> Plan | None:
        """Return the round that was begun; None without one, or when its file is damaged."""
        try:
            kept = self._plan.read()
            return None if kept is None else _loaded(kept)
        except (DamagedError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            self.clear()  # a disk's fault; a new round loses nothing but time
            return None

    def reached(self) -> str:
        """Return what tells how far training is: the same until it is further; empty while nothing can be read."""
        try:
            kept = self.checkpoint.read()
        except DamagedError:
            return ""
        return "" if kept is None else hashlib.sha256(kept).hexdigest()

    def train_anew(self) -> None:
        """Forget how far training is, but not what it learns from; raises OSError."""
        self._vault.ledger.remove(self._folder / CHECKPOINT)

    def clear(self) -> None:
        """Forget the round; raises OSError."""
        if self._folder.exists():
            for path in self._folder.iterdir():
                self._vault.ledger.remove(path)
            self._folder.rmdir()

    def _file(self, name: str) -> RoundFile:
        file = SealedFile(self._folder / name, self._vault)
        return RoundFile(file, self._folder, self._vault.ledger.limits, self._most)


def _dumped(plan: Plan) -> bytes:
    stream, gathered = io.BytesIO(), plan.gathered
    facts = {
        "made_at": plan.made_at,
        "older": plan.older,
        "later_from": gathered.later_from,
        "montages": gathered.montages,
        "content_space": gathered.content_space,
        "known": gathered.known,
    }
    arrays = {name: getattr(gathered.pairs, name) for name in _PAIRS}
    arrays |= {name: getattr(gathered, name) for name in _TIMES}
    np.savez(stream, facts=np.array(json.dumps(facts)), spread=gathered.spread, **arrays)
    return stream.getvalue()


def _loaded(blob: bytes) -> Plan:
    from embeddings.mapping import Pairs

    with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
        facts = json.loads(str(saved["facts"]))
        pairs = Pairs(**{name: saved[name] for name in _PAIRS})
        montages = tuple(facts["montages"])
        told = facts["later_from"], montages, facts["content_space"], saved["spread"], facts["known"]
        gathered = Gathered(pairs, saved["start"], saved["end"], *told)
    return Plan(facts["made_at"], facts["older"], gathered)
