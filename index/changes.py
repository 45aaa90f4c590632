"""What can be changed in the vault: each function runs inside one transaction of the writer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from index.forgetting import forgotten
from index.forgetting.budget import size_of
from index.pictures import frames
from index.spaces.vector_bytes import pack
from index.types import Job, Look, NewMoment, Seen, SignalQuality
from index.vault import Vault

AGAIN = 128  # vectors: of a desktop's, nine tenths of those that come again do so among the newest as many
LOOKED = 16 * AGAIN  # rows: while nothing new comes for hours, those that are held lie far back

_NEWEST = (
    "SELECT id, same, vector FROM (SELECT id, same, vector FROM vectors WHERE space = ? ORDER BY id DESC LIMIT ?) "
    "WHERE vector <> x'' LIMIT ?"
)
_INSERT = "INSERT INTO vectors (moment_id, space, part, vector, same) VALUES (?, ?, ?, ?, ?)"

Image = NDArray[np.uint8] | frames.Picture  # ``uint8[height, width, 3]``, RGB, or encoded already


def open_moment(
    db: Database, vault: Vault, new: NewMoment, image: Image | None, *, digest: str = "", seen: Seen | None = None
) -> int:
    """Store a moment and its frame; returns its id.

    ``digest`` is whatever its picture is to be known by again, opaque here. ``seen`` is what it says; without it the
    frame has yet to be read.
    """
    cursor = db.execute(
        "INSERT INTO moments (time_start, time_end, app, title, url, monitor, source, digest, frame, text, open) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, 1)",
        [*_columns(new), digest, seen.text if seen else ""],
    )
    moment_id = int(cursor.lastrowid or 0)
    if image is not None:
        put_frame(db, vault, moment_id, image)
    if seen is not None:
        put_hands(db, moment_id, seen)
        put_typed(db, moment_id, seen)
        want(db, moment_id, Job.CONTENT)
    elif image is not None:
        want(db, moment_id, Job.READ)
    return moment_id


def _columns(new: NewMoment) -> list[object]:
    return [new.time_start, new.time_end, new.app, new.title, new.url, new.monitor, new.source]


def put_frame(db: Database, vault: Vault, moment_id: int, image: Image) -> None:
    """Store the frame of a moment, in place of the one it had."""
    start = db.execute("SELECT time_start FROM moments WHERE id = ?", [moment_id]).fetchone()[0]
    vault.unsettled.append((moment_id, frames.name_of(vault, moment_id, start)))  # before: half of it may be written
    path = frames.save(vault, moment_id, start, image)
    db.execute("UPDATE moments SET frame = ? WHERE id = ?", [path, moment_id])


def take_back_frames(db: Database, vault: Vault) -> int:
    """Remove the frames of a change that was rolled back: no moment has them, and they could not be forgotten.

    Returns how many bytes they had. Raises `VaultError`.
    """
    freed = 0
    for moment_id, name in vault.unsettled:
        has = db.execute("SELECT 1 FROM moments WHERE id = ? AND frame = ?", [moment_id, name])
        if has.fetchone() is None:  # else it had one of this name before
            for file in (vault.root / name, vault.root / frames.thumbnail(name)):
                freed += size_of(file)
                forgotten.remove(vault, file)
    return freed


def put_hands(db: Database, moment_id: int, seen: Seen) -> None:
    """Add to what the hands did during a moment; its rhythm is that of the newest burst of typing."""
    if not (seen.keys or seen.clicks or seen.scrolls):
        return
    db.execute(
        "INSERT INTO hands VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (moment_id) DO UPDATE SET keys = keys + ?2, "
        "clicks = clicks + ?3, scrolls = scrolls + ?4, interval = coalesce(nullif(?5, 0.0), interval), "
        "spread = CASE ?5 WHEN 0.0 THEN spread ELSE ?6 END",
        [moment_id, seen.keys, seen.clicks, seen.scrolls, seen.interval, seen.spread],
    )


def put_typed(db: Database, moment_id: int, seen: Seen) -> None:
    """Store all that was typed during a moment, in place of what was stored of it."""
    if seen.typed:
        db.execute("INSERT OR REPLACE INTO typed VALUES (?, ?)", [moment_id, seen.typed])


def renew_moment(db: Database, moment_id: int, seen: Seen, *, title: str, time_end: float) -> bool:
    """Store what an open moment says now, and that it still went on then; returns whether that is anything new.

    Where nothing could be read, what it said before stays. Its vectors are asked for when it is closed, or by `want`.
    """
    if db.execute("SELECT 1 FROM moments WHERE id = ?", [moment_id]).fetchone() is None:
        return False  # forgotten while it was open
    extend_moment(db, moment_id, time_end)
    put_hands(db, moment_id, seen)
    put_typed(db, moment_id, seen)
    now = "coalesce(nullif(?1, ''), text)"
    sql = f"UPDATE moments SET text = {now}, title = ?2 WHERE id = ?3 AND (text <> {now} OR title <> ?2)"  # noqa: S608
    done = db.execute(sql, [seen.text, title, moment_id])
    return bool(done.rowcount)


def says(db: Database, moment_id: int, *, title: str, text: str) -> bool:
    """Whether a moment still says what it said when it was read."""
    sql = "SELECT 1 FROM moments WHERE id = ? AND title = ? AND text = ?"
    return db.execute(sql, [moment_id, title, text]).fetchone() is not None


def put_looks(db: Database, looks: Sequence[Look], *, keep_seconds: float) -> None:
    """Note what came of some looks; what is older than ``keep_seconds`` before them goes."""
    rows = [(look.time, ",".join(look.triggers), look.outcome, look.seconds) for look in looks]
    db.conn.executemany("INSERT INTO looks (time, triggers, outcome, seconds) VALUES (?, ?, ?, ?)", rows)
    db.execute("DELETE FROM looks WHERE time < ?", [max(look.time for look in looks) - keep_seconds])


def there(db: Database, ids: Iterable[int]) -> set[int]:
    """Return which of some moments are there: what is made of a moment may come when it was forgotten meanwhile."""
    sql = "SELECT id FROM moments WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0] for row in db.execute(sql, [json.dumps(list(ids))]).fetchall()}


def extend_moment(db: Database, moment_id: int, time_end: float) -> None:
    """Note that attention was still there at ``time_end``."""
    db.execute("UPDATE moments SET time_end = max(time_end, ?) WHERE id = ?", [time_end, moment_id])


def close_moment(db: Database, moment_id: int, time_end: float) -> None:
    """Note that attention moved on; its EEG can now be encoded."""
    db.execute("UPDATE moments SET time_end = max(time_start, ?), open = 0 WHERE id = ?", [time_end, moment_id])
    want(db, moment_id, Job.BRAIN)


def close_left_open(db: Database) -> int:
    """Close what a crash left open, at the last time it was seen; returns how many moments.

    Their text may have changed since its vectors were made: that is noted nowhere before they are closed.
    """
    left = db.execute("SELECT id, text <> '' FROM moments WHERE open = 1").fetchall()
    for moment_id, says in left:
        db.execute("UPDATE moments SET open = 0 WHERE id = ?", [moment_id])
        want(db, moment_id, Job.BRAIN)
        if says:
            want(db, moment_id, Job.CONTENT)
    return len(left)


def want(db: Database, moment_id: int, kind: Job) -> None:
    """Ask for a part of a moment that is missing (again)."""
    db.execute("INSERT OR REPLACE INTO jobs (moment_id, kind) VALUES (?, ?)", [moment_id, kind])


def want_content(db: Database, space: str, below: int, limit: int) -> int:
    """Ask for vectors in ``space`` of those of the newest ``limit`` moments below ``below`` that have none there.

    Returns the oldest of the moments looked at, 0 when there are no more. What is still to be read asks by itself.
    """
    looked = db.execute(
        "SELECT min(id) FROM (SELECT id FROM moments WHERE id < ? ORDER BY id DESC LIMIT ?)", [below, limit]
    ).fetchone()
    oldest = int(looked[0] or 0)
    db.execute(
        "INSERT OR IGNORE INTO jobs (moment_id, kind) SELECT id, ? FROM moments "
        "WHERE id >= ? AND id < ? AND (title <> '' OR text <> '') "
        "AND NOT EXISTS (SELECT 1 FROM vectors WHERE moment_id = moments.id AND space = ? AND part = 0) "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE moment_id = moments.id AND kind = ? AND quarantined = 0)",
        [Job.CONTENT, oldest, below, space, Job.READ],
    )
    return oldest


def put_text(db: Database, moment_id: int, text: str) -> None:
    """Store the text of a moment's frame."""
    db.execute("UPDATE moments SET text = ? WHERE id = ?", [text, moment_id])
    done(db, moment_id, Job.READ)
    want(db, moment_id, Job.CONTENT)


def done(db: Database, moment_id: int, kind: Job) -> None:
    """Note that nothing of ``kind`` is missing from a moment any more."""
    db.execute("DELETE FROM jobs WHERE moment_id = ? AND kind = ?", [moment_id, kind])


def put_off(db: Database, moment_id: int, kind: Job, why: str) -> None:
    """Note why a job cannot be done now, through no fault of its input: it still waits, and nothing waits for it."""
    sql = "UPDATE jobs SET error = ? WHERE moment_id = ? AND kind = ? AND quarantined = 0"
    db.execute(sql, [why, moment_id, kind])


def set_aside(db: Database, moment_id: int, kind: Job, error: str) -> bool:
    """Quarantine a job that cannot be done; returns whether there is one: its moment may be forgotten.

    A moment whose frame cannot be read is still found by its title. The frame goes (`forgotten.remove_files`): nobody
    knows what secrets it shows.
    """
    sql = "UPDATE jobs SET quarantined = 1, error = ? WHERE moment_id = ? AND kind = ?"
    if not db.execute(sql, [error, moment_id, kind]).rowcount:
        return False
    if kind == Job.READ:
        want(db, moment_id, Job.CONTENT)
        forgotten.take_frames(db, [moment_id])
    return True


def put_space(db: Database, name: str, *, model: str, dimension: int, time: float, data: bytes = b"") -> None:
    """Make a vector space known; ``data`` is whatever its vectors are made with, opaque here."""
    db.execute(
        "INSERT OR IGNORE INTO spaces (name, model, dimension, made_at, data) VALUES (?, ?, ?, ?, ?)",
        [name, model, dimension, time, data],
    )


def put_vectors(db: Database, space: str, vectors: Mapping[int, NDArray[np.float32]]) -> None:
    """Store ``float32[parts, dimension]`` a moment, in place of what it had in that space.

    One that is among the newest of the space already is not stored again (`index.schema.same_vectors`).

    Raises ValueError when the space is not known, or vectors are not finite or not of its dimension.
    """
    known = db.execute("SELECT dimension FROM spaces WHERE name = ?", [space]).fetchone()
    if known is None:
        raise ValueError(f"the space {space} is not known: put_space comes first")
    for moment_id, parts in vectors.items():
        if parts.shape[1:] != known or parts.dtype != np.float32 or not np.isfinite(parts).all():
            raise ValueError(f"vectors of moment {moment_id} are not finite float32[parts, {known[0]}]")
        db.execute("DELETE FROM vectors WHERE moment_id = ? AND space = ?", [moment_id, space])
    known = {vector: (row, same) for row, same, vector in db.execute(_NEWEST, [space, LOOKED, AGAIN])}
    for moment_id, parts in vectors.items():
        for part, packed in enumerate(map(pack, parts)):
            row, same = known.get(packed, (0, None))
            if row and same is None:
                same = row
                db.execute("UPDATE vectors SET same = id WHERE id = ?", [row])
            cursor = db.execute(_INSERT, [moment_id, space, part, b"" if row else packed, same])
            known[packed] = row or int(cursor.lastrowid or 0), same


def put_features(
    db: Database, moment_id: int, kind: str, weight: float, data: bytes, *, ch_names: Sequence[str] = ()
) -> None:
    """Store the features a moment's vectors are derived from, opaque here, and which electrodes their kind is of."""
    db.execute("INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)", [moment_id, kind, weight, data])
    db.execute("INSERT OR IGNORE INTO montages VALUES (?, ?)", [kind, json.dumps(list(ch_names))])


def put_quality(db: Database, moment_id: int, montage: str, quality: SignalQuality) -> None:
    """Store how good the EEG of a moment was."""
    values = [moment_id, montage, quality.windows, quality.fit, quality.fault]
    db.execute("INSERT OR REPLACE INTO signal_quality VALUES (?, ?, ?, ?, ?)", values)


def drop_space(db: Database, name: str) -> None:
    """Forget a space that a newer one replaced, with its vectors."""
    db.execute("DELETE FROM vectors WHERE space = ?", [name])
    db.execute("DELETE FROM spaces WHERE name = ?", [name])


def open_recording(
    db: Database, path: str, *, device: str, source: str, sfreq: float, ch_names: Sequence[str], time_start: float
) -> int:
    """Make a recording known as its file is opened; returns its id."""
    cursor = db.execute(
        "INSERT INTO recordings (path, device, source, sfreq, ch_names, time_start, time_end, samples, open) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0, 1)",
        [path, device, source, sfreq, json.dumps(list(ch_names)), time_start, time_start],
    )
    return int(cursor.lastrowid or 0)


def extend_recording(db: Database, path: str, samples: int, *, closed: bool = False) -> None:
    """Note how much of a recording is safely on disk."""
    db.execute(
        "UPDATE recordings SET samples = ?1, time_end = time_start + ?1 / sfreq, open = ?2 WHERE path = ?3",
        [samples, int(not closed), path],
    )


def left_open_recordings(db: Database) -> list[str]:
    """Return the recordings that a crash left open."""
    return [row[0] for row in db.execute("SELECT path FROM recordings WHERE open = 1").fetchall()]


def want_brain_between(db: Database, start: float, end: float) -> None:
    """Ask for the EEG of every closed moment in a time range (a recording for it has come)."""
    db.execute(
        "INSERT OR REPLACE INTO jobs (moment_id, kind) "
        "SELECT id, ? FROM moments WHERE time_start < ? AND time_end > ? AND open = 0",
        [Job.BRAIN, end, start],
    )


def incident(db: Database, time: float, part: str, what: str) -> None:
    """Note that something went wrong, or mended itself."""
    db.execute("INSERT INTO incidents (time, part, what) VALUES (?, ?, ?)", [time, part, what])


def output(db: Database, part: str, time: float, count: int = 1, note: str = "") -> None:
    """Note a real output of one source or sink."""
    db.execute(
        "INSERT INTO outputs VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (part) DO UPDATE SET time = ?2, count = count + ?3, note = ?4",
        [part, time, count, note],
    )


def relative(vault: Vault, path: Path) -> str:
    """Return how a file of the vault is named in the database."""
    return str(path.relative_to(vault.root))
