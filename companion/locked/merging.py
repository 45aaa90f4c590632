"""What was recorded while the vault was locked, taken into it: a journal at a time, each wholly or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from companion.brain.recorder import Recorder
from companion.brain.types import Chunk, Stream
from companion.locked.entries import CHANGED, CLOSED, EXTENDED, INCIDENT, LOOKS, OPENED, SAMPLES, Entry
from companion.locked.moments import split, told
from companion.looks import KEPT_SECONDS
from companion.moments import digest_of
from index import changes, journal
from index.database import make_durable
from index.forgetting.budget import Kind, Ledger, NoRoomError
from index.keys.sealing import OVERHEAD, DamagedError
from index.pictures import frames
from index.replacing import sync_folder
from index.types import Job, Look, NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

LOCKED = "locked:"  # how the source of a recording begins until its whole journal is in the vault


@dataclass(slots=True)
class Merged:
    """What a journal held."""

    moments: int = 0
    spans: list[tuple[float, float]] = field(default_factory=list)  # of EEG, UTC seconds
    damaged: str = ""


@dataclass(slots=True)
class _Held:
    """What a look through a journal shows."""

    frames: int = 0  # bytes that its pictures will take
    eeg: int = 0
    begun: list[tuple[float, int]] = field(default_factory=list)  # UTC seconds and monitor of those pictured
    damaged: str = ""


def merge_all(writer: Writer, *, time: float, put_off: bool = False) -> list[Merged]:
    """Take in every journal that waits, oldest first, at ``time`` (UTC seconds); returns what each held.

    With ``put_off`` those that the budget has no room for wait for another start, and an incident says so. Raises
    `NoRoomError` without it, `VaultError` when the disk refuses; what was not taken in waits, whole.
    """
    ids: dict[int, int] = {}  # a moment may begin in one journal and end in the next
    waiting, done = journal.files(writer.vault.journal), []
    for number, path in enumerate(waiting):
        try:
            done.append(_merge(writer, path, time, ids))
        except NoRoomError as error:
            forget_halves(writer)
            if not put_off:
                raise
            writer.do(changes.incident, time, "journal", _waits(len(waiting) - number, error)).result()
            break
    return done


def forget_halves(writer: Writer) -> None:
    """Delete the EEG of journals that a crash left half taken in; they are taken in again, from the start."""
    left = writer.do(_halves).result()
    for path in left:
        writer.vault.ledger.remove(writer.vault.root / path)
    writer.do(_forget, left).result()


def _merge(writer: Writer, path: Path, now: float, ids: dict[int, int]) -> Merged:
    """Take in one journal, then delete it."""
    done, held = Merged(), _look(writer.vault, path)
    if not writer.do(_known, path.name).result():
        _make_room(writer.vault.ledger, held)
        _put_samples(writer, path, done)
        ids |= writer.do(_put_rest, writer.vault, path, done, now, ids).result()
    _make_safe(writer, held)
    done.damaged = held.damaged
    if done.damaged:
        _set_aside(path)
    else:
        writer.vault.ledger.remove(path)
    return done


def _look(vault: Vault, path: Path) -> _Held:
    """Look through a journal."""
    held, read = _Held(), Merged()
    for entry in _entries(vault, path, read):
        if entry.kind == CHANGED:
            held.frames += len(entry.payload) + 2 * OVERHEAD
            if entry.payload and "begun" in entry.facts:  # its moment may have begun in a journal before
                held.begun.append((entry.facts["begun"], entry.facts["monitor"]))
        elif entry.kind == OPENED:
            held.frames += len(entry.payload) + 2 * OVERHEAD
            held.begun.append((entry.facts["new"]["time_start"], entry.facts["new"]["monitor"]))
        elif entry.kind == SAMPLES:
            held.eeg += len(entry.payload)  # of 4 bytes a sample; a recording has 3 and some notes
    held.damaged = read.damaged
    return held


def _make_room(ledger: Ledger, held: _Held) -> None:
    """Have the budget's room made at once: in the midst of its transaction a journal gets too little at a time."""
    with ExitStack() as asked:
        for kind, size in ((Kind.FRAMES, held.frames), (Kind.EEG, held.eeg)):
            if size:
                ledger.ask(kind, size)
                asked.callback(ledger.give_back, kind, size)


def _make_safe(writer: Writer, held: _Held) -> None:
    """Have the disk hold all that was taken in. Raises `VaultError`."""
    vault = writer.vault
    files = [vault.root / name for name in writer.do(_pictures, held.begun).result()]
    there = [path for path in files if path.exists()]  # some may have gone for want of room
    try:
        for path in there:
            with path.open("r+b") as file:
                os.fsync(file.fileno())
        for folder in {vault.frames, vault.eeg, *(path.parent for path in there)}:
            sync_folder(folder)
    except OSError as error:
        raise VaultError(
            f"What was recorded while the vault was locked cannot be made safe in {vault.root} ({error.strerror}). "
            "Is the disk full, or gone?"
        ) from error
    make_durable(vault)


def _pictures(db: Database, begun: list[tuple[float, int]]) -> list[str]:
    """Return the files of the pictures of the moments that began so."""
    sql = "SELECT frame FROM moments WHERE time_start = ? AND monitor = ? AND frame <> ''"
    names = [name for when in begun for (name,) in db.execute(sql, when).fetchall()]
    return [file for name in names for file in (name, frames.thumbnail(name))]


def _entries(vault: Vault, path: Path, done: Merged) -> Iterator[Entry]:
    """Yield the entries up to the first that is damaged, which is named in ``done``."""
    try:
        for raw in journal.entries(path, vault.keys.private):
            yield Entry.from_bytes(raw)
    except (DamagedError, ValueError, KeyError) as error:
        done.damaged = f"A part of what was recorded while the vault was locked cannot be read ({path.name}: {error})."


def _put_samples(writer: Writer, path: Path, done: Merged) -> None:
    """Write the journal's EEG to files of the vault, not known to count until the rest is there."""
    problems: list[str] = []
    source = ""

    def opened(file: Path, stream: Stream, start: float) -> None:
        writer.do(
            changes.open_recording,
            changes.relative(writer.vault, file),
            device=stream.device,
            source=f"{LOCKED}{path.name}:{source}",
            sfreq=stream.sfreq,
            ch_names=stream.ch_names,
            time_start=start,
        ).result()
        make_durable(writer.vault)  # a recording that no row knows would be taken for one by the headset itself

    recorder = Recorder(
        writer.vault.eeg,
        on_open=opened,
        on_progress=lambda _file, _samples: None,
        on_close=lambda file, samples: _note_samples(writer, file, samples),
        on_error=problems.append,
        sealer=writer.vault.keys.eeg,
        ledger=writer.vault.ledger,
    )
    try:
        for entry in _entries(writer.vault, path, done):
            if entry.kind == SAMPLES:
                source = str(entry.facts["source"])
                chunk = _chunk(entry)
                recorder.append(chunk)
                done.spans.append((chunk.time_start, chunk.time_start + chunk.data.shape[1] / chunk.stream.sfreq))
            if problems:
                break
    finally:
        recorder.close()
    if problems or recorder.lost:
        raise VaultError(problems[0] if problems else f"{recorder.lost} samples could not be stored.")


def _note_samples(writer: Writer, file: Path, samples: int) -> None:
    writer.do(changes.extend_recording, changes.relative(writer.vault, file), samples).result()


def _put_rest(  # noqa: PLR0917 the writer passes them on
    db: Database, vault: Vault, path: Path, done: Merged, now: float, ids: Mapping[int, int]
) -> dict[int, int]:
    """Store moments and incidents, and make the journal count, in one transaction; returns its moments by number.

    ``ids`` are those of the journals before. Run again where room was made for it.
    """
    opened: dict[int, int] = {}
    went_on: set[int] = set()
    for entry in _entries(vault, path, done):
        facts = entry.facts
        if entry.kind == OPENED:
            new = NewMoment(**facts["new"])
            picture = split(entry)
            opened[facts["number"]] = changes.open_moment(
                db, vault, new, picture, digest=digest_of(picture), seen=told(entry)
            )
            changes.output(db, new.source, new.time_start)
        elif entry.kind in {CHANGED, EXTENDED, CLOSED}:
            moment = opened.get(facts["number"]) or ids.get(facts["number"]) or _begun_before(db, facts)
            if moment is not None:
                changes.extend_moment(db, moment, facts["time"])
                _change(db, vault, moment, entry)
                went_on.add(moment)
        elif entry.kind == LOOKS:
            looks = [
                Look(one["time"], tuple(one["triggers"]), one["outcome"], one["seconds"]) for one in facts["looks"]
            ]
            changes.put_looks(db, looks, keep_seconds=KEPT_SECONDS)
        elif entry.kind == INCIDENT:
            changes.incident(db, facts["time"], facts["part"], facts["what"])
    done.moments = len(opened)
    _close(db, {*opened.values(), *went_on}, done)
    _make_count(db, path.name, now)
    if done.damaged:
        changes.incident(db, now, "journal", done.damaged)
    return opened


def _change(db: Database, vault: Vault, moment: int, entry: Entry) -> None:
    """Store what a moment looked like and said later, where an entry tells that."""
    seen = told(entry)
    if entry.kind != CHANGED or seen is None:
        return
    changes.renew_moment(db, moment, seen, title=entry.facts["title"], time_end=entry.facts["time"])
    picture = split(entry)
    if picture is not None:
        changes.put_frame(db, vault, moment, picture)
    changes.want(db, moment, Job.CONTENT)


def _begun_before(db: Database, facts: Mapping[str, Any]) -> int | None:
    """Return the moment that goes on, where the journal it began in was taken in at another start."""
    if "begun" not in facts:  # of an older version
        return None
    sql = "SELECT id FROM moments WHERE time_start = ? AND monitor = ? ORDER BY id DESC LIMIT 1"
    found = db.execute(sql, [facts["begun"], facts["monitor"]]).fetchone()
    return None if found is None else int(found[0])


def _close(db: Database, moments: set[int], done: Merged) -> None:
    """Close moments, and ask for the EEG of these and of all that has come for the time."""
    for start, end in _joined(done.spans):
        changes.want_brain_between(db, start, end)
    for moment in sorted(moments):
        db.execute("UPDATE moments SET open = 0 WHERE id = ?", [moment])
        changes.want(db, moment, Job.BRAIN)


def _make_count(db: Database, name: str, now: float) -> None:
    """Let the journal's EEG count, and write down that the journal is in the vault."""
    prefix = f"{LOCKED}{name}:"
    counts = "UPDATE recordings SET open = 0, source = substr(source, ?) WHERE substr(source, 1, ?) = ?"
    db.execute(counts, [len(prefix) + 1, len(prefix), prefix])
    db.execute("INSERT INTO journals VALUES (?, ?)", [name, now])


def _set_aside(path: Path) -> None:
    """Keep a damaged journal, out of the way: what could be read of it is in the vault."""
    path.rename(path.with_suffix(".damaged"))


def _chunk(entry: Entry) -> Chunk:
    facts = entry.facts
    data = np.frombuffer(entry.payload, "<f4").reshape(len(facts["ch_names"]), -1).astype(np.float64)
    stream = Stream(facts["device"], facts["sfreq"], tuple(facts["ch_names"]), facts["simulated"])
    return Chunk(data, facts["time_start"], facts["segment"], stream, facts["continues"])


def _joined(spans: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield the spans, those that touch made one."""
    start = end = None
    for begin, stop in sorted(spans):
        if end is None or start is None or begin > end + 1.0:
            if start is not None and end is not None:
                yield start, end
            start, end = begin, stop
        else:
            end = max(end, stop)
    if start is not None and end is not None:
        yield start, end


def _known(db: Database, name: str) -> bool:
    return db.execute("SELECT 1 FROM journals WHERE name = ?", [name]).fetchone() is not None


def _halves(db: Database) -> list[str]:
    sql = "SELECT path FROM recordings WHERE substr(source, 1, ?) = ?"
    return [row[0] for row in db.execute(sql, [len(LOCKED), LOCKED]).fetchall()]


def _forget(db: Database, paths: list[str]) -> None:
    db.conn.executemany("DELETE FROM recordings WHERE path = ?", [(path,) for path in paths])


def _waits(count: int, error: NoRoomError) -> str:
    files = "a file" if count == 1 else f"{count} files"
    return (
        f"What was recorded while the vault was locked waits in {files}, and is brought in at a start when there is "
        f"room. {error}"
    )
