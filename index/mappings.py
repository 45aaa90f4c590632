"""Versions of what was learned from the person's own pairs of brain and content, and which of them serves.

A version is ``refused`` (kept with its figures alone), ``coming`` (the past is being encoded anew), ``serving``, or
``replaced``. The one that serves does so until the one that comes is complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from index import changes
from index.store import Store
from index.types import Job

_FIGURES = "trained_until, montages, content_space, known, pairs, later, score, old_score, chance, low, high"
_KEPT = f"{_FIGURES}, reason, data, spread"
_COLUMNS = f"version, made_at, state, {_KEPT}"


class VersionState(StrEnum):
    """What became of a version."""

    REFUSED, COMING, SERVING, REPLACED = "refused", "coming", "serving", "replaced"


@dataclass(frozen=True, slots=True)
class Learned:
    """What one round of learning came to.

    Attributes
    ----------
    trained_until
        UTC seconds, the end of the last moment it learned from; everything it was judged by began later.
    montages
        Names of the sets of electrodes it learned from.
    content_space
        The space of the content vectors it learned from.
    known
        How many moments had both EEG and content.
    pairs, later
        How many moments it learned from, and of how many later ones it was asked.
    score, old_score, chance
        How often the right one of the later moments is found first: by this version, by the one in use (None without
        one), by chance.
    low, high
        Interval of how much more often the right content comes before another than with the one in use or, where
        ``old_score`` is None, than with EEG of other moments; at the level the round asked for, 95 % of all rounds
        together. None while that cannot be told.
    data, spread
        What encodes with it, opaque here.

    """

    trained_until: float
    montages: tuple[str, ...]
    content_space: str
    known: int
    pairs: int
    later: int
    score: float | None
    old_score: float | None
    chance: float | None
    low: float | None
    high: float | None
    adopted: bool
    reason: str
    data: bytes
    spread: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """A round of learning as it is kept; without its data unless it is coming or serving."""

    version: int
    made_at: float
    state: VersionState
    learned: Learned


def put(db: Database, learned: Learned, made_at: float) -> int:
    """Note a round of learning, the same one only once; returns its version."""
    state = VersionState.COMING if learned.adopted else VersionState.REFUSED
    kept = (learned.data, learned.spread) if learned.adopted else (b"", b"")
    facts = asdict(learned) | {"montages": json.dumps(learned.montages)}
    figures = [facts[name] for name in _FIGURES.split(", ")]
    sql = f"INSERT OR IGNORE INTO mappings (made_at, state, {_KEPT}) VALUES ({', '.join('?' * 16)})"  # noqa: S608
    db.execute(sql, [made_at, state, *figures, learned.reason, *kept])
    return int(db.execute("SELECT version FROM mappings WHERE made_at = ?", [made_at]).fetchone()[0])


def adopt(db: Database, version: int, *, spaces: Mapping[str, int], prefix: str, time: float) -> None:
    """Begin to encode the past anew: make the version's spaces known and ask for every moment's vectors in them.

    ``spaces`` are names and dimensions. A version that was still coming is given up; ``prefix`` is how the names of
    all its spaces begin, its number in place of ``{}``.
    """
    for (older,) in db.execute("SELECT version FROM mappings WHERE state = 'coming' AND version <> ?", [version]):
        _retire(db, older, prefix)
    for name, dimension in spaces.items():
        changes.put_space(db, name, model=f"mapping {version}", dimension=dimension, time=time)
    db.execute(
        "INSERT OR REPLACE INTO jobs (moment_id, kind) SELECT id, ? FROM moments "
        "WHERE id IN (SELECT moment_id FROM features) OR id IN (SELECT moment_id FROM vectors WHERE space = "
        "(SELECT content_space FROM mappings WHERE version = ?))",
        [Job.SHARED, version],
    )


def serve_when_complete(db: Database, *, prefix: str) -> int | None:
    """Let a coming version serve once every moment has its vectors, and drop the one it replaces; returns it."""
    coming = db.execute("SELECT version FROM mappings WHERE state = 'coming'").fetchone()
    waiting = db.execute("SELECT 1 FROM jobs WHERE kind = ? AND quarantined = 0", [Job.SHARED]).fetchone()
    if coming is None or waiting is not None:
        return None
    for (older,) in db.execute("SELECT version FROM mappings WHERE state = 'serving'").fetchall():
        _retire(db, older, prefix)
    db.execute("UPDATE mappings SET state = 'serving' WHERE version = ?", [coming[0]])
    return int(coming[0])


def want_shared(db: Database, moment_id: int) -> None:
    """Ask for a moment's vectors in the learned spaces, where anything was learned."""
    if db.execute("SELECT 1 FROM mappings WHERE state IN ('coming', 'serving')").fetchone() is not None:
        changes.want(db, moment_id, Job.SHARED)


def newest(store: Store) -> Version | None:
    """Return the last round of learning, whatever became of it."""
    found = store.rows(f"SELECT {_COLUMNS} FROM mappings ORDER BY version DESC LIMIT 1")  # noqa: S608 constants
    return _version(found[0]) if found else None


def serving(store: Store) -> Version | None:
    """Return the version in use."""
    return next((version for version in live(store) if version.state is VersionState.SERVING), None)


def coming(store: Store) -> int | None:
    """Return the number of the version that the past is still being encoded with."""
    found = store.value("SELECT version FROM mappings WHERE state = 'coming'")
    return None if found is None else int(found)


def live(store: Store) -> list[Version]:
    """Return the versions that moments are encoded with: the one in use and the one that comes."""
    sql = f"SELECT {_COLUMNS} FROM mappings WHERE state IN ('coming', 'serving') ORDER BY version"  # noqa: S608
    return [_version(row) for row in store.rows(sql)]


def live_versions(db: Database) -> list[int]:
    """Return the same as numbers alone, inside a change."""
    sql = "SELECT version FROM mappings WHERE state IN ('coming', 'serving') ORDER BY version"
    return [row[0] for row in db.execute(sql).fetchall()]


def history(store: Store) -> list[Version]:
    """Return all rounds of learning, newest first."""
    return [_version(row) for row in store.rows(f"SELECT {_COLUMNS} FROM mappings ORDER BY version DESC")]  # noqa: S608


def judged(store: Store) -> int:
    """Return how many rounds came to a judgement, whatever it was."""
    return int(store.value("SELECT count(*) FROM mappings WHERE low IS NOT NULL"))


def _retire(db: Database, version: int, prefix: str) -> None:
    """Drop a version's spaces, vectors and data; its figures stay."""
    begins = prefix.format(version)
    sql = "SELECT name FROM spaces WHERE substr(name, 1, length(?1)) = ?1"
    for (name,) in db.execute(sql, [begins]).fetchall():
        changes.drop_space(db, name)
    db.execute("UPDATE mappings SET state = 'replaced', data = x'', spread = x'' WHERE version = ?", [version])


def _version(row: tuple[Any, ...]) -> Version:
    """Return a row of _COLUMNS as an object."""
    version, made_at, state, until, montages, *rest, reason, data, spread = row
    adopted = state != VersionState.REFUSED
    facts = [until, tuple(json.loads(montages)), *rest, adopted, reason, bytes(data), bytes(spread)]
    return Version(version, made_at, VersionState(state), Learned(*facts))
