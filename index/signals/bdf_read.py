"""Reads raw EEG from BDF+C files, and mends them after a crash."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.keys.sealing import Sealer
from index.signals.bdf_header import SAMPLE_BYTES, Layout
from index.signals.bdf_notes import Annotation, Start, begins, decode_annotations, padding_seconds
from index.signals.record_file import RecordFile, layout_of, records
from index.types import RecordingError, VaultError


class BdfFile:
    """Reads a recording of `BdfAppender`, also while it is being written.

    Parameters
    ----------
    path
        The file.
    sealer
        What it was encrypted with; None for a plain file.

    Raises
    ------
    VaultError
        When it is missing, not a recording of this program, or damaged.

    """

    def __init__(self, path: Path, sealer: Sealer | None = None) -> None:
        self._path = path
        self._file = records(path, sealer)
        try:
            self._layout = layout_of(self._file, path.name)
        except OSError as error:
            raise self._unreadable(error) from error

    @property
    def sfreq(self) -> float:
        """Samples a second (Hz)."""
        return self._layout.sfreq

    @property
    def ch_names(self) -> tuple[str, ...]:
        """One name a channel."""
        return self._layout.ch_names

    @property
    def time_start(self) -> float:
        """UTC seconds since 1970 of the first sample. Raises `VaultError` while there is none."""
        return self._start().time.timestamp()

    @property
    def device(self) -> str:
        """What the signal came from. Raises `VaultError` while there is no sample."""
        return self._start().device

    @property
    def samples(self) -> int:
        """Samples a channel in the file at this moment, padding left out."""
        records = self._count()
        if records == 0:
            return 0
        return records * self._layout.samples - _padding(self._layout, self._annotations(records - 1))

    def read(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples ``start`` to ``stop`` (left out) as ``float64[channels, samples]`` in µV.

        Raises
        ------
        ValueError
            When they are not all in the file.

        """
        samples = self.samples
        if not 0 <= start <= stop <= samples:
            raise ValueError(f"{self._path.name} has {samples} samples: {start} to {stop} are not in it")
        form = self._layout
        first, last = start // form.samples, -(-stop // form.samples)
        raw = self._records(first, last)
        signal = raw[:, : form.signal_bytes].reshape(-1, len(form.ch_names), form.samples, SAMPLE_BYTES)
        digital = _unpack(signal).transpose(1, 0, 2).reshape(len(form.ch_names), -1)
        offset = first * form.samples
        return np.multiply(digital[:, start - offset : stop - offset], form.lsb, dtype=np.float64)

    def _start(self) -> Start:
        """Return when and on what it began, from the first data record."""
        if self._count() == 0:
            raise VaultError(f"{self._path.name} holds no signal yet. If nothing is recording, delete it.")
        for note in self._annotations(0):
            start = Start.parse(note.text)
            if start is not None:
                return start
        raise VaultError(f"{self._path.name} does not say when it began. Bring it back from a backup.")

    def _count(self) -> int:
        """Return how many data records the file tells at this moment."""
        try:
            return self._file.count(self._layout)
        except OSError as error:
            raise self._unreadable(error) from error

    def _annotations(self, record: int) -> list[Annotation]:
        """Return the annotations of one data record."""
        return _notes(self._layout, self._records(record, record + 1)[0].tobytes())

    def _records(self, first: int, last: int) -> NDArray[np.uint8]:
        """Return data records ``first`` to ``last`` (left out) as ``uint8[records, bytes]``."""
        form = self._layout
        try:
            raw = self._file.read(form, first, last)
        except OSError as error:
            raise self._unreadable(error) from error
        if len(raw) < (last - first) * form.record_bytes:
            raise RecordingError(
                f"{self._path.name} is shorter than it says. Start `companion run` once: it mends what a crash left."
            )
        return np.frombuffer(raw, np.uint8).reshape(last - first, form.record_bytes)

    def _unreadable(self, error: OSError) -> RecordingError:
        return RecordingError(f"{self._path} cannot be read ({error}). Bring it back from a backup.")


def repair(path: Path, sealer: Sealer | None = None) -> int:
    """Make a recording whole after a crash; a whole one stays as it is.

    Cuts what a crash or power cut left of the last data records and sets the header's count right.

    Returns
    -------
    int
        Samples a channel, padding left out.

    Raises
    ------
    VaultError
        When the header itself is damaged, or the disk refuses.

    """
    disk = records(path, sealer)
    try:
        form = layout_of(disk, path.name)
        count = _whole(disk, form, (path.stat().st_size - form.header_bytes) // form.record_bytes)
        with path.open("r+b", buffering=0) as file:
            disk.cut(file, form, count)
            os.fsync(file.fileno())
        return count * form.samples - (_padding(form, _last(disk, form, count)) if count else 0)
    except OSError as error:
        raise refused(path, error) from error


def refused(path: Path, error: OSError) -> VaultError:
    """Return what to tell the person when the disk refuses."""
    return VaultError(
        f"{path} cannot be written ({error}). Make sure that the disk has space and that the folder is yours."
    )


def _unpack(raw: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return ``uint8[..., 3]``, least significant byte first, as signed ``int32[...]``."""
    wide = np.zeros((*raw.shape[:-1], 4), np.uint8)
    wide[..., 1:] = raw
    return wide.view("<i4")[..., 0] >> 8


def _whole(disk: RecordFile, form: Layout, most: int) -> int:
    """Return how many data records are whole, of at most ``most``: what a crash tore is at the end."""
    for count in range(max(0, most), 0, -1):
        try:
            notes = _last(disk, form, count)
        except VaultError:  # a block that was not written to its end
            continue
        if begins(notes, (count - 1) * form.duration):
            return count
    return 0


def _last(disk: RecordFile, form: Layout, count: int) -> list[Annotation]:
    """Return the annotations of the last of ``count`` data records."""
    return _notes(form, disk.read(form, count - 1, count))


def _notes(form: Layout, record: bytes) -> list[Annotation]:
    """Return the annotations of one data record."""
    return decode_annotations(record[form.signal_bytes : form.record_bytes])


def _padding(form: Layout, notes: list[Annotation]) -> int:
    """Return how many samples at the end of a data record are padding."""
    return round(padding_seconds(notes) * form.sfreq)
