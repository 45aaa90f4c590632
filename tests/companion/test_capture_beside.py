"""What other monitors show is looked at after the active window, by the same rules, and belongs to no state of mind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from desk import Desk
from played_screen import EDITOR, Played, Watched, image, reading
from scripted import BEGIN, picture

from companion.capture import beside
from companion.capture.attention import LONGEST_GAP, Closed, Continued, Opened
from companion.capture.monitors import Monitors
from companion.capture.privacy import Rules
from companion.capture.screen import Sight
from companion.capture.triggers import AWAY, QUIET
from companion.capture.types import Frame, Rect, Skipped, Trigger, Window
from companion.jobs.steps import BrainStep
from companion.moments import BESIDE, Moments

THERE = replace(EDITOR, title="manual", pid=8, monitor=1)


@dataclass
class TwoMonitors(Played):
    others: tuple[Sight, ...] = field(default_factory=lambda: (Sight(5, THERE),))

    def beside(self) -> tuple[Sight, ...]:
        return self.others


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "SECONDS", 0.0)


def both(watched: Watched, *triggers: Trigger) -> Iterator[Frame | Skipped]:
    yield watched.next(*triggers)
    yield next(watched._seen)


def test_the_active_window_comes_first_and_the_other_monitor_after_it() -> None:
    watched = Watched(TwoMonitors(told=reading("words")))
    active, other = both(watched)
    assert isinstance(active, Frame)
    assert isinstance(other, Frame)
    assert (active.beside, active.window, active.triggers) == (False, EDITOR, (Trigger.STARTED,))
    assert (other.beside, other.window, other.triggers) == (True, THERE, ())


def test_typing_does_not_call_for_a_look_at_the_others() -> None:
    watched = Watched(TwoMonitors())
    list(both(watched))
    assert watched.frame(Trigger.TYPED).window == EDITOR
    assert watched.frame(Trigger.CLICKED).window == EDITOR


def test_what_is_there_is_not_looked_at_while_nobody_is() -> None:
    watched = Watched(TwoMonitors(away=AWAY))
    for triggers in ((), (Trigger.SWITCHED,)):
        seen = watched.next(*triggers)
        assert isinstance(seen, Skipped)
        assert seen.monitor is None
    assert watched.played.grabs == []


def test_a_window_that_is_left_out_there_and_reaches_under_the_active_one_is_nothing_to_wait_for() -> None:
    watched = Watched(TwoMonitors(others=(Sight(5, replace(THERE, app="keepassxc")),)), Rules(("keepassxc",)))
    for triggers in ((), (Trigger.SWITCHED,), (Trigger.SWITCHED,)):
        active, other = both(watched, *triggers)
        assert isinstance(active, Frame)
        assert isinstance(other, Skipped)


def test_a_window_there_that_may_not_be_seen_is_not_grabbed() -> None:
    played = TwoMonitors(others=(Sight(5, replace(THERE, app="keepassxc", rect=Rect(900, 0, 10, 10))),))
    _, other = both(Watched(played, Rules(exclude_apps=("keepassxc",))))
    assert isinstance(other, Skipped)
    assert (other.private, other.monitor) == (False, 1)  # the tray tells of what is in front
    assert played.grabs == [EDITOR.rect]


def test_a_window_there_that_changes_during_the_grab_is_dropped() -> None:
    played = TwoMonitors()

    def swap() -> None:
        if len(played.grabs) == 2:
            played.others = (Sight(6, replace(THERE, app="keepassxc")),)

    played.during = swap
    _, other = both(Watched(played))
    assert isinstance(other, Skipped)
    assert other.monitor == 1


def test_a_monitor_that_shows_nothing_any_more_ends_what_was_open_there() -> None:
    played = TwoMonitors()
    watched = Watched(played)
    list(both(watched))
    played.others = ()
    _, gone = both(watched, Trigger.SWITCHED)
    assert isinstance(gone, Skipped)
    assert gone.monitor == 1


def frame(second: float, monitor: int, *, aside: bool = False) -> Frame:
    return Frame(image(), second, Window("X", "a", monitor=monitor), beside=aside)


def test_moments_of_both_monitors_go_on_side_by_side() -> None:
    monitors = Monitors()
    first, second = frame(1, 0), frame(1, 1, aside=True)
    assert monitors.see(first) == ((0, Opened(first)),)
    assert monitors.see(second) == ((1, Opened(second)),)
    assert monitors.see(frame(2, 0)) == ((0, Continued(2)),)
    assert monitors.skip(Skipped(3, "gone", monitor=1)) == ((1, Closed(3)),)
    assert monitors.see(frame(4, 0)) == ((0, Continued(4)),)


def test_turning_to_the_other_monitor_is_a_moment_of_its_own() -> None:
    monitors = Monitors()
    monitors.see(frame(1, 0))
    monitors.see(frame(1, 1, aside=True))
    turned = frame(2, 1)
    assert monitors.see(turned) == ((0, Closed(2)), (1, Closed(2)), (1, Opened(turned)))


def test_what_is_beside_the_attention_gets_no_state_of_mind(desk: Desk) -> None:
    moments = Moments(writer=desk.writer, clock=lambda: desk.now, on_change=lambda: None)
    for monitor, aside in ((0, False), (1, True)):
        window = Window("X", f"on {monitor}", monitor=monitor)
        moments.open(Frame(picture(9), BEGIN, window, beside=aside, text="words"), "screen")
        moments.close(monitor, BEGIN + 10)
    attended, other = desk.moments()
    assert (attended.source, other.source) == ("screen", f"screen{BESIDE}")
    asked: list[float] = []
    step = BrainStep(store=desk.store, writer=desk.writer, encoder=None, clock=lambda: desk.now)  # type: ignore[arg-type]
    step._features = lambda moment: asked.append(moment.id)  # type: ignore[method-assign,assignment,return-value]
    step.fill([attended.id, other.id])
    assert asked == [attended.id]


def test_word_of_the_other_monitor_does_not_end_what_the_person_turned_to_there() -> None:
    played = TwoMonitors()
    watched = Watched(played)
    monitors = Monitors()
    for seen in both(watched):
        assert isinstance(seen, Frame)
        monitors.see(seen)
    played.window, played.number, played.others = THERE, 5, ()
    turned, gone = both(watched, Trigger.SWITCHED)
    assert isinstance(turned, Frame)
    assert isinstance(gone, Skipped)
    assert monitors.see(turned)[-1] == (1, Opened(turned))
    assert gone.monitor == 1
    assert monitors.skip(gone) == ()
    again = watched.frame(Trigger.TITLED)
    assert monitors.see(again) == ((1, Continued(again.time)),)


def test_what_rests_there_is_seen_now_and_then_while_the_person_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(TwoMonitors())
    list(both(watched))
    monkeypatch.setattr(beside, "LONGEST", 0.0)
    active, other = both(watched, Trigger.CLICKED)
    assert isinstance(active, Frame)
    assert isinstance(other, Frame)
    assert (active.beside, other.beside) == (False, True)


def test_the_longest_time_between_looks_there_is_no_gap() -> None:
    assert beside.LONGEST + max(longest for _, longest in QUIET.values()) < LONGEST_GAP
