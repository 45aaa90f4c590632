"""Looking at every byte of a vault: what is damaged, gone, or known to nobody, and what to do about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index import database, journal, notices
from index.keys import mail_files
from index.keys.sealed_file import SealedFile
from index.keys.sealing import DamagedError
from index.pictures import cold_frames, frames
from index.pictures.cold_frames import UnreachableError
from index.signals.bdf import BdfFile
from index.signals.recordings import refuse_exchanged
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import VaultError
from index.vault import Vault

PIECE_SECONDS = 60.0  # of EEG in memory at once
MOST = 100  # lines of one check of the database's own

LEARNING, DRAFT = "learning", ".draft"

Progress = Callable[[str, int, int], None]  # what is looked at, how many of how many
READ_ONLY = "The full text was not compared and lost files were not looked for"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one part, and how it is mended."""

    part: str
    what: str
    mend: str


@dataclass(slots=True)
class Verified:
    """What was looked at, what is wrong, and what could not be looked at now."""

    checked: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong with what was looked at."""
        return not self.problems


def verify(vault: Vault, *, progress: Progress = lambda *_: None) -> Verified:
    """Read all of an unlocked vault; nothing is changed.

    While another process writes, what can only be told in between is left out, and said so. Raises `VaultError` when
    there is no vault or it is locked.
    """
    vault.require()
    done = Verified()
    try:
        vault.claim()
    except VaultError as error:
        done.left_out.append(f"{READ_ONLY}: {error}")
        _verify(vault, done, progress, alone=False)
        return done
    try:
        _verify(vault, done, progress, alone=True)
    finally:
        vault.release()
    return done


def _verify(vault: Vault, done: Verified, progress: Progress, *, alone: bool) -> None:
    _ = vault.keys  # a locked vault is no damaged one
    progress("database", 0, 1)
    store = Store(vault)
    try:
        done.problems += _database(store, done, alone=alone)
        parts = (_frames, _recordings, _notices, _journals, _learning, _mails, _vectors)
        for check in (*parts, *((_lost_files,) if alone else ())):
            done.problems += check(store, done, progress)
    except database.FullDiskError:  # whether it is damaged nobody can tell
        raise
    except VaultError as error:  # the database cannot even be asked
        done.problems.append(Problem("database", str(error), _rebuild("what can still be read is kept")))
    finally:
        store.close()


def _database(store: Store, done: Verified, *, alone: bool) -> list[Problem]:
    """Ask SQLCipher whether its pages are what was written, SQLite whether they fit together, and the full text."""
    done.checked["database"] = 1
    if alone and store.value("PRAGMA wal_checkpoint(TRUNCATE)"):
        done.left_out.append("Another program reads the database: its newest pages were not checked one by one.")
    problems = [Problem("database", line, _rebuild("what can still be read is kept")) for line in pages(store)]
    if alone:
        problems += _full_text(store)
    return problems


def pages(store: Store) -> list[str]:
    """Return what is wrong with the pages of the database; raises `VaultError` when that cannot even be asked."""
    wrong = [row[0] for row in store.rows("PRAGMA cipher_integrity_check")[:MOST]]
    wrong += [row[0] for row in store.rows(f"PRAGMA integrity_check({MOST})") if row[0] != "ok"]
    wrong += [f"{row[0]}: row {row[1]} belongs to nothing" for row in store.rows("PRAGMA foreign_key_check")[:MOST]]
    return wrong


def _full_text(store: Store) -> list[Problem]:
    """Compare the full text with the moments it is of; FTS5 takes such a question as a change that changes nothing."""
    try:
        store.db.execute("PRAGMA query_only = OFF")
        with store.db.atomic():
            store.db.execute("INSERT INTO moments_fts (moments_fts, rank) VALUES ('integrity-check', 1)")
    except database.DatabaseError as error:
        return [Problem("full text", f"It does not fit the moments ({error}).", _rebuild("it is made anew"))]
    finally:
        store.db.execute("PRAGMA query_only = ON")
    return []


def _frames(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Decrypt and decode every frame and thumbnail."""
    named = framed(store)
    for number, (moment, name) in enumerate(named):
        progress("frames", number, len(named))
        done.checked["frames"] += 1
        small = frames.thumbnail(name)
        gone = (
            f"Bring {cold_frames.file_of(name)} back from a backup. {_rebuild(f'moment {moment} then has no picture')}"
        )
        for each, mend in ((name, gone), (small, _rebuild("it is made anew from the picture, if that is whole"))):
            try:
                error = frames.damage(store.vault, each)
            except UnreachableError as passing:
                yield Problem("frame", str(passing), "Then look again; nothing was found damaged in it.")
                continue
            if error is not None:
                yield Problem("frame", str(error), mend)


def framed(store: Store) -> list[tuple[int, str]]:
    """Return moments and the names of their frames, those of one file side by side and in its order."""
    rows = [(row[0], row[1]) for row in store.rows("SELECT id, frame FROM moments WHERE frame <> '' ORDER BY id")]
    return sorted(rows, key=lambda row: (cold_frames.file_of(row[1]), int(row[1].partition("#")[2] or 0)))


def _recordings(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Decrypt every recording to its end, and look whether it is the one that it is called."""
    rows = store.rows("SELECT path, samples, time_start FROM recordings ORDER BY id")
    for number, (path, samples, time_start) in enumerate(rows):
        progress("recordings", number, len(rows))
        done.checked["recordings"] += 1
        try:
            held = read_through(store.vault, path)
            refuse_exchanged(BdfFile(store.vault.root / path, store.vault.keys.eeg), path, time_start)
            what = f"The recording {path} holds {held} of its {samples} samples." if held < samples else ""
        except VaultError as error:
            what = str(error)
        if what:
            mend = f"Bring {path} back from a backup. {_rebuild('what is whole of it is kept')}"
            yield Problem("recording", what, mend)


def _notices(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Count the notifications that were held, and look for such as no digest will ever tell of."""
    progress("notices", 0, 1)
    held = int(store.value("SELECT count(*) FROM notices"))
    done.checked.update({"notices": held} if held else {})
    stray = notices.strays(store)
    if stray:
        yield Problem("notices", f"{stray} held notifications are in no digest.", _rebuild("the next digest has them"))


def read_through(vault: Vault, path: str) -> int:
    """Read a recording to its end and return its samples a channel; raises `VaultError`."""
    file = BdfFile(vault.root / path, vault.keys.eeg)
    samples, step = file.samples, round(PIECE_SECONDS * file.sfreq)
    for start in range(0, samples, step):
        file.read(start, min(start + step, samples))
    return samples


def _journals(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Open every entry that was recorded while the vault was locked and waits to be taken in."""
    waiting = journal.files(store.vault.journal)
    for number, path in enumerate(waiting):
        progress("journals", number, len(waiting))
        done.checked["journals"] += 1
        try:
            for _ in journal.entries(path, store.vault.keys.private):
                pass
        except DamagedError as error:
            mend = "What comes before the damage is taken in by the next `companion run`; the rest is lost."
            yield Problem("journal", f"{path.name} cannot be read to its end ({error}).", mend)


def _learning(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Open what a round of learning left to go on with."""
    progress("learning", 0, 1)
    for path in rounds(store.vault):
        done.checked["learning"] += 1
        why = unopened(store.vault, path)
        if why:
            yield Problem("learning", why, _rebuild("it is removed, and a round of learning begins anew"))


def _mails(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Open every mail that waits to be sent, and what was noted of it."""
    waiting = mail_files.files(store.vault.mails)
    for number, path in enumerate(waiting):
        progress("mails", number, len(waiting))
        done.checked["mails"] += 1
        try:
            mail_files.opened(path, store.vault.keys.files)
        except FileNotFoundError:
            continue  # it was sent meanwhile
        except (DamagedError, OSError) as error:
            mend = f"Bring it back from a backup. {_rebuild('it is set aside, and not sent')}"
            yield Problem("mail", f"{path} cannot be opened ({error}).", mend)


def rounds(vault: Vault) -> list[Path]:
    """Return the files of a round of learning that is not done."""
    return [path for path in files_in(vault.root / LEARNING) if path.suffix != DRAFT]


def unopened(vault: Vault, path: Path) -> str:
    """Return why a small file cannot be opened; empty when it can."""
    try:
        SealedFile(path, vault).read()
    except (DamagedError, OSError) as error:
        return f"{path} cannot be opened ({error})."
    return ""


def _vectors(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Compare what is searched with the vectors of the database."""
    done.checked["vectors"] = int(store.value("SELECT count(*) FROM vectors"))
    progress("vectors", 0, done.checked["vectors"])
    for what in Vectors(store).verify():
        yield Problem("vectors", what, _rebuild("vectors are made anew from the database"))


def _lost_files(store: Store, done: Verified, progress: Progress) -> Iterator[Problem]:
    """Look for files that no row names: what a crash left, or was put there."""
    progress("files", 0, 1)
    done.checked["files"] = sum(1 for folder in (store.vault.frames, store.vault.eeg) for _ in files_in(folder))
    for name in lost_files(store):
        mend = f"The next `companion run` removes what a crash left. {_rebuild('it is removed at once')}"
        yield Problem("file", f"No moment or recording knows {name}.", mend)


def lost_files(store: Store) -> list[str]:
    """Return the names of pictures and recordings that no row knows; true only while nobody writes."""
    known = set(_named(store))
    files = [file for folder in (store.vault.frames, store.vault.eeg) for file in files_in(folder)]
    names = [str(file.relative_to(store.vault.root)) for file in files]
    return [name for name in names if name not in known]


def _named(store: Store) -> Iterator[str]:
    """Yield every file that rows name."""
    for (name,) in store.rows("SELECT frame FROM moments WHERE frame <> ''"):
        yield cold_frames.file_of(name)
        yield cold_frames.file_of(frames.thumbnail(name))
    yield from (row[0] for row in store.rows("SELECT path FROM recordings"))


def files_in(folder: Path) -> list[Path]:
    """Return all files below a folder, in order."""
    return sorted(file for file in folder.rglob("*") if file.is_file()) if folder.exists() else []


def _rebuild(what: str) -> str:
    return f"`companion vault rebuild`: {what}."
