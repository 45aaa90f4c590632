"""An electrode that is trained gives no values for a while, as the acquisition process hands it on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from feedback_steps import MUSE, drawing, trained_before
from played_rest import Handed, noise, until

from companion.brain.assembly import Assembly
from companion.brain.device import Block
from companion.brain.types import Chunk, Stream
from companion.feedback import protocols
from companion.feedback.measuring import Measuring, MeasuringTasks
from companion.feedback.protocols import CALM
from companion.feedback.training import Training
from companion.feedback.types import Phase, Times, Wish
from embeddings.feedback.plan import BandPlan
from embeddings.types import EmbeddingsError
from index import trainings
from index.store import Store
from index.writer import Writer

SFREQ = 256
MADE = Stream("made", float(SFREQ), MUSE)
PLAN = BandPlan(("TP9", "TP10"), ((8.0, 12.0),))
GONE, BACK, SECONDS = 24, 36, 56  # seconds of signal: when TP9 goes, when it comes back, and all


class HandSet:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def seconds_of_signal() -> Iterator[tuple[int, list[Chunk]]]:
    """What comes of a headset in each second."""
    made, data = Assembly(MADE, counter=None, segment=0), noise(SECONDS)
    data[0, GONE * SFREQ : BACK * SFREQ] = np.nan
    times = 1.7e9 + np.arange(data.shape[1]) / SFREQ
    for second in range(SECONDS):
        part = slice(second * SFREQ, (second + 1) * SFREQ)
        yield second, made.add(Block(data[:, part], times[part]))


@pytest.mark.parametrize("blind", [False, True])
def test_a_session_waits_for_an_electrode_that_goes_and_goes_on_when_it_is_back(
    writer: Writer, store: Store, blind: bool
) -> None:
    handed, clock, told, phases = Handed(), HandSet(), list[str](), dict[int, Phase]()
    training = Training(
        source=handed,
        writer=writer,
        store=store,
        on_incident=lambda _, what: told.append(what),
        monotonic=clock,
        rng=drawing(1),
    )
    trained_before(writer, seconds=200.0)
    asked = Wish(CALM, protocols.plan(CALM, PLAN.electrodes), Times(5.0, 100.0, 0.0, 1), blind=blind)
    training.start(asked)
    try:
        until(lambda: handed.take is not None)
        assert handed.take is not None
        for second, chunks in seconds_of_signal():
            clock.now = float(second)
            for chunk in chunks:
                handed.take(chunk)
            whole = [chunk for chunk in chunks if chunk.stream == MADE]
            if whole:
                heard = whole[-1].time_start + whole[-1].data.shape[1] / SFREQ - 0.1
                until(lambda heard=heard: (training.snapshot().time or 0.0) > heard or not training.running)
            elif second == BACK:
                until(lambda: training.snapshot().phase is not Phase.BLOCK)
                assert training.snapshot().sentence == "The headset sends nothing. The session goes on when it does."
            phases[second] = training.snapshot().phase
    finally:
        training.end()
        training.stop()
    assert (phases[GONE], phases[BACK], phases[SECONDS - 1]) == (Phase.BLOCK, Phase.PAUSED, Phase.BLOCK)
    assert told == []
    number = training.number
    assert number is not None
    heard_at = trainings.series(store, number)["time"]  # since the first step
    assert heard_at.min() < GONE
    assert not ((heard_at > GONE + 0.1) & (heard_at < BACK)).any()
    assert heard_at.max() > SECONDS - 1
    assert trainings.one(store, number).facts["ended"] == "ended"


def chunk(data: np.ndarray, segment: int, *, stream: Stream = MADE) -> Chunk:
    return Chunk(data, float(segment), segment, stream)


def without(data: np.ndarray, segment: int) -> Chunk:
    return chunk(data[1:], segment, stream=Stream("made", float(SFREQ), MUSE[1:]))


def test_without_a_trained_electrode_no_steps_come_but_of_a_headset_that_never_had_it_it_is_said() -> None:
    tasks, data = MeasuringTasks(), noise(6)
    tasks.begin(7, PLAN)
    with pytest.raises(EmbeddingsError, match="no electrode TP9"):
        tasks.take(7, [without(data, 0)])
    found = tasks.take(7, [chunk(data, 1)])
    assert found is not None
    assert found[0][-1].muted == ""
    assert tasks.take(7, [without(data, 2)]) == ([], found[1])
    again = tasks.take(7, [without(data, 2), chunk(data, 3)])
    assert again is not None
    assert (again[0][0].muted, again[0][-1].muted) == ("settling", "")
    with pytest.raises(EmbeddingsError, match="no electrode TP9"):
        tasks.take(7, [chunk(data[1:], 4, stream=Stream("another", float(SFREQ), MUSE[1:]))])
    tasks.begin(8, PLAN)
    with pytest.raises(EmbeddingsError, match="no electrode TP9"):
        tasks.take(8, [without(data, 5)])


def test_it_is_waited_for_also_where_the_process_dies_meanwhile_or_other_electrodes_are_left_out() -> None:
    measuring, data = Measuring(PLAN, on_incident=lambda *_: None), noise(6)
    try:
        assert measuring.steps([chunk(data, 0)])
        assert measuring.steps([without(data, 1)]) == []
        assert measuring.pid is not None
        os.kill(measuring.pid, signal.SIGKILL)
        assert measuring.steps([without(data, 1)]) == []
        measuring.replan(BandPlan(("TP9",), ((8.0, 12.0),)))
        assert measuring.steps([without(data, 1)]) == []
        assert len(measuring.steps([chunk(data, 2)])[-1].faults) == 1
    finally:
        measuring.close()
