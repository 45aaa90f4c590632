"""Making keys and whole vaults unreadable: the bytes of a key file are overwritten before it goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from index.care import sweeping
from index.keys import keyfile, upgrading
from index.keys.keyfile import KeyFile
from index.replacing import sync_folder
from index.types import VaultError
from index.vault import Vault

FOLDERS = ("frames", "eeg", "vectors", "journal", "learning", "mails", "aside")


def replace_keys(file: KeyFile, path: Path) -> None:
    """Save what a key file holds over another, which keeps its ways to unlock. Raises `VaultError`."""
    with keyfile.locked(path):
        now = keyfile.load(path)
        if now.vault != file.vault:  # a name for each master key
            raise VaultError(keyfile.CHANGED)
        replace(file, slots=now.slots).save(path)


def erase(vault: Vault) -> list[str]:
    """Delete a vault: its keys first, so that nothing of it can be read from then on; then every file it made.

    Returns the names of what else is in the folder, which stays. Raises `VaultError`; what is left can be deleted by
    calling this again.
    """
    try:
        if vault.key_file.exists():
            with keyfile.locked(vault.key_file), keyfile.overwritten(vault.key_file):
                vault.key_file.unlink()
            sync_folder(vault.root)
        for folder in FOLDERS:
            if (vault.root / folder).exists():
                shutil.rmtree(vault.root / folder)
        for file in _own_files(vault):
            file.unlink()
        left = sorted(path.name for path in vault.root.iterdir())
        if not left:
            vault.root.rmdir()
    except OSError as error:
        raise VaultError(
            f"{error.filename} could not be deleted ({error.strerror}). Make sure that {vault.root} and all in it is "
            "yours, then ask again."
        ) from error
    return left


def _own_files(vault: Vault) -> Iterator[Path]:
    kinds = (f"{vault.database.name}*", f"{vault.key_file.name}*", "*.draft", "*.plain", "*.damaged")
    for pattern in (*kinds, sweeping.MARK, upgrading.MARKER, "writer.lock", keyfile.LOCK, "control.sock"):
        yield from list(vault.root.glob(pattern))
