from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from ui.vault import auto_lock
from ui.vault.auto_lock import AutoLock


class Away:
    def __init__(self, seconds: float) -> None:
        self.told, self.closed = seconds, False

    def seconds(self) -> float:
        return self.told

    def close(self) -> None:
        self.closed = True


def test_being_away_for_long_enough_locks_once(qt: QApplication) -> None:  # noqa: ARG001  a timer needs it
    idle, now, due = Away(3600.0), [0.0], []
    auto = AutoLock(find=lambda: idle, clock=lambda: now[0])
    auto.due.connect(lambda: due.append(now[0]))
    auto.watch(10)
    auto.look()
    assert due == []  # away counts from when it began to watch
    now[0] = 599.0
    auto.look()
    assert due == []
    now[0] = 601.0
    auto.look()
    auto.look()
    assert due == [601.0]
    assert idle.closed


def test_a_touch_begins_the_count_anew(qt: QApplication) -> None:  # noqa: ARG001  as above
    idle, now, due = Away(2.0), [10_000.0], []
    auto = AutoLock(find=lambda: idle, clock=lambda: now[0])
    auto.due.connect(lambda: due.append(now[0]))
    auto.watch(1)
    now[0] += 5000
    auto.look()
    assert due == []
    auto.watch(0)
    idle.told = 9999.0
    auto.look()
    assert due == []


def test_nothing_is_watched_where_the_desktop_does_not_tell(qt: QApplication) -> None:  # noqa: ARG001  as above
    auto, due = AutoLock(find=lambda: None), []
    auto.due.connect(lambda: due.append(1))
    auto.watch(1)
    auto.look()
    assert due == []


def test_who_is_known_to_be_here_touches_nothing_and_is_not_away(qt: QApplication) -> None:  # noqa: ARG001  as above
    idle, now, due, here = Away(3600.0), [0.0], [], [True]
    auto = AutoLock(here=lambda: here[0], find=lambda: idle, clock=lambda: now[0], slept=lambda: 0.0)
    auto.due.connect(lambda: due.append(now[0]))
    auto.watch(10)
    for now[0] in range(5, 1200, 5):
        auto.look()
    here[0] = False
    for now[0] in range(1200, 1795, 5):
        auto.look()
    assert due == []  # it counts from when they were last known to be here
    now[0] = 1796.0
    auto.look()
    assert due == [1796.0]


def test_who_was_here_when_the_machine_was_closed_is_away_when_it_wakes(qt: QApplication) -> None:  # noqa: ARG001
    now, asleep, due = [0.0], [0.0], []
    auto = AutoLock(here=lambda: True, find=lambda: Away(0.0), clock=lambda: now[0], slept=lambda: asleep[0])
    auto.due.connect(lambda: due.append(now[0]))
    auto.watch(10)
    for now[0], asleep[0] in ((5.0, 0.0), (10.0, 300.0), (15.0, 600.0)):
        auto.look()
    assert due == []
    now[0], asleep[0] = 20.0, 1300.0
    auto.look()
    assert due == [20.0]


class Laptop:
    """An `AutoLock` of ten minutes on a machine that is used, left and suspended."""

    def __init__(self) -> None:
        self.idle, self.awake, self.slept = Away(0.0), 0.0, 0.0
        self.due: list[float] = []
        self.auto = AutoLock(find=lambda: self.idle, clock=lambda: self.awake, slept=lambda: self.slept)
        self.auto.due.connect(lambda: self.due.append(self.awake))
        self.auto.watch(10)

    def leave(self, seconds: float) -> None:
        """Nobody touches it."""
        self.awake += seconds
        self.idle.told += seconds
        self.auto.look()

    def close(self, seconds: float, *, touched: bool = True) -> None:
        """Suspend it; whoever wakes it touches it before anybody looks."""
        self.slept += seconds
        self.awake += 1.0
        self.idle.told = 0.5 if touched else self.idle.told + 1.0
        self.auto.look()


@pytest.mark.usefixtures("qt")
def test_a_machine_that_was_closed_for_long_is_locked_when_it_is_opened() -> None:
    laptop = Laptop()
    laptop.leave(5.0)
    laptop.close(8 * 3600.0)
    assert laptop.due == [6.0]


@pytest.mark.usefixtures("qt")
def test_time_away_before_and_after_it_was_closed_counts_too() -> None:
    before, after = Laptop(), Laptop()
    before.leave(300.0)
    before.close(301.0)
    assert before.due == [301.0]
    after.leave(200.0)
    after.close(200.0, touched=False)
    after.leave(150.0)
    assert after.due == []
    after.leave(50.0)
    assert after.due == [401.0]


@pytest.mark.usefixtures("qt")
def test_a_machine_closed_for_moments_between_work_stays_open() -> None:
    laptop = Laptop()
    for _ in range(5):
        laptop.close(400.0)
        laptop.leave(5.0)
    assert laptop.due == []


def test_the_time_a_machine_slept_is_what_one_clock_is_ahead_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = {7: 5000.0, 1: 1400.0}
    monkeypatch.setattr(auto_lock.time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(auto_lock.time, "CLOCK_MONOTONIC", 1, raising=False)
    monkeypatch.setattr(auto_lock.time, "clock_gettime", clocks.__getitem__, raising=False)
    assert auto_lock.slept() == 3600.0
    monkeypatch.delattr(auto_lock.time, "CLOCK_BOOTTIME")
    assert auto_lock.slept() == 0.0
