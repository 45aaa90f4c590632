"""Making keys and whole vaults unreadable: the bytes of a key file are overwritten before it goes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.care import sweeping
from index.keys import upgrading
from index.keys.keyfile import KeyFile
from index.replacing import sync_folder
from index.types import VaultError
from index.vault import Vault

FOLDERS = ("frames", "eeg", "vectors", "journal", "learning")


def replace_keys(file: KeyFile, path: Path) -> None:
    """Save a key file over another, whose bytes are overwritten once the new one is safe. Raises `VaultError`."""
    with _overwritten(path):
        file.save(path)


def erase(vault: Vault) -> list[str]:
    """Delete a vault: its keys first, so that nothing of it can be read from then on; then every file it made.

    Returns the names of what else is in the folder, which stays. Raises `VaultError`; what is left can be deleted by
    calling this again.
    """
    try:
        if vault.key_file.exists():
            with _overwritten(vault.key_file):
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
    made = (sweeping.MARK, upgrading.MARKER, "writer.lock", "control.sock", "*.draft", "*.plain", "*.damaged")
    for pattern in (f"{vault.database.name}*", f"{vault.key_file.name}*", *made):
        yield from list(vault.root.glob(pattern))


@contextmanager
def _overwritten(path: Path) -> Iterator[None]:
    """Overwrite the bytes that ``path`` names at the beginning, after whatever is done to the name went well.

    The file is held open, as its name may be that of another file by then. A drive that writes to new places each
    time (an SSD) may keep the old ones for a while: see docs/adr/0016-budget-and-forgetting.md.
    """
    with path.open("r+b", buffering=0) as old:
        yield
        size = old.seek(0, os.SEEK_END)
        old.seek(0)
        old.write(os.urandom(size))
        os.fsync(old.fileno())
