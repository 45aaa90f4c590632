"""What is recorded while the vault is locked: an append-only file that only the unlocked vault can read.

Each entry is a sealed box: an X25519 key pair of its own, its secret half forgotten at once, makes with the vault's
public key the key of the entry (RFC 7748; HKDF-SHA256 over both public keys as RFC 9180 does; AES-256-GCM). Whoever
writes the journal cannot read it again.

A file is ``magic``, then entries: length (4 bytes), public half (32 bytes), encrypted bytes with their tag. The
file's name and the entry's number are bound to it, so that none can be swapped, doubled or left out in the middle.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from index.keys.sealing import TAG_BYTES, AesBlocks, DamagedError, derive
from index.replacing import FILE_MODE, sync_folder, write_at
from index.types import VaultError

MAGIC = b"CMPNJ\x01"
LENGTH_BYTES, PUBLIC_BYTES = 4, 32
ENTRY_OVERHEAD = LENGTH_BYTES + PUBLIC_BYTES + TAG_BYTES  # bytes of the file an entry takes beyond its own
SUFFIX = ".journal"


class JournalWriter:
    """Appends entries to one new file. Used from one thread at a time.

    Parameters
    ----------
    path
        A file that does not exist yet.
    public
        The vault's X25519 key, from its key file.

    Attributes
    ----------
    broken
        Whether the disk left a torn entry at the end of the file: what comes after it could not be read.

    """

    def __init__(self, path: Path, public: bytes) -> None:
        self.path = path
        self._public = X25519PublicKey.from_public_bytes(public)
        self._raw_public = public
        self._number = 0
        self._size = len(MAGIC)
        self.broken = False
        try:
            self._file: BinaryIO = open(  # noqa: SIM115 - closed by `close`
                path, "xb", buffering=0, opener=lambda name, flags: os.open(name, flags, FILE_MODE)
            )
        except OSError as error:
            raise _refused(path, error) from error
        try:
            write_at(self._file, 0, MAGIC)
            os.fsync(self._file.fileno())
            sync_folder(path.parent)
        except OSError as error:
            self.close()
            with suppress(OSError):  # a disk that refuses this too leaves a file without an entry
                path.unlink()  # else a full disk would leave one for each try
            raise _refused(path, error) from error

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._size

    def append(self, entry: bytes) -> None:
        """Seal and write an entry, safe against a crash when this returns; raises `VaultError`, and writes nothing.

        Where the disk does not let what it wrote of one be taken back, the file is `broken`, and takes no more.
        """
        if self.broken:
            raise VaultError(f"The journal {self.path} takes no more: the disk tore an entry at its end.")
        once = X25519PrivateKey.generate()
        public = once.public_key().public_bytes_raw()
        key = _key(once.exchange(self._public), public, self._raw_public)
        sealed = AesBlocks(key).seal(0, entry, _about(self.path, self._number))
        try:
            write_at(self._file, self._size, len(sealed).to_bytes(LENGTH_BYTES, "big") + public + sealed)
            os.fsync(self._file.fileno())
        except OSError as error:
            self._take_back()
            raise _refused(self.path, error) from error
        self._number += 1
        self._size += LENGTH_BYTES + PUBLIC_BYTES + len(sealed)

    def close(self) -> None:
        """Close the file; what is torn at its end is taken back, if the disk does that now."""
        if self.broken:
            self._take_back()
        with suppress(OSError):  # every entry in it is safe already
            self._file.close()

    def _take_back(self) -> None:
        """Leave nothing in the file of an entry that was refused."""
        try:
            self._file.truncate(self._size)
            self.broken = False
        except OSError:
            self.broken = True


def entries(path: Path, private: bytes) -> Iterator[bytes]:
    """Yield the entries of a journal in order; what a crash tore at the end is left out.

    Raises `DamagedError` for an entry that is whole and not what was written.
    """
    secret = X25519PrivateKey.from_private_bytes(private)
    own = secret.public_key().public_bytes_raw()
    with path.open("rb") as file:
        magic = file.read(len(MAGIC))
        if magic != MAGIC[: len(magic)]:
            raise DamagedError(f"{path.name} is no journal of Companion")
        number = 0
        while (entry := _next(file)) is not None:
            public, sealed = entry
            key = _key(secret.exchange(X25519PublicKey.from_public_bytes(public)), public, own)
            yield AesBlocks(key).open(0, sealed, _about(path, number))
            number += 1


def files(folder: Path) -> list[Path]:
    """Return the journals that wait, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def _next(file: BinaryIO) -> tuple[bytes, bytes] | None:
    """Return public half and encrypted bytes of the next entry, None at the end or where a crash tore it."""
    length = int.from_bytes(file.read(LENGTH_BYTES), "big")
    public, sealed = file.read(PUBLIC_BYTES), file.read(length)
    return (public, sealed) if length and len(public) == PUBLIC_BYTES and len(sealed) == length else None


def _key(shared: bytes, public: bytes, recipient: bytes) -> bytes:
    return derive(shared, b"journal" + public + recipient)


def _about(path: Path, number: int) -> bytes:
    return f"{path.name}:{number}".encode()


def _refused(path: Path, error: OSError) -> VaultError:
    return VaultError(f"The journal {path} could not be written ({error.strerror}). Is the disk full?")
