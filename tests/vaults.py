"""Vaults for tests, opened as the program opens them: by the keyring."""

from __future__ import annotations

from pathlib import Path

from companion import unlocking
from index.vault import Vault


def vault_at(root: Path) -> Vault:
    """Return the vault at ``root``, unlocked; its keys are made when it has none."""
    if Vault(root).key_file.exists():
        return unlocking.unlocked(root)
    return unlocking.found(root)[0]
