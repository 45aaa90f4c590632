"""Reads raw EEG from BDF+C files, and mends them after a crash."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.bdf_header import (
    COUNT_OFFSET,
    COUNT_WIDTH,
    SAMPLE_BYTES,
    Layout,
    decode_count,
    decode_header,
    encode_count,
)
from index.bdf_notes import Annotation, Start, begins, decode_annotations, padding_seconds
from index.types import VaultError

_MAX_HEAD = 256 * 1024  # a header of a thousand channels


class BdfFile:
    """Reads a recording of `BdfAppender`, also while it is being written.

    Raises
    ------
    VaultError
        When it is missing, not a recording of this program, or damaged.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        head = self._bytes(0, _MAX_HEAD)
        self._layout = decode_header(head, path.name)

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
        return decode_count(self._bytes(0, COUNT_OFFSET + COUNT_WIDTH), self._path.name)

    def _annotations(self, record: int) -> list[Annotation]:
        """Return the annotations of one data record."""
        form = self._layout
        offset = form.header_bytes + record * form.record_bytes + form.signal_bytes
        return decode_annotations(self._bytes(offset, form.annotation_bytes))

    def _records(self, first: int, last: int) -> NDArray[np.uint8]:
        """Return data records ``first`` to ``last`` (left out) as ``uint8[records, bytes]``."""
        form = self._layout
        size = (last - first) * form.record_bytes
        raw = self._bytes(form.header_bytes + first * form.record_bytes, size)
        if len(raw) < size:
            raise VaultError(
                f"{self._path.name} is shorter than it says. Start `companion run` once: it mends what a crash left."
            )
        return np.frombuffer(raw, np.uint8).reshape(last - first, form.record_bytes)

    def _bytes(self, offset: int, size: int) -> bytes:
        """Return up to ``size`` bytes of the file."""
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError as error:
            raise VaultError(f"{self._path} cannot be read ({error}). Bring it back from a backup.") from error


def repair(path: Path) -> int:
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
    try:
        with path.open("r+b", buffering=0) as file:
            return _repair(file, path.name)
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


def _repair(file: BinaryIO, name: str) -> int:
    """As `repair`, on an open file."""
    head = file.read(_MAX_HEAD)
    form = decode_header(head, name)
    size = file.seek(0, os.SEEK_END)
    records = max(0, size - form.header_bytes) // form.record_bytes
    while records and not begins(_notes(file, form, records - 1), (records - 1) * form.duration):
        records -= 1
    end = form.header_bytes + records * form.record_bytes
    if size > end:
        file.truncate(end)
    if head[COUNT_OFFSET : COUNT_OFFSET + COUNT_WIDTH] != encode_count(records):
        file.seek(COUNT_OFFSET)
        file.write(encode_count(records))
    os.fsync(file.fileno())
    return records * form.samples - (_padding(form, _notes(file, form, records - 1)) if records else 0)


def _notes(file: BinaryIO, form: Layout, record: int) -> list[Annotation]:
    """Return the annotations of one data record."""
    file.seek(form.header_bytes + record * form.record_bytes + form.signal_bytes)
    return decode_annotations(file.read(form.annotation_bytes))


def _padding(form: Layout, notes: list[Annotation]) -> int:
    """Return how many samples at the end of a data record are padding."""
    return round(padding_seconds(notes) * form.sfreq)
