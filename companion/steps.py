"""The three kinds of job: reading a frame's text, encoding a moment's text, encoding its EEG."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion import sessions
from companion.brain_features import BrainFeatures
from companion.fill import UnusableError
from companion.moments import BESIDE
from companion.tasks import Vectors
from companion.worker import Worker
from embeddings import spaces
from embeddings.reading_order import as_text
from embeddings.types import EEGWindow, TextLine
from index import changes, mappings
from index.pictures import frames
from index.signals import recordings
from index.signals.recordings import Stretch
from index.spaces import vector_bytes
from index.store import Store
from index.types import Job, Moment, SignalQuality, VaultError
from index.vault import Vault
from index.writer import Writer

GOES_ON_SECONDS = 10.0  # a moment that has gone on so long is encoded before it ends; most end sooner, encoded once
WINDOWS_KEPT = 4  # rows of features kept a moment, spread over it
LEAST_STRETCH = 6.0  # seconds: the filter settles in 2, a window lasts 4


class ReadStep:
    """Frame of a replay -> text, and the frame without the secrets it shows."""

    kind, batch = Job.READ, 1

    def __init__(self, *, store: Store, writer: Writer, reader: Worker) -> None:
        self._store, self._writer, self._reader = store, writer, reader

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return all of them: a frame is there from the start."""
        return list(moment_ids)

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Read each frame and store its text."""
        from companion import drawn_secrets  # its patterns take a while, and the tray icon does not wait for them
        from companion.masking import pixels

        for moment in self._store.moments(moment_ids).values():
            picture = frames.read(self._store.vault, moment.frame)
            lines: list[TextLine] = self._reader.submit("read", picture).result()
            shown = frames.decode(picture)
            secret = drawn_secrets.touched(lines, told=0, width=shown.shape[1])
            image = pixels.blackened(shown, secret) if secret else None
            masked = drawn_secrets.masked_lines(lines, told=0, width=shown.shape[1])
            text = as_text([line for line in masked if line.text])
            self._writer.do(_store_text, self._writer.vault, moment.id, text, image).result()


def _store_text(db: Database, vault: Vault, moment_id: int, text: str, image: NDArray[np.uint8] | None) -> None:
    """Store what a frame says; first what it looks like without secrets, where it shows any."""
    if not changes.there(db, [moment_id]):
        return
    if image is not None:
        changes.put_frame(db, vault, moment_id, image)
    changes.put_text(db, moment_id, text)


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

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return the newest of all that wait whose EEG is on disk."""
        return self._store.waiting(self.kind, self.batch, over=self._clock()) if moment_ids else []

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Encode each moment's EEG; one without EEG simply has none."""
        for moment in self._store.moments(moment_ids).values():
            # What another monitor shows has nothing to do with the mind of who does not look at it.
            found = None if moment.source.endswith(BESIDE) else self._features(moment)
            if found is None:
                self._writer.do(changes.done, moment.id, Job.BRAIN).result()
                continue
            self._writer.do(_store_features, moment.id, found).result()
            if len(found.rows):
                self._state(moment.id, found)

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
        return found

    def _stretches(self, moment: Moment) -> list[Stretch]:
        """Return a moment's raw EEG; a recording that is gone or damaged must not stop the others."""
        start = moment.time_start - 2.0  # the filter settles before the moment begins
        try:
            return recordings.between(self._store, start, moment.time_end, least_seconds=LEAST_STRETCH)
        except (VaultError, ValueError) as error:
            raise UnusableError(str(error)) from error

    def _state(self, moment_id: int, found: BrainFeatures) -> None:
        """Store the moment's state vector; fit the baseline first when twice as much is known as before."""
        space, baseline = current_baseline(self._store, found.montage) or (None, b"")
        if space is None:
            self._windows.pop(found.montage, None)  # it may have been forgotten, and much of what was counted with it
        if self._known(found) >= _due(space):
            self._fit(found, space)
        elif space is not None:
            vectors = self._encoder.submit("state_vectors", baseline, [found.rows]).result()
            self._writer.do(_store_state, space, moment_id, vectors[0][np.newaxis]).result()

    def _known(self, found: BrainFeatures) -> int:
        """Return how many windows are known of a montage, counted in full only once a run."""
        if found.montage in self._windows:
            self._windows[found.montage] += len(found.rows)
        else:
            sql = "SELECT total(weight) FROM features WHERE kind = ?"
            self._windows[found.montage] = int(self._store.value(sql, [found.montage]))
        return self._windows[found.montage]

    def _fit(self, found: BrainFeatures, old: str | None) -> None:
        """Fit a new baseline and give every moment of the montage a vector of its space."""
        rows = list(self._store.features(found.montage))
        self._windows[found.montage] = sum(round(weight) for _, weight, _ in rows)
        if self._windows[found.montage] < spaces.LEAST_WINDOWS:
            return  # the rest of what was counted is forgotten by now
        tables = [sessions.table(blob, weight) for _, weight, blob in rows]
        baseline, dimension = self._encoder.submit("fit_baseline", np.vstack(tables), len(found.ch_names)).result()
        vectors = self._encoder.submit("state_vectors", baseline, tables).result()
        by_moment = {row[0]: vector[np.newaxis] for row, vector in zip(rows, vectors, strict=True)}
        new = NewSpace(spaces.state(found.montage, sum(map(len, tables))), dimension, baseline, by_moment)
        self._writer.do(_replace_space, old, new, self._clock()).result()


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


def _due(space: str | None) -> float:
    """Return how many windows must be known before a baseline is fitted (again)."""
    if space is None:
        return spaces.LEAST_WINDOWS
    fitted = spaces.fitted_windows(space)
    return 2 * fitted if fitted < spaces.MOST_WINDOWS else float("inf")


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
    if db.execute("SELECT 1 FROM spaces WHERE name = ?", [space]).fetchone() is not None:
        _store_vectors(db, space, {moment_id: vector})
    elif changes.there(db, [moment_id]):
        changes.want(db, moment_id, Job.BRAIN)


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
    changes.done(db, moment_id, Job.BRAIN)


def _replace_space(db: Database, old: str | None, new: NewSpace, time: float) -> None:
    """Put a space in the place of an older one, which may have the same name.

    Not where some of what it was fitted to is gone by now: it is fitted again with the next moment.
    """
    sql = "SELECT count(*) FROM features WHERE moment_id IN (SELECT value FROM json_each(?))"
    if db.execute(sql, [json.dumps(list(new.vectors))]).fetchone()[0] < len(new.vectors):
        return
    if old is not None:
        changes.drop_space(db, old)
    changes.put_space(db, new.name, model=spaces.STATE, dimension=new.dimension, time=time, data=new.baseline)
    _store_vectors(db, new.name, new.vectors)
