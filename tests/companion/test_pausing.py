from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from companion import pausing
from companion.pausing import FOREVER, Pause

NOW = 1_772_442_720.0


class Clock:
    """The clock on the wall, and the seconds that pass: both go on only when they are told to."""

    def __init__(self) -> None:
        self.time, self._off = NOW, 0.0

    def __call__(self) -> float:
        return self.time + self._off

    def set(self, seconds: float) -> None:
        """Set the clock on the wall by so much; no second passes."""
        self._off += seconds

    def passing(self) -> float:
        return self.time - NOW + 1000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(pausing, "LOOK_SECONDS", 0.02)
    return Clock()


@pytest.fixture
def over() -> threading.Event:
    return threading.Event()


@pytest.fixture
def pause(clock: Clock, over: threading.Event) -> Iterator[Pause]:
    made = Pause(clock=clock, on_over=over.set, passing=clock.passing)
    yield made
    made.end()


def watching() -> int:
    return sum(thread.name == "pause" for thread in threading.enumerate())


def wait_until(true: Callable[[], object]) -> None:
    due = time.monotonic() + 30
    while not true():
        assert time.monotonic() < due
        time.sleep(0.01)


def test_a_pause_is_over_when_the_clock_on_the_wall_says_so(pause: Pause, clock: Clock, over: threading.Event) -> None:
    assert pause.until is None
    pause.begin(300)
    assert pause.until == NOW + 300
    clock.time += 299
    assert not over.wait(0.1)
    clock.time += 3600  # the machine slept for an hour
    assert pause.until is None  # at once, whoever was told or not
    assert over.wait(30)


def test_a_pause_that_is_ended_calls_nobody(pause: Pause, clock: Clock, over: threading.Event) -> None:
    pause.begin(300)
    pause.end()
    assert pause.until is None
    clock.time += 600
    assert not over.wait(0.1)
    wait_until(lambda: not watching())


def test_another_pause_takes_the_place_of_the_first(pause: Pause, clock: Clock, over: threading.Event) -> None:
    pause.begin(300)
    pause.begin(None)
    assert pause.until == FOREVER
    clock.time += 1_000_000
    assert not over.wait(0.1)
    assert pause.until == FOREVER
    wait_until(lambda: not watching())


def test_a_clock_that_is_set_changes_no_pause_but_the_time_it_is_told_to_end(
    pause: Pause, clock: Clock, over: threading.Event
) -> None:
    pause.begin(300)
    clock.time += 100
    clock.set(-7200)
    assert pause.until == NOW + 300 - 7200
    clock.set(+7200)
    assert pause.until == NOW + 300
    clock.set(+7200)
    assert pause.until == NOW + 300 + 7200
    assert not over.wait(0.1)
    clock.time += 201
    assert over.wait(30)
    assert pause.until is None


def test_seconds_that_nobody_sets_go_on() -> None:
    first = pausing.passed()
    time.sleep(0.02)
    assert pausing.passed() >= first + 0.015
