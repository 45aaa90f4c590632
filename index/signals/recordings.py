"""Raw EEG of the vault, read by time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.signals.bdf import BdfFile
from index.store import Store
from index.types import RecordingError, RecordingInfo

SAME_SECONDS = 1e-3  # a file keeps its beginning to the microsecond


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive samples of one recording, ``float64[channels, samples]`` in µV; ``time_end`` in UTC seconds.

    ``source`` is where the recording came from, as in `index.types.RecordingInfo`.
    """

    data: NDArray[np.float64]
    sfreq: float
    ch_names: tuple[str, ...]
    time_end: float
    source: str = ""


def between(store: Store, start: float, end: float, *, least_seconds: float = 0.0) -> list[Stretch]:
    """Return what was recorded in a time range, a stretch a recording, without those under ``least_seconds``."""
    found = (_cut(store, info, start, end) for info in store.recordings_between(start, end))
    return [stretch for stretch in found if stretch.data.shape[1] >= max(1, least_seconds * stretch.sfreq)]


def last(store: Store, seconds: float) -> Stretch | None:
    """Return the newest ``seconds`` of EEG in the vault (less if there is less), or None when there is none."""
    info = store.newest_recording()
    if info is None:
        return None
    file = _file(store, info)
    samples = file.samples
    start = max(0, samples - round(seconds * info.sfreq))
    end = info.time_start + samples / info.sfreq
    return Stretch(file.read(start, samples), info.sfreq, info.ch_names, end, info.source)


def refuse_exchanged(file: BdfFile, path: str, time_start: float) -> None:
    """Raise `RecordingError` when a file is whole but another than that of ``path``, which began at ``time_start``."""
    if file.samples and abs(file.time_start - time_start) > SAME_SECONDS:
        raise RecordingError(f"The recording {path} was exchanged for another. Bring it back from a backup.")


def _file(store: Store, info: RecordingInfo) -> BdfFile:
    file = BdfFile(store.vault.root / info.path, store.vault.keys.eeg)
    refuse_exchanged(file, info.path, info.time_start)
    return file


def _cut(store: Store, info: RecordingInfo, start: float, end: float) -> Stretch:
    """Return the part of one recording that lies in the range."""
    first = max(0, round((start - info.time_start) * info.sfreq))
    stop = min(info.samples, round((end - info.time_start) * info.sfreq))
    file = _file(store, info)
    try:
        data = file.read(first, max(first, stop))
    except ValueError as error:
        raise RecordingError(f"The recording {info.path} was cut short. Bring it back from a backup.") from error
    end = info.time_start + (first + data.shape[1]) / info.sfreq
    return Stretch(data, info.sfreq, info.ch_names, end, info.source)
