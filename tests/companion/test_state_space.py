"""A person's baseline after some of what it was fitted to is gone: fitted anew, and to nothing that is forgotten."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from jobs import add
from worn_noise import MUSE, SFREQ, record

from companion.cli.here import Here
from companion.forgetting import BRAIN
from companion.jobs import steps
from companion.jobs.brain_features import BrainFeatures
from companion.jobs.steps import BrainStep, NewSpace, current_baseline
from companion.jobs.tasks import EncoderTasks
from embeddings import features, spaces
from index.forgetting import forgetting, forgotten, wish
from index.forgetting.wish import Wish
from index.store import Store
from index.types import Job
from index.writer import Writer

MONTAGE = spaces.montage(MUSE)
EACH = 20.0  # seconds of a moment: four windows of each are kept
ONE, OTHER = (np.eye(1, 4, i, dtype=np.float32) for i in range(2))


@pytest.fixture
def step(store: Store, writer: Writer) -> BrainStep:
    return BrainStep(store=store, writer=writer, encoder=Here(EncoderTasks()), clock=time.time)  # type: ignore[arg-type]


def work_off(store: Store, step: BrainStep) -> None:
    for _ in range(100):
        ready = store.waiting(Job.BRAIN, step.batch)
        if not ready:
            return
        step.fill(ready)
    raise AssertionError("the jobs do not end")


def having_state(store: Store) -> set[int]:
    return {row[0] for row in store.rows("SELECT moment_id FROM vectors WHERE space LIKE 'state:%'")}


def forget(writer: Writer, store: Store, *moments: int) -> None:
    forgetting.begin(writer, wish.plan(store, Wish(moments=moments)), time=time.time())
    forgetting.finish(writer, store, brain=BRAIN)


def planted(writer: Writer, moment: int, windows: int) -> BrainFeatures:
    rng = np.random.default_rng(moment)
    rows = [features.row(rng.normal(size=(4, 1024)) * 10, SFREQ) for _ in range(windows)]
    found = BrainFeatures(MONTAGE, MUSE, np.array(rows, np.float32), windows, windows, "")
    writer.do(steps._store_features, moment, found).result()
    return found


def test_a_baseline_is_fitted_anew_without_the_eeg_that_is_forgotten(
    store: Store, writer: Writer, step: BrainStep
) -> None:
    ids = add(writer, *"abcdefgh", kind=Job.BRAIN)
    record(writer, EACH * len(ids))
    work_off(store, step)
    before = current_baseline(store, MONTAGE)
    assert before is not None
    assert having_state(store) == set(ids)
    forget(writer, store, ids[2])
    assert current_baseline(store, MONTAGE) is None
    assert having_state(store) == set()
    work_off(store, step)
    after = current_baseline(store, MONTAGE)
    assert after is not None
    assert after[1] != before[1]
    left = set(ids) - {ids[2]}
    assert having_state(store) == left
    assert spaces.fitted_windows(after[0]) == store.value("SELECT total(weight) FROM features")


def test_what_was_counted_before_a_forgetting_fits_nothing_to_less_than_a_minute(
    store: Store, writer: Writer, step: BrainStep
) -> None:
    first, second, third = add(writer, "a", "b", "c", kind=Job.BRAIN)
    for moment, windows in ((first, 20), (second, 19)):
        step._state(moment, planted(writer, moment, windows))
    forget(writer, store, first, second)
    step._state(third, planted(writer, third, 4))
    assert store.spaces("state:") == []  # 43 windows were counted, 4 are known


def test_a_space_that_is_fitted_anew_under_its_own_name_is_replaced(store: Store, writer: Writer) -> None:
    first, second = add(writer, "a", "b", kind=Job.BRAIN)
    for moment in (first, second):
        planted(writer, moment, 4)
    name = spaces.state(MONTAGE, 8)
    for old, blob, vector in ((None, b"first", ONE), (name, b"second", OTHER)):
        new = NewSpace(name, 4, blob, {first: vector, second: vector})
        writer.do(steps._replace_space, old, new, time.time()).result()
    assert current_baseline(store, MONTAGE) == (name, b"second")
    assert np.array_equal(store.matrices([first], name)[first], OTHER)
    assert having_state(store) == {first, second}


def test_a_baseline_in_the_midst_of_whose_fit_something_went_is_not_stored(store: Store, writer: Writer) -> None:
    first, second = add(writer, "a", "b", kind=Job.BRAIN)
    for moment in (first, second):
        planted(writer, moment, 4)
    old = spaces.state(MONTAGE, 4)
    writer.do(steps._replace_space, None, NewSpace(old, 4, b"old", {second: ONE}), time.time()).result()
    writer.do(forgotten.delete_moments, [first]).result()
    new = NewSpace(spaces.state(MONTAGE, 8), 4, b"of both", {first: ONE, second: ONE})
    writer.do(steps._replace_space, old, new, time.time()).result()
    assert current_baseline(store, MONTAGE) == (old, b"old")


def test_a_state_whose_space_was_forgotten_meanwhile_is_asked_for_again(
    store: Store, writer: Writer, step: BrainStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = add(writer, "a", "b", "c", kind=Job.BRAIN)
    step._state(first, planted(writer, first, 20))
    step._state(second, planted(writer, second, 4))
    found, submit = planted(writer, third, 4), Here.submit
    assert store.waiting(Job.BRAIN, 10) == [third]

    def forgets(self: Here, task: str, *arguments: object, urgent: bool = False) -> Any:
        made = submit(self, task, *arguments, urgent=urgent)
        forget(writer, store, first)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(Here, "submit", forgets)
        step._state(third, found)
    assert store.spaces("state:") == []
    assert set(store.waiting(Job.BRAIN, 10)) == {second, third}  # the second was the newest with a state
