"""Times in which a headset was worn without a long break, and the first minute of each: what is usual that day.

Contact and gain differ from one putting-on to the next, so a window is measured against its own session's beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.spaces import LEAST_WINDOWS
from index.store import Store
from index.types import Job

BREAK_SECONDS = 1800.0  # without EEG; whoever takes a headset off for less puts it back on much the same
LONGEST = 86_400.0  # seconds looked back for a session's beginning, and ahead for its end

Rows = NDArray[np.float32]

# By time, whatever statistics say: there are far more moments with the same electrodes than in two days.
_AROUND = (
    "SELECT id, time_start, time_end, weight FROM moments CROSS JOIN features ON moment_id = id "
    "WHERE time_start BETWEEN ? AND ? AND +kind = ? ORDER BY time_start, id"
)
_WAITING = (
    "SELECT 1 FROM moments CROSS JOIN jobs ON moment_id = id "
    "WHERE time_start BETWEEN ? AND ? AND time_end >= ? AND kind = ? AND quarantined = 0 LIMIT 1"
)
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


@dataclass(frozen=True, slots=True)
class Outline:
    """A session without its EEG, but for the first minute.

    Attributes
    ----------
    start
        UTC seconds.
    decided
        UTC seconds; EEG of a moment that begins later cannot change the first minute.
    moment_ids
        In order of time.
    first
        The first minute, None while there are too few windows.

    """

    start: float
    decided: float
    moment_ids: tuple[int, ...]
    first: Rows | None


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


def at(store: Store, kind: str, time: float) -> Outline | None:
    """Return the session that ``time`` lies in, as far as it is known; None outside of any."""
    run: list[tuple[Any, ...]] = []
    for row in store.rows(_AROUND, [time - LONGEST, time + LONGEST, kind]):
        if run and row[1] - run[-1][2] > BREAK_SECONDS:
            if row[1] > time:
                break
            run = []
        run.append(row)
    if not run or run[0][1] > time or time - run[-1][2] > BREAK_SECONDS:
        return None
    return _outline(store, kind, run)


def first_minute(store: Store, kind: str, time: float) -> Rows | None:
    """Return the first windows of the session that ``time`` lies in, None where they are too few (yet)."""
    found = at(store, kind, time)
    return found.first if found is not None else None


def unsettled(store: Store, session: Outline) -> bool:
    """Whether EEG still waits to be looked at that may change the first minute of a session."""
    begins = session.start - LONGEST, session.decided, session.start - BREAK_SECONDS
    return store.value(_WAITING, [*begins, Job.BRAIN]) is not None


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


def _outline(store: Store, kind: str, run: Sequence[tuple[Any, ...]]) -> Outline:
    """Return a session by its moments' id, start, end and windows; reads the EEG of the first minute alone."""
    taken, windows = 0, 0
    while taken < len(run) and windows < LEAST_WINDOWS:
        windows += round(run[taken][3])
        taken += 1
    ids = tuple(row[0] for row in run)
    if windows < LEAST_WINDOWS:
        return Outline(run[0][1], run[-1][2] + BREAK_SECONDS, ids, None)
    sql = f"SELECT {_COLUMNS} AND id IN (SELECT value FROM json_each(?))"  # noqa: S608 constants
    held = store.rows(sql, [kind, json.dumps(ids[:taken])])
    by_id = {row[0]: _encoded(row).rows for row in held}
    return Outline(run[0][1], run[taken - 1][1], ids, np.vstack([by_id[i] for i in ids[:taken]]))


def _encoded(row: tuple[Any, ...]) -> Encoded:
    moment_id, start, end, windows, blob = row
    return Encoded(moment_id, start, end, table(blob, windows))
