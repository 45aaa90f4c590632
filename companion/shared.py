"""Vectors in the learned spaces: for new moments, and for all of the past when a new version was adopted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion import sessions
from companion.learning_round import Round
from companion.tasks import Encoder, MomentRows
from embeddings import spaces
from index import changes, mappings
from index.store import Store
from index.types import Job
from index.writer import Writer

PREFIX = spaces.SHARED
SIDES: tuple[spaces.Side, ...] = ("brain", "content")

Sides = dict[str, dict[int, NDArray[np.float32]]]  # space -> moment -> float32[parts, dimension]


class SharedStep:
    """Features and content vectors -> vectors in the spaces of every version that serves or comes."""

    kind, batch = Job.SHARED, 64

    def __init__(self, *, store: Store, writer: Writer, encoder: Encoder, clock: Callable[[], float]) -> None:
        self._store, self._writer, self._encoder, self._clock = store, writer, encoder, clock

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return all of them."""
        return list(moment_ids)

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Encode a batch of moments, and let a version serve that is complete with it."""
        sides = self._sides(moment_ids)
        self._writer.do(_store, moment_ids, sides).result()
        served = self._writer.do(mappings.serve_when_complete, prefix=PREFIX).result()
        if served is not None:
            what = f"Version {served} of what was learned from your EEG is complete and in use."
            self._writer.do(changes.output, "learning", self._clock(), note=what).result()

    def _sides(self, moment_ids: Sequence[int]) -> Sides:
        """Return the vectors of moments by space."""
        rows = {moment_id: self._rows(moment_id) for moment_id in moment_ids}
        brains = {moment_id: found for moment_id, found in rows.items() if found is not None}
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

    def _rows(self, moment_id: int) -> MomentRows | None:
        """Return a moment's EEG; None where it has none, or its session has no first minute."""
        row = self._store.features_of(moment_id)
        if row is None:
            return None
        kind, time, windows, blob = row
        first = sessions.first_minute(self._store, kind, time)
        if first is None:
            return None
        return MomentRows(self._store.ch_names(kind), first, sessions.table(blob, windows))


def adopt(db: Database, done: Round, *, time: float) -> int:
    """Note a round of learning and, where it was adopted, begin to encode the past with it; returns its version."""
    version = mappings.put(db, done.learned, done.made_at)
    if done.learned.adopted:
        both = {spaces.shared(version, side): done.dimension for side in SIDES}
        mappings.adopt(db, version, spaces=both, prefix=PREFIX, time=time)
    return version


def _store(db: Database, moment_ids: Sequence[int], sides: Sides) -> None:
    """Store vectors of the spaces that are still known; a version that came meanwhile still asks for its own."""
    live = mappings.live_versions(db)
    known = {spaces.shared(version, side) for version in live for side in SIDES}
    for space in known & sides.keys():
        changes.put_vectors(db, space, sides[space])
    if known <= sides.keys():
        for moment_id in moment_ids:
            changes.done(db, moment_id, Job.SHARED)
