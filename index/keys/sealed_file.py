"""A small file of the vault, encrypted whole."""

from __future__ import annotations

from pathlib import Path

from index.replacing import replace_file
from index.vault import Vault


class SealedFile:
    """One file, encrypted with the vault's key for files of no special kind."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._path, self._vault = path, vault
        self.name = path.name

    def exists(self) -> bool:
        """Whether the file is there."""
        return self._path.exists()

    def read(self) -> bytes | None:
        """Return what it holds, None without a file; raises `DamagedError`."""
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return self._vault.keys.files.open(sealed, self.name.encode())

    def write(self, blob: bytes) -> None:
        """Replace the file in one step; raises `VaultError`."""
        sealed = self._vault.keys.files.seal(blob, self.name.encode())
        with self._vault.ledger.room(self._path, len(sealed)):
            replace_file(self._path, sealed)
