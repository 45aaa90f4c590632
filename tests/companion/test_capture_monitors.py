from __future__ import annotations

import numpy as np

from companion.capture.attention import Closed, Continued, Opened
from companion.capture.monitors import Monitors
from companion.capture.types import Frame, Skipped, Window

PICTURES = {grey: np.full((64, 64, 3), grey, np.uint8) for grey in (10, 200)}


def frame(monitor: int, time: float, end: float | None = None, *, grey: int = 10) -> Frame:
    return Frame(PICTURES[grey], time, Window("X", "a", monitor=monitor), end)


def test_monitors_of_a_replay_go_on_side_by_side() -> None:
    monitors = Monitors()
    first, second = frame(0, 0, 40), frame(1, 0, 40)
    assert monitors.see(first) == ((0, Opened(first)),)
    assert monitors.see(second) == ((1, Opened(second)),)
    assert monitors.see(frame(0, 40, 80)) == ((0, Continued(80)),)
    assert monitors.see(frame(1, 40, 90)) == ((1, Continued(90)),)
    assert monitors.end(1000) == ((0, Closed(80)), (1, Closed(90)))


def test_a_monitor_whose_frames_are_over_is_closed_at_their_end() -> None:
    monitors = Monitors()
    monitors.see(frame(0, 0, 40))
    other = frame(1, 41, 50)
    assert monitors.see(other) == ((0, Closed(40)), (1, Opened(other)))
    assert monitors.see(frame(1, 50, 60)) == ((1, Continued(60)),)  # closed once


def test_a_live_frame_of_another_monitor_closes_the_first() -> None:
    monitors = Monitors()
    monitors.see(frame(0, 0))
    other = frame(1, 7)
    assert monitors.see(other) == ((0, Closed(7)), (1, Opened(other)))
    back = frame(0, 9)
    assert monitors.see(back) == ((1, Closed(9)), (0, Opened(back)))


def test_what_is_not_looked_at_ends_a_live_moment_and_not_the_other_monitor_of_a_replay() -> None:
    live = Monitors()
    live.see(frame(0, 0))
    assert live.skip(Skipped(3, "locked")) == ((0, Closed(3)),)
    replayed = Monitors()
    replayed.see(frame(0, 0, 40))
    assert replayed.skip(Skipped(20, "excluded", private=True)) == ()
    assert replayed.see(frame(0, 40, 80)) == ((0, Continued(80)),)
    assert replayed.skip(Skipped(81, "excluded", private=True)) == ((0, Closed(80)),)


def test_a_forgotten_monitor_opens_again() -> None:
    monitors = Monitors()
    monitors.see(frame(0, 0, 40))
    monitors.forget(0)
    again = frame(0, 40, 80)
    assert monitors.see(again) == ((0, Opened(again)),)
