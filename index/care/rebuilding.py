"""Mending a vault: full text and vectors are made anew, and what cannot be read any more is named and let go of."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from sqlite_utils import Database

from index import changes
from index.care.salvaging import salvage
from index.care.verifying import Progress, framed, lost_files, pages, read_through, unreadable
from index.signals import bdf
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer


@dataclass(slots=True)
class Rebuilt:
    """What was made anew, and what is gone, in sentences."""

    made: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def rebuild(vault: Vault, *, time: float, progress: Progress = lambda *_: None) -> Rebuilt:
    """Mend an unlocked vault at ``time`` (UTC seconds); raises `VaultError` while another process writes to it."""
    vault.require()
    done = Rebuilt()
    vault.claim()
    try:
        _mend_database(vault, done, progress)
    finally:
        vault.release()
    with Writer(vault) as writer, closing(Store(vault)) as store:
        writer.do(_make_full_text).result()
        done.made.append("The full text was made anew.")
        _let_go_of_frames(writer, store, done, progress)
        _mend_recordings(writer, store, done, progress)
        for name in lost_files(store):
            (vault.root / name).unlink()
            done.lost.append(f"{name}, which no moment or recording knew, was removed.")
        _make_vectors(store, progress)
        done.made.append("Vectors were made anew from the database.")
        for sentence in done.lost:
            writer.do(changes.incident, time, "rebuild", sentence).result()
    return done


def _mend_database(vault: Vault, done: Rebuilt, progress: Progress) -> None:
    """Where pages are damaged, make a new database of all that can be read."""
    progress("database", 0, 1)
    store = Store(vault)
    try:
        damaged = bool(pages(store))
    except VaultError:  # so damaged that it cannot be checked
        damaged = True
    finally:
        store.close()
    if damaged:
        found = salvage(vault, progress)
        done.made.append(f"The database was made anew: {found.kept.get('moments', 0)} moments are in it.")
        done.lost += found.lost


def _make_full_text(db: Database) -> None:
    db.execute("INSERT INTO moments_fts (moments_fts) VALUES ('rebuild')")


def _let_go_of_frames(writer: Writer, store: Store, done: Rebuilt, progress: Progress) -> None:
    """Let moments have no picture whose picture cannot be read."""
    named = framed(store)
    for number, (moment, name) in enumerate(named):
        progress("frames", number, len(named))
        for error in islice(unreadable(store.vault, name), 1):
            writer.do(_without_frame, moment).result()
            done.lost.append(f"The picture of moment {moment} is gone: {error}")


def _without_frame(db: Database, moment: int) -> None:
    db.execute("UPDATE moments SET frame = '' WHERE id = ?", [moment])
    db.execute("DELETE FROM jobs WHERE moment_id = ? AND kind = 'read'", [moment])


def _mend_recordings(writer: Writer, store: Store, done: Rebuilt, progress: Progress) -> None:
    """Cut recordings to what can be read of them."""
    rows = store.rows("SELECT path, samples FROM recordings ORDER BY id")
    for number, (path, samples) in enumerate(rows):
        progress("recordings", number, len(rows))
        kept = _readable(store.vault, path, samples)
        if kept < samples:
            change = _without_recording if kept == 0 else _shorter
            writer.do(change, path, kept).result()
            done.lost.append(f"Of the recording {path}, {samples - kept} of {samples} samples cannot be read.")


def _readable(vault: Vault, path: str, samples: int) -> int:
    """Return how many samples, from its first on, can be read of a recording."""
    try:
        return min(read_through(vault, path), samples)
    except VaultError:
        pass  # what of it can is found out now
    try:
        samples = min(bdf.repair(vault.root / path, vault.keys.eeg), samples)
        file = bdf.BdfFile(vault.root / path, vault.keys.eeg)
    except VaultError:
        return 0
    low, high = 0, samples
    while low < high:  # what lies before the first damaged record can be read
        middle = (low + high + 1) // 2
        try:
            file.read(low, middle)
            low = middle
        except (VaultError, ValueError):
            high = middle - 1
    return low


def _shorter(db: Database, path: str, samples: int) -> None:
    changes.extend_recording(db, path, samples, closed=True)


def _without_recording(db: Database, path: str, samples: int) -> None:
    del samples
    db.execute("DELETE FROM recordings WHERE path = ?", [path])


def _make_vectors(store: Store, progress: Progress) -> None:
    vectors = Vectors(store)
    vectors.rebuild()
    while True:
        progress("vectors", *vectors.progress())
        if not vectors.merge():
            return
