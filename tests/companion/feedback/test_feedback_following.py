"""How a session follows the headset: chunk by chunk, more often than usual."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from feedback_steps import MUSE

from companion.brain.acquisition import DRAIN_SECONDS, STOP, Pace, _Orders
from companion.brain.headset import Headset
from companion.brain.types import BoardSpec, Chunk, Stream
from companion.listening import Listening
from index.signals.bdf import BdfAppender
from index.writer import Writer

BEGIN = 1_772_442_720.0
PATIENCE = 40.0


def until(fits: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not fits():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def chunk(second: int) -> Chunk:
    return Chunk(np.full((4, 256), float(second)), BEGIN + second, 0, Stream("Muse", 256.0, MUSE))


@pytest.fixture
def listening(writer: Writer) -> Listening:
    return Listening(BoardSpec("none"), writer=writer, clock=lambda: BEGIN, on_incident=lambda *_: None)


def test_a_follower_gets_each_chunk_until_it_does_not_want_more(listening: Listening) -> None:
    heard: list[Chunk] = []
    listening._take(chunk(0))
    listening.follow(heard.append, every=0.02)
    listening._take(chunk(1))
    listening._take(chunk(2))
    listening.unfollow()
    listening._take(chunk(3))
    listening.stop()
    assert [one.time_start - BEGIN for one in heard] == [1, 2]


def test_a_follower_does_not_get_what_is_being_forgotten(listening: Listening) -> None:
    heard: list[Chunk] = []
    listening.follow(heard.append, every=0.02)
    listening._take(chunk(0))
    listening.cut(BEGIN, BEGIN + 2)
    listening._take(chunk(1))
    listening._take(chunk(2))
    listening.stop()
    assert [one.time_start - BEGIN for one in heard] == [0, 2]


def test_the_acquisition_process_takes_a_pace_and_an_end_from_its_parent() -> None:
    ours, theirs = multiprocessing.Pipe()
    orders = _Orders(theirs, DRAIN_SECONDS)
    assert not orders.stop(0.0)
    ours.send(Pace(0.02))
    assert not orders.stop(5.0)
    assert orders.pace == 0.02
    ours.send(STOP)
    assert orders.stop(5.0)
    ours.close()
    with pytest.raises(ConnectionError):
        orders.stop(5.0)


def test_a_headset_is_drained_more_often_while_it_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "rest.bdf"
    with BdfAppender(path, ch_names=MUSE, sfreq=256, time_start=1.7e9, device="Muse 2") as file:
        file.append(np.random.default_rng(0).normal(0, 10, (4, 256 * 120)))
    lengths: list[int] = []
    headset = Headset(
        BoardSpec("playback", str(path)),
        on_chunk=lambda one: lengths.append(one.data.shape[1]),
        on_incident=lambda *_: None,
    )
    headset.drain_every(0.5)  # before it starts: the process is made with it
    headset.start()
    try:
        until(lambda: len(lengths) > 3)
        few = min(lengths[1:-1])
        headset.drain_every(0.01)
        until(lambda: min(lengths) < 20)
        assert few > 50
    finally:
        headset.stop()
