"""Files of the vault that nothing knows and that could be whole: they are moved out of the way, never deleted."""

from __future__ import annotations

from pathlib import Path

from index.replacing import FOLDER_MODE, sync_folder
from index.vault import Vault

ASIDE = "aside"  # the folder for them; below it they keep the names they had


def set_aside(vault: Vault, name: str) -> Path:
    """Move a file, by its name in the vault, to where it is in nobody's way; returns its new place.

    What was set aside under that name before stays as it is. Raises OSError.
    """
    place = vault.root / ASIDE / name
    place.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    number = 1
    while place.exists():
        number += 1
        place = place.with_name(f"{Path(name).stem}-{number}{place.suffix}")
    vault.ledger.move(vault.root / name, place)
    sync_folder(place.parent)
    return place
