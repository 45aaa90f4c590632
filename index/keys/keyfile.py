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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from filelock import FileLock, Timeout

from index.keys.keys import Secrets
from index.keys.sealing import KEY_BYTES, AesSealer, DamagedError, derive
from index.replacing import FILE_MODE, replace_file
from index.types import VaultError

VERSION = 1
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4
SALT_BYTES = 16
RECOVERY_BYTES = 20  # 32 letters and digits
GROUP = 4
LOCK = "keys.lock"  # beside the key file, held while it is changed: far shorter than the vault is written to
PATIENCE = 10.0  # seconds another change may take
CHANGED = "The vault's keys were changed meanwhile, and nothing of this was saved. Start again."
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

    def again(self, opened: Opened) -> Opened:
        """Return what the file holds now, for whoever opened it before.

        Raises `VaultError` when its master key was changed since: what was opened opens nothing any more.
        """
        try:
            return Opened(opened.master, self._secrets(opened.master))
        except VaultError as error:
            raise VaultError(CHANGED) from error

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
        """Write the file in one step, safe against a power cut; raises `VaultError`.

        One that was there before is overwritten once the new one is safe: it holds keys that may be thrown away later.
        Save over a file from within `changing` only.
        """
        stored = {
            "version": VERSION,
            "vault": self.vault,
            "public": b64encode(self.public).decode(),
            "slots": self.slots,
            "body": b64encode(self.body).decode(),
        }
        with overwritten(path):
            replace_file(path, json.dumps(stored, indent=1).encode())


def new(secrets: Secrets, *, vault: str = "") -> tuple[KeyFile, Opened]:
    """Return a key file without any way to unlock it yet, under a new master key."""
    opened = Opened(os.urandom(KEY_BYTES), secrets)
    return KeyFile(vault or os.urandom(16).hex(), secrets.public, {}, b"").with_secrets(secrets, opened)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep everybody else from changing a key file; raises `VaultError`."""
    lock = FileLock(path.with_name(LOCK), timeout=PATIENCE, mode=FILE_MODE)
    try:
        lock.acquire()
    except Timeout as error:
        raise VaultError("Another program is changing who may open the vault. End it, then try again.") from error
    except OSError as error:
        raise VaultError(f"{path} cannot be changed ({error.strerror}). Make sure that its folder is yours.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def changing(path: Path, opened: Opened) -> Iterator[tuple[KeyFile, Opened]]:
    """Keep everybody else from changing a key file, and yield what it is and holds by now, to be changed and saved.

    ``opened`` is what it held when it was opened: since then somebody may have typed a passphrase for minutes. Raises
    `VaultError`, also when all keys were changed meanwhile.
    """
    with locked(path):
        file = load(path)
        yield file, file.again(opened)


@contextmanager
def overwritten(path: Path) -> Iterator[None]:
    """Overwrite the bytes that ``path`` names at the beginning, after whatever is done to the name went well.

    The file is held open, as its name may be that of another file by then. A drive that writes to new places each
    time (an SSD) may keep the old ones for a while: see docs/adr/0016-budget-and-forgetting.md.
    """
    try:
        old = path.open("r+b", buffering=0)
    except FileNotFoundError:  # the first one
        yield
        return
    except OSError as error:
        raise VaultError(f"{path} cannot be changed ({error.strerror}). Make sure that it is yours.") from error
    with old:
        yield
        try:
            size = old.seek(0, os.SEEK_END)
            old.seek(0)
            old.write(os.urandom(size))
            os.fsync(old.fileno())
        except OSError as error:
            raise VaultError(
                f"The new {path.name} is saved, but the old one could not be overwritten ({error.strerror}): keys that "
                "were thrown away may still be on the disk. `companion vault rekey` changes all."
            ) from error


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
        stored = json.loads(_whole(path))
        if stored["version"] != VERSION:
            raise VaultError(f"{path} was made by a newer version of the program. Update Companion.")
        slots: dict[str, dict[str, Any]] = {Way(name): dict(slot) for name, slot in dict(stored["slots"]).items()}
        return KeyFile(stored["vault"], b64decode(stored["public"]), slots, b64decode(stored["body"]))
    except OSError as error:
        raise VaultError(f"The key file {path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VaultError(f"The key file {path} is damaged. Bring it back from a backup.") from error


def _whole(path: Path) -> bytes:
    """Return what a file holds that may be replaced, and the old one overwritten, at any time."""
    while True:
        with path.open("rb") as file:
            raw = file.read()
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):  # it has not even lost its name yet
                return raw


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
