"""Two kinds of job: encoding a moment's text, encoding its EEG."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion import sessions
from companion.brain.board import is_simulated
from companion.jobs import states
from companion.jobs.brain_features import BrainFeatures
from companion.jobs.fill import POISON, UnusableError
from companion.jobs.states import Stateless
from companion.jobs.tasks import Vectors
from companion.jobs.worker import Worker
from companion.moments import BESIDE
from companion.wording import SIMULATED
from embeddings import spaces
from embeddings.types import EEGWindow
from index import changes, mappings
from index.signals import recordings
from index.signals.recordings import Stretch
from index.spaces import vector_bytes
from index.store import Store
from index.types import Job, Moment, SignalQuality, VaultError
from index.writer import Writer

GOES_ON_SECONDS = 10.0  # a moment that has gone on so long is encoded before it ends; most end sooner, encoded once
WINDOWS_KEPT = 4  # rows of features kept a moment, spread over it
LEAST_STRETCH = 6.0  # seconds: the filter settles in 2, a window lasts 4


class ContentStep:
    """Text -> content vectors."""

    kind, batch = Job.CONTENT, 16

    def __init__(self, *, store: Store, writer: Writer, encoder: Worker, clock: Callable[[], float]) -> None:
        self._store, self._writer, self._encoder, self._clock = store, writer, encoder, clock

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return those that ended, or have gone on for a while."""
        sql = """SELECT id FROM moments WHERE id IN (SELECT value FROM json_each(?))
                 AND (open = 0 OR time_start <= ?) ORDER BY id DESC"""
        begun = self._clock() - GOES_ON_SECONDS
        return [row[0] for row in self._store.rows(sql, [json.dumps(list(moment_ids)), begun])]

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Encode a batch of moments and store their vectors."""
        moments = list(self._store.moments(moment_ids).values())
        vectors: Vectors = self._encoder.submit("encode_moments", [(m.title, m.text) for m in moments]).result()
        self._writer.do(store_content, moments, vectors, self._clock()).result()


class BrainStep:
    """Raw EEG of a closed moment -> features -> state vector, and the person's baseline as it becomes known."""

    kind, batch = Job.BRAIN, 8

    def __init__(self, *, store: Store, writer: Writer, encoder: Worker, clock: Callable[[], float]) -> None:
        self._store, self._writer, self._encoder, self._clock = store, writer, encoder, clock
        self._windows: dict[str, int] = {}  # known, by montage
        self._stateless = Stateless(store)

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return the newest of all that wait whose EEG is on disk; without any, some that lack a state alone."""
        over = self._store.waiting(self.kind, self.batch, over=self._clock()) if moment_ids else []
        return over or self._stateless.some()

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Encode each moment's EEG; one without EEG simply has none. What waits for no EEG is given its state."""
        waiting = self._asked(moment_ids)
        self._give_states([moment_id for moment_id in moment_ids if moment_id not in waiting])
        for moment in self._store.moments(waiting).values():
            try:
                found = self._found(moment)
            except UnusableError:
                self._state_of_known(moment.id)
                self._writer.do(_ask, moment.id).result()  # it is set aside all the same
                raise
            if found is None:
                self._writer.do(changes.done, moment.id, Job.BRAIN).result()
            else:
                self._state(moment.id, found)

    def _asked(self, moment_ids: Sequence[int]) -> set[int]:
        """Return those whose EEG is to be looked at."""
        sql = "SELECT moment_id FROM jobs WHERE kind = ? AND moment_id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._store.rows(sql, [self.kind, json.dumps(list(moment_ids))])}

    def _found(self, moment: Moment) -> BrainFeatures | None:
        """Return what a moment's EEG says, stored; what is known already where the EEG itself is gone."""
        # What another monitor shows has nothing to do with the mind of who does not look at it.
        found = None if moment.source.endswith(BESIDE) else self._features(moment)
        if found is None:
            return self._known_features(moment.id)
        self._writer.do(_store_features, moment.id, found).result()
        return found if len(found.rows) else None

    def _state_of_known(self, moment_id: int) -> None:
        """Store a moment's state where its features are known, though its EEG cannot be read any more."""
        known = self._known_features(moment_id)
        if known is not None:
            self._state(moment_id, known)

    def _known_features(self, moment_id: int) -> BrainFeatures | None:
        """Return the features that are stored of a moment."""
        row = self._store.features_of(moment_id)
        if row is None:
            return None
        rows = sessions.table(row[3], row[2])
        return BrainFeatures(row[0], self._store.ch_names(row[0]), rows, windows=len(rows), fit=len(rows), faults="")

    def _features(self, moment: Moment) -> BrainFeatures | None:
        """Return the features of the montage that was worn longest during a moment."""
        stretches = self._stretches(moment)
        if not stretches:
            return None
        longest = max(stretches, key=lambda stretch: stretch.data.shape[1] / stretch.sfreq)
        same = [
            EEGWindow(stretch.data, stretch.sfreq, stretch.ch_names, stretch.time_end)
            for stretch in stretches
            if (stretch.ch_names, stretch.sfreq) == (longest.ch_names, longest.sfreq)
        ]
        found: BrainFeatures = self._encoder.submit("brain_features", same, WINDOWS_KEPT).result()
        return replace(found, faults=SIMULATED) if is_simulated(longest.source) else found

    def _stretches(self, moment: Moment) -> list[Stretch]:
        """Return a moment's raw EEG; a recording that is gone or damaged must not stop the others."""
        start = moment.time_start - 2.0  # the filter settles before the moment begins
        try:
            return recordings.between(self._store, start, moment.time_end, least_seconds=LEAST_STRETCH)
        except (VaultError, ValueError) as error:
            raise UnusableError(str(error)) from error

    def _state(self, moment_id: int, found: BrainFeatures) -> None:
        """Store the moment's state vector; fit the baseline first when twice as much is known as before.

        Only then the moment waits no more: what fails here is told as its.
        """
        space, baseline = current_baseline(self._store, found.montage) or (None, b"")
        if space is None:
            self._windows.pop(found.montage, None)  # it may have been forgotten, and much of what was counted with it
        due = _due(space)
        if due is not None and self._known(found, due) >= due:
            if self._fit(found, space):
                self._writer.do(changes.done, moment_id, Job.BRAIN).result()
        elif space is not None:
            vectors = self._encoder.submit("state_vectors", baseline, [found.rows]).result()
            self._writer.do(_store_state, space, moment_id, vectors[0][np.newaxis]).result()
        else:
            self._writer.do(changes.done, moment_id, Job.BRAIN).result()

    def _known(self, found: BrainFeatures, due: int) -> int:
        """Return how many windows are known of a montage, or some number from ``due`` on; counted once a run."""
        if found.montage in self._windows:
            self._windows[found.montage] += len(found.rows)
        else:
            sql = "SELECT total(weight) FROM (SELECT weight FROM features WHERE kind = ? LIMIT ?)"
            self._windows[found.montage] = int(self._store.value(sql, [found.montage, due]))
        return self._windows[found.montage]

    def _fit(self, found: BrainFeatures, old: str | None) -> bool:
        """Fit a new baseline and store its space, with a vector of each moment that was read for it.

        Returns False where some of these went meanwhile: it is to be done anew. However much is known, no more
        moments are read than a baseline takes windows; the others get their vectors later, some at a time.
        """
        rows = states.spread(self._store, found.montage, spaces.MOST_WINDOWS)
        tables = [sessions.table(blob, weight) for _, weight, blob in rows]
        windows = sum(map(len, tables))
        self._windows[found.montage] = windows
        if windows < spaces.LEAST_WINDOWS:
            return True  # the rest of what was counted is forgotten by now
        chosen = np.linspace(0, windows - 1, min(windows, spaces.MOST_WINDOWS)).astype(int)
        fitted = self._encoder.submit("fit_baseline", np.vstack(tables)[chosen], len(found.ch_names))
        baseline, dimension = fitted.result()
        vectors = self._encoder.submit("state_vectors", baseline, tables).result()
        by_moment = {row[0]: vector[np.newaxis] for row, vector in zip(rows, vectors, strict=True)}
        new = NewSpace(spaces.state(found.montage, len(chosen)), dimension, baseline, by_moment)
        stored: bool = self._writer.do(_replace_space, old, new, self._clock()).result()
        self._stateless.again(new.name)
        return stored

    def _give_states(self, moment_ids: Sequence[int]) -> None:
        """Store the states of moments whose features are known; of one that cannot have one this is noted and told."""
        try:
            self._encode_known(moment_ids)
        except POISON:
            if len(moment_ids) == 1:  # more are tried one by one
                self._writer.do(_ask, moment_ids[0]).result()  # else nothing could be set aside
            raise

    def _encode_known(self, moment_ids: Sequence[int]) -> None:
        """Store the states of moments by their features, in the spaces there are."""
        sql = (
            "SELECT kind, moment_id, weight, data FROM features "
            "WHERE moment_id IN (SELECT value FROM json_each(?)) ORDER BY kind, moment_id"
        )
        for montage, alike in groupby(self._store.rows(sql, [json.dumps(list(moment_ids))]), key=lambda row: row[0]):
            known = current_baseline(self._store, montage)
            if known is not None:
                rows = list(alike)
                tables = [sessions.table(bytes(blob), weight) for _, _, weight, blob in rows]
                vectors = self._encoder.submit("state_vectors", known[1], tables).result()
                by_moment = {row[1]: vector[np.newaxis] for row, vector in zip(rows, vectors, strict=True)}
                self._writer.do(_store_states, known[0], by_moment).result()


@dataclass(frozen=True, slots=True)
class NewSpace:
    """A state space about to take the place of an older one."""

    name: str
    dimension: int
    baseline: bytes
    vectors: dict[int, NDArray[np.float32]]


def current_space(store: Store, montage: str) -> str | None:
    """Return the state space in use for a montage, None before there was enough EEG."""
    found = store.spaces(spaces.state_of(montage))
    return found[0] if found else None


def current_baseline(store: Store, montage: str) -> tuple[str, bytes] | None:
    """Return the same with its baseline, read at once: between two reads another may take its place."""
    newest = "FROM spaces WHERE substr(name, 1, length(?1)) = ?1 ORDER BY made_at DESC, rowid DESC LIMIT 1"
    found = store.rows(f"SELECT name, data {newest}", [spaces.state_of(montage)])
    return (found[0][0], bytes(found[0][1])) if found else None


def current_state(store: Store, moment_id: int) -> tuple[str, NDArray[np.float32]] | None:
    """Return the space in use for a moment's montage and the moment's vector in it, read at once; None without one."""
    montage = store.value("SELECT kind FROM features WHERE moment_id = ?", [moment_id])
    if montage is None:
        return None
    sql = (
        "SELECT space, vector FROM whole_vectors JOIN spaces ON name = space WHERE moment_id = ?1 AND part = 0 "
        "AND substr(name, 1, length(?2)) = ?2 ORDER BY made_at DESC, spaces.rowid DESC LIMIT 1"
    )
    found = store.rows(sql, [moment_id, spaces.state_of(montage)])
    return (found[0][0], vector_bytes.unpack(found[0][1])) if found else None


def _due(space: str | None) -> int | None:
    """Return how many windows must be known before a baseline is fitted (again), None where it is not any more."""
    if space is None:
        return spaces.LEAST_WINDOWS
    fitted = spaces.fitted_windows(space)
    return 2 * fitted if fitted < spaces.MOST_WINDOWS else None


def store_content(db: Database, moments: Sequence[Moment], vectors: Vectors, time: float) -> None:
    """Store the content vectors of moments, and note that none is missing any more."""
    changes.put_space(db, vectors.space, model=vectors.model, dimension=vectors.dimension, time=time)
    parts = zip(moments, vectors.parts, strict=True)
    _store_vectors(db, vectors.space, {moment.id: matrix for moment, matrix in parts if len(matrix)})
    left = changes.there(db, [moment.id for moment in moments])
    for moment in (moment for moment in moments if moment.id in left):
        if changes.says(db, moment.id, title=moment.title, text=moment.text):  # else it was renewed meanwhile
            changes.done(db, moment.id, Job.CONTENT)
        mappings.want_shared(db, moment.id)


def _store_vectors(db: Database, space: str, vectors: Mapping[int, NDArray[np.float32]]) -> None:
    """Store the vectors of those moments that were not forgotten meanwhile."""
    left = changes.there(db, vectors)
    changes.put_vectors(db, space, {moment_id: matrix for moment_id, matrix in vectors.items() if moment_id in left})


def _store_state(db: Database, space: str, moment_id: int, vector: NDArray[np.float32]) -> None:
    """Store a moment's state; where its space was forgotten meanwhile, the moment is encoded anew."""
    if _store_states(db, space, {moment_id: vector}):
        changes.done(db, moment_id, Job.BRAIN)
    else:
        _ask(db, moment_id)


def _ask(db: Database, moment_id: int) -> None:
    """Ask for a moment's EEG (again), where it was not forgotten meanwhile."""
    if changes.there(db, [moment_id]):
        changes.want(db, moment_id, Job.BRAIN)


def _store_states(db: Database, space: str, vectors: Mapping[int, NDArray[np.float32]]) -> bool:
    """Store the states of moments; returns False, and changes nothing, where their space was forgotten meanwhile."""
    if db.execute("SELECT 1 FROM spaces WHERE name = ?", [space]).fetchone() is None:
        return False
    _store_vectors(db, space, vectors)
    return True


def _store_features(db: Database, moment_id: int, found: BrainFeatures) -> None:
    """Store what a moment's EEG says: how good it was in any case, features of its fit windows alone."""
    if not changes.there(db, [moment_id]):
        return
    quality = SignalQuality(found.windows, found.fit, found.faults)
    changes.put_quality(db, moment_id, found.montage, quality)
    if len(found.rows):
        rows = found.rows
        changes.put_features(db, moment_id, found.montage, len(rows), rows.tobytes(), ch_names=found.ch_names)
        mappings.want_shared(db, moment_id)


def _replace_space(db: Database, old: str | None, new: NewSpace, time: float) -> bool:
    """Put a space in the place of an older one, which may have the same name.

    Returns False, and changes nothing, where some of what it was fitted to is gone by now.
    """
    sql = "SELECT count(*) FROM features WHERE moment_id IN (SELECT value FROM json_each(?))"
    if db.execute(sql, [json.dumps(list(new.vectors))]).fetchone()[0] < len(new.vectors):
        return False
    if old is not None:
        changes.drop_space(db, old)
    changes.put_space(db, new.name, model=spaces.STATE, dimension=new.dimension, time=time, data=new.baseline)
    _store_vectors(db, new.name, new.vectors)
    return True
