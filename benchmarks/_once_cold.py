"""What a recorded vault takes once its frames are grouped, as the program does it after days, and what that costs."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from _capture_desk import bytes_of
from vaults import vault_at

from index.pictures import compaction
from index.store import Store
from index.writer import Writer

LATER = 4e9  # UTC seconds; everything is old by then


@dataclass(frozen=True, slots=True)
class Cold:
    """How many bytes went, and the processor seconds and frames that took."""

    saved: int
    cpu: float
    frames: int


def once_cold(root: Path) -> Cold:
    """Group all frames of a vault that no program has open."""
    with Writer(vault_at(root)) as writer, closing(Store(writer.vault)) as store:
        before, cpu, done = bytes_of(writer.vault.frames), time.process_time(), 0
        while groups := compaction.plan(store, before=LATER).groups:
            for group in groups:
                compaction.put(writer, group, compaction.encoded(writer.vault, [one.frame for one in group]))
                done += len(group)
        return Cold(before - bytes_of(writer.vault.frames), time.process_time() - cpu, done)
