"""``keys.json``: the vault's secrets, wrapped so that each of several ways to unlock opens them.

Every way (*slot*) wraps one random master key; the master key wraps the secrets. Nothing in the file is secret by
itself. A passphrase goes through Argon2id (RFC 9106, its second recommended choice: 64 MiB, 3 passes).
"""

from __future__ import annotations

import json
import os
import threading
import unicodedata
from base64 import b32encode, b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from index.keys.keys import Secrets
from index.keys.sealing import KEY_BYTES, AesSealer, DamagedError, derive
from index.replacing import replace_file
from index.types import VaultError

VERSION = 1
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4
SALT_BYTES = 16
RECOVERY_BYTES = 20  # 32 letters and digits
GROUP = 4
DAMAGED = "The key file of the vault is damaged. Bring keys.json back from a backup."


# OpenSSL derives a passphrase's key on a pool of threads: two at once wait for each other's for ever.
_DERIVING = threading.Lock()


class Way(StrEnum):
    """A way to unlock."""

    KEYRING = "keyring"  # a random secret that the system keeps for whoever is logged in
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a way
    RECOVERY = "recovery"  # the code shown once


class WrongSecretError(VaultError):
    """The passphrase or code is not the vault's."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A key file whose master key is known."""

    master: bytes = field(repr=False)
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What the file holds.

    Attributes
    ----------
    vault
        A random name, by which the keyring knows its secret.
    public
        The X25519 key that seals what is recorded while the vault is locked.
    slots
        By `Way`: how its key is derived, and the wrapped master key.
    body
        The wrapped secrets.

    """

    vault: str
    public: bytes
    slots: Mapping[str, Mapping[str, Any]]
    body: bytes

    def ways(self) -> frozenset[Way]:
        """Return the ways this vault can be unlocked."""
        return frozenset(map(Way, self.slots))

    def open(self, way: Way, secret: bytes) -> Opened:
        """Return what ``secret`` unlocks; raises `WrongSecretError` or `VaultError`."""
        slot = self.slots.get(way)
        if slot is None:
            raise WrongSecretError(f"This vault cannot be unlocked by {way}.")
        key, sealed = _slot_key(way, secret, slot)
        try:
            master = _wrapper(key).open(sealed, self.vault.encode())
        except DamagedError as error:
            raise WrongSecretError(wrong(way)) from error
        return Opened(master, self._secrets(master))

    def with_slot(self, way: Way, secret: bytes, opened: Opened) -> KeyFile:
        """Return the file with one more way to unlock (in place of the same)."""
        slot: dict[str, Any] = {"salt": b64encode(os.urandom(SALT_BYTES)).decode()}
        if way is Way.PASSPHRASE:
            slot |= {"memory_kib": MEMORY_KIB, "passes": PASSES, "lanes": LANES}
        sealed = _wrapper(_derived(way, secret, slot)).seal(opened.master, self.vault.encode())
        slot["sealed"] = b64encode(sealed).decode()
        return replace(self, slots={**self.slots, way: slot})

    def without_slot(self, way: Way) -> KeyFile:
        """Return the file with one way less; raises ValueError for the last but the recovery code."""
        rest = {name: slot for name, slot in self.slots.items() if name != way}
        if not rest.keys() - {Way.RECOVERY}:
            raise ValueError(f"{way} is the only way to unlock this vault")
        return replace(self, slots=rest)

    def with_secrets(self, secrets: Secrets, opened: Opened) -> tuple[KeyFile, Opened]:
        """Return the file with other secrets under the same master key."""
        body = _wrapper(opened.master).seal(secrets.to_bytes(), self.vault.encode())
        return replace(self, body=body, public=secrets.public), Opened(opened.master, secrets)

    def _secrets(self, master: bytes) -> Secrets:
        """Return the unwrapped secrets; raises `VaultError`."""
        try:
            secrets = Secrets.from_bytes(_wrapper(master).open(self.body, self.vault.encode()))
        except (DamagedError, ValueError, KeyError) as error:
            raise VaultError(DAMAGED) from error
        if secrets.public != self.public:  # stored unencrypted: an exchanged one would seal to someone else
            raise VaultError(DAMAGED)
        return secrets

    def save(self, path: Path) -> None:
        """Write the file in one step, safe against a power cut; raises `VaultError`."""
        stored = {
            "version": VERSION,
            "vault": self.vault,
            "public": b64encode(self.public).decode(),
            "slots": self.slots,
            "body": b64encode(self.body).decode(),
        }
        replace_file(path, json.dumps(stored, indent=1).encode())


def new(secrets: Secrets, *, vault: str = "") -> tuple[KeyFile, Opened]:
    """Return a key file without any way to unlock it yet, under a new master key."""
    opened = Opened(os.urandom(KEY_BYTES), secrets)
    return KeyFile(vault or os.urandom(16).hex(), secrets.public, {}, b"").with_secrets(secrets, opened)


def exists(path: Path) -> bool:
    """Whether there is a key file; raises `VaultError` for a folder that may not be looked into."""
    try:
        return path.exists()
    except OSError as error:
        raise VaultError(
            f"The vault {path.parent} cannot be opened ({error.strerror}). Choose a folder of your own with --vault."
        ) from error


def load(path: Path) -> KeyFile:
    """Read a key file; raises `VaultError`."""
    try:
        stored = json.loads(path.read_bytes())
        if stored["version"] != VERSION:
            raise VaultError(f"{path} was made by a newer version of the program. Update Companion.")
        slots: dict[str, dict[str, Any]] = {Way(name): dict(slot) for name, slot in dict(stored["slots"]).items()}
        return KeyFile(stored["vault"], b64decode(stored["public"]), slots, b64decode(stored["body"]))
    except OSError as error:
        raise VaultError(f"The key file {path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VaultError(f"The key file {path} is damaged. Bring it back from a backup.") from error


def new_recovery_code() -> str:
    """Return a random code to write down: 32 letters and digits in groups of four."""
    letters = b32encode(os.urandom(RECOVERY_BYTES)).decode()
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


def recovery_secret(code: str) -> bytes:
    """Return what a typed recovery code stands for, however it was spaced; looked-alike digits are understood."""
    letters = "".join(code.upper().split()).replace("-", "").translate(str.maketrans("018", "OIB"))
    return letters.encode()


def passphrase_secret(passphrase: str) -> bytes:
    """Return a passphrase as bytes, the same from every keyboard (NFC)."""
    return unicodedata.normalize("NFC", passphrase).encode()


def _slot_key(way: Way, secret: bytes, slot: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the key that wraps the master key, and what it wraps; raises `VaultError` for a damaged slot."""
    try:
        return _derived(way, secret, slot), b64decode(slot["sealed"])
    except (KeyError, TypeError, ValueError) as error:
        raise VaultError(DAMAGED) from error


def _derived(way: Way, secret: bytes, slot: Mapping[str, Any]) -> bytes:
    salt = b64decode(slot["salt"])
    if way is not Way.PASSPHRASE:
        return derive(secret, way.encode(), salt=salt)
    cost = {"iterations": slot["passes"], "lanes": slot["lanes"], "memory_cost": slot["memory_kib"]}
    with _DERIVING:
        return Argon2id(salt=salt, length=KEY_BYTES, **cost).derive(secret)


def _wrapper(key: bytes) -> AesSealer:
    return AesSealer({0: key}, current=0)


def wrong(way: Way) -> str:
    """Return what to tell whoever gave the wrong secret."""
    return {
        Way.PASSPHRASE: "That is not the vault's passphrase.",
        Way.RECOVERY: "That is not the vault's recovery code.",
        Way.KEYRING: "The keyring's secret does not open this vault. Use the recovery code: `companion vault recover`.",
    }[way]
