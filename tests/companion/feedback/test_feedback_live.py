"""Training on a recording that BrainFlow's playback board plays, through all processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from feedback_steps import MUSE, drawing, trained_before
from played_rest import PATIENCE, Handed, noise, until

from companion.brain.types import BoardSpec, Chunk, Stream
from companion.feedback import protocols
from companion.feedback.measuring import Measuring, MeasuringTasks, alpha_frequency
from companion.feedback.protocols import CALM, FeedbackError
from companion.feedback.training import Training
from companion.feedback.types import Phase, Snapshot, Times, Wish
from companion.listening import Listening
from embeddings.feedback.plan import BandPlan
from embeddings.types import EEGWindow, EmbeddingsError
from index import trainings
from index.signals.bdf import BdfAppender
from index.store import Store
from index.writer import Writer

PLAN = BandPlan(("TP9", "TP10"), ((8.0, 12.0),), (), ((22.0, 30.0),))
SPEED = 4
TIMES = Times(baseline=5.0, block=2.0, rest=0.0, blocks=1)  # seconds of the clock: four times as much of signal


def chunk(data: np.ndarray, start: float = 0.0, *, segment: int = 0, sfreq: float = 256.0, **more: bool) -> Chunk:
    return Chunk(data, start, segment, Stream("made", sfreq, MUSE), **more)


@pytest.fixture
def incidents() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def listening(tmp_path: Path, writer: Writer, incidents: list[tuple[str, str]]) -> Iterator[Listening]:
    """A headset that plays some minutes `SPEED` times as fast."""
    path = tmp_path / "rest.bdf"
    with BdfAppender(path, ch_names=MUSE, sfreq=256, time_start=1.7e9, device="made") as file:
        file.append(noise(240))
    made = Listening(
        BoardSpec("playback", str(path), {"speed": str(SPEED)}),
        writer=writer,
        clock=time.time,
        on_incident=lambda part, what: incidents.append((part, what)),
    )
    yield made
    made.stop()


def test_a_training_runs_on_what_is_played_and_is_kept(
    listening: Listening, writer: Writer, store: Store, incidents: list[tuple[str, str]]
) -> None:
    seen: list[Snapshot] = []
    training = Training(
        source=listening,
        writer=writer,
        store=store,
        on_incident=lambda part, what: incidents.append((part, what)),
        on_snapshot=seen.append,
        rng=drawing(1),
    )
    asked = Wish(CALM, protocols.plan(CALM, ("TP9", "TP10")), TIMES, blind=True)
    listening.start()
    with pytest.raises(FeedbackError, match="none is long enough"):
        training.start(asked)
    trained_before(writer)
    training.start(asked)
    try:
        assert len(training.seal) == 64
        assert training.running
        with pytest.raises(FeedbackError, match="runs already"):
            training.start(asked)
        until(lambda: not training.running)
    finally:
        training.stop()
    assert training.snapshot().phase is Phase.DONE
    assert incidents == []
    blocks = [one for one in seen if one.phase is Phase.BLOCK]
    assert blocks
    assert any(one.rewarded for one in blocks)
    assert all(one.time is not None for one in blocks)
    number = training.number
    assert number is not None
    found = trainings.one(store, number)
    assert (found.blind, found.sealed, found.open, found.facts["device"]) == (True, True, False, "made")
    assert found.facts["delay"] > 0.5
    series = trainings.series(store, number)
    seconds = np.diff(series["time"])
    assert seconds == pytest.approx(13 / 256, abs=1e-4)
    assert np.isfinite(series["margin"][series["phase"] == 1].astype(float)).mean() > 0.9


def test_ending_early_keeps_what_there_was(listening: Listening, writer: Writer, store: Store) -> None:
    training = Training(source=listening, writer=writer, store=store, on_incident=lambda *_: None)
    assert training.snapshot().sentence == "No training runs."
    listening.start()
    training.start(Wish(CALM, PLAN, Times(baseline=60.0)))
    until(lambda: training.snapshot().phase is Phase.BASELINE)
    training.pause()
    assert training.snapshot().phase is Phase.PAUSED
    training.go_on()
    training.end()
    training.stop()
    assert training.snapshot().phase is Phase.ENDED
    (found,) = trainings.all_of(store)
    assert found.facts["ended"] == "ended"


def test_a_plan_that_does_not_fit_the_headset_ends_the_session_with_a_sentence(
    listening: Listening, writer: Writer, store: Store
) -> None:
    told: list[tuple[str, str]] = []
    training = Training(source=listening, writer=writer, store=store, on_incident=lambda *one: told.append(one))
    listening.start()
    training.start(Wish(CALM, BandPlan(("Cz",), ((8.0, 12.0),))))
    until(lambda: not training.running)
    training.stop()
    assert training.snapshot().phase is Phase.FAILED
    assert "no electrode Cz" in training.snapshot().sentence
    assert [part for part, _ in told] == ["training"]
    assert trainings.all_of(store) == []


class Ticking:
    """A clock that goes on with each step that a session takes, however fast these come."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.02 if threading.current_thread().name == "training" else 0.0
        return self.now


def test_what_was_measured_before_electrodes_were_left_out_is_not_in_the_baseline_after(
    writer: Writer, store: Store
) -> None:
    handed, data = Handed(), noise(20)
    data[0, : 10 * 256] = 0.0  # TP9; well again when the steps that still come of the plan before would count
    training = Training(source=handed, writer=writer, store=store, on_incident=lambda *_: None, monotonic=Ticking())
    training.start(Wish(CALM, PLAN, Times(baseline=5.0)))
    try:
        until(lambda: handed.take is not None)
        assert handed.take is not None
        handed.take(chunk(data))
        until(lambda: "TP9 is left out" in training.snapshot().sentence)
        handed.take(chunk(noise(1), 1000.0, segment=1))
        until(lambda: (training.snapshot().time or 0.0) > 1000.0)
    finally:
        training.end()
        training.stop()
    assert training.number is not None
    series = trainings.series(store, training.number)
    before, after = series["time"][series["time"] < 1000.0], series["time"][series["time"] > 1000.0]
    assert after.size > 0
    assert 3.0 < before.max() < 10.0  # of the 20 s that came at once


def test_the_process_is_started_again_when_it_dies() -> None:
    told: list[str] = []
    measuring = Measuring(PLAN, on_incident=lambda _, what: told.append(what))
    try:
        data = noise(12)
        first = measuring.steps([chunk(data[:, : 256 * 5])])
        assert first[-1].value is not None
        assert measuring.delay > 0.5
        pid = measuring.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        after = measuring.steps([chunk(data[:, 256 * 5 : 256 * 6], 5.0)])
        assert after[0].value is None
        assert measuring.pid != pid
        again = measuring.steps([chunk(data[:, 256 * 6 :], 6.0)])
        assert again[-1].value is not None
        assert len(told) == 1
        measuring.replan(BandPlan(("AF7",), ((8.0, 12.0),)))
        assert len(measuring.steps([chunk(data, 12.0)])[-1].faults) == 1
    finally:
        measuring.close()
    with pytest.raises(FeedbackError, match="ended with the program"):
        measuring.steps([chunk(data, 20.0)])


def test_a_gap_begins_anew_and_a_slew_goes_on() -> None:
    tasks = MeasuringTasks()
    assert tasks.take(7, [chunk(noise(1))]) is None
    tasks.begin(7, PLAN)
    assert tasks.take(6, [chunk(noise(1))]) is None
    data = noise(10)

    def last(*chunks: Chunk) -> str:
        found = tasks.take(7, chunks)
        assert found is not None
        return found[0][-1].muted

    assert last(chunk(data[:, : 256 * 6])) == ""
    assert last(chunk(data[:, 256 * 6 : 256 * 7], 6.0, segment=1, continues=True)) == ""
    assert last(chunk(data[:, 256 * 7 : 256 * 8], 8.0, segment=2)) == "settling"


def test_a_headset_that_is_too_slow_is_refused() -> None:
    tasks = MeasuringTasks()
    tasks.begin(1, PLAN)
    with pytest.raises(EmbeddingsError, match="needs 100"):
        tasks.take(1, [chunk(noise(1), sfreq=90.0)])


def test_the_own_alpha_frequency_is_worked_out_in_a_process() -> None:
    found = alpha_frequency([EEGWindow(noise(40), 256.0, MUSE, 0.0)], on_incident=lambda *_: None)
    assert found.frequency == pytest.approx(10.0, abs=0.1)


def test_the_main_process_trains_and_reports_without_scipy() -> None:
    parts = "training, report, progress, sound, crednf, page, room"
    code = f"import sys; from companion.feedback import {parts}; "
    code += "print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout.strip() == "False"
