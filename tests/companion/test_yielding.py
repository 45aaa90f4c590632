from __future__ import annotations

from types import SimpleNamespace

import pytest

from companion.jobs.yielding import (
    BUSY,
    LOADED,
    LONGEST_SECONDS,
    ON_BATTERY,
    Yielding,
    is_low,
    load_a_core,
    power_is_low,
)


class Machine:
    """A machine that is as busy, and has as little power, as it is told to."""

    def __init__(self) -> None:
        self.low, self.load, self.now = False, 0.1, 100.0
        self.yielding = Yielding(saving=lambda: self.low, load=lambda: self.load, clock=lambda: self.now)


def test_nothing_waits_on_an_idle_machine() -> None:
    assert Machine().yielding.reason("content") == ""


def test_everything_waits_for_a_battery_that_is_low() -> None:
    machine = Machine()
    machine.low = True
    assert [machine.yielding.reason("content") for _ in range(3)] == [ON_BATTERY] * 3
    machine.low = False
    assert machine.yielding.reason("content") == ""


def test_a_busy_machine_puts_each_batch_off_and_none_for_ever() -> None:
    machine, done = Machine(), []
    machine.load = BUSY
    while machine.now < 100.0 + 3 * LONGEST_SECONDS + 1:
        reason = machine.yielding.reason("content")
        assert reason in {"", LOADED}
        done += [] if reason else [machine.now - 100.0]
        machine.now += 1.0
    assert done == [LONGEST_SECONDS, 2 * LONGEST_SECONDS, 3 * LONGEST_SECONDS]


def test_what_was_put_off_is_caught_up_with_once_the_machine_is_idle() -> None:
    machine = Machine()
    machine.load = BUSY
    assert machine.yielding.reason("content") == LOADED
    machine.load = 0.5
    assert [machine.yielding.reason("content") for _ in range(5)] == [""] * 5


def test_one_kind_of_work_does_not_take_the_turn_of_another() -> None:
    machine = Machine()
    machine.load = BUSY
    assert {machine.yielding.reason(kind) for kind in ("content", "brain")} == {LOADED}
    machine.now += LONGEST_SECONDS
    assert machine.yielding.reason("content") == ""
    assert machine.yielding.reason("content") == LOADED
    assert machine.yielding.reason("brain") == ""


def test_this_machine_tells_its_load() -> None:
    assert load_a_core() >= 0.0
    assert power_is_low() in {True, False}


@pytest.mark.parametrize(
    ("percent", "plugged", "low"), [(90, False, False), (20, False, True), (20, True, False), (20, None, True)]
)
def test_a_low_battery_is_saved_unless_it_is_being_charged(percent: float, plugged: bool | None, low: bool) -> None:
    assert is_low(SimpleNamespace(percent=percent, power_plugged=plugged)) is low


def test_a_machine_without_a_battery_has_none_to_save() -> None:
    assert not is_low(None)


def test_a_system_without_a_load_of_its_own_tells_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.getloadavg")  # Windows has none
    assert load_a_core() >= 0.0
