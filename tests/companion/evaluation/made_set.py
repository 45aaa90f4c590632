"""BIDS sets written by hand, each as broken as a test needs it."""

from __future__ import annotations

import json
from pathlib import Path

import edfio
import numpy as np
from numpy.typing import NDArray

SFREQ = 128


def described(folder: Path, **more: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    told = {"Name": "A set", "BIDSVersion": "1.10.0", "License": "CC0", **more}
    (folder / "dataset_description.json").write_text(json.dumps(told))
    return folder


def noise(seconds: float, channels: int = 2, *, seed: int = 0, sfreq: int = SFREQ) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(scale=20.0, size=(channels, round(seconds * sfreq)))


def recording(
    folder: Path,
    name: str,
    data: NDArray[np.float64],
    *,
    labels: tuple[str, ...] = ("EEG TP9", "EEG AF7", "HSI_TP9"),
    sfreq: int = SFREQ,
    events: str | None = None,
) -> Path:
    """Write ``sub-01_ses-1_task-x`` (or without ``ses``) where BIDS wants it."""
    place = folder.joinpath(*[part for part in name.split("_") if part[:4] in {"sub-", "ses-"}], "eeg")
    place.mkdir(parents=True, exist_ok=True)
    signals = [
        edfio.EdfSignal(
            row, sfreq, label=label, physical_dimension="uV" if "EEG" in label else "", physical_range=(-500, 500)
        )
        for label, row in zip(labels, data, strict=False)
    ]
    path = place / f"{name}_eeg.edf"
    edfio.Edf(signals, annotations=[edfio.EdfAnnotation(0, None, "begin")], data_record_duration=1).write(path)
    if events is not None:
        (place / f"{name}_events.tsv").write_text(events, encoding="utf-8")
    return path


def changed(path: Path, *, seconds: float | None = None, every: int = 1) -> None:
    """Leave a file its first so many seconds, or one sample of so many."""
    file = edfio.read_edf(path)
    signals = [
        edfio.EdfSignal(
            s.data[: None if seconds is None else round(seconds * s.sampling_frequency)][::every],
            s.sampling_frequency / every,
            label=s.label,
            physical_dimension="uV",
            physical_range=(-1000, 1000),
        )
        for s in file.signals
    ]
    edfio.Edf(signals, data_record_duration=1).write(path)


def with_a_gap(path: Path, *, record: int, seconds: int) -> None:
    """Make an EDF+C file an EDF+D one that misses ``seconds`` before one of its data records."""
    content = bytearray(path.read_bytes())
    content[192:197] = b"EDF+D"
    count = int(content[236:244])
    at = int(content[184:192])
    for number in range(count):
        old = f"+{number}".encode() + b"\x14\x14\x00"
        at = content.index(old, at)
        new = f"+{number + (seconds if number >= record else 0)}".encode() + b"\x14\x14"
        content[at : at + len(new) + 1] = new + b"\x00"
        at += len(new)
    path.write_bytes(content)
