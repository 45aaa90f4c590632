"""A segment: the codes of some rows of a space in one encrypted file, list by list, read only where a search looks.

The file is a head, one sealed block for each list that is not empty (row ids, moment ids, codes), the sealed card, and
the card's length. The card says what the file is and how long each list is; its own name is bound to it. Every block
is authenticated, its place in the file included, which is the checksum: nothing can be changed, cut or exchanged
without being noticed. Of an open segment only the lengths of its lists are in memory.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from index.keys.sealing import HEAD_BYTES, TAG_BYTES, DamagedError, Sealer
from index.replacing import FILE_MODE, sync_folder
from index.spaces.vector_rows import Identity, Span
from index.spaces.vector_scan import Codes, Ids
from index.types import VaultError

ID_BYTES = 16  # row and moment
LENGTH_BYTES = 8
CARD = 0  # the block's number; list n is block n + 1


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one list: ids, moments, codes ``uint8[n, dimension]``, in step."""

    rows: Ids
    moments: Ids
    codes: Codes


@dataclass(frozen=True, slots=True)
class Card:
    """What a segment says of itself.

    Attributes
    ----------
    generation
        Which quantizer made its codes.
    span
        The rows it stands for: all its space had there when it was made.
    moments
        The lowest and highest moment in it.

    """

    identity: Identity
    generation: int
    span: Span
    count: int
    moments: tuple[int, int]


class DamagedSegmentError(DamagedError):
    """A segment that cannot be read."""

    def __init__(self, segment: Segment, why: object) -> None:
        super().__init__(f"{segment.path.name}: {why}")
        self.segment = segment


class Segment:
    """An open segment, to be read from any thread."""

    def __init__(self, path: Path, handle: int, sealer: Sealer) -> None:
        self.path = path
        self._handle = handle
        weakref.finalize(self, os.close, handle)  # only once no search looks into it any more
        head = os.pread(handle, HEAD_BYTES, 0)
        self.is_current = sealer.is_current(head)
        self._blocks = sealer.blocks(head)
        self.card, self.lengths = self._read_card()
        sizes = _sealed_bytes(self.lengths, self.card.identity.dimension)
        self._starts = HEAD_BYTES + np.concatenate([[0], np.cumsum(sizes)])

    @classmethod
    def open(cls, path: Path, sealer: Sealer) -> Self:
        """Open a segment; raises `DamagedError` when it is gone, cut short or not what its name says."""
        try:
            return cls(path, os.open(path, os.O_RDONLY), sealer)
        except OSError as error:
            raise DamagedError(f"{path.name} cannot be read ({error.strerror})") from error

    def read(self, number: int) -> Part:
        """Return list ``number``, which must not be empty; raises `DamagedSegmentError`."""
        count, dimension = int(self.lengths[number]), self.card.identity.dimension
        start = int(self._starts[number])
        try:
            sealed = os.pread(self._handle, int(self._starts[number + 1]) - start, start)
            plain = self._blocks.open(number + 1, sealed)
        except (DamagedError, OSError) as error:
            raise DamagedSegmentError(self, error) from error
        ids = np.frombuffer(plain, np.int64, 2 * count).reshape(2, count)
        codes = np.frombuffer(plain, np.uint8, offset=ID_BYTES * count).reshape(count, dimension)
        return Part(ids[0], ids[1], codes)

    def parts(self) -> Iterator[tuple[int, Part]]:
        """Yield every list that is not empty; raises `DamagedSegmentError`."""
        for number in np.flatnonzero(self.lengths).tolist():
            yield number, self.read(number)

    def _read_card(self) -> tuple[Card, Ids]:
        end = os.fstat(self._handle).st_size - LENGTH_BYTES
        length = int.from_bytes(os.pread(self._handle, LENGTH_BYTES, max(end, 0)), "little")
        if not TAG_BYTES < length <= end - HEAD_BYTES:
            raise DamagedError(f"{self.path.name} was cut short")
        sealed = os.pread(self._handle, length, end - length)
        told, lengths = self._blocks.open(CARD, sealed, self.path.name.encode()).split(b"\n", 1)
        return _card(told), np.frombuffer(lengths, np.int64)


def write(path: Path, sealer: Sealer, card: Card, parts: Iterable[tuple[int, Part]], *, lists: int) -> Card:
    """Write a segment and return its card, count and moments set right.

    ``parts`` come in order of their lists. A crash leaves the whole file or none; raises `VaultError` when the disk
    does not take it.
    """
    lengths = np.zeros(lists, np.int64)
    low, high = np.iinfo(np.int64).max, 0
    with _draft(path) as file:
        head = sealer.new_head()
        blocks = sealer.blocks(head)
        file.write(head)
        for number, part in parts:
            if len(part.rows) == 0:
                continue
            plain = b"".join((part.rows.tobytes(), part.moments.tobytes(), part.codes.tobytes()))
            file.write(blocks.seal(number + 1, plain))
            lengths[number] = len(part.rows)
            low, high = min(low, int(part.moments.min())), max(high, int(part.moments.max()))
        count = int(lengths.sum())
        card = Card(card.identity, card.generation, card.span, count, (low, high) if count else (0, 0))
        sealed = blocks.seal(CARD, json.dumps(asdict(card)).encode() + b"\n" + lengths.tobytes(), path.name.encode())
        file.write(sealed + len(sealed).to_bytes(LENGTH_BYTES, "little"))
    return card


def _card(told: bytes) -> Card:
    values = json.loads(told)
    identity, span, moments = Identity(**values["identity"]), Span(**values["span"]), values["moments"]
    return Card(identity, values["generation"], span, values["count"], (moments[0], moments[1]))


def _sealed_bytes(lengths: Ids, dimension: int) -> Ids:
    """Return how many bytes each list takes in the file."""
    return np.where(lengths > 0, lengths * (ID_BYTES + dimension) + TAG_BYTES, 0)


@contextmanager
def _draft(path: Path) -> Iterator[BinaryIO]:
    """Give a file that takes its name once it is whole and safe on disk."""
    draft = path.with_name(f"{path.name}.draft")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise VaultError(f"{path} could not be written ({error.strerror}). Is the disk full?") from error
