from __future__ import annotations

from companion.capture.accessible.debounce import Debounce, Happening, What


def test_typing_counts_once_it_pauses() -> None:
    debounce = Debounce()
    for time in (10.0, 10.3, 10.6):
        debounce.add(7, What.TYPED, time)
    assert debounce.due(11.5) == []
    assert debounce.due(11.6) == [Happening(7, What.TYPED, 10.6, 3)]
    assert debounce.due(100.0) == []


def test_typing_that_never_pauses_counts_all_the_same() -> None:
    debounce = Debounce()
    told = []
    for tenth in range(250):
        debounce.add(7, What.TYPED, tenth / 10)
        told += debounce.due(tenth / 10)
    assert [one.time for one in told] == [10.0, 20.1]
    assert sum(one.count for one in told) == 202


def test_programs_and_kinds_are_told_apart_oldest_first() -> None:
    debounce = Debounce()
    debounce.add(1, What.TYPED, 0.0)
    debounce.add(2, What.TYPED, 0.1)
    debounce.add(1, What.ACTIVATED, 0.2)
    assert [(one.pid, one.what) for one in debounce.due(5.0)] == [
        (1, What.ACTIVATED),
        (1, What.TYPED),
        (2, What.TYPED),
    ]


def test_the_next_time_to_look_is_known() -> None:
    debounce = Debounce({What.LOADED: (0.2, 1.0)})
    assert debounce.next_due() is None
    debounce.add(1, What.LOADED, 4.0)
    assert debounce.next_due() == 4.2
    debounce.add(1, What.LOADED, 4.9)
    assert debounce.next_due() == 5.0
