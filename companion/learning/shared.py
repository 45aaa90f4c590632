"""Vectors in the learned spaces: for new moments, and for all of the past when a new version was adopted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion import sessions
from companion.jobs.tasks import Encoder, MomentRows
from companion.learning.round import Round
from companion.sessions import Outline
from embeddings import spaces
from index import changes, mappings
from index.store import Store
from index.types import Job
from index.writer import Writer

PREFIX = spaces.SHARED
SIDES: tuple[spaces.Side, ...] = ("brain", "content")

SAME = 0.999  # cosine of a vector with itself made again; against another first minute it is lower

Worn = dict[int, tuple[str, Outline]]  # moment -> electrodes, session
Sides = dict[str, dict[int, NDArray[np.float32]]]  # space -> moment -> float32[parts, dimension]


class SharedStep:
    """Features and content vectors -> vectors in the spaces of every version that serves or comes."""

    kind, batch = Job.SHARED, 64

    def __init__(self, *, store: Store, writer: Writer, encoder: Encoder, clock: Callable[[], float]) -> None:
        self._store, self._writer, self._encoder, self._clock = store, writer, encoder, clock

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return those against whose session's first minute no EEG still speaks; serves what is complete."""
        if not moment_ids:
            self.serve()  # what waited last may have been set aside
        worn = self._worn(moment_ids)
        held = {id(session) for session in _each(worn) if sessions.unsettled(self._store, session)}
        return [i for i in moment_ids if i not in worn or id(worn[i][1]) not in held]

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Encode a batch of moments, and let a version serve that is complete with it.

        Where the first minute of a session came or changed since, its other moments are asked for again.
        """
        sides = self._sides(moment_ids)
        again = self._outdated(moment_ids)
        self._writer.do(_store, moment_ids, sides, again).result()
        self.serve()

    def serve(self) -> None:
        """Let a version that comes serve when nothing waits for it any more."""
        if self._store.value("SELECT 1 FROM mappings WHERE state = 'coming'") is None:
            return
        served = self._writer.do(mappings.serve_when_complete, prefix=PREFIX).result()
        if served is not None:
            what = f"Version {served} of what was learned from your EEG is complete and in use."
            self._writer.do(changes.output, "learning", self._clock(), note=what).result()

    def _sides(self, moment_ids: Sequence[int]) -> Sides:
        """Return the vectors of moments by space."""
        brains = self._brains(self._worn(moment_ids))
        found: Sides = {}
        for version in mappings.live(self._store):
            learned = version.learned
            vectors = self._encoder.submit("shared_brain", learned.data, learned.spread, list(brains.values())).result()
            parts = zip(brains, vectors, strict=True)
            found[spaces.shared(version.version, "brain")] = {i: vector[np.newaxis] for i, vector in parts}
            contents = self._store.matrices(moment_ids, learned.content_space)
            encoded = self._encoder.submit("shared_content", learned.data, list(contents.values())).result()
            found[spaces.shared(version.version, "content")] = dict(zip(contents, encoded, strict=True))
        return found

    def _worn(self, moment_ids: Sequence[int]) -> Worn:
        """Return the electrodes and the session of each moment with EEG; one object a session."""
        sql = (
            "SELECT moment_id, kind, time_start FROM features JOIN moments ON id = moment_id "
            "WHERE moment_id IN (SELECT value FROM json_each(?)) ORDER BY kind, time_start DESC"
        )
        found: Worn = {}
        last: tuple[str, Outline] | None = None
        for moment_id, kind, time in self._store.rows(sql, [json.dumps(list(moment_ids))]):
            if last is None or last[0] != kind or time < last[1].start:
                session = sessions.at(self._store, kind, time)
                last = (kind, session) if session is not None else None
            if last is not None:
                found[moment_id] = last
        return found

    def _brains(self, worn: Worn) -> dict[int, MomentRows]:
        """Return the EEG of moments whose session has a first minute."""
        found = {}
        for moment_id, (kind, session) in worn.items():
            row = self._store.features_of(moment_id)
            if session.first is not None and row is not None:
                rows = sessions.table(row[3], row[2])
                found[moment_id] = MomentRows(self._store.ch_names(kind), session.first, rows)
        return found

    def _outdated(self, moment_ids: Sequence[int]) -> list[int]:
        """Return the done moments of the same sessions that were encoded without, or against another, first minute.

        One of each session tells: the last one that is done. They were all encoded against the same.
        """
        live = mappings.live(self._store)
        if not live:
            return []
        space, learned = spaces.shared(live[0].version, "brain"), live[0].learned
        worn = self._worn(moment_ids)
        done = [self._done(session) for session in _each(worn)]
        witnesses = {ids[-1]: ids for ids in done if ids}
        brains = self._brains(self._worn(list(witnesses)))
        kept = {i: self._store.vector(i, space) for i in brains}
        known = {i: vector for i, vector in kept.items() if vector is not None}
        asked = [brains[i] for i in known]
        now = self._encoder.submit("shared_brain", learned.data, learned.spread, asked).result() if asked else []
        same = {i for i, vector in zip(known, now, strict=True) if float(known[i] @ vector) > SAME}
        return [i for witness in kept.keys() - same for i in witnesses[witness]]

    def _done(self, session: Outline) -> list[int]:
        """Return a session's moments that wait for nothing here, in order of time."""
        sql = "SELECT moment_id FROM jobs WHERE kind = ? AND moment_id IN (SELECT value FROM json_each(?))"
        asked = {row[0] for row in self._store.rows(sql, [Job.SHARED, json.dumps(session.moment_ids)])}
        return [i for i in session.moment_ids if i not in asked]


def _each(worn: Worn) -> list[Outline]:
    """Return each session once."""
    return list({id(session): session for _, session in worn.values()}.values())


def adopt(db: Database, done: Round, *, time: float) -> int:
    """Note a round of learning and, where it was adopted, begin to encode the past with it; returns its version."""
    version = mappings.put(db, done.learned, done.made_at)
    if done.learned.adopted:
        both = {spaces.shared(version, side): done.dimension for side in SIDES}
        mappings.adopt(db, version, spaces=both, prefix=PREFIX, time=time)
    return version


def _store(db: Database, moment_ids: Sequence[int], sides: Sides, again: Sequence[int] = ()) -> None:
    """Store vectors of the spaces that are still known; a version that came meanwhile still asks for its own."""
    live = mappings.live_versions(db)
    known = {spaces.shared(version, side) for version in live for side in SIDES}
    left = changes.there(db, {*again, *(i for space in known & sides.keys() for i in sides[space])})
    for space in known & sides.keys():
        changes.put_vectors(db, space, {i: matrix for i, matrix in sides[space].items() if i in left})
    if known <= sides.keys():
        for moment_id in moment_ids:
            changes.done(db, moment_id, Job.SHARED)
    for moment_id in left & set(again):
        changes.want(db, moment_id, Job.SHARED)
