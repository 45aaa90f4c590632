"""Files that a crash left without a row, or half written: found where something changed since the last look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from index.pictures import frames
from index.replacing import replace_file
from index.store import Store
from index.types import VaultError
from index.vault import Vault

DRAFT = ".draft"
MARK = "swept"  # an empty file; its time is that of the last look
NEWEST = 200  # moments
OVERLAP = 3600.0  # seconds looked at again: a disk's clock may be coarse, or another machine's


def sweep(store: Store) -> list[str]:
    """Remove such files and return their names; for the writing process, before it writes. Raises `VaultError`.

    Only folders of pictures that changed since the last look are read, so that years of them cost nothing.
    """
    vault = store.vault
    mark = vault.root / MARK
    since = mark.stat().st_mtime - OVERLAP if mark.exists() else 0.0
    replace_file(mark, b"", durable=False)  # first: what changes from now on is looked at the next time
    lost = [*_drafts(vault.root), *_drafts(vault.eeg), *_recordings(store)]
    for folder in sorted({*_changed(vault.frames, since), *_newest(store)}):
        lost += _pictures(store, folder)
    try:
        for path in lost:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise VaultError(
            f"{path} is left of a crash and cannot be removed ({error.strerror}). Make the vault's folder yours."
        ) from error
    return [str(path.relative_to(vault.root)) for path in lost]


def _changed(folder: Path, since: float) -> Iterator[Path]:
    """Yield the folders that files were added to or taken from."""
    folders = (folder, *(path for path in folder.iterdir() if path.is_dir()))
    yield from (path for path in folders if path.stat().st_mtime >= since)


def _newest(store: Store) -> Iterator[Path]:
    """Yield the folders of the newest moments: a clock that was set back makes what changed look old."""
    rows = store.rows("SELECT frame FROM moments ORDER BY id DESC LIMIT ?", [NEWEST])
    folders = {(store.vault.root / name).parent for (name,) in rows if name}
    yield from (folder for folder in folders if folder.is_dir())


def _drafts(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.iterdir() if path.name.endswith(DRAFT))


def _recordings(store: Store) -> Iterator[Path]:
    """Yield recordings that no row knows: the crash came before there was any signal in them."""
    known = {row[0] for row in store.rows("SELECT path FROM recordings")}
    for path in store.vault.eeg.glob("*.bdf"):
        if str(path.relative_to(store.vault.root)) not in known:
            yield path


def _pictures(store: Store, folder: Path) -> Iterator[Path]:
    """Yield drafts, and pictures whose moment is not there or has another."""
    yield from _drafts(folder)
    numbered = {path: path.stem for path in folder.iterdir() if path.suffix in {".frame", ".small"}}
    wanted = json.dumps([int(stem) for stem in numbered.values() if stem.isdecimal()])
    sql = "SELECT frame FROM moments WHERE id IN (SELECT value FROM json_each(?)) AND frame <> ''"
    known = {name for (name,) in store.rows(sql, [wanted])}
    known |= {frames.thumbnail(name) for name in known}
    yield from (path for path in numbered if _name(store.vault, path) not in known)


def _name(vault: Vault, path: Path) -> str:
    return str(path.relative_to(vault.root))
