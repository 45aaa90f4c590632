"""Reading the vault's database: rows in, dataclasses out. Each thread gets its own read-only connection."""

from __future__ import annotations

import json
import threading
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from index import database
from index.spaces.vector_bytes import unpack
from index.types import Incident, Job, LookCount, Moment, Output, RecordingInfo, Seen, SignalQuality, VaultError
from index.vault import Vault

MOMENT_COLUMNS = (
    "id, time_start, time_end, app, title, url, monitor, source, frame, text, windows, fit, fault "
    "FROM moments LEFT JOIN signal_quality ON moment_id = id"
)
SETTLE_SECONDS = 3.0  # after a moment's end its EEG is surely on disk
AHEAD_SECONDS = 60.0  # an end so far ahead was told by a clock that was set back since
_OVER = "FROM jobs JOIN moments ON id = moment_id WHERE quarantined = 0 AND (time_end <= ? OR time_end > ?)"
RECORDING_COLUMNS = "id, path, device, source, sfreq, ch_names, time_start, samples"


class Store:
    """What was recorded, to be read from any thread. Raises `VaultError` when there is no vault."""

    def __init__(self, vault: Vault) -> None:
        vault.require()
        self.vault = vault
        self._local = threading.local()
        self._closing: list[weakref.finalize[..., Database]] = []  # one a connection that is open
        self._opening = threading.Lock()

    @property
    def db(self) -> Database:
        """The connection of the calling thread, which is closed when that ends."""
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = self._opened()
        return found

    def _opened(self) -> Database:
        """Return a new connection that is closed once nobody has it any more, which a thread does until it ends."""
        db = database.connect(self.vault, write=False)
        closing = weakref.finalize(db, db.conn.close)
        closing.atexit = False
        with self._opening:
            self._closing = [*(one for one in self._closing if one.alive), closing]
        return db

    def search_on(self) -> None:
        """Let the calling thread's connection keep as many pages as searching comes back to."""
        database.keep_more(self.db)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._opening:
            for close in self._closing:
                close()
            self._closing.clear()
        self._local = threading.local()

    def rows(self, sql: str, arguments: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query; raises `VaultError` when the database cannot be read."""
        try:
            return list(self.db.execute(sql, list(arguments)).fetchall())
        except database.DatabaseError as error:
            raise self._refused(error) from error

    def value(self, sql: str, arguments: Iterable[Any] = ()) -> Any:
        """Return the first column of the first row, or None; raises `VaultError` when the database cannot be read."""
        try:
            row = self.db.execute(sql, list(arguments)).fetchone()
        except database.DatabaseError as error:
            raise self._refused(error) from error
        return None if row is None else row[0]

    def _refused(self, error: database.DatabaseError) -> Exception:
        """Return what to raise; a question that was let go of is no trouble of the database."""
        return error if str(error) == "interrupted" else database.refused(self.vault.database, error)

    def moment(self, moment_id: int) -> Moment:
        """Return one moment; raises `VaultError` when there is none."""
        found = self.moments([moment_id])
        if not found:
            raise VaultError(f"There is no moment {moment_id} in {self.vault.root}.")
        return found[moment_id]

    def moments(self, ids: Iterable[int]) -> dict[int, Moment]:
        """Return the moments that exist among ``ids``."""
        wanted = json.dumps([int(i) for i in ids])
        sql = f"SELECT {MOMENT_COLUMNS} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 constants
        return {row[0]: _moment(row) for row in self.rows(sql, [wanted])}

    def moments_between(self, start: float, end: float) -> list[Moment]:
        """Return moments that overlap the time range, in order."""
        # The index is by when moments began: one that began earlier may reach into the time, but only so far.
        sql = f"SELECT {MOMENT_COLUMNS} WHERE time_start < ? AND time_start >= ? AND time_end > ? ORDER BY time_start"
        return [_moment(row) for row in self.rows(sql, [end, start - self.longest(), start])]

    def longest(self) -> float:
        """Return how long the longest moment is, seconds; 0 without any."""
        return float(self.value("SELECT max(time_end - time_start) FROM moments") or 0.0)

    def neighbour(self, moment_id: int, step: int) -> Moment | None:
        """Return the next moment in time (``step`` 1) or the one before (-1), or None at the end."""
        here = self.moment(moment_id)
        compare, order = (">", "ASC") if step > 0 else ("<", "DESC")
        after = f"WHERE (time_start, id) {compare} (?, ?) ORDER BY time_start {order}, id {order} LIMIT 1"
        sql = f"SELECT {MOMENT_COLUMNS} {after}"
        found = self.rows(sql, [here.time_start, here.id])
        return _moment(found[0]) if found else None

    def count(self) -> int:
        """Return how many moments there are."""
        return int(self.value("SELECT count(*) FROM moments"))

    def waiting(self, kind: Job, limit: int, *, over: float | None = None, without: Sequence[int] = ()) -> list[int]:
        """Return moments still waiting for ``kind``, newest first, but for those ``without``.

        Where ``over`` (UTC seconds) is given, only those that ended so long before it that their EEG is on disk.
        """
        sql = (
            "SELECT moment_id FROM jobs WHERE kind = ? AND quarantined = 0 "
            "AND moment_id NOT IN (SELECT value FROM json_each(?)) ORDER BY moment_id DESC LIMIT ?"
        )
        if over is None:
            return [row[0] for row in self.rows(sql, [kind, json.dumps(list(without)), limit])]
        listed = "moment_id NOT IN (SELECT value FROM json_each(?))"
        sql = f"SELECT moment_id {_OVER} AND kind = ? AND {listed} ORDER BY moment_id DESC LIMIT ?"
        return [row[0] for row in self.rows(sql, [*_ends(over), kind, json.dumps(list(without)), limit])]

    def waits(self, over: float) -> bool:
        """Whether any of the moments that are ``over`` then, as in `waiting`, waits for what is not put off."""
        return self.value(f"SELECT 1 {_OVER} AND error = '' LIMIT 1", _ends(over)) is not None

    def backlog(self) -> dict[Job, int]:
        """Return how many moments wait for what."""
        rows = self.rows("SELECT kind, count(*) FROM jobs WHERE quarantined = 0 GROUP BY kind")
        return {Job(kind): count for kind, count in rows}

    def set_aside(self) -> int:
        """Return how many jobs could not be done even when tried again."""
        return int(self.value("SELECT count(*) FROM jobs WHERE quarantined = 1"))

    def quarantine(self) -> list[tuple[int, Job, str]]:
        """Return what could not be encoded even when tried again: moment, kind, error."""
        rows = self.rows("SELECT moment_id, kind, error FROM jobs WHERE quarantined = 1 ORDER BY moment_id")
        return [(row[0], Job(row[1]), row[2]) for row in rows]

    def vector(self, moment_id: int, space: str) -> NDArray[np.float32] | None:
        """Return the first vector of a moment in ``space``, or None."""
        sql = "SELECT vector FROM whole_vectors WHERE moment_id = ? AND space = ? ORDER BY part"
        blob = self.value(sql, [moment_id, space])
        return None if blob is None else unpack(blob)

    def matrices(self, moments: Iterable[int], space: str) -> dict[int, NDArray[np.float32]]:
        """Return all vectors of those moments that have any in ``space``, ``float32[parts, dimension]`` each."""
        wanted = json.dumps([int(i) for i in moments])
        sql = (
            "SELECT moment_id, vector FROM whole_vectors WHERE space = ? "
            "AND moment_id IN (SELECT value FROM json_each(?)) ORDER BY moment_id, part"
        )
        by_moment = groupby(self.rows(sql, [space, wanted]), key=itemgetter(0))
        return {i: np.array([unpack(row[1]) for row in rows]) for i, rows in by_moment}

    def latest_with(self, space: str, start: float, end: float, limit: int) -> list[int]:
        """Return the last moments in a time range that have a vector in ``space``, newest first."""
        sql = (
            "SELECT id FROM moments WHERE time_start <= ? AND time_start >= ? AND time_end >= ? AND EXISTS "
            "(SELECT 1 FROM vectors WHERE moment_id = moments.id AND space = ? AND part = 0) "
            "ORDER BY time_start DESC LIMIT ?"
        )
        return [row[0] for row in self.rows(sql, [end, start - self.longest(), start, space, limit])]

    def space_data(self, name: str) -> bytes | None:
        """Return what was stored with a space, None when there is no such space."""
        found = self.value("SELECT data FROM spaces WHERE name = ?", [name])
        return None if found is None else bytes(found)

    def spaces(self, prefix: str) -> list[str]:
        """Return the names of the spaces that begin with ``prefix``, newest first."""
        sql = "SELECT name FROM spaces WHERE substr(name, 1, length(?1)) = ?1 ORDER BY made_at DESC, rowid DESC"
        return [row[0] for row in self.rows(sql, [prefix])]

    def features(self, kind: str) -> Iterator[tuple[int, float, bytes]]:
        """Yield moment, weight and features of one kind, in order of time."""
        yield from self.rows("SELECT moment_id, weight, data FROM features WHERE kind = ? ORDER BY moment_id", [kind])

    def features_of(self, moment_id: int) -> tuple[str, float, float, bytes] | None:
        """Return kind, start of the moment (UTC seconds), weight and features of one moment, None without any."""
        sql = "SELECT kind, time_start, weight, data FROM features JOIN moments ON id = moment_id WHERE moment_id = ?"
        found = self.rows(sql, [moment_id])
        return (found[0][0], found[0][1], found[0][2], bytes(found[0][3])) if found else None

    def ch_names(self, kind: str) -> tuple[str, ...]:
        """Return the electrodes that features of one kind describe; raises KeyError when there are none."""
        found = self.value("SELECT ch_names FROM montages WHERE name = ?", [kind])
        if found is None:
            raise KeyError(kind)
        return tuple(json.loads(found))

    def signal(self, since: float) -> tuple[SignalQuality, int, int]:
        """Return the EEG's quality over all moments from ``since`` on, how many had EEG and how many a fit window."""
        sql = (
            "SELECT total(windows), total(fit), count(*), total(fit > 0) FROM signal_quality "
            "JOIN moments ON id = moment_id WHERE time_start >= ?"
        )
        windows, fit, moments, usable = self.rows(sql, [since])[0]
        worst = (
            "SELECT fault FROM signal_quality JOIN moments ON id = moment_id WHERE time_start >= ? AND fault <> '' "
            "GROUP BY fault ORDER BY total(windows - fit) DESC LIMIT 1"
        )
        fault = self.value(worst, [since]) or ""
        return SignalQuality(int(windows), int(fit), fault), int(moments), int(usable)

    def recordings_between(self, start: float, end: float) -> list[RecordingInfo]:
        """Return the recordings that overlap the time range, in order."""
        sql = f"SELECT {RECORDING_COLUMNS} FROM recordings WHERE time_start < ? AND time_end > ? ORDER BY time_start"  # noqa: S608
        return [_recording(row) for row in self.rows(sql, [end, start])]

    def newest_recording(self) -> RecordingInfo | None:
        """Return the recording that ends last, or None."""
        rows = self.rows(f"SELECT {RECORDING_COLUMNS} FROM recordings WHERE samples > 0 ORDER BY time_end DESC LIMIT 1")  # noqa: S608
        return _recording(rows[0]) if rows else None

    def incidents(self, limit: int = 20) -> list[Incident]:
        """Return what went wrong last, newest first."""
        return [
            Incident(*row)
            for row in self.rows("SELECT time, part, what FROM incidents ORDER BY id DESC LIMIT ?", [limit])
        ]

    def looks(self, since: float) -> list[LookCount]:
        """Return what came of the looks since then (UTC seconds), by what called for them."""
        counts: Counter[tuple[str, str]] = Counter()
        for triggers, outcome, count in self.rows(
            "SELECT triggers, outcome, count(*) FROM looks WHERE time >= ? GROUP BY triggers, outcome", [since]
        ):
            counts.update({(trigger, outcome): count for trigger in triggers.split(",")})
        return [LookCount(*key, count) for key, count in sorted(counts.items())]

    def look_seconds(self, since: float) -> list[float]:
        """Return how long it took since then until what was looked at could be found, shortest first."""
        sql = "SELECT seconds FROM looks WHERE time >= ? AND seconds IS NOT NULL ORDER BY seconds"
        return [row[0] for row in self.rows(sql, [since])]

    def hands(self, moment_id: int) -> Seen | None:
        """Return what the hands did during a moment, beside its text; None where nothing was counted."""
        sql = (
            "SELECT text, keys, clicks, scrolls, interval, spread FROM hands "
            "JOIN moments ON id = moment_id WHERE id = ?"
        )
        found = self.rows(sql, [moment_id])
        return Seen(*found[0]) if found else None

    def typing_intervals(self, limit: int, *, keys: int) -> list[float]:
        """Return seconds between keys, of the newest moments with so many ``keys`` and a rhythm, newest first."""
        sql = "SELECT interval FROM hands WHERE keys >= ? AND interval > 0 ORDER BY moment_id DESC LIMIT ?"
        return [row[0] for row in self.rows(sql, [keys, limit])]

    def typed(self, ids: Iterable[int]) -> dict[int, str]:
        """Return what was typed during those of ``ids`` of which it was kept."""
        sql = "SELECT moment_id, text FROM typed WHERE moment_id IN (SELECT value FROM json_each(?))"
        return dict(self.rows(sql, [json.dumps([int(i) for i in ids])]))

    def outputs(self) -> list[Output]:
        """Return the last real output of each source and sink."""
        return [Output(*row) for row in self.rows("SELECT part, time, count, note FROM outputs ORDER BY part")]


def _ends(over: float) -> list[float]:
    """Return the values of `_OVER`."""
    return [over - SETTLE_SECONDS, over + AHEAD_SECONDS]


def _moment(row: tuple[Any, ...]) -> Moment:
    """Return a row of MOMENT_COLUMNS as an object."""
    moment, (windows, fit, fault) = Moment(*row[:10]), row[10:]
    return moment if windows is None else replace(moment, signal=SignalQuality(windows, fit, fault))


def _recording(row: tuple[Any, ...]) -> RecordingInfo:
    """Return a row of RECORDING_COLUMNS as an object."""
    number, path, device, source, sfreq, ch_names, time_start, samples = row
    return RecordingInfo(number, path, device, source, sfreq, tuple(json.loads(ch_names)), time_start, samples)
