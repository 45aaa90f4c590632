"""Where the data records of a recording lie: one after the other in a plain BDF file, or encrypted one by one.

Encrypted, a file is ``head | length of the header (4 bytes) | block 0: the BDF header | block 1: record 0 | ...``, all
records being of one size. How many there are follows from the file's length, so that nothing is written twice.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from index.keys.sealing import HEAD_BYTES, TAG_BYTES, Blocks, DamagedError, Sealer
from index.replacing import FILE_MODE, write_at
from index.signals.bdf_header import COUNT_OFFSET, COUNT_WIDTH, Layout, decode_count, decode_header, encode_count
from index.types import RecordingError

LENGTH_BYTES = 4
MAX_HEAD = 256 * 1024  # a header of a thousand channels


class RecordFile(Protocol):
    """The header and the data records of one recording, on disk. Every method raises OSError or `VaultError`."""

    def header(self) -> bytes:
        """Return the header (and what may follow it)."""

    def count(self, form: Layout) -> int:
        """Return how many whole data records there are at this moment."""

    def read(self, form: Layout, first: int, last: int) -> bytes:
        """Return data records ``first`` to ``last`` (left out), side by side; fewer when the file is cut short."""

    def create(self, header: bytes) -> BinaryIO:
        """Make a new file that only its owner may read, and return it, open; raises FileExistsError."""

    def write(self, file: BinaryIO, form: Layout, first: int, records: Sequence[bytes]) -> None:
        """Write data records from the place ``first`` on; after a refusal the same call can be made again."""

    def cut(self, file: BinaryIO, form: Layout, count: int) -> None:
        """Leave ``count`` data records and nothing else."""


class PlainRecords:
    """A BDF file as any EDF tool reads it: what is imported, exported or made for a demonstration."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def header(self) -> bytes:
        """Return the header and some of what follows it."""
        return self._bytes(0, MAX_HEAD)

    def count(self, form: Layout) -> int:
        """Return what the header says."""
        del form
        return decode_count(self._bytes(0, COUNT_OFFSET + COUNT_WIDTH), self.path.name)

    def read(self, form: Layout, first: int, last: int) -> bytes:
        """Return data records."""
        return self._bytes(form.header_bytes + first * form.record_bytes, (last - first) * form.record_bytes)

    def create(self, header: bytes) -> BinaryIO:
        """Make the file."""
        return _create(self.path, header)

    def write(self, file: BinaryIO, form: Layout, first: int, records: Sequence[bytes]) -> None:
        """Write records, then tell the header."""
        write_at(file, form.header_bytes + first * form.record_bytes, b"".join(records))
        write_at(file, COUNT_OFFSET, encode_count(first + len(records)))

    def cut(self, file: BinaryIO, form: Layout, count: int) -> None:
        """Cut the file and set the header's count right."""
        file.truncate(min(file.seek(0, os.SEEK_END), form.header_bytes + count * form.record_bytes))
        if self._bytes(COUNT_OFFSET, COUNT_WIDTH) != encode_count(count):  # what stands there may be no number
            write_at(file, COUNT_OFFSET, encode_count(count))

    def _bytes(self, offset: int, size: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)


class SealedRecords:
    """An encrypted file of the vault."""

    def __init__(self, path: Path, sealer: Sealer) -> None:
        self.path = path
        self._sealer = sealer
        self._blocks: Blocks | None = None

    def header(self) -> bytes:
        """Return the header."""
        with self.path.open("rb") as file:
            head, length = file.read(HEAD_BYTES), int.from_bytes(file.read(LENGTH_BYTES), "big")
            sealed = file.read(min(length, MAX_HEAD) + TAG_BYTES)
        try:
            self._blocks = self._sealer.blocks(head)
            return self._blocks.open(0, sealed)
        except DamagedError as error:
            raise self._damaged(error) from error

    def count(self, form: Layout) -> int:
        """Return how many whole blocks follow the header."""
        return max(0, self.path.stat().st_size - self._place(form, 0)) // (form.record_bytes + TAG_BYTES)

    def read(self, form: Layout, first: int, last: int) -> bytes:
        """Return data records; raises `VaultError` for one that is damaged."""
        size = form.record_bytes + TAG_BYTES
        with self.path.open("rb") as file:
            file.seek(self._place(form, first))
            sealed = file.read((last - first) * size)
        whole = range(len(sealed) // size)
        try:
            return b"".join(self._opened().open(first + i + 1, sealed[i * size : (i + 1) * size]) for i in whole)
        except DamagedError as error:
            raise self._damaged(error) from error

    def create(self, header: bytes) -> BinaryIO:
        """Make the file."""
        head = self._sealer.new_head()
        self._blocks = self._sealer.blocks(head)
        return _create(self.path, head + len(header).to_bytes(LENGTH_BYTES, "big") + self._blocks.seal(0, header))

    def write(self, file: BinaryIO, form: Layout, first: int, records: Sequence[bytes]) -> None:
        """Write records. The same record has the same bytes when it is written again after a refusal."""
        blocks = self._opened()
        sealed = b"".join(blocks.seal(first + i + 1, record) for i, record in enumerate(records))
        write_at(file, self._place(form, first), sealed)

    def cut(self, file: BinaryIO, form: Layout, count: int) -> None:
        """Cut the file."""
        file.truncate(min(file.seek(0, os.SEEK_END), self._place(form, count)))

    def _place(self, form: Layout, record: int) -> int:
        """Return where a record's block begins."""
        start = HEAD_BYTES + LENGTH_BYTES + form.header_bytes + TAG_BYTES
        return start + record * (form.record_bytes + TAG_BYTES)

    def _opened(self) -> Blocks:
        if self._blocks is None:
            self.header()
        if self._blocks is None:
            raise AssertionError("reading the header opens the blocks")
        return self._blocks

    def _damaged(self, error: DamagedError) -> RecordingError:
        return RecordingError(f"The recording {self.path.name} cannot be read ({error}). Bring it back from a backup.")


def records(path: Path, sealer: Sealer | None) -> RecordFile:
    """Return a recording's file: encrypted when there is something to encrypt it with."""
    return PlainRecords(path) if sealer is None else SealedRecords(path, sealer)


def layout_of(file: RecordFile, name: str) -> Layout:
    """Return how a file's signal is cut into data records. Raises `VaultError`."""
    return decode_header(file.header(), name)


def _create(path: Path, start: bytes) -> BinaryIO:
    file = open(  # noqa: SIM115 - Path.open cannot choose the mode; whoever asked closes it
        path, "xb", buffering=0, opener=lambda name, flags: os.open(name, flags, FILE_MODE)
    )
    try:
        write_at(file, 0, start)
    except OSError:
        file.close()
        path.unlink()
        raise
    return file
