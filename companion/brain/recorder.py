"""Writes all EEG that comes to BDF+ files, one a segment, safe on disk once a second of signal."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from companion.brain.recording_file import (
    DEVICE_WIDTH,
    FIRST_RANGE,
    WIDEST_RANGE,
    OpenFile,
    fitting_names,
    fitting_range,
    free_path,
    readable,
)
from companion.brain.types import Chunk, Stream
from index.forgetting.budget import Ledger
from index.keys.sealing import Sealer
from index.signals.bdf import BdfAppender
from index.types import VaultError

SYNC_SECONDS = 1.0
RETRY_SECONDS = 1.0  # of signal, until another file is tried after one could not be opened
LONGEST_SECONDS = 3600.0  # of signal a file: what is to go for want of room goes a file at a time
HELD_SECONDS = 60.0  # of signal kept in memory while the disk refuses it


class Recorder:
    """The raw signal's way to disk. Used from one thread.

    Nothing is clipped: what exceeds a file's range begins a new file with a wider one. While the disk refuses, a
    minute of signal waits in memory and is written when it can be; what comes beyond that is counted as lost, and
    the next file begins after it.

    Parameters
    ----------
    folder
        Where the files go; made when missing.
    on_open
        Takes path, stream and the UTC time of the first sample of a new file.
    on_progress
        Takes path and the samples a channel that are safe on disk.
    on_close
        Takes path and all samples a channel of a finished file.
    on_error
        Takes a sentence, once each time that writing begins to fail.
    sealer
        What encrypts the files; None for plain ones outside the vault.
    ledger
        Where room for them is asked for.

    """

    def __init__(
        self,
        folder: Path,
        *,
        on_open: Callable[[Path, Stream, float], None],
        on_progress: Callable[[Path, int], None],
        on_close: Callable[[Path, int], None],
        on_error: Callable[[str], None],
        sealer: Sealer | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self._folder, self._ledger = folder, ledger
        self._sealer = sealer
        self._on_open = on_open
        self._on_progress = on_progress
        self._on_close = on_close
        self._on_error = on_error
        self._file: OpenFile | None = None
        self._unfinished: list[OpenFile] = []  # the disk refused their last samples
        self._segment: int | None = None
        self._range = FIRST_RANGE
        self._wait = 0  # samples to let go by before another file is tried
        self._lost = 0
        self._failing = False

    @property
    def lost(self) -> int:
        """Samples a channel that could not be written."""
        return self._lost

    def append(self, chunk: Chunk) -> None:
        """Write a chunk."""
        if chunk.segment != self._segment:
            self._finish()
            self._segment, self._range = chunk.segment, FIRST_RANGE
        largest = float(np.abs(chunk.data).max(initial=0.0))
        if largest > WIDEST_RANGE:
            self._finish()
            self._lost += chunk.data.shape[1]
            self._report(_too_large(chunk))
            return
        if largest > self._range:
            self._finish()
            self._range = fitting_range(largest)
        try:
            self._put(chunk)
        except VaultError as error:
            self._report(str(error))
        except OSError as error:
            self._report(f"{self._folder} cannot be made ({error}). Choose a folder that can be written to.")

    def close(self) -> None:
        """Finish all files; what the disk still refuses is counted as lost."""
        self._finish()
        for file in self._unfinished:
            if not self._closed(file):
                self._lost += file.waiting
                self._on_close(file.path, file.appender.samples)
        self._unfinished.clear()
        self._segment = None

    def _put(self, chunk: Chunk) -> None:
        """Write a chunk where it belongs, or count it. Raises `VaultError`, `OSError`."""
        count = chunk.data.shape[1]
        if self._wait > 0:
            self._wait -= count
            self._lost += count
            return
        if self._file is not None and self._file.given > LONGEST_SECONDS * chunk.stream.sfreq:
            self._finish()
        file = self._file or self._opened(chunk)
        if file is None:
            return
        if file.waiting > HELD_SECONDS * chunk.stream.sfreq:
            self._lost += count
            file.appender.append(chunk.data[:, :0])  # try to write what waits
            self._finish()  # it was written; what comes next does not follow it
        else:
            file.given += count
            file.unsynced += count
            file.appender.append(chunk.data)
            self._sync(file, chunk.stream.sfreq)

    def _opened(self, chunk: Chunk) -> OpenFile | None:
        """Begin a file with this chunk; None when no file can hold such a signal."""
        self._wait = math.ceil(RETRY_SECONDS * chunk.stream.sfreq)
        self._lost += chunk.data.shape[1]  # until the file is there
        self._retry()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stream = chunk.stream
        try:
            path = free_path(self._folder, chunk.time_start)
            appender = BdfAppender(
                path,
                ch_names=fitting_names(stream.ch_names),
                sfreq=stream.sfreq,
                time_start=chunk.time_start,
                device=readable(stream.device, DEVICE_WIDTH),
                max_abs=self._range,
                sealer=self._sealer,
                ledger=self._ledger,
            )
        except ValueError as error:
            self._report(f"The EEG of {stream.device} cannot be recorded: {error}.")
            return None
        self._wait = 0
        self._lost -= chunk.data.shape[1]
        self._file = OpenFile(path, appender)
        self._on_open(path, stream, chunk.time_start)
        return self._file

    def _sync(self, file: OpenFile, sfreq: float) -> None:
        """Once a second of signal, make sure that it survives a power cut."""
        if file.unsynced >= SYNC_SECONDS * sfreq:
            file.appender.flush()
            file.unsynced = 0
            self._failing = False
            self._on_progress(file.path, file.appender.samples)

    def _finish(self) -> None:
        """Close the open file, now or as soon as the disk allows."""
        file, self._file = self._file, None
        if file is not None and not self._closed(file):
            self._unfinished.append(file)

    def _retry(self) -> None:
        """Close the files that could not be closed."""
        self._unfinished = [file for file in self._unfinished if not self._closed(file)]

    def _closed(self, file: OpenFile) -> bool:
        """Close a file and say so; False when the disk refuses."""
        try:
            file.appender.close()
        except VaultError as error:
            self._report(str(error))
            return False
        self._on_close(file.path, file.appender.samples)
        return True

    def _report(self, sentence: str) -> None:
        if not self._failing:
            self._failing = True
            self._on_error(sentence)


def _too_large(chunk: Chunk) -> str:
    return (
        f"{chunk.stream.device} sends values beyond {WIDEST_RANGE / 1e6:.0f} V, which is no EEG. "
        "They are not recorded. Check the unit that its program gives."
    )
