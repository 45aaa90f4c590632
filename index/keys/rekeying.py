"""New keys for a whole vault, in steps that may be broken off anywhere and gone on with.

The key file holds old and new keys from the first step on, so that the vault opens at any time; what is encrypted
with an old key is found by its own first bytes. When nothing is left of it the old keys are thrown away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from index import changes, database
from index.care import sweeping
from index.journal import files as journals
from index.keys import mail_files
from index.keys.keyfile import Opened, changing
from index.keys.keys import Keys, Secrets
from index.keys.sealing import HEAD_BYTES, DamagedError, Sealer
from index.replacing import FILE_MODE, replace_file, sync_folder
from index.signals.bdf_header import Layout
from index.signals.record_file import SealedRecords, layout_of
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import RecordingError, VaultError
from index.vault import Vault

PIECE = 256  # data records copied at once
TOGETHER = 128  # pictures made safe on disk at once
DRAFT, RECORDING = ".draft", ".bdf"

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


def finish(
    root: Path, opened: Opened, *, progress: Progress = lambda *_: None, clock: Callable[[], float] = time.time
) -> Opened:
    """Encrypt with the newest keys what is not yet, then throw the old keys away; returns what opens the vault now.

    The caller has claimed the vault at ``root``, whose key file holds what was ``opened``. Raises `VaultError` when the
    disk refuses or another program reads: nothing is lost then, and the next call goes on. A file that cannot be opened
    with any key stays as it is, and an incident (``clock``: UTC seconds) names it: a damaged one keeps nobody from
    recording.
    """
    vault = Vault(root, Keys.of(opened.secrets))
    if vault.exists():
        _database(vault, progress)
        _sweep(vault, clock)
        _vectors(vault, progress)
    left: list[Path] = []
    _files(vault, progress, left)
    if left and vault.exists():
        _tell(vault, left, clock())
    with changing(vault.key_file, opened) as (file, held):  # somebody may have chosen a passphrase meanwhile
        secrets = held.secrets.settled()
        secrets = replace(secrets, eeg={secrets.eeg_root: secrets.eeg[secrets.eeg_root]})
        settled, now = file.with_secrets(secrets, held)
        settled.save(vault.key_file)
    return now


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


def _sweep(vault: Vault, clock: Callable[[], float]) -> None:
    """Remove what a crash left half written: it cannot be opened, and nobody misses it."""
    with closing(Store(vault)) as store:
        sweeping.sweep(store, tell=lambda what: _note(vault, [what], clock()))


def _vectors(vault: Vault, progress: Progress) -> None:
    """Let the vectors' own upkeep encrypt their files anew; what it leaves over counts for nothing and goes."""
    with closing(Store(vault)) as store:
        vectors = Vectors(store)
        while vectors.merge():
            progress("vectors", *vectors.progress())
    for path in _stale(vault.vectors, vault.keys.vectors):
        path.unlink()


def _files(vault: Vault, progress: Progress, left: list[Path]) -> None:
    """Encrypt frames, recordings and small files anew, each in one step; ``left`` takes what cannot be opened."""
    for path in vault.root.rglob(f"*{DRAFT}"):
        path.unlink()  # of a crash: what it was meant to replace is there
    pictures = list(_stale(vault.frames, vault.keys.frames))
    for first in range(0, len(pictures), TOGETHER):
        progress("frames", first, len(pictures))
        _frames(vault, pictures[first : first + TOGETHER], left)
    recordings = list(_stale(vault.eeg, vault.keys.eeg))
    for number, path in enumerate(recordings):
        progress("recordings", number, len(recordings))
        try:
            _recording(vault, path)
        except DamagedError:
            left.append(path)
    _sync_folders(recordings)
    for path in _stale(vault.root / "learning", vault.keys.files):
        try:
            replace_file(path, _sealed_anew(path, vault.keys.files, path.name))
        except DamagedError:
            path.unlink()  # a round of learning begins again
    _mails(vault, left)


def _tell(vault: Vault, left: list[Path], now: float) -> None:
    """Note which files could not be opened."""
    left_as_it_was = (
        "{} could not be opened when the keys were changed. It is left as it was, "
        "under a key that is gone: nobody can read it any more. `companion vault rebuild` removes it."
    )
    _note(vault, [left_as_it_was.format(path.relative_to(vault.root)) for path in left], now)


def _note(vault: Vault, incidents: list[str], now: float) -> None:
    with closing(database.connect(vault, write=True)) as db, db.atomic():
        for what in incidents:
            changes.incident(db, now, "keys", what)
    database.make_durable(vault)


def _stale(folder: Path, sealer: Sealer) -> Iterator[Path]:
    """Yield the files below a folder that an older key encrypted."""
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and not sealer.is_current(_head(path)):
            yield path


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _frames(vault: Vault, paths: list[Path], left: list[Path]) -> None:
    """Encrypt some pictures anew; none takes its place before all are safe on disk, which costs less together."""
    anew: list[Path] = []
    try:
        with ExitStack() as stack:
            for path in paths:
                try:
                    sealed = _sealed_anew(path, vault.keys.frames, str(path.relative_to(vault.root)))
                except DamagedError:
                    left.append(path)
                    continue
                anew.append(path)
                handle = os.open(_draft(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
                file = stack.enter_context(os.fdopen(handle, "wb"))
                file.write(sealed)
                file.flush()
                stack.callback(os.fsync, file.fileno())  # called in turn before any is closed
        for path in anew:
            _draft(path).replace(path)
        _sync_folders(paths)
    except OSError as error:
        raise VaultError(f"{vault.frames} cannot be written to ({error.strerror}). Is the disk full?") from error


def _mails(vault: Vault, left: list[Path]) -> None:
    """Encrypt anew what waits to be sent."""
    sealer = vault.keys.files
    for path in mail_files.files(vault.mails):
        if sealer.is_current(_head(path)):
            continue
        try:
            replace_file(path, sealer.seal(mail_files.opened(path, sealer), mail_files.bound_to(path)))
        except DamagedError:
            left.append(path)


def _sealed_anew(path: Path, sealer: Sealer, about: str) -> bytes:
    """Return a file's content under the newest key. Raises `DamagedError`."""
    return sealer.seal(sealer.open(path.read_bytes(), about.encode()), about.encode())


def _draft(path: Path) -> Path:
    return path.with_name(path.name + DRAFT)


def _recording(vault: Vault, path: Path) -> None:
    """Copy a recording's blocks into a new file, record by record: the signal is not encoded again.

    Raises `DamagedError` for one that cannot be opened at all.
    """
    if path.suffix != RECORDING:  # what nobody could read when the vault was encrypted: bytes, kept as they were
        replace_file(path, _sealed_anew(path, vault.keys.eeg, path.name))
        return
    draft = _draft(path)
    old, new = SealedRecords(path, vault.keys.eeg), SealedRecords(draft, vault.keys.eeg)
    try:
        form = layout_of(old, path.name)
    except VaultError as error:
        raise DamagedError(str(error)) from error
    count = old.count(form)
    try:
        with new.create(old.header()) as file:
            for first in range(0, count, PIECE):
                _copy(old, new, file, form, range(first, min(first + PIECE, count)))
            file.truncate(path.stat().st_size)  # the last of them may be damaged
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise VaultError(f"{draft} could not be written ({error.strerror}). Is the disk full?") from error


def _copy(old: SealedRecords, new: SealedRecords, file: BinaryIO, form: Layout, place: range) -> None:
    """Copy data records; one that is damaged leaves a hole of its size, damaged as before, and the rest in its place.

    Raises OSError.
    """
    try:
        raw, size = old.read(form, place.start, place.stop), form.record_bytes
    except RecordingError:
        if len(place) > 1:
            for half in (place[: len(place) // 2], place[len(place) // 2 :]):
                _copy(old, new, file, form, half)
        return
    new.write(file, form, place.start, [raw[at : at + size] for at in range(0, len(raw), size)])


def _sync_folders(paths: list[Path]) -> None:
    for folder in {path.parent for path in paths}:
        sync_folder(folder)
