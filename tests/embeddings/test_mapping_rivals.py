from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from made_pairs import made

from embeddings.mapping.retrieval import sessions
from embeddings.mapping.rivals import by_clock, time_in_session, time_of_day, turns


@given(count=st.integers(2, 300), most=st.integers(1, 50))
def test_eeg_is_moved_far_enough_each_time_elsewhere(count: int, most: int) -> None:
    found = turns(count, most, np.random.default_rng(0))
    assert 1 <= len(found) <= most
    assert len(set(found.tolist())) == len(found)
    least = max(1, count // 10)
    assert all(least <= turn <= count - least for turn in found)


def test_midnight_is_near_to_itself() -> None:
    pairs = made(40)
    earlier = replace(pairs, time=np.full(40, 86_400 - 60.0))
    past, now = time_of_day(earlier, replace(pairs, time=np.full(40, 3 * 86_400 + 60.0)))
    assert np.abs(past[:, None] - now).min(axis=0).tolist() == [120.0] * 40


def test_a_session_that_began_before_the_later_ones_is_timed_from_there() -> None:
    pairs = made(40, sessions=1)
    past, now = time_in_session(pairs.where(slice(0, 30)), pairs.where(slice(30, 40)))
    assert past[0] == 0
    assert now[0] == 120


def test_a_clock_without_a_past_prefers_nothing() -> None:
    pairs = made(40)
    asked = next(iter(sessions(pairs)))
    assert not by_clock(time_of_day, pairs.where(slice(0, 0)), pairs, asked).any()


def test_a_clock_finds_what_is_always_on_at_that_time() -> None:
    pairs = made(400, sessions=2)
    first, second = (pairs.where(pairs.session == number) for number in (0, 1))
    second = replace(second, content=first.content)
    asked = next(iter(sessions(second, guard=0)))
    right = by_clock(time_of_day, first, second, asked)
    own = right[np.arange(len(right)), asked.target]
    assert (own[:, None] >= right).mean() > 0.9
