from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.hands import Counter
from companion.capture.screen import Happened
from companion.capture.triggers import AGAIN, AWAY, HEARTBEAT, QUIET, RESTLESS, TRIES, Triggers
from companion.capture.types import Hands, Trigger


def rested() -> Triggers:
    """Triggers that a look was just taken for, at 100 s."""
    triggers = Triggers()
    triggers.looked(100.0, restless=False)
    return triggers


def ripens(triggers: Triggers, *happened: Happened) -> float:
    """Return after how many seconds something calls for a look."""
    for what in happened:
        triggers.happened(what)
    now = happened[-1].time
    while not triggers.due(now, lambda: 0.0):
        now += 0.01
    return now - happened[0].time


@pytest.mark.parametrize("trigger", [kind for kind in QUIET if kind is not Trigger.STARTED])
def test_what_happens_is_looked_at_once_it_pauses(trigger: Trigger) -> None:
    assert ripens(rested(), Happened(trigger, 101.0)) == pytest.approx(QUIET[trigger][0], abs=0.02)


def test_typing_without_a_pause_is_looked_at_all_the_same() -> None:
    keys = [Happened(Trigger.TYPED, 101.0 + 0.2 * number) for number in range(100)]
    triggers = rested()
    looks = []
    for key in keys:
        triggers.happened(key)
        looks += [key.time] if triggers.due(key.time, lambda: 0.0) else []
    assert looks == [pytest.approx(101.0 + QUIET[Trigger.TYPED][1], abs=0.21)]


def test_one_look_serves_everything_that_waits_and_says_what_came_first() -> None:
    triggers = rested()
    triggers.happened(Happened(Trigger.TYPED, 101.0))
    triggers.happened(Happened(Trigger.SWITCHED, 101.1))
    assert triggers.since(101.2) == 101.0
    assert triggers.due(101.45, lambda: 0.0) == (Trigger.TYPED, Trigger.SWITCHED)
    assert triggers.due(103.0, lambda: 0.0) == ()


def test_the_heart_beats_only_while_somebody_is_there() -> None:
    triggers = rested()
    assert triggers.due(100.0 + HEARTBEAT - 0.1, lambda: 0.0) == ()
    assert triggers.due(100.0 + HEARTBEAT, lambda: AWAY) == ()
    assert triggers.due(100.0 + HEARTBEAT, lambda: None) == (Trigger.RESTED,)
    assert triggers.due(100.0 + HEARTBEAT, lambda: AWAY - 1) == (Trigger.RESTED,)


BY_ITSELF = [kind for kind in QUIET if kind not in (Trigger.STARTED, Trigger.SWITCHED)]


@pytest.mark.parametrize("trigger", BY_ITSELF)
def test_what_happens_while_nobody_is_there_waits_until_somebody_is(trigger: Trigger) -> None:
    triggers = rested()
    triggers.happened(Happened(trigger, 101.0))
    for tenth in (*range(1020, 1320), *range(36720, 37020)):
        now = tenth / 10
        assert triggers.due(now, lambda: AWAY) == ()
        assert triggers.wait(now) > 0.0  # nobody asks without end
        assert triggers.since(now) > now - 1.0  # it is not the look that is slow
    assert ripens(triggers, Happened(trigger, 3702.0)) <= sum(QUIET[trigger])


def test_a_window_that_comes_while_nobody_is_there_is_told_of_with_all_that_waits() -> None:
    triggers = rested()
    triggers.happened(Happened(Trigger.CHANGED, 101.0))
    assert triggers.due(102.0, lambda: AWAY) == ()
    triggers.happened(Happened(Trigger.SWITCHED, 103.0))
    assert set(triggers.due(103.4, lambda: AWAY)) == {Trigger.CHANGED, Trigger.SWITCHED}


def test_where_nobody_tells_whether_somebody_is_there_what_happens_is_looked_at() -> None:
    triggers = rested()
    triggers.happened(Happened(Trigger.CHANGED, 101.0))
    assert triggers.due(102.0, lambda: None) == (Trigger.CHANGED,)


def test_a_film_is_looked_at_less_and_less_until_a_hand_moves() -> None:
    triggers, now, looks = rested(), 100.0, []
    while now < 400.0:
        now += 0.1
        triggers.happened(Happened(Trigger.CHANGED, now))
        if triggers.due(now, lambda: 0.0):
            triggers.looked(now, restless=True)
            looks.append(now)
    between = [after - before for before, after in itertools.pairwise(looks)]
    assert between[0] < 2 * RESTLESS[0] + 3
    assert between[-1] == pytest.approx(RESTLESS[1], abs=0.2)
    assert ripens(triggers, Happened(Trigger.CLICKED, now)) == pytest.approx(QUIET[Trigger.CLICKED][0], abs=0.02)


def test_a_look_that_windows_moved_under_is_taken_again_a_few_times_for_the_same_reasons() -> None:
    triggers = rested()
    why, tries = (Trigger.CLICKED,), 1
    while triggers.again(why, 101.0 + tries):
        due = 101.0 + tries + AGAIN + 0.01
        assert set(triggers.due(due, lambda: 0.0)) == {Trigger.CLICKED, Trigger.SWITCHED}
        tries += 1
    assert tries == TRIES


@given(st.lists(st.tuples(st.sampled_from(list(QUIET)), st.floats(0.001, 3.0)), max_size=60))
def test_nothing_that_happens_waits_for_longer_than_its_most(steps: list[tuple[Trigger, float]]) -> None:
    """A film apart: its looks may be put off by the pace."""
    triggers, now, waiting = rested(), 100.0, dict[Trigger, float]()
    for trigger, pause in steps:
        now += pause
        if triggers.due(now, lambda: 0.0):
            triggers.looked(now, restless=False)
            waiting.clear()
        triggers.happened(Happened(trigger, now))
        waiting.setdefault(trigger, now)
        assert triggers.wait(now) <= min(since + QUIET[kind][1] for kind, since in waiting.items()) - now + 1e-6


def test_hands_are_counted_between_looks_and_never_which_keys() -> None:
    counter = Counter()
    for number in range(4):
        counter.add(Happened(Trigger.TYPED, 10.0 + 0.2 * number))
    counter.add(Happened(Trigger.CLICKED, 11.0))
    counter.add(Happened(Trigger.SCROLLED, 11.5, 3))
    counter.add(Happened(Trigger.SWITCHED, 12.0))
    hands = counter.take()
    assert (hands.keys, hands.clicks, hands.scrolls) == (4, 1, 3)
    assert hands.interval == pytest.approx(0.2)
    assert hands.spread == pytest.approx(0.0, abs=1e-9)
    assert counter.take() == Hands()


def test_a_pause_in_typing_is_no_rhythm() -> None:
    counter = Counter()
    for time in (1.0, 1.3, 1.8, 60.0):
        counter.add(Happened(Trigger.TYPED, time))
    assert counter.take().interval == pytest.approx(0.4)
