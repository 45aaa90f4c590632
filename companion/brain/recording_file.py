"""What a BDF+ file of the recorder is called and has room for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.signals.bdf import BdfAppender

FIRST_RANGE = 250_000.0  # µV; one step of the file's 24 bits is then 1/32 µV
WIDEST_RANGE = 8_000_000.0  # µV; the widest that the file's header has room for
LABEL_WIDTH, DEVICE_WIDTH = 16, 60  # ASCII characters that a file has room for


@dataclass(slots=True)
class OpenFile:
    """A file and what was handed to it."""

    path: Path
    appender: BdfAppender
    given: int = 0
    unsynced: int = 0

    @property
    def waiting(self) -> int:
        """Samples a channel that are in memory only."""
        return self.given - self.appender.samples


def fitting_range(largest: float) -> float:
    """Return the smallest power of two times 250,000 µV that holds ``largest``."""
    return FIRST_RANGE * 2.0 ** max(0, math.ceil(math.log2(largest / FIRST_RANGE)))


def fitting_names(ch_names: tuple[str, ...]) -> tuple[str, ...]:
    """Return channel names that a file has room for: the same, or numbered ones when any is too long or not ASCII."""
    fitted = tuple(readable(name, LABEL_WIDTH) for name in ch_names)
    if fitted == ch_names and len(set(fitted)) == len(fitted):
        return fitted
    return tuple(f"{number} {name}"[:LABEL_WIDTH].strip() for number, name in enumerate(fitted, start=1))


def readable(text: str, width: int) -> str:
    """Return ``text`` in printable ASCII, at most ``width`` characters."""
    kept = "".join(letter if " " <= letter <= "~" else "_" for letter in text)
    return kept[:width].strip()


def free_path(folder: Path, time_start: float) -> Path:
    """Return a file name of the UTC start time that is not taken."""
    moment = datetime.fromtimestamp(time_start, UTC)
    name = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"
    path, number = folder / f"{name}.bdf", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.bdf"
    return path
