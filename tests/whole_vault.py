"""A small vault with a bit of everything in it, and its files by kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index import changes, tagging
from index.signals.bdf import BdfAppender
from index.types import NewMoment, SignalQuality
from index.vault import Vault
from index.writer import Writer

T0 = 1_790_000_000.0
SPACE = "content:m"
TEXTS = ("the sleeper to Venice leaves at nine", "invoice of the printer repair", "swifts under the roof tiles")
SFREQ, SECONDS = 64.0, 12
CH_NAMES = ("TP9", "AF7")


def fill(writer: Writer, *, seed: int = 0, time: float = T0, texts: tuple[str, ...] = TEXTS) -> list[int]:
    """Store moments with pictures, texts, vectors and tags, and a recording; returns the moments."""
    rng = np.random.default_rng(seed)
    writer.do(changes.put_space, SPACE, model="m", dimension=8, time=time).result()
    ids = []
    for number, text in enumerate(texts):
        new = NewMoment(time + 20 * number, time + 20 * number, ("Firefox", "Editor")[number % 2], f"title {number}")
        image = rng.integers(0, 255, (40, 60, 3), np.uint8)
        moment = writer.do(changes.open_moment, writer.vault, new, image).result()
        writer.do(changes.put_text, moment, text).result()
        writer.do(changes.close_moment, moment, time + 20 * number + 15).result()
        rows = rng.standard_normal((2, 8)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        writer.do(changes.put_vectors, SPACE, {moment: rows}).result()
        writer.do(changes.put_quality, moment, "m", SignalQuality(5, 4, "blink")).result()
        ids.append(moment)
    writer.do(tagging.add, ids[0], "travel").result()
    record(writer, time, seed=seed)
    return ids


def record(writer: Writer, time: float, *, seed: int = 0) -> Path:
    """Store a recording and return its file."""
    path = writer.vault.eeg / f"{time:.0f}.bdf"
    name = changes.relative(writer.vault, path)
    about = {"device": "board", "source": "board:x", "sfreq": SFREQ, "ch_names": CH_NAMES, "time_start": time}
    writer.do(changes.open_recording, name, **about).result()
    sealer = writer.vault.keys.eeg
    with BdfAppender(path, ch_names=CH_NAMES, sfreq=SFREQ, time_start=time, device="board", sealer=sealer) as appender:
        appender.append(signal(seed))
    writer.do(changes.extend_recording, name, appender.samples, closed=True).result()
    return path


def signal(seed: int = 0) -> np.ndarray:
    """Return what `record` stores, µV on the steps that a file can hold."""
    raw = np.random.default_rng(seed).normal(0, 30, (len(CH_NAMES), round(SFREQ * SECONDS)))
    return np.rint(raw * 32) / 32


def files(vault: Vault, suffix: str) -> list[Path]:
    """Return the vault's files of one kind."""
    return sorted(vault.root.rglob(f"*{suffix}"))


def flip(path: Path, at: int = -20) -> None:
    """Damage one byte of a file."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0xFF
    path.write_bytes(raw)
