"""A person's own alpha frequency, as it was found in a stretch of rest; what was found is opaque here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from index.store import Store

Span = tuple[float, float]  # UTC seconds, the end left out


@dataclass(frozen=True, slots=True)
class Kept:
    """What one search found.

    Attributes
    ----------
    time_start, time_end
        The stretch it was found in, UTC seconds.
    ch_names
        The electrodes that were worn.
    found
        Words and numbers.

    """

    time_start: float
    time_end: float
    ch_names: tuple[str, ...]
    found: Mapping[str, Any]


def put(db: Database, kept: Kept) -> None:
    """Keep what was found; older ones stay, for whoever forgets the newest."""
    told = [json.dumps(list(kept.ch_names)), json.dumps(dict(kept.found))]
    sql = "INSERT INTO alpha_frequencies (time_start, time_end, ch_names, found) VALUES (?, ?, ?, ?)"
    db.execute(sql, [kept.time_start, kept.time_end, *told])


def newest(store: Store) -> Kept | None:
    """Return what was found last; None before anything was."""
    sql = "SELECT time_start, time_end, ch_names, found FROM alpha_frequencies ORDER BY time_end DESC, id DESC LIMIT 1"
    rows = store.rows(sql)
    if not rows:
        return None
    start, end, ch_names, found = rows[0]
    return Kept(start, end, tuple(json.loads(ch_names)), json.loads(found))


def forget_between(db: Database, spans: Sequence[Span]) -> None:
    """Forget what was found in stretches that overlap one of these."""
    db.conn.executemany(
        "DELETE FROM alpha_frequencies WHERE time_end > ? AND time_start < ?", [(start, end) for start, end in spans]
    )


def any_between(store: Store, spans: Sequence[Span]) -> bool:
    """Whether anything was found in stretches that overlap one of these."""
    sql = "SELECT 1 FROM alpha_frequencies WHERE time_end > ? AND time_start < ? LIMIT 1"
    return any(store.value(sql, span) is not None for span in spans)


def forget_all(db: Database) -> None:
    """Forget all that was found."""
    db.execute("DELETE FROM alpha_frequencies")
