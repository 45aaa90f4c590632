from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pairs import CONTENT, INPUTS, made
from test_mapping_vectors import random_mapping

from embeddings.mapping import Mapping, Pairs, better, evaluate_pairs
from embeddings.mapping.judging import LEVEL, round_level
from embeddings.mapping.retrieval import Session, answers, sessions


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


@settings(max_examples=40)
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


@settings(max_examples=20)
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


EARLIER = made(400, seed=9)


def test_a_better_version_is_adopted_and_a_worse_one_is_not() -> None:
    later = told(made(2400, sessions=8))
    up = better(straight(1.0), straight(0.5), later, EARLIER)
    down = better(straight(0.5), straight(1.0), later, EARLIER)
    assert up.adopt
    assert 0 < up.low < up.difference < up.high
    assert up.blocks == 8
    assert up.rival == "the version in use"
    assert not down.adopt
    assert down.high < 0
    assert "does not find content clearly better than the version in use" in down.reason


def test_a_version_is_not_better_than_itself() -> None:
    decision = better(straight(0.9), straight(0.9), told(made(2400, sessions=8)), EARLIER)
    assert not decision.adopt
    assert decision.difference == 0


def test_the_first_version_is_held_against_eeg_of_other_moments() -> None:
    found = better(straight(1.0), None, told(made(2400, sessions=8)), EARLIER)
    assert found.adopt
    assert found.rival == "EEG of other moments"
    assert not better(straight(1.0), None, made(2400, strength=0, sessions=8), EARLIER).adopt


def test_the_figure_is_how_often_the_right_content_comes_before_another() -> None:
    later = told(made(1600, sessions=8))
    decision = better(straight(1.0), straight(0.5), later, EARLIER)
    orders = [evaluate_pairs(one, later)["order"] for one in (straight(1.0), straight(0.5))]
    assert decision.difference == pytest.approx(orders[0] - orders[1])


def test_with_too_little_time_nothing_is_adopted_and_it_says_how_much_is_missing() -> None:
    decision = better(straight(1.0), straight(0.0), told(made(120)), EARLIER)
    assert not decision.adopt
    assert decision.blocks == 1  # four sessions of two minutes
    assert "not enough independent time yet" in decision.reason
    assert "about 90 more minutes" in decision.reason
    assert np.isnan(decision.low)


def test_without_questions_nothing_is_adopted() -> None:
    pairs = made(40)
    decision = better(straight(1.0), None, replace(pairs, content=np.repeat(pairs.content[:1], 40, axis=0)), EARLIER)
    assert (decision.adopt, decision.blocks) == (False, 0)


def scheduled(by: str, *, days: int, shift: int = 0, seed: int = 0) -> Pairs:
    """Days of four hours on which contents keep to a timetable, and EEG that tells the time and nothing else."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(3).normal(size=(8, CONTENT))
    minutes = np.arange(120) * 2
    parts = []
    for day in range(days):
        late = 60 * (day % 3)  # minutes after nine that the day begins
        slot = ((minutes + (late if by == "the time of day" else 0)) // 30 + shift * (day % 7)) % 8
        words = topics[slot] + 0.5 * rng.normal(size=(120, CONTENT))
        at = 86_400.0 * (day + 20 * seed) + 9 * 3600 + 60 * (late + minutes)
        parts.append((words / np.linalg.norm(words, axis=1, keepdims=True), at, topics[slot]))
    brain = np.zeros((120 * days, INPUTS), np.float32)
    brain[:, :CONTENT] = np.concatenate([part[2] for part in parts]) + rng.normal(size=(120 * days, CONTENT))
    return Pairs(
        brain,
        np.concatenate([part[0] for part in parts]).astype(np.float32),
        np.concatenate([part[1] for part in parts]),
        np.repeat(np.arange(days), 120) + 100 * seed,
        np.ones(120 * days, np.float32),
    )


@pytest.mark.parametrize("by", ["the time of day", "the time since the session began"])
def test_what_a_clock_finds_as_well_is_not_adopted(by: str) -> None:
    decision = better(straight(1.0), None, scheduled(by, days=8, seed=1), scheduled(by, days=12))
    assert decision.low > 0  # better than EEG of other moments, and yet
    assert not decision.adopt
    assert by in decision.reason


def test_what_no_clock_finds_is_adopted() -> None:
    later = scheduled("the time of day", days=8, shift=3, seed=1)
    assert better(straight(1.0), None, later, scheduled("the time of day", days=12, shift=5)).adopt


def slow(rng: np.random.Generator, *, minutes: float, topic_minutes: float) -> Pairs:
    """Four days of four hours; EEG and contents stay alike for long and have nothing to do with each other."""
    days, count = 4, 120
    keep = np.exp(-2 / minutes)
    brain = rng.normal(size=(days, count, INPUTS))
    for number in range(1, count):
        brain[:, number] = keep * brain[:, number - 1] + np.sqrt(1 - keep**2) * brain[:, number]
    contents = []
    for _ in range(days):
        lengths = np.maximum(rng.exponential(topic_minutes / 2, size=count), 1).astype(int)
        topic = np.repeat(np.arange(count), lengths)[:count]
        contents.append(rng.normal(size=(count, CONTENT))[topic] + 0.7 * rng.normal(size=(count, CONTENT)))
    content = np.concatenate(contents)
    return Pairs(
        brain.reshape(days * count, INPUTS).astype(np.float32),
        (content / np.linalg.norm(content, axis=1, keepdims=True)).astype(np.float32),
        np.concatenate([day * 86_400 + 120.0 * np.arange(count) for day in range(days)]),
        np.repeat(np.arange(days), count),
        np.ones(days * count, np.float32),
    )


@pytest.mark.parametrize(("minutes", "topic_minutes"), [(30, 30), (120, 60)])
def test_eeg_and_contents_that_stay_alike_for_long_are_seldom_taken_for_a_bond(
    minutes: float, topic_minutes: float
) -> None:
    adopted = 0
    for seed in range(24):
        rng = np.random.default_rng(seed)
        earlier, later = (slow(rng, minutes=minutes, topic_minutes=topic_minutes) for _ in range(2))
        adopted += better(straight(1.0), None, later, earlier, seed=seed).adopt
    assert adopted <= 1


def test_all_rounds_together_err_as_one_would() -> None:
    spent = sum(1 - round_level(number) for number in range(10_000))
    assert spent == pytest.approx(1 - LEVEL, rel=1e-3)
    assert spent < 1 - LEVEL


def test_a_later_round_asks_for_more() -> None:
    later = told(made(2400, sessions=8))
    first, tenth = (better(straight(1.0), straight(0.5), later, EARLIER, earlier_rounds=n) for n in (0, 9))
    assert tenth.low < first.low < first.high < tenth.high
    assert tenth.level == round_level(9)
