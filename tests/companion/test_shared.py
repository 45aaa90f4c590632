from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from desk import Desk
from numpy.typing import NDArray
from rich.progress import Progress

from companion.cli import train
from companion.cli.here import Here
from companion.jobs.fill import Filler
from companion.jobs.tasks import MomentRows
from companion.learning import shared
from companion.learning.round import Round
from companion.learning.shared import SharedStep
from index import changes, mappings
from index.mappings import Learned, VersionState
from index.spaces.vector_bytes import unpack
from index.types import Job, NewMoment

BEGIN, NOW = 1_772_442_720.0, 1_772_500_000.0
KIND, CONTENT, DIMENSION = "A+B", "content:planted", 64
BRAIN = "shared:v1:brain"
BAD = 9.0

Rows = NDArray[np.float32]


class Tasks:
    """Encodes EEG as which moment its session's first minute begins with, content as itself."""

    def shared_brain(self, _data: bytes, _spread: bytes, moments: Sequence[MomentRows]) -> list[Rows]:
        return [np.eye(DIMENSION, dtype=np.float32)[int(moment.first[0, 0])] for moment in moments]

    def shared_content(self, _data: bytes, contents: Sequence[Rows]) -> list[Rows]:
        if any(content[0, 0] == BAD for content in contents):
            raise ValueError("nothing can be made of it")
        return list(contents)


def step(desk: Desk) -> SharedStep:
    return SharedStep(store=desk.store, writer=desk.writer, encoder=Here(Tasks()), clock=lambda: NOW)


def adopt(desk: Desk) -> None:
    """Adopt a version that moments are encoded with."""
    nothing: dict[str, Any] = dict.fromkeys(("score", "old_score", "chance", "low", "high"))
    figures: dict[str, Any] = {
        "trained_until": BEGIN,
        "known": 0,
        "pairs": 0,
        "later": 0,
        "reason": "",
        "adopted": True,
    }
    learned = Learned(montages=(KIND,), content_space=CONTENT, data=b"m", spread=b"s", **figures, **nothing)
    desk.writer.do(shared.adopt, Round(NOW, DIMENSION, learned), time=NOW).result()


def see(desk: Desk, count: int) -> list[int]:
    """Store moments, one a minute, whose EEG was not looked at yet."""

    def fill(db: Any) -> list[int]:
        ids = []
        for number in range(count):
            start = BEGIN + 60 * number
            ids.append(changes.open_moment(db, desk.vault, NewMoment(start, start + 50, "app", "title"), None))
            changes.close_moment(db, ids[-1], start + 50)
        return ids

    return desk.writer.do(fill).result()


def look(desk: Desk, *moment_ids: int) -> None:
    """Store the EEG of moments: windows that hold the number of the moment."""

    def fill(db: Any) -> None:
        for moment_id in moment_ids:
            rows = np.full((4, 9), moment_id, np.float32)
            changes.put_features(db, moment_id, KIND, len(rows), rows.tobytes(), ch_names=("A", "B"))
            mappings.want_shared(db, moment_id)
            changes.done(db, moment_id, Job.BRAIN)

    desk.writer.do(fill).result()


def without_eeg(desk: Desk, *moment_ids: int) -> None:
    for moment_id in moment_ids:
        desk.writer.do(changes.done, moment_id, Job.BRAIN).result()


def drain(desk: Desk) -> int:
    """Do what can be done; returns in how many batches."""
    shared_step, batches = step(desk), 0
    while ids := shared_step.ready(desk.store.waiting(Job.SHARED, 8)):
        shared_step.fill(ids)
        batches += 1
        assert batches < 30
    return batches


def against(desk: Desk) -> dict[int, int]:
    """Return with which moment the first minute begins that each moment was measured against."""
    rows = desk.store.rows("SELECT moment_id, vector FROM whole_vectors WHERE space = ? ORDER BY moment_id", [BRAIN])
    return {row[0]: int(unpack(row[1]).argmax()) for row in rows}


def wait_until(true: Callable[[], object]) -> None:
    due = time.monotonic() + 20
    while not true():
        assert time.monotonic() < due
        time.sleep(0.01)


def test_a_session_looked_at_newest_first_is_measured_against_its_own_beginning(desk: Desk) -> None:
    adopt(desk)
    ids = see(desk, 20)
    for number in range(20, 0, -4):
        look(desk, *ids[number - 4 : number])
        drain(desk)
        if number > 4:
            assert against(desk) == {}  # it waits for the beginning
    assert against(desk) == dict.fromkeys(ids, 1)


def test_the_first_moments_of_a_session_get_their_vectors_once_its_first_minute_is_over(desk: Desk) -> None:
    adopt(desk)
    ids = see(desk, 6)
    for moment_id in ids:
        desk.writer.do(changes.done, moment_id, Job.BRAIN).result()
    for moment_id in ids:
        look(desk, moment_id)
        drain(desk)
        assert len(against(desk)) == (0 if moment_id < 4 else moment_id)
    assert against(desk) == dict.fromkeys(ids, 1)


def test_when_an_earlier_recording_comes_the_session_is_measured_anew(desk: Desk) -> None:
    adopt(desk)
    ids = see(desk, 16)
    without_eeg(desk, *ids)
    look(desk, *ids[6:])
    drain(desk)
    assert against(desk) == dict.fromkeys(ids[6:], 7)
    look(desk, *ids[:6])
    assert drain(desk) <= 4
    assert against(desk) == dict.fromkeys(ids, 1)
    assert desk.store.backlog() == {}


def test_eeg_of_later_moments_holds_nothing_up(desk: Desk) -> None:
    adopt(desk)
    ids = see(desk, 8)
    look(desk, *ids[:6])
    drain(desk)
    assert against(desk) == dict.fromkeys(ids[:6], 1)


def bad_oldest(desk: Desk, count: int = 3) -> None:
    """Store moments with content; nothing can be made of the oldest one's, which comes last."""
    without_eeg(desk, *see(desk, count))
    contents = {i: np.full((1, DIMENSION), BAD if i == 1 else 0.125, np.float32) for i in range(1, count + 1)}

    def fill(db: Any) -> None:
        changes.put_space(db, CONTENT, model="planted", dimension=DIMENSION, time=BEGIN)
        changes.put_vectors(db, CONTENT, contents)

    desk.writer.do(fill).result()
    adopt(desk)


def state(desk: Desk) -> VersionState:
    (version,) = mappings.history(desk.store)
    return version.state


def test_a_version_serves_although_the_last_moment_was_set_aside(desk: Desk) -> None:
    bad_oldest(desk)
    said: list[str] = []
    filler = Filler(
        "encoder", [step(desk)], store=desk.store, writer=desk.writer, on_incident=lambda _, what: said.append(what)
    )
    filler.start()
    wait_until(lambda: state(desk) is VersionState.SERVING)
    filler.stop()
    assert [one[:2] for one in desk.store.quarantine()] == [(1, Job.SHARED)]
    assert len(said) == 1


def test_one_bad_moment_does_not_end_the_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bad_oldest(desk)
    monkeypatch.setattr(train, "EncoderTasks", Tasks)
    with Progress(disable=True) as progress:
        train._encode(desk.store, desk.writer, progress)
    assert state(desk) is VersionState.SERVING
    assert [one[:2] for one in desk.store.quarantine()] == [(1, Job.SHARED)]
