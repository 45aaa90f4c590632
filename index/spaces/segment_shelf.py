"""The files of one space: a sealed manifest that says which segments count, replaced in one step."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from index.forgetting.budget import Ledger
from index.keys.sealing import HEAD_BYTES, DamagedError, Sealer
from index.replacing import replace_file
from index.spaces.quantizer import Quantizer
from index.spaces.segments import Segment
from index.spaces.vector_rows import Identity, Span

Stamp = tuple[int, int, int] | None  # which manifest is there: file number, time of change, size


@dataclass(frozen=True, slots=True)
class Generation:
    """A quantizer: its number, its file, and how many rows it was made for."""

    number: int
    file: str
    made_for: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What counts: generations, the newest last, and the names of segments, oldest rows first."""

    identity: Identity
    generations: tuple[Generation, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shards:
    """What of a manifest is whole, opened.

    Attributes
    ----------
    segments
        Oldest rows first; those that are damaged or gone are left out.
    quantizers
        By generation.
    is_current
        Whether the newest key encrypted all of it.

    """

    manifest: Manifest
    segments: tuple[Segment, ...] = ()
    quantizers: Mapping[int, Quantizer] = field(default_factory=dict)
    is_current: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether everything the manifest names was found."""
        return len(self.segments) == len(self.manifest.segments)

    @property
    def covered(self) -> list[Span]:
        """The rows that its segments stand for."""
        return [segment.card.span for segment in self.segments]

    @property
    def upto(self) -> int:
        """The newest row that a segment stands for."""
        return self.segments[-1].card.span.upto if self.segments else 0

    def without(self, damaged: Segment) -> Shards:
        """Return them with one segment left out."""
        return replace(self, segments=tuple(segment for segment in self.segments if segment is not damaged))


class Shelf:
    """Where the files of one space lie."""

    def __init__(self, folder: Path, sealer: Sealer, identity: Identity, ledger: Ledger) -> None:
        self.folder = folder
        self.sealer = sealer
        self.ledger = ledger
        self.identity = identity
        self.prefix = prefix_of(identity.space)
        self._manifest = folder / f"{self.prefix}.manifest"
        self._about = f"manifest {self.prefix}".encode()

    def stamp(self) -> Stamp:
        """Return what changes whenever the manifest is replaced, None without one."""
        try:
            found = self._manifest.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def load(self, known: Shards, *, newest_row: int) -> tuple[Shards, Stamp]:
        """Open what the manifest names, taking over what is ``known`` already.

        ``newest_row``: the highest row id SQLite ever gave; a segment that claims more is of another history.
        """
        while True:
            stamp = self.stamp()
            shards = self._open(self._read(), known, newest_row)
            if shards.is_whole or stamp == self.stamp():  # else it was replaced meanwhile, and old files removed
                return shards, stamp

    def publish(self, manifest: Manifest) -> None:
        """Let a manifest count from now on, and remove what it does not name; raises `VaultError`."""
        blob = json.dumps(asdict(manifest)).encode()
        self._put(self._manifest, self.sealer.seal(blob, self._about))
        self.tidy(manifest)

    def tidy(self, manifest: Manifest) -> None:
        """Remove files of this space that do not count: of before, of a crash."""
        named = {self._manifest.name, *manifest.segments, *(one.file for one in manifest.generations)}
        for file in self.folder.glob(f"{self.prefix}*"):
            if file.name not in named:
                self.ledger.remove(file)

    def add_quantizer(self, quantizer: Quantizer) -> str:
        """Store a quantizer and return its file's name; raises `VaultError`."""
        name = f"{self.prefix}-{secrets.token_hex(8)}.quantizer"
        self._put(self.folder / name, self.sealer.seal(quantizer.to_bytes(), name.encode()))
        return name

    def _put(self, path: Path, sealed: bytes) -> None:
        with self.ledger.room(path, len(sealed)):
            replace_file(path, sealed)

    def _read(self) -> Manifest:
        """Return the manifest; an empty one when there is none, it is damaged, or it is another space's."""
        try:
            manifest = _manifest(self.sealer.open(self._manifest.read_bytes(), self._about))
        except (FileNotFoundError, DamagedError):
            return Manifest(self.identity)
        return manifest if manifest.identity == self.identity else Manifest(self.identity)

    def _open(self, manifest: Manifest, known: Shards, newest_row: int) -> Shards:
        made = {one.number: self._quantizer(one, known) for one in manifest.generations}
        quantizers = {number: quantizer for number, quantizer in made.items() if quantizer is not None}
        opened = {segment.path.name: segment for segment in known.segments}
        found = [opened.get(name) or self._segment(name) for name in manifest.segments]
        whole = tuple(
            segment
            for segment in found
            if segment is not None
            and segment.card.identity == self.identity
            and segment.card.generation in quantizers
            and segment.card.span.upto <= newest_row
        )
        return Shards(manifest, whole, quantizers, self._is_current(manifest))

    def _segment(self, name: str) -> Segment | None:
        try:
            return Segment.open(self.folder / name, self.sealer)
        except DamagedError:
            return None

    def _quantizer(self, generation: Generation, known: Shards) -> Quantizer | None:
        if generation in known.manifest.generations and generation.number in known.quantizers:
            return known.quantizers[generation.number]
        try:
            blob = (self.folder / generation.file).read_bytes()
            return Quantizer.from_bytes(self.sealer.open(blob, generation.file.encode()))
        except (OSError, DamagedError):
            return None

    def _is_current(self, manifest: Manifest) -> bool:
        """Whether the newest key encrypted manifest and quantizers."""
        files = [self._manifest, *(self.folder / one.file for one in manifest.generations)]
        return all(self.sealer.is_current(_head(file)) for file in files if file.exists())


def prefix_of(space: str) -> str:
    """Return what the names of a space's files begin with: they tell nobody which electrodes or model."""
    return hashlib.sha256(space.encode()).hexdigest()[:16]


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(HEAD_BYTES)


def _manifest(blob: bytes) -> Manifest:
    values = json.loads(blob)
    return Manifest(
        Identity(**values["identity"]),
        tuple(Generation(**one) for one in values["generations"]),
        tuple(values["segments"]),
    )
