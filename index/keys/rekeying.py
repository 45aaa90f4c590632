"""New keys for a whole vault, in steps that may be broken off anywhere and gone on with.

The key file holds old and new keys from the first step on, so that the vault opens at any time; what is encrypted
with an old key is found by its own first bytes. When nothing is left of it the old keys are thrown away.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from index import database
from index.journal import files as journals
from index.keys.keyfile import KeyFile, Opened
from index.keys.keys import Keys, Secrets
from index.keys.sealing import HEAD_BYTES, DamagedError, Sealer
from index.replacing import FILE_MODE, replace_file, sync_folder
from index.signals.record_file import SealedRecords, layout_of
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import VaultError
from index.vault import Vault

PIECE = 256  # data records copied at once
TOGETHER = 128  # pictures made safe on disk at once
DRAFT = ".draft"

Progress = Callable[[str, int, int], None]  # what, how many of how many


def renewed(secrets: Secrets, *, journal_empty: bool) -> Secrets:
    """Return secrets whose keys are all new, the old ones kept until nothing needs them.

    The key of what is recorded while locked stays as long as something waits that was sealed to it.
    """
    fresh = Secrets.random()
    eeg = secrets.without_brain()
    return replace(
        secrets.renewed(),
        eeg={**secrets.eeg, **eeg.eeg},
        eeg_root=eeg.eeg_root,
        private=fresh.private if journal_empty else secrets.private,
    )


def journal_empty(vault: Vault) -> bool:
    """Whether nothing waits that was recorded while the vault was locked."""
    return not journals(vault.journal)


def unfinished(secrets: Secrets) -> bool:
    """Whether a change of keys was begun and is not done."""
    return len(secrets.roots) > 1 or len(secrets.eeg) > 1


def finish(root: Path, file: KeyFile, opened: Opened, *, progress: Progress = lambda *_: None) -> Opened:
    """Encrypt with the newest keys what is not yet, then throw the old keys away; returns what opens the vault now.

    The caller has claimed the vault at ``root``, and saved ``file``. Raises `VaultError` when the disk refuses, another
    program reads, or something cannot be opened: nothing is lost then, and the next call goes on.
    """
    vault = Vault(root, Keys.of(opened.secrets))
    if vault.exists():
        _database(vault, progress)
        _vectors(vault, progress)
    _files(vault, progress)
    secrets = opened.secrets.settled()
    secrets = replace(secrets, eeg={secrets.eeg_root: secrets.eeg[secrets.eeg_root]})
    file, opened = file.with_secrets(secrets, opened)
    file.save(vault.key_file)
    return opened


def _database(vault: Vault, progress: Progress) -> None:
    """Encrypt the database anew: one transaction, in the write-ahead log until it is whole."""
    progress("database", 0, 1)
    with closing(database.connect(vault, write=True)) as db:
        try:
            db.execute(f'PRAGMA rekey = "{vault.keys.database[0]}"')
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except database.DatabaseError as error:
            raise database.refused(vault.database, error) from error
    if busy:  # pages under the old key are still in the file
        raise VaultError("Another program reads the vault. End it, then start `companion vault rekey` again.")


def _vectors(vault: Vault, progress: Progress) -> None:
    """Let the vectors' own upkeep encrypt their files anew; what it leaves over counts for nothing and goes."""
    with closing(Store(vault)) as store:
        vectors = Vectors(store)
        while vectors.merge():
            progress("vectors", *vectors.progress())
    for path in _stale(vault.vectors, vault.keys.vectors):
        path.unlink()


def _files(vault: Vault, progress: Progress) -> None:
    """Encrypt frames, recordings and small files anew, each in one step."""
    for path in vault.root.rglob(f"*{DRAFT}"):
        path.unlink()  # of a crash: what it was meant to replace is there
    pictures = list(_stale(vault.frames, vault.keys.frames))
    for first in range(0, len(pictures), TOGETHER):
        progress("frames", first, len(pictures))
        _frames(vault, pictures[first : first + TOGETHER])
    recordings = list(_stale(vault.eeg, vault.keys.eeg))
    for number, path in enumerate(recordings):
        progress("recordings", number, len(recordings))
        _recording(vault, path)
    _sync_folders(recordings)
    for path in _stale(vault.root / "learning", vault.keys.files):
        replace_file(path, _sealed_anew(path, vault.keys.files, path.name))


def _stale(folder: Path, sealer: Sealer) -> Iterator[Path]:
    """Yield the files below a folder that an older key encrypted."""
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and not sealer.is_current(_head(path)):
            yield path


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _frames(vault: Vault, paths: list[Path]) -> None:
    """Encrypt some pictures anew; none takes its place before all are safe on disk, which costs less together."""
    try:
        with ExitStack() as stack:
            for path in paths:
                name = str(path.relative_to(vault.root))
                handle = os.open(_draft(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
                file = stack.enter_context(os.fdopen(handle, "wb"))
                file.write(_sealed_anew(path, vault.keys.frames, name))
                file.flush()
                stack.callback(os.fsync, file.fileno())  # called in turn before any is closed
        for path in paths:
            _draft(path).replace(path)
        _sync_folders(paths)
    except OSError as error:
        raise VaultError(f"{vault.frames} cannot be written to ({error.strerror}). Is the disk full?") from error


def _sealed_anew(path: Path, sealer: Sealer, about: str) -> bytes:
    """Return a file's content under the newest key. Raises `VaultError`."""
    try:
        return sealer.seal(sealer.open(path.read_bytes(), about.encode()), about.encode())
    except DamagedError as error:
        raise VaultError(
            f"{path} cannot be encrypted anew ({error}). `companion vault rebuild` removes what cannot be read; the "
            "vault opens as before meanwhile."
        ) from error


def _draft(path: Path) -> Path:
    return path.with_name(path.name + DRAFT)


def _recording(vault: Vault, path: Path) -> None:
    """Copy a recording's blocks into a new file, record by record: the signal is not encoded again."""
    draft = _draft(path)
    old, new = SealedRecords(path, vault.keys.eeg), SealedRecords(draft, vault.keys.eeg)
    form = layout_of(old, path.name)
    count = old.count(form)
    try:
        with new.create(old.header()) as file:
            for first in range(0, count, PIECE):
                last = min(first + PIECE, count)
                raw = old.read(form, first, last)
                size = form.record_bytes
                new.write(file, form, first, [raw[at : at + size] for at in range(0, len(raw), size)])
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise VaultError(f"{draft} could not be written ({error.strerror}). Is the disk full?") from error


def _sync_folders(paths: list[Path]) -> None:
    for folder in {path.parent for path in paths}:
        sync_folder(folder)
