"""Forgetting for good: rows, full text, pictures, EEG and vectors, so that no file holds any of it.

What is to go is written down first, in one transaction; after that nothing stops it: a crash leaves it to `finish` at
the next start. Every step can be done again.
"""

from __future__ import annotations

import json
import threading
import time as system_time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlite_utils import Database

from index import alpha, changes, database, focus_history, notices, trainings
from index.care import sweeping
from index.care.aside import ASIDE
from index.forgetting import fitted, forgotten, traces
from index.forgetting.budget import NoRoomError
from index.forgetting.forgotten import Forgotten, Why
from index.forgetting.wish import Plan, Span
from index.pictures import compaction
from index.signals import cutting
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Job, VaultError
from index.vault import Vault
from index.writer import Writer

AT_ONCE, ROWS_AT_ONCE = 50, 500  # moments, or rows, a transaction: short ones, so that the log stays small
SHORTEST_TITLE = 4  # characters by which an incident is known to speak of a moment
PART = "forgetting"  # by what its incidents are known
T = TypeVar("T")
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
    """Write down what is to go; from here on it goes, also after a power cut. ``time`` is now, UTC seconds."""
    writer.do(_write_down, plan, time).result()
    database.make_durable(writer.vault)


def waits(store: Store) -> bool:
    """Whether something is still to be forgotten: the program ended in its midst."""
    return store.value("SELECT 1 FROM forgetting LIMIT 1") is not None


def key_waits(store: Store) -> bool:
    """Whether the key of EEG is still to go, because all EEG is."""
    return _is_wished(store, "key")


def key_is_gone(writer: Writer) -> None:
    """Note that the key of EEG was replaced."""
    writer.do(_key_is_gone).result()


def finish(
    writer: Writer,
    store: Store,
    *,
    brain: OfBrain,
    progress: Progress = lambda _share: None,
    clock: Callable[[], float] = system_time.time,
    vectors: Vectors | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Forget all that was written down.

    ``vectors`` are those that are searched meanwhile, where a program runs: what they hold in memory goes too. Once
    ``stop`` returns True the database is not written anew any more, which is what takes long: KeyboardInterrupt.
    Journals that were set aside as damaged go; those that wait to be taken in were recorded since, and stay. The
    store's connections are closed. Raises `VaultError` where the disk refuses or another program reads the database;
    what is left goes when this is called again.
    """
    if not waits(store):
        return
    database.make_durable(writer.vault)  # after a crash: files are about to go because of it
    _eeg(writer, store, brain)
    if _is_wished(store, "brain"):
        _brain(writer, brain)
    for _ in _in_pieces(writer, notices.forget_some, ROWS_AT_ONCE):
        pass  # every row is one less
    _moments(writer, store, progress)
    for _ in _in_pieces(writer, fitted.forget_some, ROWS_AT_ONCE):
        pass
    forgotten.remove_files(writer)
    clear_days(writer, _spans(store))
    for sentence in compaction.mend(writer, store):
        writer.do(changes.incident, clock(), PART, sentence).result()
    if _is_wished(store, "traces"):
        _traces(writer, store, vectors or Vectors(store), stop)
    writer.do(_done).result()
    progress(1.0)


def clear_days(writer: Writer, spans: Sequence[Span]) -> None:
    """Remove pictures that no moment has, of the days that stretches of time touch; raises `VaultError`.

    A change that was refused may have left one, where the disk refused to remove it as well.
    """
    for folder in sweeping.days(writer.vault, spans):
        writer.do(sweeping.sweep_day, writer.vault, folder).result()


def _write_down(db: Database, plan: Plan, time: float) -> None:
    sql = "INSERT INTO forgetting (kind, moment_id, time_start, time_end) VALUES (?, ?, ?, ?)"
    db.conn.executemany(sql, [("moment", moment_id, None, None) for moment_id in plan.moments.tolist()])
    # A time without an end ends now: what is recorded before this is finished was not meant.
    latest = time if plan.time_end is None else max(time, plan.time_end)
    spans = [("span", None, start, min(end, latest)) for start, end in plan.spans if start < latest]
    db.conn.executemany(sql, spans)
    db.conn.executemany(sql, [("notice", number, None, None) for number in plan.notices])
    db.conn.executemany(sql, [("learned", None, plan.learned, None)] if plan.learned is not None else [])
    kinds = ["traces", *(["key", "brain"] if plan.brain else [])]
    db.conn.executemany(sql, [(kind, None, None, None) for kind in kinds])
    what = Forgotten(time, Why.ASKED, plan.time_start, plan.time_end, len(plan.moments), plan.frames, plan.eeg_seconds)
    forgotten.note(db, what)


def _is_wished(store: Store, kind: str) -> bool:
    return store.value("SELECT 1 FROM forgetting WHERE kind = ? LIMIT 1", [kind]) is not None


def _key_is_gone(db: Database) -> None:
    db.execute("DELETE FROM forgetting WHERE kind = 'key'")


def _in_pieces(writer: Writer, change: Callable[[Database, int], T], at_once: int) -> Iterator[T]:
    """Yield what a change returns for some rows at a time until there are none; fewer where its log has no room."""
    while True:
        try:
            done = writer.do(change, at_once).result()
        except NoRoomError:
            if at_once == 1:
                raise
            at_once //= 2
            continue
        if not done:
            return
        yield done


def _eeg(writer: Writer, store: Store, brain: OfBrain) -> None:
    """Cut the EEG of the stretches out, and what was derived from it."""
    spans = _spans(store)
    forgotten.remove_files(writer)  # what a crash left between
    cutting.cut(writer, store, spans)
    for at in range(0, len(spans), AT_ONCE):
        writer.do(_incidents_of, spans[at : at + AT_ONCE]).result()
    left = _others(store, spans)

    def of_others(db: Database, at_once: int) -> list[int]:
        _without_brain(db, left[-at_once:], brain)
        return left[-at_once:]

    for done in _in_pieces(writer, of_others, ROWS_AT_ONCE):
        del left[-len(done) :]


def _spans(store: Store) -> list[Span]:
    """Return the stretches of time that are to be forgotten, in order."""
    sql = "SELECT time_start, time_end FROM forgetting WHERE kind = 'span' ORDER BY time_start"
    return [(row[0], row[1]) for row in store.rows(sql)]


def _incidents_of(db: Database, spans: Sequence[Span]) -> None:
    for table in ("incidents", "looks"):
        db.conn.executemany(f"DELETE FROM {table} WHERE time >= ? AND time < ?", spans)  # noqa: S608 constants
    focus_history.forget(db, spans)
    trainings.forget_between(db, spans)
    alpha.forget_between(db, spans)


def _others(store: Store, spans: Sequence[Span]) -> list[int]:
    """Return the moments that stay and overlap one of the stretches."""
    going = {row[0] for row in store.rows("SELECT moment_id FROM forgetting WHERE kind = 'moment'")}
    # As in `Store.moments_between`: else each stretch looks at all that began before it.
    sql, longest = "SELECT id FROM moments WHERE time_start < ? AND time_start >= ? AND time_end > ?", store.longest()
    touched = {row[0] for start, end in spans for row in store.rows(sql, [end, start - longest, start])}
    return sorted(touched - going)


def _without_brain(db: Database, ids: Sequence[int], brain: OfBrain) -> None:
    """Forget what was derived from the EEG of moments that stay; it is asked for anew from what is left."""
    fitted.note(db, ids)
    listed = [json.dumps(list(ids))]
    among = "IN (SELECT value FROM json_each(?))"
    for table in ("features", "signal_quality"):
        db.execute(f"DELETE FROM {table} WHERE moment_id {among}", listed)  # noqa: S608 constants
    for pattern in brain.spaces:
        db.execute(f"DELETE FROM vectors WHERE moment_id {among} AND space GLOB ?", [*listed, pattern])  # noqa: S608
    wanted = f"INSERT OR REPLACE INTO jobs (moment_id, kind) SELECT id, ? FROM moments WHERE open = 0 AND id {among}"  # noqa: S608
    db.execute(wanted, [Job.BRAIN, *listed])


def _brain(writer: Writer, brain: OfBrain) -> None:
    """Forget everything that came from a headset."""
    for _ in _in_pieces(writer, lambda db, at_once: _drop_some_brain(db, brain, at_once), ROWS_AT_ONCE):
        pass  # every row is one less
    writer.do(_drop_brain, brain).result()
    forgotten.remove_files(writer)
    for file in writer.vault.eeg.glob("*"):  # also what no row knows
        forgotten.remove(writer.vault, file)


def _drop_some_brain(db: Database, brain: OfBrain, at_once: int) -> bool:
    """Forget some of what there is a row a moment of; returns whether there was any."""
    some = "DELETE FROM {0} WHERE rowid IN (SELECT rowid FROM {0} {1} LIMIT ?)"
    gone = sum(db.execute(some.format(table, ""), [at_once]).rowcount for table in ("features", "signal_quality"))
    of_space = some.format("vectors", "WHERE space GLOB ?")
    gone += sum(db.execute(of_space, [pattern, at_once]).rowcount for pattern in brain.spaces)
    gone += focus_history.forget_brain(db, at_once)
    return gone > 0


def _drop_brain(db: Database, brain: OfBrain) -> None:
    forgotten.leave_files(db, [row[0] for row in db.execute("SELECT path FROM recordings").fetchall()])
    # What was learned of notifications rests on EEG as well.
    for table in ("recordings", "montages", "mappings", "fusion", "notice_model", "notice_lessons"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 constants
    trainings.forget_all(db)
    alpha.forget_all(db)
    db.execute("DELETE FROM jobs WHERE kind IN (?, ?)", [Job.BRAIN, Job.SHARED])
    for pattern in brain.spaces:
        db.execute("DELETE FROM spaces WHERE name GLOB ?", [pattern])
    for part in brain.parts:
        db.execute("DELETE FROM incidents WHERE part = ?", [part])
        db.execute("DELETE FROM outputs WHERE part = ?", [part])


def _moments(writer: Writer, store: Store, progress: Progress) -> None:
    """Delete the moments, some at a time."""
    total = int(store.value("SELECT count(*) FROM forgetting WHERE kind = 'moment'"))
    gone = 0
    for some in _in_pieces(writer, _delete_some, AT_ONCE):
        gone += some
        forgotten.remove_files(writer)
        progress(0.9 * gone / total)


def _delete_some(db: Database, at_once: int) -> int:
    """Delete moments that are to go; returns how many."""
    sql = "SELECT moment_id FROM forgetting WHERE kind = 'moment' ORDER BY id LIMIT ?"
    ids = [row[0] for row in db.execute(sql, [at_once]).fetchall()]
    _delete(db, ids)
    db.conn.executemany("DELETE FROM forgetting WHERE kind = 'moment' AND moment_id = ?", [(i,) for i in ids])
    return len(ids)


def _delete(db: Database, ids: Sequence[int]) -> None:
    """Delete moments, and what incidents tell of them."""
    told = "SELECT 1 FROM moments WHERE id IN (SELECT value FROM json_each(?)) AND length(title) >= ?"
    sql = f"DELETE FROM incidents WHERE EXISTS ({told} AND instr(what, title))"  # noqa: S608 constants
    db.execute(sql, [json.dumps(list(ids)), SHORTEST_TITLE])
    fitted.note(db, ids)
    forgotten.delete_moments(db, ids)


def _traces(writer: Writer, store: Store, vectors: Vectors, stop: Callable[[], bool]) -> None:
    """Take away what tells of it beside the rows and files themselves."""
    vault = writer.vault
    _remove_folder(vault, "learning")  # a round in its midst: what it learns from is in its file
    # Nobody can tell what time these are of, or whose they are.
    for left in (*vault.journal.glob("*.damaged"), *(vault.root / ASIDE / vault.eeg.name).glob("*")):
        forgotten.remove(vault, left)
    vectors.purge()  # of all: a crash, or another moment's vectors, leave no list of what went
    writer.do(_clear_notes).result()
    store.close()
    left_off = threading.Event()
    clearing = writer.alone(traces.clear, vault, lambda: left_off.is_set() or stop())
    try:
        clearing.result()
    finally:
        left_off.set()  # Ctrl+C comes to the main thread alone


def _clear_notes(db: Database) -> None:
    db.execute("UPDATE outputs SET note = ''")


def _remove_folder(vault: Vault, name: str) -> None:
    folder = vault.root / name
    for file in folder.glob("*"):
        forgotten.remove(vault, file)
    try:
        if folder.exists():
            folder.rmdir()
    except OSError as error:
        raise VaultError(f"{folder} could not be deleted ({error.strerror}). Make sure that it is yours.") from error


def _done(db: Database) -> None:
    """Note that all of it is gone; files that others left meanwhile go with what they do."""
    db.execute("DELETE FROM forgetting WHERE kind <> 'file'")
