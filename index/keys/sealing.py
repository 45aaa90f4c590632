"""Authenticated encryption of everything on disk that is not the database.

AES-256-GCM (NIST SP 800-38D). Each file has a key of its own, derived from the key of its purpose and a random salt
by HKDF-SHA256 (RFC 5869), so that a nonce is a plain count and never comes twice under one key.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"CMPN\x01"
SALT_BYTES = 16
KEY_BYTES = 32
TAG_BYTES = 16
HEAD_BYTES = len(MAGIC) + 1 + SALT_BYTES  # magic, which generation of the key, salt
OVERHEAD = HEAD_BYTES + TAG_BYTES  # bytes a sealed blob is longer than what it holds


class DamagedError(Exception):
    """What was read is not what was written: damaged, cut short, swapped with another file, or of another key."""


class Blocks(Protocol):
    """The numbered blocks of one file. A block is `TAG_BYTES` longer than what it holds."""

    def seal(self, number: int, plain: bytes, about: bytes = b"") -> bytes:
        """Return block ``number`` encrypted; a number is used once a file. ``about`` is bound to it, not stored."""

    def open(self, number: int, sealed: bytes, about: bytes = b"") -> bytes:
        """Return what block ``number`` holds; raises `DamagedError`."""


class Sealer(Protocol):
    """What encrypts the files of one purpose."""

    def seal(self, plain: bytes, about: bytes = b"") -> bytes:
        """Return ``plain`` encrypted under a key of its own; ``about`` (what it is) is bound to it, not stored."""

    def open(self, sealed: bytes, about: bytes = b"") -> bytes:
        """Return what was sealed; raises `DamagedError`."""

    def new_head(self) -> bytes:
        """Return `HEAD_BYTES` for a new file of blocks, to be kept at its start."""

    def blocks(self, head: bytes) -> Blocks:
        """Return what encrypts the blocks of the file that begins with ``head``; raises `DamagedError`."""

    def is_current(self, head: bytes) -> bool:
        """Whether a file that begins so is encrypted with the newest key, not one from before the last change."""


class AesSealer:
    """A `Sealer` that encrypts with the newest of its keys and still opens what older ones sealed.

    Parameters
    ----------
    keys
        32 bytes each, by generation (0 to 255).
    current
        The generation that encrypts.

    """

    def __init__(self, keys: Mapping[int, bytes], *, current: int) -> None:
        if current not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"a key of {KEY_BYTES} bytes is needed for each generation, and for {current}")
        self._keys = dict(keys)
        self._current = current

    def seal(self, plain: bytes, about: bytes = b"") -> bytes:
        """Return head and encrypted bytes."""
        head = self.new_head()
        return head + self.blocks(head).seal(0, plain, about)

    def open(self, sealed: bytes, about: bytes = b"") -> bytes:
        """Return what was sealed; raises `DamagedError`."""
        return self.blocks(sealed[:HEAD_BYTES]).open(0, sealed[HEAD_BYTES:], about)

    def new_head(self) -> bytes:
        """Return the head of a new file."""
        return MAGIC + bytes([self._current]) + os.urandom(SALT_BYTES)

    def blocks(self, head: bytes) -> Blocks:
        """Return what encrypts the blocks of one file; raises `DamagedError`."""
        if len(head) != HEAD_BYTES or not head.startswith(MAGIC):
            raise DamagedError("this is no encrypted file of Companion, or it was cut short")
        key = self._keys.get(head[len(MAGIC)])
        if key is None:
            raise DamagedError("this file was encrypted with a key that is gone")
        return AesBlocks(derive(key, b"file", salt=head[len(MAGIC) + 1 :]))

    def is_current(self, head: bytes) -> bool:
        """Whether the newest key encrypted the file that begins so."""
        return head[len(MAGIC) : len(MAGIC) + 1] == bytes([self._current])


class AesBlocks:
    """`Blocks` under one file's key."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, number: int, plain: bytes, about: bytes = b"") -> bytes:
        """Return block ``number`` encrypted, its tag at the end."""
        return self._aead.encrypt(number.to_bytes(12, "big"), plain, about)

    def open(self, number: int, sealed: bytes, about: bytes = b"") -> bytes:
        """Return what block ``number`` holds; raises `DamagedError`."""
        try:
            return self._aead.decrypt(number.to_bytes(12, "big"), sealed, about)
        except InvalidTag as error:
            raise DamagedError("the bytes are damaged, or belong to another file or key") from error


def derive(key: bytes, purpose: bytes, *, salt: bytes = b"") -> bytes:
    """Return a key of 32 bytes for one purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, purpose).derive(key)
