"""What the windows may ask about the way into a vault. Every call may take seconds: none is made on the Qt thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from companion.ports import EnginePort
from companion.settings import Settings
from index.vault import Vault

TellCode = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Facts:
    """How a vault opens, and what this machine offers.

    Attributes
    ----------
    exists
        Whether there is a vault in the folder.
    passphrase
        Whether it opens with a passphrase, and not by being logged in.
    keyring
        Whether this machine has a keyring that a key can be kept in.
    idle
        Whether this desktop tells how long nobody has been here.

    """

    exists: bool
    passphrase: bool
    keyring: bool
    idle: bool


class Door(Protocol):
    """The way into a vault. All raise `VaultError` for what the person can mend."""

    def facts(self, root: Path) -> Facts:
        """Return how the vault at ``root`` opens."""
        ...

    def enter(self, settings: Settings, *, passphrase: str, tell_code: TellCode) -> EnginePort:
        """Return the engine of the vault as far as it opens without asking; locked, it records all the same.

        A vault that is not there is made, behind ``passphrase`` or, when that is empty, by the keyring; its recovery
        code goes to ``tell_code``.
        """
        ...

    def unlock(self, root: Path, passphrase: str) -> Vault:
        """Return the vault, open; raises `WrongSecretError`."""
        ...

    def build(self, settings: Settings, vault: Vault) -> EnginePort:
        """Return the engine of an open vault; what was recorded while it was locked is brought in."""
        ...

    def set_passphrase(self, root: Path, current: str, new: str) -> None:
        """Let the vault be opened by ``new`` from now on, or by the keyring when that is empty."""
        ...

    def new_code(self, root: Path, current: str) -> str:
        """Return a new recovery code; the one before opens nothing any more."""
        ...
