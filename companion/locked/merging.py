"""What was recorded while the vault was locked, taken into it: a journal at a time, each wholly or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from companion.brain.recorder import Recorder
from companion.brain.types import Chunk, Stream
from companion.locked.entries import CLOSED, EXTENDED, INCIDENT, OPENED, SAMPLES, Entry
from companion.locked.moments import split
from index import changes, journal
from index.keys.sealing import DamagedError
from index.types import Job, NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

LOCKED = "locked:"  # how the source of a recording begins until its whole journal is in the vault


@dataclass(slots=True)
class Merged:
    """What a journal held."""

    moments: int = 0
    spans: list[tuple[float, float]] = field(default_factory=list)  # of EEG, UTC seconds
    damaged: str = ""


def merge_all(writer: Writer, *, time: float) -> list[Merged]:
    """Take in every journal that waits, oldest first, at ``time`` (UTC seconds); returns what each held.

    Raises `VaultError` when the disk refuses; what was not taken in waits, whole.
    """
    ids: dict[int, int] = {}  # a moment may begin in one journal and end in the next
    return [_merge(writer, path, time, ids) for path in journal.files(writer.vault.journal)]


def forget_halves(writer: Writer) -> None:
    """Delete the EEG of journals that a crash left half taken in; they are taken in again, from the start."""
    left = writer.do(_halves).result()
    for path in left:
        (writer.vault.root / path).unlink(missing_ok=True)
    writer.do(_forget, left).result()


def _merge(writer: Writer, path: Path, now: float, ids: dict[int, int]) -> Merged:
    """Take in one journal, then delete it."""
    done = Merged()
    if not writer.do(_known, path.name).result():
        _put_samples(writer, path, done)
        writer.do(_put_rest, writer.vault, path, done, now, ids).result()
    if done.damaged:
        _set_aside(path)
    else:
        path.unlink()
    return done


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

    def closed(file: Path, samples: int) -> None:
        writer.do(changes.extend_recording, changes.relative(writer.vault, file), samples).result()

    recorder = Recorder(
        writer.vault.eeg,
        on_open=opened,
        on_progress=lambda _file, _samples: None,
        on_close=closed,
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


def _put_rest(  # noqa: PLR0917 the writer passes them on
    db: Database, vault: Vault, path: Path, done: Merged, now: float, ids: dict[int, int]
) -> None:
    """Store moments and incidents, and make the journal count, in one transaction; ``ids``: moments by number."""
    for entry in _entries(vault, path, done):
        facts = entry.facts
        if entry.kind == OPENED:
            new = NewMoment(**facts["new"])
            ids[facts["number"]] = changes.open_moment(db, vault, new, split(entry), digest=facts["digest"])
            done.moments += 1
            changes.output(db, new.source, new.time_start)
        elif entry.kind in {EXTENDED, CLOSED} and facts["number"] in ids:
            changes.extend_moment(db, ids[facts["number"]], facts["time"])
        elif entry.kind == INCIDENT:
            changes.incident(db, facts["time"], facts["part"], facts["what"])
    for start, end in _joined(done.spans):
        changes.want_brain_between(db, start, end)
    for moment in ids.values():
        db.execute("UPDATE moments SET open = 0 WHERE id = ?", [moment])
        changes.want(db, moment, Job.BRAIN)
    prefix = f"{LOCKED}{path.name}:"
    counts = "UPDATE recordings SET open = 0, source = substr(source, ?) WHERE substr(source, 1, ?) = ?"
    db.execute(counts, [len(prefix) + 1, len(prefix), prefix])
    db.execute("INSERT INTO journals VALUES (?, ?)", [path.name, now])
    if done.damaged:
        changes.incident(db, now, "journal", done.damaged)


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
