from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pairs import CONTENT, INPUTS, made
from test_mapping_vectors import random_mapping

from embeddings.mapping import Mapping, Pairs, better, evaluate_pairs
from embeddings.mapping_retrieval import Session, answers, sessions


def session(target: list[int], *, guard: float = 0.0, every: float = 100.0) -> Session:
    at = np.array(target, np.intp)
    count = int(at.max()) + 1
    return Session(np.arange(len(at)), every * np.arange(len(at)), at, np.eye(count, dtype=np.float32), guard)


def straight(quality: float, seed: int = 0) -> Mapping:
    """A mapping that reads the content off EEG which is the content, as well as ``quality`` (0 to 1) says."""
    mapping = random_mapping()
    weights = {name: np.zeros_like(array) for name, array in mapping.weights.items()}
    weights["skip.weight"][:CONTENT, :CONTENT] = np.eye(CONTENT)
    weights["brain.weight"][:CONTENT, :CONTENT] = np.eye(CONTENT)
    weights["content.weight"][:CONTENT, :CONTENT] = np.eye(CONTENT)
    noise = np.random.default_rng(seed).normal(size=weights["brain.weight"].shape)
    weights["brain.weight"] = (quality * weights["brain.weight"] + (1 - quality) * noise).astype(np.float32)
    return Mapping(weights)


def told(pairs: Pairs) -> Pairs:
    """The same pairs with EEG that is the content, in noise."""
    brain = np.zeros((len(pairs), INPUTS), np.float32)
    brain[:, :CONTENT] = 3 * pairs.content
    noise = np.random.default_rng(5).normal(scale=0.5, size=brain.shape)
    return replace(pairs, brain=(brain + noise).astype(np.float32))


@settings(max_examples=40, deadline=None)
@given(target=st.lists(st.integers(0, 4), min_size=2, max_size=30), seed=st.integers(0, 99))
def test_who_always_says_the_same_gets_what_chance_gets(target: list[int], seed: int) -> None:
    kinds = np.unique(target, return_inverse=True)[1].tolist()
    if max(kinds) == 0:
        return
    asked = session(kinds)
    always = np.random.default_rng(seed).normal(size=max(kinds) + 1).astype(np.float32)
    found = answers(asked, np.tile(always, (len(kinds), 1)))
    share = found.share / found.share.sum()
    assert share @ found.hit == pytest.approx(share @ found.chance_hit)
    assert share @ found.reciprocal == pytest.approx(share @ found.chance_reciprocal)
    assert share @ found.order == pytest.approx(0.5)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(2, 12))
def test_who_cannot_tell_gets_what_chance_gets(count: int) -> None:
    found = answers(session(list(range(count))), np.zeros((count, count), np.float32))
    assert found.hit == pytest.approx(np.full(count, 1 / count))
    assert found.reciprocal == pytest.approx(found.chance_reciprocal)
    assert found.order == pytest.approx(np.full(count, 0.5))


def test_a_rank_is_a_rank() -> None:
    scores = np.array([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.9, 0.5, 0.1]], np.float32)
    found = answers(session([0, 1, 2]), scores)
    assert found.hit.tolist() == [1, 0, 0]
    assert found.reciprocal == pytest.approx([1, 1 / 2, 1 / 3])
    assert found.order == pytest.approx([1, 0.5, 0])
    assert found.chance_reciprocal == pytest.approx(np.full(3, (1 + 1 / 2 + 1 / 3) / 3))


def test_what_was_on_a_moment_ago_is_no_candidate_unless_it_comes_again() -> None:
    allowed = session([0, 1, 2, 0], guard=150.0).allowed()
    assert allowed.tolist() == [
        [True, False, True],
        [True, True, False],
        [True, False, True],
        [True, True, False],
    ]  # fmt: skip


def test_a_content_that_is_on_for_long_counts_no_more_than_a_short_one() -> None:
    found = answers(session([0] * 9 + [1]), np.tile(np.float32([1, 0]), (10, 1)))
    assert found.share @ found.hit == pytest.approx(1.0)
    assert found.share.sum() == pytest.approx(2.0)


def test_a_question_with_one_candidate_does_not_count() -> None:
    found = answers(session([0, 1], guard=1e6), np.zeros((2, 2), np.float32))
    assert found.share.tolist() == [0, 0]


def test_contents_of_another_session_are_no_candidates() -> None:
    pairs = made(80)
    assert [len(one.rows) for one in sessions(pairs)] == [20] * 4
    assert all(len(set(pairs.session[one.rows].tolist())) == 1 for one in sessions(pairs))


def test_a_mapping_that_knows_is_far_above_chance_and_exchanged_eeg_is_not() -> None:
    found = evaluate_pairs(straight(1.0), told(made(800)))
    assert found["queries"] == 800
    assert found["order"] > 0.9
    assert found["lift_mrr"] > 5
    assert found["permuted_order"] == pytest.approx(0.5, abs=0.02)
    assert found["permuted_mrr"] < 0.1 * found["mrr"]
    assert found["lift_recall_at_1"] == found["recall_at_1"] / found["chance_recall_at_1"]


def test_a_mapping_that_knows_nothing_is_at_chance() -> None:
    orders = [evaluate_pairs(random_mapping(seed), made(400, seed=seed))["order"] for seed in range(12)]
    assert np.mean(orders) == pytest.approx(0.5, abs=0.03)


def test_without_two_contents_nothing_is_claimed() -> None:
    pairs = made(40)
    same = replace(pairs, content=np.repeat(pairs.content[:1], 40, axis=0))
    found = evaluate_pairs(random_mapping(), same)
    assert found["queries"] == 0
    assert np.isnan([found["order"], found["lift_mrr"], found["recall_at_1"]]).all()


def test_the_same_seed_gives_the_same_figures() -> None:
    pairs = made(200)
    assert evaluate_pairs(random_mapping(), pairs, seed=3) == evaluate_pairs(random_mapping(), pairs, seed=3)


def test_a_better_version_is_adopted_and_a_worse_one_is_not() -> None:
    later = told(made(2400))
    up, down = better(straight(1.0), straight(0.5), later), better(straight(0.5), straight(1.0), later)
    assert up.adopt
    assert 0 < up.low < up.difference < up.high
    assert up.blocks == 16
    assert not down.adopt
    assert down.high < 0
    assert "does not find" in down.reason


def test_a_version_is_not_better_than_itself() -> None:
    decision = better(straight(0.9), straight(0.9), told(made(2400)))
    assert not decision.adopt
    assert decision.difference == 0


def test_the_first_version_is_held_against_exchanged_eeg() -> None:
    assert better(straight(1.0), None, told(made(2400))).adopt
    assert not better(straight(1.0), None, made(2400, strength=0)).adopt


def test_with_too_little_time_nothing_is_adopted_and_it_says_how_much_is_missing() -> None:
    decision = better(straight(1.0), straight(0.0), told(made(120)))
    assert not decision.adopt
    assert decision.blocks == 4
    assert "about 40 more minutes" in decision.reason
    assert np.isnan(decision.low)
