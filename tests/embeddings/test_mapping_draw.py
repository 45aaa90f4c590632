from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.mapping.draw import NEIGHBOURHOOD, Draw, near_and_far


@settings(max_examples=30)
@given(lengths=st.lists(st.integers(1, 700), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_a_group_is_of_neighbours_in_one_session(lengths: list[int], seed: int) -> None:
    session = np.repeat(np.arange(len(lengths)), lengths)
    groups = Draw.over(session, np.zeros_like(session)).groups(np.random.default_rng(seed))
    assert groups.shape == (8, 64)
    assert (session[groups] == session[groups[:, :1]]).all()
    assert (groups.max(axis=1) - groups.min(axis=1) < NEIGHBOURHOOD).all()


def test_a_group_of_a_long_session_holds_nothing_twice_and_reaches_every_pair() -> None:
    session = np.zeros(1000, np.int64)
    draw, rng = Draw.over(session, session), np.random.default_rng(0)
    groups = np.concatenate([draw.groups(rng) for _ in range(200)])
    assert all(len(set(group.tolist())) == 64 for group in groups)
    assert set(groups.ravel().tolist()) == set(range(1000))


def test_a_person_with_much_counts_no_more_than_one_with_little() -> None:
    person = np.repeat([0, 1], [5000, 300])
    groups = np.concatenate(
        [Draw.over(person, person).groups(np.random.default_rng(seed), groups=50) for seed in range(40)]
    )
    assert person[groups].mean() == pytest.approx(0.5, abs=0.04)


def test_what_is_neither_near_nor_far_is_left_out() -> None:
    near, far = near_and_far(np.array([[0.0, 2.0, 4.0, 30.0, 31.0, 299.0, 300.0]]))
    assert near[0, 0].tolist() == [False, False, True, True, False, False, False]
    assert far[0, 0].tolist() == [False] * 6 + [True]
    assert not (near & far).any()
