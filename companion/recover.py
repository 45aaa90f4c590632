"""What the program mends when it starts after a crash, before anything new is recorded."""

from __future__ import annotations

import time as system_time
from collections.abc import Callable
from contextlib import closing

from sqlite_utils import Database

from companion import forgetting
from companion.locked.merging import forget_halves
from index import changes, trainings
from index.care import sweeping
from index.database import make_durable
from index.forgetting import forgotten
from index.pictures import compaction
from index.signals import bdf
from index.store import Store
from index.types import VaultError
from index.writer import Writer

IMPORT = "import:"  # how the source of an imported recording begins


def recover(writer: Writer, *, time: float) -> list[str]:
    """Close moments and recordings a crash left open; returns what was done, in sentences."""
    done = [f"The import of {name} was interrupted: start it again." for name in forget_imports(writer)]
    forget_halves(writer)
    writer.do(trainings.close_left_open).result()
    moments = writer.do(changes.close_left_open).result()
    if moments:
        done.append(f"{moments} moment(s) were still open: closed at the last time they were seen.")
    done += [_recording(writer, path) for path in writer.do(changes.left_open_recordings).result()]
    done += _found(writer)
    for sentence in done:
        writer.do(changes.incident, time, "start", f"The program did not end properly last time. {sentence}").result()
    return done


def finish_forgetting(writer: Writer, store: Store, *, clock: Callable[[], float] = system_time.time) -> None:
    """Forget what a crash left half forgotten, and remove the files that no row names. Raises `VaultError`.

    What of these is set aside instead becomes an incident (``clock``: UTC seconds).
    """

    def tell(what: str) -> None:
        writer.do(changes.incident, clock(), "start", what).result()
        make_durable(writer.vault)

    forgetting.go_on(writer, store)
    forgotten.remove_files(writer)
    sweeping.sweep(store, tell=tell)
    compaction.sweep(writer.vault, store)


def forget_imports(writer: Writer) -> list[str]:
    """Delete what unfinished imports stored (their files are where they came from); returns the files' names.

    Raises `VaultError`.
    """
    left = writer.do(_unfinished).result()
    for path, _ in left:
        try:
            writer.vault.ledger.remove(writer.vault.root / path)
        except OSError as error:
            raise VaultError(f"What an interrupted import left in {path} cannot be deleted ({error}).") from error
    writer.do(_forget, [path for path, _ in left]).result()
    return sorted({source.removeprefix(IMPORT).rpartition(":")[0] for _, source in left})


def _unfinished(db: Database) -> list[tuple[str, str]]:
    sql = "SELECT path, source FROM recordings WHERE open = 1 AND substr(source, 1, ?) = ?"
    return [(row[0], row[1]) for row in db.execute(sql, [len(IMPORT), IMPORT]).fetchall()]


def _forget(db: Database, paths: list[str]) -> None:
    db.conn.executemany("DELETE FROM recordings WHERE path = ?", [(path,) for path in paths])


def _recording(writer: Writer, path: str) -> str:
    """Repair one recording and note how much of it is there."""
    file = writer.vault.root / path
    try:
        samples = bdf.repair(file, writer.vault.keys.eeg)
    except (VaultError, OSError, ValueError) as error:
        writer.do(changes.extend_recording, path, 0, closed=True).result()
        return f"The recording {path} cannot be read any more ({error})."
    writer.do(changes.extend_recording, path, samples, closed=True).result()
    return f"The recording {path} was repaired: {samples} samples are there."


def _found(writer: Writer) -> list[str]:
    """Take in recordings whose rows are lost: the signal is safe on disk before the database is."""
    with closing(Store(writer.vault)) as store:
        found = sweeping.found(store)
    for one in found:
        writer.do(sweeping.take_in, one).result()
    if found:
        make_durable(writer.vault)
    return [f"The recording {one.path} was not known any more: its {one.samples} samples are." for one in found]
