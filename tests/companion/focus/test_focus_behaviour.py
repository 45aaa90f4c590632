from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.capture.types import Trigger
from companion.focus import signs
from companion.focus.behaviour import GAP_SECONDS, SPANS, Behaviour, Habits
from companion.focus.kinds import Kind

TYPED, CLICKED, SCROLLED = Trigger.TYPED, Trigger.CLICKED, Trigger.SCROLLED


def over(told: Behaviour, now: float) -> tuple[Habits, Habits, Habits]:
    found = told.habits(now)
    assert found is not None
    one, five, ten = found
    return one, five, ten


def test_nothing_is_said_before_a_minute_was_seen_or_while_the_attention_is_on_nothing() -> None:
    told = Behaviour()
    told.happened(TYPED, 5.0)
    assert told.habits(100.0) is None
    told.window("code", "", 100.0)
    assert told.habits(159.0) is None
    assert told.habits(160.0) is not None
    told.window("", "", 170.0)
    assert told.habits(180.0) is None


def test_keys_switches_and_places_are_counted_over_each_span() -> None:
    told = Behaviour()
    told.window("code", "", 0.0)
    told.window("firefox", "https://a.example/1", 500.0)
    told.window("firefox", "https://a.example/2", 520.0)  # the same site
    told.window("thunderbird", "", 560.0)
    for second in range(540, 600):
        told.happened(TYPED, float(second), 2)
    one, five, ten = over(told, 600.0)
    assert [round(h.typing) for h in (one, five, ten)] == [120, 24, 12]
    assert [h.seconds for h in (one, five, ten)] == list(SPANS)
    assert one.switches == pytest.approx(1.0)
    assert ten.switches == pytest.approx(0.2)
    assert ten.main == pytest.approx(500 / 600)
    assert ten.work == pytest.approx(500 / 600)
    assert one.distracting == pytest.approx(40 / 60)
    assert told.app == "thunderbird"


def test_from_work_to_work_is_half_a_switch() -> None:
    told = Behaviour()
    for second, app in ((0, "code"), (100, "xterm"), (110, "slack"), (120, "code")):
        told.window(app, "", float(second))
    one, *_ = over(told, 121.0)
    assert one.switches == pytest.approx(0.5 + 1.0 + 1.0, rel=0.02)


def test_what_the_person_says_of_a_program_counts_for_what_was_seen_too() -> None:
    told = Behaviour()
    for second, app in ((0, "helix"), (100, "thunderbird"), (110, "helix")):
        told.window(app, "", float(second))
    one, *_ = over(told, 120.0)
    assert (one.work, one.distracting, one.switches) == pytest.approx((0.0, 10 / 60, 2.0))
    told.choose({"helix": Kind.WORK, "thunderbird": Kind.WORK})
    one, *_ = over(told, 120.0)
    assert (one.work, one.distracting, one.switches) == pytest.approx((1.0, 0.0, 1.0))
    told.choose({})
    one, *_ = over(told, 120.0)
    assert one.work == 0.0


def test_short_stays_are_time_in_small_pieces_and_the_one_that_lasts_is_not() -> None:
    told = Behaviour()
    for second in range(0, 300, 10):
        told.window(f"tool{second}", "", float(second))
    assert over(told, 300.0)[1].brief == pytest.approx(290 / 300)
    steady = Behaviour()
    steady.window("tool", "", 0.0)
    assert over(steady, 300.0)[1].brief == 0.0


def test_an_even_rhythm_is_told_from_an_uneven_one_and_few_keys_tell_nothing() -> None:
    even, uneven, few = Behaviour(), Behaviour(), Behaviour()
    at = 0.0
    for number in range(100):
        even.happened(TYPED, number * 0.2)
        at += 0.05 if number % 4 else 1.5
        uneven.happened(TYPED, at)
    few.happened(TYPED, 1.0)
    found = []
    for told in (even, uneven, few):
        told.window("code", "", 0.0)
        found.append(over(told, 100.0)[1].evenness)
    assert found[0] == pytest.approx(1.0, abs=0.01)
    assert found[1] is not None
    assert found[1] < 0.3
    assert found[2] is None


def test_a_pause_within_the_gap_is_thinking_and_a_longer_one_is_idle() -> None:
    told = Behaviour()
    told.window("code", "", 0.0)
    told.happened(CLICKED, 0.0)
    told.happened(SCROLLED, GAP_SECONDS - 1.0)
    assert over(told, 100.0)[1].idle == 0.0
    late = GAP_SECONDS - 1.0 + GAP_SECONDS + 10.0
    assert over(told, late)[1].idle == pytest.approx((GAP_SECONDS + 10.0) / late)
    told.idle(1.0, late + 1.0)  # the mouse moved
    assert told.untouched(late + 5.0) == pytest.approx(5.0)
    assert over(told, late + 5.0)[1].idle > 0.0


def test_a_locked_screen_is_untouched_for_ever() -> None:
    told = Behaviour()
    told.window("code", "", 0.0)
    told.idle(math.inf, 70.0)
    assert told.untouched(70.0) == math.inf
    assert over(told, 70.0)[0].idle == pytest.approx(1.0)


def test_where_no_touch_is_ever_told_nobody_counts_as_idle() -> None:
    told = Behaviour()
    told.window("code", "", 0.0)
    told.idle(None, 500.0)
    assert over(told, 500.0)[1].idle == 0.0
    assert told.untouched(500.0) is None


def test_other_triggers_are_no_hands() -> None:
    told = Behaviour()
    told.happened(Trigger.CHANGED, 1.0)
    told.happened(Trigger.SWITCHED, 1.0)
    assert told.untouched(2.0) is None


EVENTS = st.lists(
    st.tuples(
        st.floats(0.0, 90.0), st.sampled_from(["code", "firefox", "slack", "mytool"]), st.integers(0, 3), st.booleans()
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=50)
@given(events=EVENTS, ahead=st.floats(61.0, 1500.0))
def test_shares_stay_shares_and_parts_add_up_to_the_whole(
    events: list[tuple[float, str, int, bool]], ahead: float
) -> None:
    told, now = Behaviour(), 0.0
    for after, app, keys, click in events:
        now += after
        told.window(app, "", now)
        if keys:
            told.happened(TYPED, now, keys)
        if click:
            told.happened(CLICKED, now)
    for habits in over(told, now + ahead):
        for share in (habits.main, habits.work, habits.distracting, habits.idle, habits.brief):
            assert -1e-9 <= share <= 1.0 + 1e-9
        assert habits.work + habits.distracting <= 1.0 + 1e-9
    numbers = signs.row(over(told, now + ahead))
    assert all(abs(number) <= 1.0 + 1e-9 for number in numbers)
    parts = signs.parts(signs.PRIOR.mean, numbers)
    whole = signs.log_odds(signs.PRIOR.mean, numbers)
    assert abs(whole) <= signs.MOST_LOG_ODDS
    assert whole == pytest.approx(min(max(math.fsum(parts), -3.0), 3.0))


def test_reasons_are_the_strongest_first() -> None:
    told = Behaviour()
    for second in range(0, 600, 15):
        told.window(("slack", "firefox", "thunderbird")[second % 3], "", float(second))
    numbers = signs.row(over(told, 600.0))
    against = signs.reasons(signs.PRIOR.mean, numbers, pro=False, most=5)
    assert "mail, chat, feeds or films" in against
    parts = {sign.con: -part for part, sign in zip(signs.parts(signs.PRIOR.mean, numbers), signs.SIGNS, strict=True)}
    assert all(parts[a] >= parts[b] for a, b in pairwise(against))
