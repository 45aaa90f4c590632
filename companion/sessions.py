"""Times in which a headset was worn without a long break, and the first minute of each: what is usual that day.

Contact and gain differ from one putting-on to the next, so a window is measured against its own session's beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.spaces import LEAST_WINDOWS
from index.store import Store

BREAK_SECONDS = 1800.0  # without EEG; whoever takes a headset off for less puts it back on much the same
LONGEST = 86_400.0  # seconds looked back for a session's beginning

Rows = NDArray[np.float32]

_COLUMNS = "moment_id, time_start, time_end, weight, data FROM features JOIN moments ON id = moment_id WHERE kind = ?"


@dataclass(frozen=True, slots=True)
class Encoded:
    """One moment's windows, ``float32[windows, features]``."""

    moment_id: int
    start: float
    end: float
    rows: Rows


@dataclass(frozen=True, slots=True)
class Session:
    """Moments of one putting-on of a headset, in order of time."""

    kind: str
    moments: tuple[Encoded, ...]

    @property
    def first_minute(self) -> Rows | None:
        """The first `LEAST_WINDOWS` windows or a few more; None when there are fewer."""
        return _first_minute([moment.rows for moment in self.moments])


def sessions(store: Store, kind: str) -> Iterator[Session]:
    """Yield the sessions of one set of electrodes, in order of time."""
    held: list[Encoded] = []
    for row in store.db.execute(f"SELECT {_COLUMNS} ORDER BY time_start, id", [kind]):
        moment = _encoded(row)
        if held and moment.start - held[-1].end > BREAK_SECONDS:
            yield Session(kind, tuple(held))
            held = []
        held.append(moment)
    if held:
        yield Session(kind, tuple(held))


def first_minute(store: Store, kind: str, time: float) -> Rows | None:
    """Return the first windows of the session that ``time`` lies in, None where they are too few (yet)."""
    sql = f"SELECT {_COLUMNS} AND time_start BETWEEN ? AND ? ORDER BY time_start DESC, id DESC"
    held: list[Encoded] = []
    following = time
    for row in store.rows(sql, [kind, time - LONGEST, time]):
        moment = _encoded(row)
        if following - moment.end > BREAK_SECONDS:
            break
        held.append(moment)
        following = moment.start
    return _first_minute([moment.rows for moment in reversed(held)])


def table(blob: bytes, windows: float) -> Rows:
    """Return stored features as ``float32[windows, features]``."""
    return np.frombuffer(blob, np.float32).reshape(round(windows), -1)


def _first_minute(tables: Sequence[Rows]) -> Rows | None:
    """Return whole tables until there are enough windows; never more, so that it stays the same as more come."""
    taken: list[Rows] = []
    for rows in tables:
        taken.append(rows)
        if sum(map(len, taken)) >= LEAST_WINDOWS:
            return np.vstack(taken)
    return None


def _encoded(row: tuple[Any, ...]) -> Encoded:
    moment_id, start, end, windows, blob = row
    return Encoded(moment_id, start, end, table(blob, windows))
