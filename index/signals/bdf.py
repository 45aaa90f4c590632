"""Raw EEG on disk as BDF+C: grows by whole data records, and any EDF tool can read it at any time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from index.forgetting.budget import Ledger
from index.keys.sealing import OVERHEAD, TAG_BYTES, Sealer
from index.signals.bdf_header import SAMPLE_BYTES, encode_header, layout
from index.signals.bdf_notes import PADDING, Start, encode_annotation
from index.signals.bdf_read import BdfFile, refused, repair
from index.signals.record_file import LENGTH_BYTES, RecordFile, records

__all__ = ["BdfAppender", "BdfFile", "repair"]


class BdfAppender:
    """Writes one gap-free stretch of EEG; every whole data record (about 1 s) is in the file as soon as it is full.

    Parameters
    ----------
    path
        A file that does not exist yet.
    ch_names
        Up to 16 ASCII characters each.
    sfreq
        Samples a second (Hz). See `sfreq` for what the file holds.
    time_start
        UTC seconds since 1970 of the first sample; kept to the microsecond.
    device
        What the signal came from.
    max_abs
        Largest absolute value in µV: 250000 times a power of two. The step is ``max_abs / 8_000_000`` (1/32 µV).
    sealer
        What encrypts it; None for a plain file outside the vault, that any EDF tool reads.
    ledger
        Where room is asked for, for a file of the vault.

    Raises
    ------
    ValueError
        When BDF cannot hold what was asked for.
    VaultError
        When the file cannot be made.

    """

    def __init__(
        self,
        path: Path,
        *,
        ch_names: Sequence[str],
        sfreq: float,
        time_start: float,
        device: str,
        max_abs: float = 250_000.0,
        sealer: Sealer | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self._start = Start.of(time_start, device)
        self._layout = layout(ch_names=tuple(ch_names), sfreq=sfreq, max_abs=max_abs, start=self._start)
        self._path = path
        self._pending = np.empty((len(self._layout.ch_names), 0), np.int32)
        self._records = 0
        self._samples = 0
        self._padding: int | None = None  # samples that fill the last data record, once it is made
        self._disk, self._ledger = records(path, sealer), ledger
        header = encode_header(self._layout, self._start)
        with self._room(len(header) + OVERHEAD + LENGTH_BYTES):
            self._file: BinaryIO | None = _created(self._disk, path, header)
        self.flush()

    @property
    def sfreq(self) -> float:
        """Samples a second (Hz) as the file says; differs from what was asked for by less than 1e-6 of it."""
        return self._layout.sfreq

    @property
    def samples(self) -> int:
        """Samples a channel that are in the file; what waits for its data record to fill is not counted."""
        return self._samples

    def append(self, data: NDArray[np.float64]) -> None:
        """Add ``float64[channels, samples]`` in µV and write every data record that is full.

        Raises
        ------
        ValueError
            When a value is beyond ``max_abs`` or not finite, or the number of channels is wrong; nothing is added then.
        VaultError
            When the disk refuses; what was added is kept and written by the next call.

        """
        if self._padding is not None:
            raise ValueError(f"{self._path.name} is closed")
        digital = self._digital(data)
        self._pending = np.concatenate((self._pending, digital), axis=1)
        count = self._pending.shape[1] // self._layout.samples
        if count:
            self._write(self._pending[:, : count * self._layout.samples])

    def flush(self) -> None:
        """Make sure that every whole data record survives a power cut. Raises `VaultError`."""
        try:
            os.fsync(self._open_file().fileno())
        except OSError as error:
            raise refused(self._path, error) from error

    def close(self) -> None:
        """Write the last, partial data record, padded with its last value and annotated so. Raises `VaultError`."""
        if self._file is None:
            return
        if self._padding is None:  # made once: what is encrypted again after a refusal must be the same
            self._padding = -self._pending.shape[1] % self._layout.samples
            self._pending = np.pad(self._pending, ((0, 0), (0, self._padding)), mode="edge")
        if self._pending.size:
            self._write(self._pending, self._padding)
        self.flush()
        self._file.close()
        self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _digital(self, data: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return ``data`` in steps of the file."""
        self._open_file()
        if data.ndim != 2 or data.shape[0] != len(self._layout.ch_names):  # noqa: PLR2004 - channels and samples
            raise ValueError(f"expected {len(self._layout.ch_names)} channels x samples, not {data.shape}")
        outside = ~(np.abs(data) <= self._layout.max_abs)  # also true for NaN
        if outside.any():
            channel, sample = (int(at[0]) for at in np.nonzero(outside))
            raise ValueError(
                f"{self._layout.ch_names[channel]} is {data[channel, sample]} µV at sample {sample}: "
                f"not within ±{self._layout.max_abs:g} µV"
            )
        return np.rint(data / self._layout.lsb).astype(np.int32)

    def _write(self, digital: NDArray[np.int32], padding: int = 0) -> None:
        """Write whole data records, and only then forget them."""
        count = digital.shape[1] // self._layout.samples
        raw = _pack(digital.reshape(len(digital), count, -1).transpose(1, 0, 2))
        whole = [
            raw[i].tobytes() + self._annotations(self._records + i, padding if i == count - 1 else 0)
            for i in range(count)
        ]
        try:
            with self._room(sum(map(len, whole)) + len(whole) * TAG_BYTES):
                self._disk.write(self._open_file(), self._layout, self._records, whole)
        except OSError as error:
            raise refused(self._path, error) from error
        self._records += count
        self._samples += digital.shape[1] - padding
        self._pending = self._pending[:, digital.shape[1] :].copy()

    def _room(self, size: int) -> AbstractContextManager[None]:
        """Ask for room for so many bytes; raises `VaultError` when there is none."""
        return nullcontext() if self._ledger is None else self._ledger.room(self._path, size)

    def _annotations(self, record: int, padding: int) -> bytes:
        """Return the annotations of one data record, filled up with zeros."""
        onset = self._start.fraction + record * self._layout.duration
        raw = encode_annotation(onset, None, "")
        if record == 0:
            raw += encode_annotation(onset, None, self._start.text)
        if padding:
            seconds = (padding * self._layout.duration / self._layout.samples).quantize(Decimal("1e-6"))
            raw += encode_annotation(onset + self._layout.duration - seconds, seconds, PADDING)
        return raw.ljust(self._layout.annotation_bytes, b"\x00")

    def _open_file(self) -> BinaryIO:
        """Return the file; raises ValueError after `close`."""
        if self._file is None:
            raise ValueError(f"{self._path.name} is closed")
        return self._file


def _created(disk: RecordFile, path: Path, header: bytes) -> BinaryIO:
    try:
        return disk.create(header)
    except OSError as error:
        raise refused(path, error) from error


def _pack(digital: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return ``int32[records, channels, samples]`` as ``uint8[records, bytes]``, least significant byte first."""
    wide = np.ascontiguousarray(digital, "<i4").view(np.uint8).reshape(len(digital), -1, 4)
    return wide[..., :SAMPLE_BYTES].reshape(len(digital), -1)
