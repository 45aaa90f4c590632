from __future__ import annotations

import numpy as np
import pytest
from made_pairs import made

from embeddings.mapping import Pairs
from embeddings.mapping.pairs import contents_of, joined


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_nearly_the_same_contents_are_one() -> None:
    distinct = unit(np.random.default_rng(0).normal(size=(5, 64)))
    again = unit(distinct + 0.01 * np.random.default_rng(1).normal(size=(5, 64)))
    assert contents_of(np.concatenate([distinct, again[::-1]])).tolist() == [0, 1, 2, 3, 4, 4, 3, 2, 1, 0]


def test_contents_that_lead_from_one_to_the_other_step_by_step_are_not_all_one() -> None:
    angles = np.deg2rad(np.arange(0, 90, 10))
    assert contents_of(unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))).max() > 1


def test_unknown_content_is_like_nothing() -> None:
    assert contents_of(np.zeros((3, 4), np.float32)).tolist() == [0, 1, 2]


def test_sessions_of_two_people_are_never_one() -> None:
    one, other = made(40), made(40, person=1)
    together, person = joined([one, other])
    assert len(np.unique(together.session)) == 8
    assert person.tolist() == [0] * 40 + [1] * 40
    assert not set(together.session[person == 0]) & set(together.session[person == 1])


def test_order_is_by_session_and_time() -> None:
    pairs = made(40)
    shuffled = pairs.where(np.random.default_rng(0).permutation(40))
    assert (shuffled.in_order().brain == pairs.brain).all()


@pytest.mark.parametrize("part", ["brain", "content", "time", "weight"])
def test_what_is_no_number_is_refused(part: str) -> None:
    pairs = made(40)
    arrays = {name: getattr(pairs, name).copy() for name in ("brain", "content", "time", "session", "weight")}
    arrays[part].flat[3] = np.nan
    with pytest.raises(ValueError, match="finite"):
        Pairs(**arrays)


def test_contents_that_are_no_unit_vectors_are_refused_unless_they_do_not_count() -> None:
    pairs = made(40)
    content = pairs.content.copy()
    content[7] = 0
    with pytest.raises(ValueError, match="unit vectors"):
        Pairs(pairs.brain, content, pairs.time, pairs.session, pairs.weight)
    weight = pairs.weight.copy()
    weight[7] = 0
    assert len(Pairs(pairs.brain, content, pairs.time, pairs.session, weight)) == 40


def test_arrays_of_different_lengths_are_refused() -> None:
    pairs = made(40)
    with pytest.raises(ValueError, match="one length"):
        Pairs(pairs.brain[:-1], pairs.content, pairs.time, pairs.session, pairs.weight)
