"""What was said of the person's focus, what they said to it, and the rest it is measured against.

A piece of history stands for the ``seconds`` before its ``time``. What a model learns from is in its ``data``, opaque
here, and in ``eeg_said``, so that whoever forgets a time takes away what was learned from it as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from index.store import Store

LONGEST_SECONDS = 60.0  # that one piece may stand for
_COLUMNS = "time, seconds, probability, eeg, behaviour, deep, frozen, cause, eeg_said, data"
_LABELS = "id, time, time_start, time_end, focused, source"
Span = tuple[float, float]  # UTC seconds, the end left out


class Source(StrEnum):
    """Where a label comes from."""

    CORRECTION = "correction"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of history.

    Attributes
    ----------
    time
        When it ends, UTC seconds; it is ``seconds`` long, `LONGEST_SECONDS` at most.
    probability, eeg, behaviour
        Of deep focus, 0 to 1, as they were at its end; None where nothing was known.
    deep, frozen, cause
        The decision, whether the EEG could not be used, and what decided.
    eeg_said
        What the EEG said before anything was learned of this person, in log odds.
    data
        What behaviour was told by; empty where it was let go of.

    """

    time: float
    seconds: float
    probability: float | None
    eeg: float | None
    behaviour: float | None
    deep: bool
    frozen: bool
    cause: str
    eeg_said: float | None = None
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Label:
    """What the person said of a time: when they said it, of which time, and whether it was focus."""

    id: int
    time: float
    time_start: float
    time_end: float
    focused: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Totals:
    """What a time came to.

    Attributes
    ----------
    seconds
        That were watched.
    deep, longest
        Seconds of deep focus, and of the longest stretch of it.
    stretches
        How many times it began.

    """

    seconds: float
    deep: float
    longest: float
    stretches: int


def put(db: Database, pieces: Sequence[Piece]) -> None:
    """Take down some pieces."""
    sql = f"INSERT INTO focus_history ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 constants
    db.conn.executemany(sql, [astuple(piece) for piece in pieces])


def put_label(db: Database, span: Span, *, focused: bool, source: Source, time: float) -> int:
    """Take down what the person said of a time at ``time`` (now, UTC seconds); returns its number."""
    sql = "INSERT INTO focus_labels (time, time_start, time_end, focused, source) VALUES (?, ?, ?, ?, ?)"
    return int(db.execute(sql, [time, *span, focused, source]).lastrowid or 0)


def take_back(db: Database, label: int) -> None:
    """Take back what the person said."""
    db.execute("DELETE FROM focus_labels WHERE id = ?", [label])


def put_rest(db: Database, ch_names: Sequence[str], span: Span, data: bytes) -> None:
    """Keep the person's rest with these electrodes, learned during ``span``, in place of what was known of it."""
    sql = "INSERT OR REPLACE INTO focus_rests (ch_names, time_start, time_end, data) VALUES (?, ?, ?, ?)"
    db.execute(sql, [json.dumps(list(ch_names)), *span, data])


def thin(db: Database, before: float, at_once: int) -> int:
    """Let go of details older than ``before`` (UTC seconds), of some pieces; returns how many there were.

    Every piece keeps its probabilities and what was decided. What labels speak of keeps all.
    """
    labelled = "SELECT 1 FROM focus_labels WHERE time_start < h.time AND time_end >= h.time"
    some = "SELECT id FROM focus_history h WHERE time < ? AND data <> x''"
    sql = f"UPDATE focus_history SET data = x'' WHERE id IN ({some} AND NOT EXISTS ({labelled}) LIMIT ?)"  # noqa: S608
    return int(db.execute(sql, [before, at_once]).rowcount)


def forget(db: Database, spans: Iterable[Span]) -> None:
    """Forget what overlaps some stretches of time, what the person said of them, and rest that was learned there."""
    for start, end in spans:
        near = "time > ? AND time < ? AND time - seconds < ?"
        db.execute(f"DELETE FROM focus_history WHERE {near}", [start, end + LONGEST_SECONDS, end])  # noqa: S608
        for table in ("focus_labels", "focus_rests"):
            db.execute(f"DELETE FROM {table} WHERE time_start < ? AND time_end > ?", [end, start])  # noqa: S608


def forget_brain(db: Database, at_once: int) -> int:
    """Forget what EEG said, of some pieces, and what calibration left; returns how many pieces there were.

    What was decided stays, and so does what was told by behaviour.
    """
    db.execute("DELETE FROM focus_rests")
    db.execute("DELETE FROM focus_labels WHERE source = ?", [Source.CALIBRATION])
    cursor = db.execute(
        "UPDATE focus_history SET probability = behaviour, eeg = NULL, frozen = 0, eeg_said = NULL WHERE id IN "
        "(SELECT id FROM focus_history WHERE eeg_said IS NOT NULL OR eeg IS NOT NULL OR frozen LIMIT ?)",
        [at_once],
    )
    return int(cursor.rowcount)


def any_between(store: Store, spans: Sequence[Span]) -> bool:
    """Whether anything is known of focus in some stretches of time."""
    sql = "SELECT 1 FROM focus_history WHERE time > ? AND time < ? AND time - seconds < ? LIMIT 1"
    said = "SELECT 1 FROM focus_labels WHERE time_start < ? AND time_end > ? LIMIT 1"
    return any(
        store.value(sql, [start, end + LONGEST_SECONDS, end]) or store.value(said, [end, start]) for start, end in spans
    )


def between(store: Store, start: float, end: float) -> list[Piece]:
    """Return the pieces that end within a time (UTC seconds), in order."""
    sql = f"SELECT {_COLUMNS} FROM focus_history WHERE time > ? AND time <= ? ORDER BY time, id"  # noqa: S608
    return [_piece(row) for row in store.rows(sql, [start, end])]


def labels(store: Store, start: float = float("-inf"), end: float = float("inf")) -> list[Label]:
    """Return what the person said of times that overlap this one, in the order they said it."""
    sql = f"SELECT {_LABELS} FROM focus_labels WHERE time_start < ? AND time_end > ? ORDER BY id"  # noqa: S608
    return [_label(row) for row in store.rows(sql, [end, start])]


def labelled(store: Store, since: float) -> list[tuple[Piece, Label]]:
    """Return the pieces from ``since`` on that the person said something of, each with the last thing they said."""
    found: dict[int, tuple[Piece, Label]] = {}
    sql = f"SELECT id, {_COLUMNS} FROM focus_history WHERE time > ? AND time <= ? ORDER BY id"  # noqa: S608
    for label in labels(store, start=since):
        rows = store.rows(sql, [max(since, label.time_start), label.time_end])
        found |= {row[0]: (_piece(row[1:]), label) for row in rows}
    return [found[number] for number in sorted(found)]


def exported(store: Store, spans: Iterable[Span]) -> Iterator[dict[str, Any]]:
    """Yield what was said of the person's focus in some stretches of time, and what they said of it, as a person reads.

    What only the models read is left out: the numbers of behaviour, and the rest.
    """
    for start, end in spans:
        for piece in _one_by_one(store, start, end):
            told = {name: value for name, value in asdict(piece).items() if name not in ("eeg_said", "data")}
            yield {"kind": "history"} | told
        for label in labels(store, start, end):
            yield {"kind": "said"} | asdict(label)


def _one_by_one(store: Store, start: float, end: float) -> Iterator[Piece]:
    """Yield the pieces that end within a time, in order, some in memory at once: there may be years of them."""
    after, sql = (start, 1 << 62), f"SELECT id, {_COLUMNS} FROM focus_history WHERE "  # noqa: S608 constants
    while rows := store.rows(f"{sql} (time, id) > (?, ?) AND time <= ? ORDER BY time, id LIMIT 5000", [*after, end]):
        yield from (_piece(row[1:]) for row in rows)
        after = rows[-1][1], rows[-1][0]


def rests(store: Store) -> dict[tuple[str, ...], bytes]:
    """Return the person's rest, by electrodes."""
    rows = store.rows("SELECT ch_names, data FROM focus_rests")
    return {tuple(json.loads(names)): bytes(data) for names, data in rows}


def totals(store: Store, start: float, end: float) -> Totals:
    """Return what a time (UTC seconds) came to; a day, a week."""
    watched = deep = longest = lasted = ended = 0.0
    stretches = 0
    sql = "SELECT time, seconds, deep FROM focus_history WHERE time > ? AND time <= ? ORDER BY time, id"
    for time, seconds, was_deep in store.rows(sql, [start, end]):
        watched += seconds
        if not was_deep:
            lasted = 0.0
            continue
        going_on = lasted > 0.0 and time - seconds - ended <= LONGEST_SECONDS
        stretches += not going_on
        lasted = lasted + seconds if going_on else seconds
        deep, longest, ended = deep + seconds, max(longest, lasted), time
    return Totals(watched, deep, longest, stretches)


def _piece(row: tuple[Any, ...]) -> Piece:
    time, seconds, probability, eeg, behaviour, deep, frozen, cause, said, data = row
    return Piece(time, seconds, probability, eeg, behaviour, bool(deep), bool(frozen), cause, said, bytes(data))


def _label(row: tuple[Any, ...]) -> Label:
    number, time, start, end, focused, source = row
    return Label(number, time, start, end, bool(focused), Source(source))
