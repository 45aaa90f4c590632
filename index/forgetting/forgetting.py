"""Forgetting for good: rows, full text, pictures, EEG and vectors, so that no file holds any of it.

What is to go is written down first, in one transaction; after that nothing stops it: a crash leaves it to `finish` at
the next start. Every step can be done again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from index import changes
from index.forgetting import forgotten, traces
from index.forgetting.forgotten import Forgotten, Why
from index.forgetting.wish import Plan, Span
from index.pictures import compaction
from index.signals import cutting
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Job, VaultError
from index.writer import Writer

AT_ONCE, ROWS_AT_ONCE = 50, 2_000  # moments, or rows, a transaction: short ones, so that the log stays small
SHORTEST_TITLE = 4  # characters by which an incident is known to speak of a moment
Progress = Callable[[float], None]  # share done, 0 to 1


@dataclass(frozen=True, slots=True)
class OfBrain:
    """What in a vault comes from EEG.

    Attributes
    ----------
    spaces
        Names (GLOB patterns) of the spaces whose vectors do.
    parts
        Parts of the program whose incidents and outputs tell of a headset.

    """

    spaces: tuple[str, ...]
    parts: tuple[str, ...]


def begin(writer: Writer, plan: Plan, *, time: float) -> None:
    """Write down what is to go; from here on it goes. ``time`` is now, UTC seconds."""
    writer.do(_write_down, plan, time).result()


def waits(store: Store) -> bool:
    """Whether something is still to be forgotten: the program ended in its midst."""
    return store.value("SELECT 1 FROM forgetting LIMIT 1") is not None


def finish(writer: Writer, store: Store, *, brain: OfBrain, progress: Progress = lambda _share: None) -> None:
    """Forget all that was written down.

    What was recorded while the vault was locked must have been taken in before: journals that are there still are
    those that were set aside as damaged, and go. The store's connections are closed. Raises `VaultError` where the
    disk refuses or another program reads the database; what is left goes when this is called again.
    """
    if not waits(store):
        return
    _eeg(writer, store, brain)
    if _is_wished(store, "brain"):
        _brain(writer, brain)
    moments = _moments(writer, store, progress)
    forgotten.remove_files(writer)
    compaction.mend(writer, store)
    if _is_wished(store, "traces"):
        _remove_folder(writer.vault.root / "learning")  # a round in its midst: what it learns from is in its file
        for left in writer.vault.journal.glob("*"):
            forgotten.remove(writer.vault, left)
        Vectors(store).purge(moments or None)
        writer.do(_clear_traces).result()
        store.close()
        traces.shrink(writer.vault)
    writer.do(_done).result()
    progress(1.0)


def _write_down(db: Database, plan: Plan, time: float) -> None:
    sql = "INSERT INTO forgetting (kind, moment_id, time_start, time_end) VALUES (?, ?, ?, ?)"
    db.conn.executemany(sql, [("moment", moment_id, None, None) for moment_id in plan.moments.tolist()])
    db.conn.executemany(sql, [("span", None, start, end) for start, end in plan.spans])
    db.conn.executemany(sql, [(kind, None, None, None) for kind in ["traces", *(["brain"] if plan.brain else [])]])
    what = Forgotten(time, Why.ASKED, plan.time_start, plan.time_end, len(plan.moments), plan.frames, plan.eeg_seconds)
    forgotten.note(db, what)


def _is_wished(store: Store, kind: str) -> bool:
    return store.value("SELECT 1 FROM forgetting WHERE kind = ? LIMIT 1", [kind]) is not None


def _eeg(writer: Writer, store: Store, brain: OfBrain) -> None:
    """Cut the EEG of the stretches out, and what was derived from it."""
    sql = "SELECT time_start, time_end FROM forgetting WHERE kind = 'span' ORDER BY time_start"
    spans = [(row[0], row[1]) for row in store.rows(sql)]
    forgotten.remove_files(writer)  # what a crash left between
    cutting.cut(writer, store, spans)
    for at in range(0, len(spans), AT_ONCE):
        writer.do(_spoken_of, spans[at : at + AT_ONCE], brain).result()


def _spoken_of(db: Database, spans: Sequence[Span], brain: OfBrain) -> None:
    for start, end in spans:
        _spoken_of_one(db, start, end, brain)


def _spoken_of_one(db: Database, start: float, end: float, brain: OfBrain) -> None:
    """Forget what is told of one stretch elsewhere; other moments of that time are asked for anew."""
    db.execute("DELETE FROM incidents WHERE time >= ? AND time < ?", [start, end])
    others = "SELECT id FROM moments WHERE time_start < ? AND time_end > ?"
    ids = [row[0] for row in db.execute(others, [end, start]).fetchall()]
    listed = [json.dumps(ids)]
    for table in ("features", "signal_quality"):
        db.execute(f"DELETE FROM {table} WHERE moment_id IN (SELECT value FROM json_each(?))", listed)  # noqa: S608 constants
    for pattern in brain.spaces:
        sql = "DELETE FROM vectors WHERE moment_id IN (SELECT value FROM json_each(?)) AND space GLOB ?"
        db.execute(sql, [*listed, pattern])
    if ids:
        changes.want_brain_between(db, start, end)


def _brain(writer: Writer, brain: OfBrain) -> None:
    """Forget everything that came from a headset."""
    while writer.do(_drop_some_brain, brain).result():
        pass
    writer.do(_drop_brain, brain).result()
    forgotten.remove_files(writer)
    for file in writer.vault.eeg.glob("*"):  # also what no row knows
        forgotten.remove(writer.vault, file)


def _drop_some_brain(db: Database, brain: OfBrain) -> bool:
    """Forget some of what there is a row a moment of; returns whether there was any."""
    some = "DELETE FROM {0} WHERE rowid IN (SELECT rowid FROM {0} {1} LIMIT ?)"
    gone = sum(db.execute(some.format(table, ""), [ROWS_AT_ONCE]).rowcount for table in ("features", "signal_quality"))
    of_space = some.format("vectors", "WHERE space GLOB ?")
    gone += sum(db.execute(of_space, [pattern, ROWS_AT_ONCE]).rowcount for pattern in brain.spaces)
    return gone > 0


def _drop_brain(db: Database, brain: OfBrain) -> None:
    forgotten.leave_files(db, [row[0] for row in db.execute("SELECT path FROM recordings").fetchall()])
    for table in ("recordings", "montages", "mappings", "fusion"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 constants
    db.execute("DELETE FROM jobs WHERE kind IN (?, ?)", [Job.BRAIN, Job.SHARED])
    for pattern in brain.spaces:
        db.execute("DELETE FROM spaces WHERE name GLOB ?", [pattern])
    for part in brain.parts:
        db.execute("DELETE FROM incidents WHERE part = ?", [part])
        db.execute("DELETE FROM outputs WHERE part = ?", [part])


def _moments(writer: Writer, store: Store, progress: Progress) -> list[int]:
    """Delete the moments, some at a time; returns their numbers."""
    total = int(store.value("SELECT count(*) FROM forgetting WHERE kind = 'moment'"))
    gone: list[int] = []
    while some := writer.do(_delete_some).result():
        gone += some
        forgotten.remove_files(writer)
        progress(0.9 * len(gone) / total)
    return gone


def _delete_some(db: Database) -> list[int]:
    sql = "SELECT moment_id FROM forgetting WHERE kind = 'moment' ORDER BY id LIMIT ?"
    ids = [row[0] for row in db.execute(sql, [AT_ONCE]).fetchall()]
    _delete(db, ids)
    db.conn.executemany("DELETE FROM forgetting WHERE kind = 'moment' AND moment_id = ?", [(i,) for i in ids])
    return ids


def _delete(db: Database, ids: Sequence[int]) -> None:
    """Delete moments, and what incidents tell of them."""
    told = "SELECT 1 FROM moments WHERE id IN (SELECT value FROM json_each(?)) AND length(title) >= ?"
    sql = f"DELETE FROM incidents WHERE EXISTS ({told} AND instr(what, title))"  # noqa: S608 constants
    db.execute(sql, [json.dumps(list(ids)), SHORTEST_TITLE])
    forgotten.delete_moments(db, ids)


def _remove_folder(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise VaultError(f"{folder} could not be deleted ({error.strerror}). Make sure that it is yours.") from error


def _clear_traces(db: Database) -> None:
    db.execute("UPDATE outputs SET note = ''")
    traces.clear_dividers(db)


def _done(db: Database) -> None:
    db.execute("DELETE FROM forgetting")
