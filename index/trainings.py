"""Neurofeedback sessions: what was seen of each, what is hidden while it is blind, what the person said of it."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from index.store import Store
from index.types import VaultError

Series = Mapping[str, NDArray[np.generic]]
_COLUMNS = (
    "trainings.id, time_start, time_end, protocol, blind, open, facts, answers, markers, unblinded "
    "FROM trainings JOIN trainings_hidden ON training_id = trainings.id"
)


@dataclass(frozen=True, slots=True)
class NewTraining:
    """A session as it is stored.

    Attributes
    ----------
    time_start, time_end
        UTC seconds of the first and the last step.
    facts
        How it was set up and what it came to; plain words and numbers.
    markers
        UTC seconds and a word each.
    series
        One array a quantity, an entry a step: what was shown.
    draw
        What decided what was shown; empty where nothing was drawn.
    hidden
        One array a quantity, an entry a step: what was measured.
    replayed
        Numbers of the sessions that were, or would have been, replayed in it, whatever was drawn.

    """

    time_start: float
    time_end: float
    protocol: str
    blind: bool
    open: bool
    facts: Mapping[str, Any]
    markers: Sequence[tuple[float, str]]
    series: Series
    draw: str
    hidden: Series
    replayed: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Training:
    """A stored session without its series.

    Attributes
    ----------
    answers
        What the person said of it, by item.
    unblinded
        UTC seconds when the person asked what was drawn; None while they have not.

    """

    id: int
    time_start: float
    time_end: float
    protocol: str
    blind: bool
    open: bool
    facts: Mapping[str, Any]
    answers: Mapping[str, str]
    markers: tuple[tuple[float, str], ...]
    unblinded: float | None

    @property
    def sealed(self) -> bool:
        """Whether what was drawn may not be told yet."""
        return self.blind and self.unblinded is None


def put(db: Database, new: NewTraining, training_id: int | None = None) -> int:
    """Store a session, or what it has come to since it was stored; returns its number."""
    told = [new.time_start, new.time_end, new.protocol, new.blind, new.open]
    told += [json.dumps(dict(new.facts)), json.dumps([list(one) for one in new.markers]), pack(new.series)]
    if training_id is None:
        sql = (
            "INSERT INTO trainings (time_start, time_end, protocol, blind, open, facts, markers, series) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        training_id = int(db.execute(sql, told).lastrowid or 0)
    else:
        sql = (
            "UPDATE trainings SET time_start = ?, time_end = ?, protocol = ?, blind = ?, open = ?, facts = ?, "
            "markers = ?, series = ? WHERE id = ?"
        )
        if not db.execute(sql, [*told, training_id]).rowcount:
            return training_id  # it was forgotten meanwhile, and stays so
    db.execute(
        "INSERT INTO trainings_hidden (training_id, draw, series, replayed) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (training_id) DO UPDATE SET draw = ?2, series = ?3, replayed = ?4",
        [training_id, new.draw, pack(new.hidden), json.dumps(list(new.replayed))],
    )
    return training_id


def close_left_open(db: Database) -> int:
    """Close sessions that the program ended in the midst of; returns how many."""
    return int(db.execute("UPDATE trainings SET open = 0 WHERE open = 1").rowcount)


def answer(db: Database, training_id: int, answers: Mapping[str, str], *, only_sealed: Collection[str] = ()) -> None:
    """Note what the person said of a session, by item; what was said before of other items stays.

    Raises `VaultError` for items that may be said ``only_sealed``, of a session that is not (any more).
    """
    sql = (
        "SELECT answers, blind AND unblinded IS NULL FROM trainings "
        "JOIN trainings_hidden ON training_id = trainings.id WHERE trainings.id = ?"
    )
    found = db.execute(sql, [training_id]).fetchone()
    if found is None:
        raise VaultError(f"There is no training {training_id}.")
    if not found[1] and not answers.keys().isdisjoint(only_sealed):
        raise VaultError("What was shown in this training is known: a guess is one only before.")
    kept = json.loads(found[0]) | dict(answers)
    db.execute("UPDATE trainings SET answers = ? WHERE id = ?", [json.dumps(kept), training_id])


def unblind(db: Database, training_id: int, time: float) -> None:
    """Note when the person asked what was drawn; the first time stays. Raises `VaultError` while it runs."""
    found = db.execute("SELECT open FROM trainings WHERE id = ?", [training_id]).fetchone()
    if found is None:
        raise VaultError(f"There is no training {training_id}.")
    if found[0]:
        raise VaultError("This training still runs. End it first; then what was drawn can be told.")
    db.execute(
        "UPDATE trainings_hidden SET unblinded = coalesce(unblinded, ?) WHERE training_id = ?", [time, training_id]
    )
    # What would have been replayed no longer matters where it was not.
    sql = "UPDATE trainings_hidden SET replayed = '[]' WHERE training_id = ? AND draw != '' AND NOT draw ->> 'sham'"
    db.execute(sql, [training_id])


def forget_between(db: Database, spans: Sequence[tuple[float, float]]) -> None:
    """Forget all sessions that reach into some stretches of time (UTC seconds): their series come from its EEG."""
    for span in spans:
        found = db.execute("SELECT id FROM trainings WHERE time_end > ? AND time_start < ?", span).fetchall()
        for (training_id,) in found:
            forget(db, training_id)


def any_between(store: Store, spans: Sequence[tuple[float, float]]) -> bool:
    """Whether any session reaches into some stretches of time, UTC seconds."""
    sql = "SELECT 1 FROM trainings WHERE time_end > ? AND time_start < ? LIMIT 1"
    return any(store.value(sql, span) is not None for span in spans)


def forget(db: Database, training_id: int) -> None:
    """Forget one session, also what others replayed of it; raises `VaultError` when there is none."""
    _forget_replays(db, training_id)
    if not db.execute("DELETE FROM trainings WHERE id = ?", [training_id]).rowcount:
        raise VaultError(f"There is no training {training_id}.")


def _forget_replays(db: Database, training_id: int) -> None:
    """Leave out what was shown in blind sessions that a session was replayed in, or would have been.

    Both, since otherwise what is left would tell the draw.
    """
    sql = (
        "SELECT trainings.id, trainings.series FROM trainings JOIN trainings_hidden ON training_id = trainings.id "
        "WHERE ? IN (SELECT value FROM json_each(replayed))"
    )
    for other, blob in db.execute(sql, [training_id]).fetchall():
        db.execute("UPDATE trainings SET series = ? WHERE id = ?", [_without_margins(blob, other), other])


def _without_margins(blob: bytes, training_id: int) -> bytes:
    try:
        arrays = _unpacked(blob, training_id)
    except VaultError:  # it is damaged: nothing of it can be read, and what can be made out of its bytes must go too
        return b""
    return pack(arrays | {"margin": np.full_like(arrays["margin"], np.nan)})


def forget_all(db: Database) -> None:
    """Forget every session."""
    db.execute("DELETE FROM trainings")


def all_of(store: Store, *, protocol: str | None = None, limit: int = 1000) -> list[Training]:
    """Return sessions, newest first; of one protocol or of all."""
    sql = f"SELECT {_COLUMNS} WHERE ?1 IS NULL OR protocol = ?1 ORDER BY time_start DESC, trainings.id DESC LIMIT ?2"
    return [_training(row) for row in store.rows(sql, [protocol, limit])]


def between(store: Store, start: float, end: float) -> list[Training]:
    """Return the sessions that reach into a time (UTC seconds), in order."""
    sql = f"SELECT {_COLUMNS} WHERE time_end >= ? AND time_start <= ? ORDER BY time_start, trainings.id"
    return [_training(row) for row in store.rows(sql, [start, end])]


def one(store: Store, training_id: int) -> Training:
    """Return a session; raises `VaultError` when there is none."""
    found = store.rows(f"SELECT {_COLUMNS} WHERE trainings.id = ?", [training_id])
    if not found:
        raise VaultError(f"There is no training {training_id}.")
    return _training(found[0])


def series(store: Store, training_id: int) -> dict[str, NDArray[Any]]:
    """Return what was shown in a session, an entry a step; raises `VaultError`."""
    return _unpacked(store.value("SELECT series FROM trainings WHERE id = ?", [training_id]), training_id)


def hidden(store: Store, training_id: int) -> tuple[str, dict[str, NDArray[Any]]]:
    """Return what was drawn and what was measured; raises `VaultError` while the session is blind."""
    if one(store, training_id).sealed:
        raise VaultError("This training is blind. Ask for it to be unblinded first.")
    row = store.rows("SELECT draw, series FROM trainings_hidden WHERE training_id = ?", [training_id])[0]
    return str(row[0]), _unpacked(row[1], training_id)


def measured(store: Store, training_id: int) -> dict[str, NDArray[Any]]:
    """Return what was measured, also in a session that is blind, for replays alone: nobody may be told of it.

    Raises `VaultError`.
    """
    return _unpacked(
        store.value("SELECT series FROM trainings_hidden WHERE training_id = ?", [training_id]), training_id
    )


def exported(store: Store, training: Training) -> dict[str, Any]:
    """Return a session for other programs to read; raises `VaultError` where it is damaged.

    What a blinded person may not see yet is not in it, as in `hidden`; nor what was shown, as a replay is like an
    earlier session that they may have.
    """
    shown = series(store, training.id)
    if training.sealed:
        del shown["margin"]
    told = asdict(training) | {"series": _listed(shown)}
    if training.sealed:
        return told
    draw, measured = hidden(store, training.id)
    return told | {"draw": json.loads(draw) if draw else None, "measured": _listed(measured)}


def _listed(arrays: Series) -> dict[str, list[float | int | None]]:
    """Return arrays as lists; what is not a number is None."""
    return {
        name: [None if one != one else one for one in array.tolist()]  # noqa: PLR0124 nan
        for name, array in arrays.items()
    }


def pack(arrays: Series) -> bytes:
    """Return arrays as compressed bytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **dict(arrays))
    return stream.getvalue()


def _unpacked(blob: bytes | None, training_id: int) -> dict[str, NDArray[Any]]:
    if blob is None:
        raise VaultError(f"There is no training {training_id}.")
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
            return {name: saved[name] for name in saved.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise VaultError(f"Training {training_id} is damaged ({error}). Forget it; the others are not.") from error


def _training(row: tuple[Any, ...]) -> Training:
    training_id, start, end, protocol, blind, is_open, facts, answers, markers, unblinded = row
    return Training(
        training_id,
        start,
        end,
        protocol,
        bool(blind),
        bool(is_open),
        json.loads(facts),
        json.loads(answers),
        tuple((time, word) for time, word in json.loads(markers)),
        unblinded,
    )
