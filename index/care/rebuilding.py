"""Mending a vault: full text and vectors are made anew, and what cannot be read any more is named and let go of."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, field

from sqlite_utils import Database

from index import changes, database, notices
from index.care import sweeping
from index.care.aside import ASIDE, set_aside
from index.care.salvaging import salvage
from index.care.verifying import Progress, framed, lost_files, pages, read_through, rounds, unopened
from index.forgetting import forgotten
from index.keys import mail_files
from index.keys.sealing import DamagedError
from index.pictures import frames
from index.pictures.cold_frames import UnreachableError
from index.signals import bdf, cutting
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import RecordingError, RecordingInfo, VaultError
from index.vault import Vault
from index.writer import Writer

CHUNK = 64  # seconds of EEG that are read at once, and halved to find the second that is damaged


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
        salvaged = _mend_database(vault, done, progress)
    finally:
        vault.release()
    with Writer(vault) as writer, closing(Store(vault)) as store:
        writer.do(_make_full_text).result()
        done.made.append("The full text was made anew.")
        if writer.do(notices.mend).result():
            done.made.append("Held notifications that were in no digest wait for the next one.")
        _mend_frames(writer, store, done, progress)
        _take_in_recordings(writer, store, done)
        _mend_recordings(writer, store, done, progress)
        _mend_learning(vault, done)
        _mend_mails(vault, done)
        _clear(writer, store, done, salvaged=salvaged)
        _make_vectors(store, progress)
        done.made.append("Vectors were made anew from the database.")
        for sentence in done.lost:
            writer.do(changes.incident, time, "rebuild", sentence).result()
    return done


def _mend_database(vault: Vault, done: Rebuilt, progress: Progress) -> bool:
    """Where pages are damaged, make a new database of all that can be read; returns whether they were."""
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
    return damaged


def _make_full_text(db: Database) -> None:
    db.execute("INSERT INTO moments_fts (moments_fts) VALUES ('rebuild')")


def _mend_frames(writer: Writer, store: Store, done: Rebuilt, progress: Progress) -> None:
    """Make damaged thumbnails anew, and let moments have no picture whose picture is gone or damaged."""
    named, made = framed(store), 0
    for number, (moment, name) in enumerate(named):
        progress("frames", number, len(named))
        try:
            error = frames.damage(store.vault, name)
            if error is not None:
                writer.do(_without_frame, moment).result()
                done.lost.append(f"The picture of moment {moment} is gone: {error}")
            elif frames.damage(store.vault, frames.thumbnail(name)) is not None:
                frames.new_thumbnail(store.vault, name)
                made += 1
        except UnreachableError as passing:
            done.lost.append(f"The picture of moment {moment} was left as it is: {passing}")
    if made:
        done.made.append(f"{made} thumbnails were made anew from their pictures.")


def _without_frame(db: Database, moment: int) -> None:
    db.execute("UPDATE moments SET frame = '' WHERE id = ?", [moment])
    db.execute("DELETE FROM jobs WHERE moment_id = ? AND kind = 'read'", [moment])


def _take_in_recordings(writer: Writer, store: Store, done: Rebuilt) -> None:
    """Make recordings known again whose rows were lost: their own headers tell all that is needed."""
    found = sweeping.found(store)
    for one in found:
        writer.do(sweeping.take_in, one).result()
    if found:
        done.made.append(f"{len(found)} recordings that no row knew were taken in again.")


def _mend_recordings(writer: Writer, store: Store, done: Rebuilt, progress: Progress) -> None:
    """Leave of recordings what can be read of them."""
    infos = store.recordings_between(-math.inf, math.inf)
    for number, info in enumerate(infos):
        progress("recordings", number, len(infos))
        try:
            kept = _readable(store.vault, info)
        except VaultError as error:
            done.lost.append(f"The recording {info.path} was left as it is: {error}")
            continue
        lost = info.samples - sum(stop - first for first, stop in kept)
        if kept and not lost:
            continue
        if len(kept) == 1 and kept[0][0] == 0:
            writer.do(changes.extend_recording, info.path, kept[0][1], closed=True).result()
        else:
            cutting.keep(writer, store, info, kept)
        done.lost.append(f"Of the recording {info.path}, {lost} of {info.samples} samples cannot be read.")


def _readable(vault: Vault, info: RecordingInfo) -> list[tuple[int, int]]:
    """Return the parts of a recording that can be read; raises `VaultError` where the disk does not give it now."""
    path = vault.root / info.path
    try:
        if read_through(vault, info.path) >= info.samples:
            return [(0, info.samples)]
    except VaultError as damaged:
        _refuse_passing(damaged)  # what of it can be read is found out now
    try:
        samples = min(bdf.repair(path, vault.keys.eeg), info.samples)
    except VaultError as damaged:
        _refuse_passing(damaged)
        return []
    file, parts = bdf.BdfFile(path, vault.keys.eeg), list[tuple[int, int]]()
    second = round(file.sfreq)
    for first in range(0, samples, CHUNK * second):
        for part in _whole(file, first, min(first + CHUNK * second, samples), second):
            joined = bool(parts) and parts[-1][1] == part[0]
            parts = [*parts[:-1], (parts[-1][0], part[1])] if joined else [*parts, part]
    return parts


def _whole(file: bdf.BdfFile, first: int, stop: int, second: int) -> list[tuple[int, int]]:
    """Return the parts of a range that can be read, found by halving it down to single seconds."""
    try:
        file.read(first, stop)
    except RecordingError as error:
        _refuse_passing(error)
        if stop - first <= second:
            return []
        middle = first + (stop - first + second) // second // 2 * second
        return _whole(file, first, middle, second) + _whole(file, middle, stop, second)
    return [(first, stop)]


def _refuse_passing(error: VaultError) -> None:
    """Raise an error again that is the disk's of this moment, not of what is on it."""
    if isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, FileNotFoundError):
        raise error


def _mend_learning(vault: Vault, done: Rebuilt) -> None:
    """Let go of a round of learning that cannot be gone on with."""
    damaged = [why for path in rounds(vault) if (why := unopened(vault, path))]
    if damaged:
        for path in rounds(vault):
            forgotten.remove(vault, path)
        done.lost += [f"{why} A round of learning begins anew." for why in damaged]


def _mend_mails(vault: Vault, done: Rebuilt) -> None:
    """Set mails aside that waited to be sent and cannot be opened; only a backup brings them back."""
    for path in mail_files.files(vault.mails):
        try:
            mail_files.opened(path, vault.keys.files)
        except DamagedError as error:
            place = set_aside(vault, str(path.relative_to(vault.root)))
            done.lost.append(
                f"{path.name} cannot be opened ({error}). The mail that it is of is not sent; it lies at {place} now."
            )


def _clear(writer: Writer, store: Store, done: Rebuilt, *, salvaged: bool) -> None:
    """Remove the files that no row knows; where rows were lost they are set aside, as is EEG that cannot be told."""
    vault = store.vault
    forgotten.remove_files(writer)
    database.make_durable(vault)
    aside = []
    for name in lost_files(store):
        if salvaged or name.endswith(".bdf"):
            aside.append(name)
            set_aside(vault, name)
        else:
            forgotten.remove(vault, vault.root / name)
            done.lost.append(f"{name}, which no moment or recording knew, was removed.")
    if aside:
        done.lost.append(
            f"{len(aside)} files that no moment or recording knows any more are in {vault.root / ASIDE} now. Put them "
            "back together with a backup of the database, or delete that folder."
        )


def _make_vectors(store: Store, progress: Progress) -> None:
    vectors = Vectors(store)
    vectors.rebuild()
    while True:
        progress("vectors", *vectors.progress())
        if not vectors.merge():
            return
