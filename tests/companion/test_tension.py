"""How tense the EEG is, against the last half hour: made-up signal through the encoder's own tasks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from companion.jobs.tasks import EncoderTasks
from companion.jobs.worker import TaskFailed
from companion.tension import LEAST_NOW, LEAST_USUAL, Ranked, TensionWatch
from embeddings.types import EEGWindow, EmbeddingsError

SFREQ = 256.0
NAMES = ("TP9", "AF7", "AF8", "TP10")
NOW = 1_790_000_000.0


def stretch(*, alpha: float, fast: float, end: float = NOW, seconds: float = 7.0, seed: int = 0) -> EEGWindow:
    """Return noise with rhythms at 10 and 22 Hz of so many µV."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * SFREQ)) / SFREQ
    phases = rng.uniform(0, 2 * np.pi, (2, len(NAMES), 1))
    data = rng.normal(0, 3, (len(NAMES), len(time)))
    data += alpha * np.sin(2 * np.pi * 10 * time + phases[0]) + fast * np.sin(2 * np.pi * 22 * time + phases[1])
    return EEGWindow(data, SFREQ, NAMES, end)


def test_more_fast_and_less_alpha_is_more() -> None:
    tasks = EncoderTasks()
    calm, even, tense = (
        tasks.tension(stretch(alpha=alpha, fast=fast)) for alpha, fast in ((12.0, 2.0), (8.0, 4.0), (4.0, 8.0))
    )
    assert calm is not None
    assert even is not None
    assert tense is not None
    assert calm < even < tense


def test_what_is_not_fit_says_nothing() -> None:
    flat = EEGWindow(np.zeros((4, round(7 * SFREQ))), SFREQ, NAMES, NOW)
    assert EncoderTasks().tension(flat) is None


def filled(before: list[float], newest: list[float]) -> Ranked:
    ranked = Ranked()
    for at, figure in enumerate(before):
        ranked.add(NOW - 1000.0 + at, figure, NAMES)
    for at, figure in enumerate(newest):
        ranked.add(NOW - 20.0 + at, figure, NAMES)
    return ranked


def test_the_last_minute_is_ranked_among_the_half_hour_before() -> None:
    before = [float(figure) for figure in range(100)]
    assert filled(before, [200.0] * LEAST_NOW).rank(NOW) == 1.0
    assert filled(before, [-1.0] * LEAST_NOW).rank(NOW) == 0.0
    assert filled(before, [49.5] * LEAST_NOW).rank(NOW) == 0.5
    assert filled([7.0] * 100, [7.0] * LEAST_NOW).rank(NOW) == 0.5


def test_too_little_says_nothing() -> None:
    before = [float(figure) for figure in range(LEAST_USUAL)]
    assert filled(before, [9.0] * (LEAST_NOW - 1)).rank(NOW) is None
    assert filled(before[1:], [9.0] * LEAST_NOW).rank(NOW) is None
    known = filled(before, [9.0] * LEAST_NOW)
    assert known.rank(NOW) is not None
    assert known.rank(NOW + 90.0) is None  # the newest is not of now any more
    known.add(NOW, 9.0, ("Fz",))  # another headset
    assert known.rank(NOW) is None


def test_what_came_after_a_time_is_set_against_what_came_before() -> None:
    ranked = Ranked()
    for second in range(-30, 30, 3):
        ranked.add(NOW + second, 1.5 if second >= 4 else 1.0, NAMES)
    assert ranked.change(NOW) == pytest.approx(0.5)
    assert ranked.change(NOW - 15.0) == pytest.approx(0.0)
    assert ranked.change(NOW + 25.0) is None  # too little came since
    assert ranked.change(NOW - 60.0) is None
    ranked.add(NOW + 31.0, 9.0, ("Fz",))  # another headset
    assert ranked.change(NOW) is None


class Encoder:
    """Runs the tasks here; waits for nobody."""

    def __init__(self, answer: Callable[[], float | None]) -> None:
        self.answer, self.asked = answer, threading.Semaphore(0)

    def submit(self, task: str, *_arguments: object, urgent: bool = False) -> Future[Any]:
        assert (task, urgent) == ("tension", True)
        future: Future[Any] = Future()
        try:
            future.set_result(self.answer())
        except (TaskFailed, EmbeddingsError) as error:
            future.set_exception(error)
        self.asked.release()
        return future


@pytest.mark.parametrize("fails", [None, TaskFailed("broken"), EmbeddingsError("A part of the program is missing.")])
def test_the_watch_asks_while_a_headset_is_worn_and_tells_once_when_it_cannot(fails: Exception | None) -> None:
    def answer() -> float:
        if fails is not None:
            raise fails
        return 1.0

    encoder, incidents, ends = Encoder(answer), list[str](), iter(range(10_000))
    watch = TensionWatch(
        encoder=encoder,
        last=lambda seconds: EEGWindow(np.zeros((1, 7)), 1.0, ("Fz",), NOW + next(ends) * seconds),
        clock=lambda: NOW,
        on_incident=lambda part, what: incidents.append(f"{part}: {what}"),
        every=0.001,
    )
    watch.start()
    for _ in range(3):
        assert encoder.asked.acquire(timeout=30)
    watch.stop()
    assert watch.tense() is None  # three say nothing yet
    assert len(incidents) == (fails is not None)
