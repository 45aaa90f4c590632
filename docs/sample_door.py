# ruff: noqa: INP001  a script beside its pictures, not a package
"""A way into a vault that is not there yet, for the pictures of the user guide."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from companion.settings import Settings
from index.vault import Vault
from ui.vault.door import Facts, TellCode


class SampleDoor:
    """Knows of a machine with a keyring; no picture shows a vault being opened."""

    def facts(self, root: Path) -> Facts:  # noqa: ARG002  the port's signature
        """Return what a new machine offers."""
        return Facts(exists=False, passphrase=False, keyring=True, idle=True)

    def enter(self, settings: Settings, *, passphrase: str, tell_code: TellCode) -> NoReturn:
        """Raise."""
        raise NotImplementedError

    def unlock(self, root: Path, passphrase: str) -> NoReturn:
        """Raise."""
        raise NotImplementedError

    def build(self, settings: Settings, vault: Vault) -> NoReturn:
        """Raise."""
        raise NotImplementedError

    def set_passphrase(self, root: Path, current: str, new: str) -> NoReturn:
        """Raise."""
        raise NotImplementedError

    def new_code(self, root: Path, current: str) -> NoReturn:
        """Raise."""
        raise NotImplementedError
