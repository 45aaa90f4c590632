"""States of many moments by a baseline that came anew: fitted to a part, given a few at a time, and nothing hidden."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from jobs import Filling, Incidents, add
from numpy.typing import NDArray
from worn_noise import MUSE, SFREQ, record

from companion.cli.here import Here
from companion.forgetting import BRAIN
from companion.jobs import states, steps
from companion.jobs.brain_features import BrainFeatures
from companion.jobs.fill import work_off
from companion.jobs.steps import BrainStep, current_baseline
from companion.jobs.tasks import EncoderTasks
from companion.jobs.worker import TaskFailed, WorkerCrashed
from embeddings import features, spaces
from embeddings.state import Baseline
from index import changes
from index.forgetting import forgetting, wish
from index.forgetting.wish import Wish
from index.store import Store
from index.types import Job
from index.writer import Writer

MONTAGE = spaces.montage(MUSE)
MOMENTS, MOST, AT_ONCE, LOOKED = 40, 20, 3, 7


class Watched(Here):
    """An encoder that notes how much it is asked for at once, and fails where it is told to."""

    def __init__(self, fails: Callable[[str, Sequence[Any]], Exception | None] = lambda *_: None) -> None:
        super().__init__(EncoderTasks())
        self.asked: list[tuple[str, int]] = []
        self._fails = fails

    def submit(self, task: str, *arguments: Any, urgent: bool = False) -> Future[Any]:
        rows = arguments[1] if task == "state_vectors" else arguments[0]
        self.asked.append((task, len(rows)))
        error = self._fails(task, rows)
        if error is None:
            return super().submit(task, *arguments, urgent=urgent)
        future: Future[Any] = Future()
        future.set_exception(error)
        return future

    def sizes(self, task: str) -> list[int]:
        return [size for each, size in self.asked if each == task]


def brain(store: Store, writer: Writer, encoder: Watched | None = None) -> BrainStep:
    return BrainStep(store=store, writer=writer, encoder=encoder or Watched(), clock=time.time)  # type: ignore[arg-type]


def rows_of(moment: int, windows: int = 4) -> NDArray[np.float32]:
    rng = np.random.default_rng(moment)
    return np.array([features.row(rng.normal(size=(4, 1024)) * 10, SFREQ) for _ in range(windows)], np.float32)


def worn(writer: Writer, count: int, windows: int = 4) -> list[int]:
    """Store moments whose EEG is encoded, and that have no state yet."""
    ids = add(writer, *(f"title {number}" for number in range(count)), kind=Job.BRAIN)
    for moment in ids:
        found = BrainFeatures(MONTAGE, MUSE, rows_of(moment, windows), windows, windows, "")
        writer.do(steps._store_features, moment, found).result()
        writer.do(changes.done, moment, Job.BRAIN).result()
    return ids


def having_state(store: Store) -> set[int]:
    return {row[0] for row in store.rows("SELECT moment_id FROM vectors WHERE space LIKE 'state:%'")}


def forget(writer: Writer, store: Store, *moments: int) -> None:
    forgetting.begin(writer, wish.plan(store, Wish(moments=moments)), time=time.time())
    forgetting.finish(writer, store, brain=BRAIN)


def go_on(store: Store, step: BrainStep, times: int = 100) -> list[list[int]]:
    """Do so many batches of what is left to do; returns them."""
    done = []
    for _ in range(times):
        if ready := step.ready(store.waiting(Job.BRAIN, step.batch)):
            step.fill(ready)
            done.append(ready)
    return done


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spaces, "MOST_WINDOWS", MOST)
    monkeypatch.setattr(states, "AT_ONCE", AT_ONCE)
    monkeypatch.setattr(states, "LOOKED", LOOKED)


def fitted(store: Store, writer: Writer) -> list[int]:
    """Store moments that have states by a baseline, forget one of the oldest, and return those that are left."""
    ids = worn(writer, MOMENTS)
    writer.do(changes.want, ids[-1], Job.BRAIN).result()
    go_on(store, brain(store, writer))
    assert having_state(store) == set(ids)
    forget(writer, store, ids[1])
    assert having_state(store) == set()
    assert store.waiting(Job.BRAIN, 9) == ids[-1:]
    return [moment for moment in ids if moment != ids[1]]


def test_a_baseline_is_fitted_to_a_part_of_much_eeg_and_all_moments_get_their_states_a_few_at_a_time(
    store: Store, writer: Writer
) -> None:
    left, encoder = fitted(store, writer), Watched()
    step = brain(store, writer, encoder)
    (first, *rest) = go_on(store, step)
    assert first == left[-1:]
    assert encoder.sizes("fit_baseline") == [MOST]
    at_once, *pieces = encoder.sizes("state_vectors")
    assert at_once == MOST
    assert max(pieces) == AT_ONCE
    assert sum(pieces) == len(left) - MOST
    assert [moment for piece in rest for moment in piece] == sorted({*left} - {*_spread(left)}, reverse=True)
    known = current_baseline(store, MONTAGE)
    assert known is not None
    assert spaces.fitted_windows(known[0]) == Baseline.load(known[1]).windows == MOST
    assert having_state(store) == set(left)
    for moment in (left[0], left[7]):
        encoded = Baseline.load(known[1]).encode(rows_of(moment))
        assert float(store.matrices([moment], known[0])[moment][0] @ encoded) > 0.999
    assert encoder.sizes("fit_baseline") == [MOST]  # it is not fitted once more with every moment


def _spread(left: Sequence[int]) -> list[int]:
    """Return every so manieth of all, the last among them."""
    count = len(left)
    return [left[place - 1] for place in range(1, count + 1) if place * MOST // count > (place - 1) * MOST // count]


def test_what_a_baseline_is_fitted_to_is_spread_over_all_there_is(store: Store, writer: Writer) -> None:
    ids = worn(writer, MOMENTS)
    chosen = [moment for moment, _, _ in states.spread(store, MONTAGE, MOST)]
    assert chosen == ids[1::2]
    assert [moment for moment, _, _ in states.spread(store, MONTAGE, MOMENTS + 1)] == ids
    assert states.spread(store, "other", MOST) == []


def test_moments_without_a_state_are_gone_on_with_after_a_crash(store: Store, writer: Writer) -> None:
    left = fitted(store, writer)
    _, *pieces = go_on(store, brain(store, writer), times=3)
    assert len(having_state(store)) == MOST + sum(map(len, pieces))
    assert len(pieces) == 2
    assert having_state(store) < set(left)
    go_on(store, brain(store, writer))
    assert having_state(store) == set(left)


def test_a_newer_moment_comes_before_those_that_lack_a_state_alone(store: Store, writer: Writer) -> None:
    fitted(store, writer)
    step = brain(store, writer)
    go_on(store, step, times=2)
    (newer,) = add(writer, "newer", kind=Job.BRAIN)
    ready = step.ready(store.waiting(Job.BRAIN, step.batch))
    assert ready == [newer]
    step.fill(ready)  # no headset was worn
    assert newer not in having_state(store)
    assert step.ready(store.waiting(Job.BRAIN, step.batch)) != []


def test_what_went_in_the_midst_of_a_fit_has_it_fitted_again_at_once(store: Store, writer: Writer) -> None:
    left = fitted(store, writer)
    gone = left[1]  # one that is read

    def forgets(task: str, _rows: Sequence[Any]) -> None:
        if task == "fit_baseline" and store.moments([gone]):
            forget(writer, store, gone)

    encoder = Watched(forgets)
    go_on(store, brain(store, writer, encoder))
    assert encoder.sizes("fit_baseline") == [MOST, MOST]
    assert having_state(store) == {*left} - {gone}


def test_a_fit_that_fails_is_told_of(store: Store, writer: Writer) -> None:
    left, incidents = fitted(store, writer), list[str]()
    encoder = Watched(lambda task, _: WorkerCrashed("died 2 times") if task == "fit_baseline" else None)
    work_off(brain(store, writer, encoder), left[-1:], writer=writer, on_incident=incidents.append)
    assert incidents == [f"Moment {left[-1]} was set aside: its `brain` failed (died 2 times)."]
    assert [moment for moment, _, _ in store.quarantine()] == left[-1:]


def test_a_moment_that_can_have_no_state_is_set_aside_once_and_holds_up_no_other(store: Store, writer: Writer) -> None:
    left, incidents = fitted(store, writer), Incidents()
    step = brain(store, writer)
    go_on(store, step, times=1)
    poison = max({*left} - having_state(store))
    bad = rows_of(poison)

    def fails(task: str, tables: Sequence[Any]) -> Exception | None:
        has = task == "state_vectors" and any(np.array_equal(table, bad) for table in tables)
        return TaskFailed("nobody thought of this") if has else None

    encoder = Watched(fails)
    with Filling(store, writer, incidents, brain(store, writer, encoder)):
        due = time.monotonic() + 30
        while having_state(store) != {*left} - {poison}:
            assert time.monotonic() < due
            time.sleep(0.02)
    assert [what for _, what in incidents] == [
        f"Moment {poison} was set aside: its `brain` failed (nobody thought of this)."
    ]
    assert [(moment, kind) for moment, kind, _ in store.quarantine()] == [(poison, Job.BRAIN)]
    assert go_on(store, brain(store, writer)) == []


@pytest.mark.parametrize("row", ["gone", "left"])
def test_a_baseline_is_fitted_anew_though_the_eeg_itself_is_gone(store: Store, writer: Writer, row: str) -> None:
    ids, incidents = add(writer, *"abcdefgh", kind=Job.BRAIN), list[str]()
    name = record(writer, 20.0 * len(ids))
    go_on(store, brain(store, writer))
    assert having_state(store) == set(ids)
    (writer.vault.root / name).unlink()  # for want of room, or by somebody else
    if row == "gone":
        writer.do(lambda db: db.execute("DELETE FROM recordings")).result()
    writer.do(_forgotten_baseline, ids[-1]).result()
    assert current_baseline(store, MONTAGE) is None
    work_off(brain(store, writer), ids[-1:], writer=writer, on_incident=incidents.append)
    go_on(store, brain(store, writer))
    assert having_state(store) == set(ids)
    assert [moment for moment, _, _ in store.quarantine()] == ([] if row == "gone" else ids[-1:])
    assert len(incidents) == len(store.quarantine())


def _forgotten_baseline(db: Any, newest: int) -> None:
    """Let go of a space as `index.forgetting.fitted` does."""
    (space,) = (row[0] for row in db.execute("SELECT name FROM spaces").fetchall())
    changes.drop_space(db, space)
    changes.want(db, newest, Job.BRAIN)
