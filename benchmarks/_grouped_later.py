"""What a recorded vault takes once its frames are grouped, as the program does it later on, and what that costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from _capture_desk import bytes_of
from vaults import vault_at

from index.pictures import compaction, reeling
from index.pictures.cold_frames import Group
from index.pictures.planned import Planned
from index.store import Store
from index.vault import Vault
from index.writer import Writer

LATER = 4e9  # UTC seconds; everything is old by then


@dataclass(frozen=True, slots=True)
class Grouped:
    """How many bytes went, and the processor seconds and frames that took."""

    saved: int
    cpu: float
    frames: int


def once_reeled(root: Path) -> Grouped:
    """Make reels of what was drawn and is in none, as the program does within an hour; no program has it open."""
    return _grouped(root, lambda store: reeling.plan(store, now=LATER), reeling.encoded)


def once_cold(root: Path) -> Grouped:
    """Group all frames of a vault that no program has open as they are after days."""
    return _grouped(root, lambda store: compaction.plan(store, before=LATER), compaction.encoded)


def _grouped(root: Path, plan: Callable[[Store], Planned], encode: Callable[[Vault, Sequence[str]], Group]) -> Grouped:
    with Writer(vault_at(root)) as writer, closing(Store(writer.vault)) as store:
        before, cpu, done = bytes_of(writer.vault.frames), time.process_time(), 0
        while groups := plan(store).groups:
            for group in groups:
                compaction.put(writer, group, encode(writer.vault, [one.frame for one in group]))
                done += len(group)
        spent = time.process_time() - cpu
        compaction.mend(writer, store)  # reels that nothing is left of go
        return Grouped(before - bytes_of(writer.vault.frames), spent, done)
