"""Passwords of mails that wait: in memory, or with consent in the system's keyring; never in a file of ours."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Protocol

import keyring
from keyring.errors import KeyringError

from companion.sending.types import SendingError

SERVICE = "companion mail"


class Passwords(Protocol):
    """Where the password of an account's user is kept as long as one of their mails waits."""

    def get(self, account: str, user: str) -> bytes | None:
        """Return it; None when it is not known (any more). Raises `SendingError`."""
        ...

    def put(self, account: str, user: str, password: bytes) -> None:
        """Keep one that the server accepted. Raises `SendingError`."""
        ...

    def drop(self, account: str, user: str) -> None:
        """Forget it. Raises `SendingError`."""
        ...


class SessionPasswords:
    """Keeps them in memory: gone when the program ends."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}
        self._lock = threading.Lock()

    def get(self, account: str, user: str) -> bytes | None:
        """Return it, or None."""
        with self._lock:
            return self._kept.get((account, user))

    def put(self, account: str, user: str, password: bytes) -> None:
        """Keep it."""
        with self._lock:
            self._kept[account, user] = password

    def drop(self, account: str, user: str) -> None:
        """Forget it."""
        with self._lock:
            self._kept.pop((account, user), None)


class KeyringPasswords:
    """Keeps them in the system's keyring, so that mails go also after a restart."""

    def get(self, account: str, user: str) -> bytes | None:
        """Return it, or None; raises `SendingError`."""
        try:
            kept = keyring.get_password(SERVICE, _entry(account, user))
        except KeyringError as error:
            raise SendingError(f"The keyring did not give a mail's password ({error}). Unlock it.") from error
        return None if kept is None else b64decode(kept)

    def put(self, account: str, user: str, password: bytes) -> None:
        """Keep it; raises `SendingError`."""
        if not has_keyring():
            raise SendingError(
                "This machine has no keyring that encrypts. Switch `keep_passwords` off: mails that wait are then sent "
                "as long as Companion runs, or once your mail program logs in again."
            )
        try:
            keyring.set_password(SERVICE, _entry(account, user), b64encode(password).decode())
        except KeyringError as error:
            raise SendingError(f"The keyring did not take a mail's password ({error}). Unlock it.") from error

    def drop(self, account: str, user: str) -> None:
        """Forget it; raises `SendingError`."""
        if self.get(account, user) is not None:
            self.remove(account, user)

    def remove(self, account: str, user: str) -> None:
        """Forget one that is there; raises `SendingError`."""
        try:
            keyring.delete_password(SERVICE, _entry(account, user))
        except KeyringError as error:
            raise SendingError(f"The keyring still has a mail's password ({error}). Remove it there.") from error


def chosen(*, keep: bool) -> Passwords:
    """Return what keeps passwords, by the person's consent."""
    return KeyringPasswords() if keep else SessionPasswords()


def forget_kept(users: Iterable[tuple[str, str]]) -> None:
    """Take passwords out of the keyring that were kept there before consent was taken back. Raises `SendingError`."""
    for account, user in users:
        if has_keyring():
            KeyringPasswords().drop(account, user)


def has_keyring() -> bool:
    """Whether the system offers a keyring that encrypts."""
    from companion import unlocking  # it opens vaults, and loads all that takes

    return unlocking.has_keyring()


def _entry(account: str, user: str) -> str:
    return f"{account}/{user}"
