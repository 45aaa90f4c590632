"""Recordings of known samples."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.signals.bdf import BdfAppender

START = datetime(2026, 3, 1, 23, 59, 58, 123456, tzinfo=UTC)
LSB = 1 / 32


def appender(path: Path, **changes: object) -> BdfAppender:
    given_: dict[str, object] = {
        "ch_names": ("TP9", "AF7"),
        "sfreq": 256.0,
        "time_start": START.timestamp(),
        "device": "Muse 2 µ",
    }
    return BdfAppender(path, **{**given_, **changes})  # type: ignore[arg-type]


def noise(samples: int, channels: int = 2, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(scale=100.0, size=(channels, samples))


def recorded(path: Path, data: NDArray[np.float64], **changes: object) -> Path:
    with appender(path, **changes) as writer:
        writer.append(data)
    return path
