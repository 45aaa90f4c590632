"""The keys of an unlocked vault: random secrets, and what is derived from them for each purpose."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from index.keys.sealing import KEY_BYTES, AesSealer, Sealer, derive

GENERATIONS = 256  # a generation is one byte in each file


@dataclass(frozen=True, slots=True)
class Secrets:
    """What `keyfile` wraps: random keys by generation, of which the newest encrypts.

    Attributes
    ----------
    roots
        What the keys of database, frames, vectors and other files are derived from. More than one while a change of
        key is under way.
    eeg
        The keys of raw EEG, apart from all others so that brain data alone can be made unreadable.
    private
        The X25519 key that opens what was recorded while the vault was locked.

    """

    roots: Mapping[int, bytes] = field(repr=False)
    root: int
    eeg: Mapping[int, bytes] = field(repr=False)
    eeg_root: int
    private: bytes = field(repr=False)

    @classmethod
    def random(cls) -> Self:
        """Return the secrets of a new vault."""
        return cls({0: _key()}, 0, {0: _key()}, 0, X25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        """The X25519 key that seals what is recorded while the vault is locked."""
        return X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()

    def renewed(self) -> Secrets:
        """Return the secrets with a new root that encrypts from now on, the old one kept until nothing needs it."""
        after = _next(self.root)
        return replace(self, roots={**self.roots, after: _key()}, root=after)

    def settled(self) -> Secrets:
        """Return the secrets without roots that are not used any more."""
        return replace(self, roots={self.root: self.roots[self.root]})

    def without_brain(self) -> Secrets:
        """Return the secrets with a new key for EEG and none that opens what was recorded before."""
        after = _next(self.eeg_root)
        return replace(self, eeg={after: _key()}, eeg_root=after)

    def to_bytes(self) -> bytes:
        """Return them to be wrapped."""
        stored = {
            "roots": {str(number): b64encode(key).decode() for number, key in self.roots.items()},
            "root": self.root,
            "eeg": {str(number): b64encode(key).decode() for number, key in self.eeg.items()},
            "eeg_root": self.eeg_root,
            "private": b64encode(self.private).decode(),
        }
        return json.dumps(stored).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return what `to_bytes` gave."""
        stored = json.loads(raw)
        return cls(
            {int(number): b64decode(key) for number, key in stored["roots"].items()},
            stored["root"],
            {int(number): b64decode(key) for number, key in stored["eeg"].items()},
            stored["eeg_root"],
            b64decode(stored["private"]),
        )


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the parts of a vault.

    Attributes
    ----------
    database
        SQLCipher's keys in its own notation for `PRAGMA key`, the one in use first.
    frames, vectors, files, eeg
        What encrypts frames, vector files, other files, and raw EEG.
    private
        The X25519 key that opens the journal.

    """

    database: tuple[str, ...] = field(repr=False)
    frames: Sealer = field(repr=False)
    vectors: Sealer = field(repr=False)
    files: Sealer = field(repr=False)
    eeg: Sealer = field(repr=False)
    private: bytes = field(repr=False)

    @classmethod
    def of(cls, secrets: Secrets) -> Self:
        """Return the keys derived from a vault's secrets."""
        newest_first = sorted(secrets.roots, key=lambda number: number != secrets.root)
        return cls(
            tuple(_raw_key(derive(secrets.roots[number], b"database")) for number in newest_first),
            frames=_sealer(secrets, b"frames"),
            vectors=_sealer(secrets, b"vectors"),
            files=_sealer(secrets, b"files"),
            eeg=AesSealer(secrets.eeg, current=secrets.eeg_root),
            private=secrets.private,
        )

    @classmethod
    def random(cls) -> Self:
        """Return the keys of a vault that nobody opens again once they are gone."""
        return cls.of(Secrets.random())


def _sealer(secrets: Secrets, purpose: bytes) -> AesSealer:
    keys = {number: derive(root, purpose) for number, root in secrets.roots.items()}
    return AesSealer(keys, current=secrets.root)


def _raw_key(key: bytes) -> str:
    """Return a key as SQLCipher takes it without deriving another from it."""
    return f"x'{key.hex()}'"


def _key() -> bytes:
    return os.urandom(KEY_BYTES)


def _next(generation: int) -> int:
    return (generation + 1) % GENERATIONS
