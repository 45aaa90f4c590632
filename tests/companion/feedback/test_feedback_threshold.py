from __future__ import annotations

import math
from dataclasses import replace

import pytest
from feedback_steps import drawing, steps
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.feedback.rewarding import LEAST_STEPS, Rewarding, shown
from companion.feedback.threshold import FAR, GAIN, Threshold
from embeddings.feedback.plan import STEP_SECONDS, Step


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("drift", [0.0, 0.002, -0.003])
def test_the_rate_is_held_within_five_points_in_every_block_of_a_signal_that_drifts(rate: float, drift: float) -> None:
    rng = drawing(3)
    value, values = 0.0, []
    for number in range(14_400):
        value += 0.1 * (drift * number * STEP_SECONDS - value) + 0.15 * rng.gauss(0, 1)
        values.append(value)
    threshold = Threshold(rate, values[:1200])
    for block in range(3):
        reached = 0
        for value in values[1200 + block * 3600 :][:3600]:
            good = threshold.margin(value) >= 0
            reached += good
            threshold.follow(value, reached=good, seconds=STEP_SECONDS)
        assert reached / 3600 == pytest.approx(rate, abs=0.05)


@settings(max_examples=60)
@given(
    rate=st.floats(0.2, 0.9),
    values=st.lists(st.floats(-2, 2), min_size=20, max_size=300),
    seen=st.lists(st.floats(-1, 1), min_size=2, max_size=40),
)
def test_the_rate_is_off_by_no_more_than_how_far_the_threshold_moved(
    rate: float, values: list[float], seen: list[float]
) -> None:
    threshold = Threshold(rate, seen)
    before, reached, clamped = threshold.level, 0, False
    for value in values:
        good = threshold.margin(value) >= 0
        reached += good
        threshold.follow(value, reached=good, seconds=STEP_SECONDS)
        clamped |= abs(threshold.level - threshold.mean) >= FAR * threshold.spread * 0.999
    moved = (threshold.level - before) / (GAIN * threshold.spread * STEP_SECONDS * len(values))
    if not clamped:
        assert reached / len(values) - rate == pytest.approx(moved, abs=1e-6)


def test_it_does_not_run_away_while_something_else_forbids_reward() -> None:
    threshold = Threshold(0.6, [0.0, 1.0, 2.0])
    for _ in range(100_000):
        threshold.follow(1.0, reached=False, seconds=STEP_SECONDS)
    assert threshold.level == pytest.approx(1.0 - FAR * threshold.spread)


def test_a_baseline_without_change_still_gives_a_threshold() -> None:
    threshold = Threshold(0.6, [4.0] * 10)
    assert math.isfinite(threshold.margin(4.1))
    with pytest.raises(ValueError, match="rate"):
        Threshold(1.0, [1.0])
    with pytest.raises(ValueError, match="baseline"):
        Threshold(0.5, [])


def test_inhibits_hold_reward_down_and_the_rate_is_held_all_the_same() -> None:
    coming = list(steps(260, seed=4, mutes=False))
    rewarding = Rewarding(0.6, coming[:1200])
    margins = [rewarding.margin(step, STEP_SECONDS) for step in coming[1200:]]
    assert sum(one >= 0 for one in margins if one is not None) / len(margins) == pytest.approx(0.6, abs=0.05)
    tense = Step(0.0, 100.0, (50.0,), "", ())
    margin = rewarding.margin(tense, STEP_SECONDS)
    assert margin is not None
    assert margin < 0


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.8, 0.9])
@pytest.mark.parametrize("inhibits", [1, 2])
def test_every_rate_that_is_offered_can_be_reached_beside_inhibits(rate: float, inhibits: int) -> None:
    each = [list(steps(260, seed=20 + number, mutes=False)) for number in range(inhibits)]
    coming = [
        replace(step, inhibits=tuple(its[at].inhibits[0] for its in each))
        for at, step in enumerate(steps(260, seed=4, mutes=False))
    ]
    rewarding = Rewarding(rate, coming[:1200])
    margins = [rewarding.margin(step, STEP_SECONDS) for step in coming[1200:]]
    assert sum(one >= 0 for one in margins if one is not None) / len(margins) == pytest.approx(rate, abs=0.05)


def test_what_is_tense_throughout_is_held_down_throughout() -> None:
    coming = list(steps(240, seed=6, mutes=False))
    rewarding = Rewarding(0.6, coming[:1200])
    tense = [replace(step, inhibits=(step.inhibits[0] + 4.0,)) for step in coming[1200:]]
    margins = [rewarding.margin(step, STEP_SECONDS) for step in tense]
    assert not any(one >= 0 for one in margins if one is not None)


def test_nothing_is_rewarded_and_nothing_adapts_while_muted() -> None:
    rewarding = Rewarding(0.6, list(steps(30, mutes=False)))
    level = rewarding.value.level
    for step in (Step(0.0, 99.0, (0.0,), "blink", ()), Step(0.0, None, (), "settling", ())):
        assert rewarding.margin(step, STEP_SECONDS) is None
    assert rewarding.value.level == level


def test_too_little_of_a_clean_baseline_is_none() -> None:
    with pytest.raises(ValueError, match="no baseline"):
        Rewarding(0.6, list(steps(LEAST_STEPS * STEP_SECONDS - 0.1, mutes=False)))


def test_the_scene_is_half_way_at_the_threshold_and_never_beyond_its_ends() -> None:
    assert shown(0.0) == 0.5
    assert 0 < shown(-1e9) < shown(-1.0) < shown(1.0) < shown(1e9) <= 1
