"""Notifications that were held during focus, and what was learned of them: changes and reading.

A held notification is ``held`` until a digest takes it (``telling``), and ``told`` once that was shown. One that its
program replaced meanwhile is ``replaced`` and in no digest. Each is in one digest at the most, and each change can
be done again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from index.store import Store
from index.types import Filters

OF_APP = "folded(?) IN (folded(app), folded(desktop_entry))"
DAY_SECONDS = 86_400.0
KEPT_SECONDS = 30 * DAY_SECONDS  # what was told and came longer ago goes
MODELS_KEPT = 14  # days whose last state of what was learned can be gone back to
_COLUMNS = (
    "number, time, app, summary, body, urgency, category, sender, desktop_entry, actions, daemon, daemon_id, tag, "
    "decision, why, withdrawn, state, digest"
)
_MARKS = ", ".join("?" * (_COLUMNS.count(",") + 1))


class State(StrEnum):
    """Where a held notification is on its way to the person."""

    HELD = "held"
    TELLING = "telling"
    TOLD = "told"
    REPLACED = "replaced"


_STRAY = "state NOT IN (SELECT value FROM json_each(?)) OR (state IN (?, ?) AND digest = 0)"
_STRAY_VALUES = (json.dumps([*State]), State.TELLING, State.TOLD)


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """A notification that was held.

    Attributes
    ----------
    number, time
        Its own number, rising; when it came, UTC seconds.
    urgency
        0 low, 1 normal, 2 critical.
    daemon, daemon_id
        Which run of which daemon numbered it, and how; None where none did.
    decision, why
        ``hold`` or ``digest``, and the reason in a sentence.
    withdrawn
        Whether its program took it back.
    digest
        The digest it is in; 0 for none yet.

    """

    number: int
    time: float
    app: str
    summary: str
    body: str
    urgency: int = 1
    category: str = ""
    sender: str = ""
    desktop_entry: str = ""
    actions: tuple[str, ...] = ()
    daemon: str = ""
    daemon_id: int | None = None
    tag: str = ""
    decision: str = "hold"
    why: str = ""
    withdrawn: bool = False
    state: State = State.HELD
    digest: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, opaque here, and the time (UTC seconds) of the newest notification it was learned from."""

    time: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a new notification takes the place of: the daemon's number, or its program's own name of it."""

    number: int  # of the new one
    daemon: str = ""
    daemon_id: int = 0
    app: str = ""
    tag: str = ""


def hold(db: Database, notices: Sequence[HeldNotice], replaced: Sequence[Replaced] = ()) -> None:
    """Keep notifications until they are told, and note which were replaced by a later one."""
    rows = [_row(one) for one in notices]
    db.conn.executemany(f"INSERT OR IGNORE INTO notices ({_COLUMNS}) VALUES ({_MARKS})", rows)  # noqa: S608 constants
    for one in replaced:
        db.execute(
            "UPDATE notices SET state = ?1 WHERE state = ?2 AND number < ?3 AND "
            "((?4 <> '' AND ?5 <> 0 AND daemon = ?4 AND daemon_id = ?5) OR (?7 <> '' AND app = ?6 AND tag = ?7))",
            [State.REPLACED, State.HELD, one.number, one.daemon, one.daemon_id, one.app, one.tag],
        )


def withdraw(db: Database, numbers: Sequence[int]) -> None:
    """Note that their programs took some back: they are told of, and said to be withdrawn."""
    db.conn.executemany("UPDATE notices SET withdrawn = 1 WHERE number = ?", [(number,) for number in numbers])


def gather(db: Database, *, until: int | None = None) -> int:
    """Put all that is held, numbers below ``until``, into a new digest; returns its number, 0 where nothing is held."""
    below = (1 << 62) if until is None else until
    new = int(db.execute("SELECT coalesce(max(digest), 0) + 1 FROM notices").fetchone()[0])
    sql = "UPDATE notices SET state = ?, digest = ? WHERE state = ? AND number < ?"
    return new if db.execute(sql, [State.TELLING, new, State.HELD, below]).rowcount else 0


def told(db: Database, digest: int) -> None:
    """Note that a digest was shown."""
    db.execute("UPDATE notices SET state = ? WHERE digest = ? AND state = ?", [State.TOLD, digest, State.TELLING])


def merge(db: Database, digests: Sequence[int]) -> int:
    """Put several digests into the last of them, which is told anew; returns its number."""
    into, some = max(digests), json.dumps([*digests])
    sql = (
        "UPDATE notices SET state = ?, digest = ? WHERE state IN (?, ?) AND digest IN (SELECT value FROM json_each(?))"
    )
    db.execute(sql, [State.TELLING, into, State.TELLING, State.TOLD, some])
    return into


def expire(db: Database, *, time: float) -> None:
    """Let go of what was told, or replaced, and came more than thirty days before ``time`` (UTC seconds)."""
    sql = "DELETE FROM notices WHERE time < ? AND state IN (?, ?)"
    db.execute(sql, [time - KEPT_SECONDS, State.TOLD, State.REPLACED])


def untell(db: Database, digests: Sequence[int]) -> None:
    """Have digests told once more: nobody has looked at their message, and it is gone."""
    sql = "UPDATE notices SET state = ? WHERE digest = ? AND state = ?"
    db.conn.executemany(sql, [(State.TELLING, digest, State.TOLD) for digest in digests])


def put_model(db: Database, data: bytes, *, time: float, lessons: Mapping[str, float] | None = None) -> None:
    """Keep what was learned of the person's notifications, opaque here, in place of what was learned that day.

    Of each of the last days there is one, to go back to when something it was learned from is forgotten.

    Parameters
    ----------
    time
        Of the newest notification that it was learned from, UTC seconds.
    lessons
        Programs that something was learned of, each with the time of the first.

    """
    day = int(time // DAY_SECONDS)
    db.execute("INSERT OR REPLACE INTO notice_model (id, time, data) VALUES (?, ?, ?)", [day, time, data])
    some = "SELECT id FROM notice_model ORDER BY id DESC LIMIT ?"
    db.execute(f"DELETE FROM notice_model WHERE id NOT IN ({some})", [MODELS_KEPT])  # noqa: S608 constants
    earlier = "ON CONFLICT DO UPDATE SET time = min(time, excluded.time)"
    sql = f"INSERT INTO notice_lessons (program, time) VALUES (?, ?) {earlier}"  # noqa: S608 constants
    db.conn.executemany(sql, [*(lessons or {}).items()])


def model(store: Store) -> Learned | None:
    """Return what was learned last, None before that."""
    found = store.rows("SELECT time, data FROM notice_model ORDER BY time DESC LIMIT 1")
    return Learned(found[0][0], bytes(found[0][1])) if found else None


def unlearn(db: Database, since: float) -> None:
    """Let go of what was learned from notifications of a time (UTC seconds) or later."""
    for table in ("notice_model", "notice_lessons"):
        db.execute(f"DELETE FROM {table} WHERE time >= ?", [since])  # noqa: S608 constants


def drop_between(db: Database, start: float, end: float) -> None:
    """Delete what came in a time (UTC seconds, the end left out): it was judged before that was forgotten."""
    db.execute("DELETE FROM notices WHERE time >= ? AND time < ?", [start, end])


def learned_since(
    store: Store, spans: Iterable[tuple[float, float]], filters: Filters, held: Iterable[tuple[int, float]]
) -> float | None:
    """Return from when on (UTC seconds) what was learned goes, because it rests on what goes; None where nothing does.

    ``spans`` and ``held`` are the stretches of time and the notifications that go.
    """
    starts = [*(start for start, _ in spans), *(time for _, time in held)]
    if filters.app and not (filters.site or filters.tag):
        known = "SELECT min(time) FROM notice_lessons WHERE folded(program) = folded(?)"
        starts += [row[0] for row in store.rows(known, [filters.app]) if row[0] is not None]
    earliest = min(starts, default=math.inf)
    rests = store.value("SELECT 1 FROM notice_model WHERE time >= ? LIMIT 1", [earliest])
    return None if rests is None else earliest


def last_number(store: Store) -> int:
    """Return the highest number that a notification ever had, 0 before the first."""
    return int(store.value("SELECT max(seq) FROM sqlite_sequence WHERE name = 'notices'") or 0)


def untold(store: Store) -> list[int]:
    """Return the digests that were made and, as far as is known, not shown."""
    sql = "SELECT DISTINCT digest FROM notices WHERE state = ? ORDER BY digest"
    return [row[0] for row in store.rows(sql, [State.TELLING])]


def are_untold(store: Store) -> bool:
    """Return whether anything waits for a digest, or is in one that was not shown."""
    return bool(store.value("SELECT 1 FROM notices WHERE state IN (?, ?) LIMIT 1", [State.HELD, State.TELLING]))


def of_digest(store: Store, digest: int) -> list[HeldNotice]:
    """Return what is in a digest, newest first."""
    return _select(store, "WHERE digest = ? ORDER BY time DESC, number DESC", [digest])


def held(store: Store) -> list[HeldNotice]:
    """Return what waits for a digest, newest first."""
    return _select(store, "WHERE state = ? ORDER BY time DESC, number DESC", [State.HELD])


def between(store: Store, start: float, end: float) -> list[HeldNotice]:
    """Return all that was held in a time (UTC seconds, the end left out), newest first."""
    return _select(store, "WHERE time >= ? AND time < ? ORDER BY time DESC, number DESC", [start, end])


def numbered(store: Store, numbers: Iterable[int]) -> list[HeldNotice]:
    """Return those that were held of some numbers, in order."""
    listed = json.dumps([int(number) for number in numbers])
    return _select(store, "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number", [listed])


def going(store: Store, spans: Iterable[tuple[float, float]], filters: Filters) -> list[tuple[int, float]]:
    """Return number and time of those that go with stretches of time (UTC seconds, the ends left out), or a program."""
    within = "SELECT number, time FROM notices WHERE time >= ? AND time < ?"
    found = {row for span in spans for row in store.rows(within, span)}
    if filters.app and not (filters.site or filters.tag):
        start = -math.inf if filters.since is None else filters.since
        end = math.inf if filters.until is None else filters.until
        found |= set(store.rows(f"{within} AND {OF_APP}", [start, end, filters.app]))
    return sorted(found)


def forget_some(db: Database, at_once: int) -> bool:
    """Forget some of those that are written down to go, or came within a stretch that is; returns whether any did."""
    wished = "number IN (SELECT moment_id FROM forgetting WHERE kind = 'notice')"
    within = "EXISTS (SELECT 1 FROM forgetting WHERE kind = 'span' AND time >= time_start AND time < time_end)"
    some = f"SELECT number FROM notices WHERE {wished} OR {within} LIMIT ?"  # noqa: S608 constants
    gone = db.execute(f"DELETE FROM notices WHERE number IN ({some})", [at_once]).rowcount  # noqa: S608 constants
    if not gone:  # what was learned from it goes as well
        since = "(SELECT min(time_start) FROM forgetting WHERE kind IN ('span', 'learned'))"
        for table in ("notice_model", "notice_lessons"):
            db.execute(f"DELETE FROM {table} WHERE time >= {since}")  # noqa: S608 constants
    return gone > 0


def strays(store: Store) -> int:
    """Return how many are in no state that a digest comes from or leads to: 0 in a whole vault."""
    return int(store.value(f"SELECT count(*) FROM notices WHERE {_STRAY}", _STRAY_VALUES))  # noqa: S608 constants


def mend(db: Database) -> int:
    """Have the next digest take what is a stray; returns how many."""
    sql = f"UPDATE notices SET state = ?, digest = 0 WHERE {_STRAY}"  # noqa: S608 constants
    return db.execute(sql, [State.HELD, *_STRAY_VALUES]).rowcount


def exported(store: Store, start: float, end: float, app: str) -> Iterator[dict[str, Any]]:
    """Yield those of a time (UTC seconds), and of a program where one is named, as their rows are."""
    sql = f"SELECT {_COLUMNS} FROM notices WHERE time >= ? AND time <= ? AND (? = '' OR {OF_APP}) ORDER BY number"  # noqa: S608 constants
    for row in store.rows(sql, [start, end, app, app]):
        notice = dict(zip(_COLUMNS.split(", "), row, strict=True))
        yield notice | {"actions": json.loads(notice["actions"]), "withdrawn": bool(notice["withdrawn"])}


def _select(store: Store, where: str, arguments: list[Any]) -> list[HeldNotice]:
    return [_held(row) for row in store.rows(f"SELECT {_COLUMNS} FROM notices {where}", arguments)]  # noqa: S608 constants


def _row(one: HeldNotice) -> list[Any]:
    about = [one.number, one.time, one.app, one.summary, one.body, one.urgency, one.category, one.sender]
    about += [one.desktop_entry, json.dumps(one.actions), one.daemon, one.daemon_id, one.tag]
    return [*about, one.decision, one.why, int(one.withdrawn), one.state, one.digest]


def _held(row: tuple[Any, ...]) -> HeldNotice:
    values = list(row)
    values[9], values[15], values[16] = tuple(json.loads(row[9])), bool(row[15]), State(row[16])
    return HeldNotice(*values)
