"""Searching by a stretch of EEG: known rankings, and what chance really finds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics
from synthetic_windows import windows

from companion.evaluation import retrieval
from companion.evaluation.retrieval import Ranking, Stretches


def test_average_precision_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    relevant = rng.random((20, 15)) < 0.4
    relevant[:, 3] = True
    expected = [metrics.average_precision_score(row, -np.arange(15)) for row in relevant]
    assert retrieval.average_precision(relevant) == pytest.approx(expected)


def test_average_precision_without_anything_relevant_is_not_defined() -> None:
    assert np.isnan(retrieval.average_precision(np.zeros((1, 5), bool)))[0]


def test_chance_is_what_meaningless_labels_find_and_not_what_a_random_order_finds() -> None:
    rng = np.random.default_rng(0)
    rankings = [_two_recordings(f"p{i}", first=i % 2) for i in range(60)]
    found = retrieval.each_person(rankings, retrieval.average_precision)
    chance = retrieval.chance(rankings, retrieval.average_precision, seed=0, times=60)
    lift = np.array([found[who] - chance[who] for who in found])
    assert abs(lift.mean()) < 3 * lift.std() / np.sqrt(len(lift))
    shuffled = rng.permuted(np.tile(np.arange(8) < 4, (2_000, 1)), axis=1)
    random_order = retrieval.average_precision(shuffled).mean()
    assert np.mean(list(found.values())) > random_order + 0.05  # though nothing is known of the task


def test_chance_of_a_ranking_that_knows_the_task_is_far_below_it() -> None:
    rankings = [_two_recordings(f"p{i}", first=0) for i in range(5)]
    found = retrieval.each_person(rankings, retrieval.average_precision)
    chance = retrieval.chance(rankings, retrieval.average_precision, seed=0, times=60)
    assert all(found[who] == 1.0 for who in found)
    assert all(0.55 < chance[who] < 0.85 for who in chance)


def test_labels_are_exchanged_in_whole_blocks_of_a_stratum() -> None:
    ranking = _two_recordings("a", first=0)
    seen = set()
    for (moved,) in retrieval.exchanged([ranking], seed=0, times=40):
        for side in (moved.queries, moved.candidates):
            assert sorted(side.label.tolist()) == ["x"] * 4 + ["y"] * 4
            for block in np.unique(side.block):
                assert len(set(side.label[side.block == block])) == 1
        seen.add((moved.queries.label[0], moved.candidates.label[0]))
    assert len(seen) == 4


def test_stretches_are_in_a_row_of_one_label_and_one_recording() -> None:
    made = windows(people=("a",), labels={"rest": 3.0, "work": 3.0}, each=9)
    found = retrieval.stretches(made, np.ones(len(made), bool), length=4, hop=2)
    assert len(found) == 6  # from windows 0, 2 and 4 of each recording
    for members, label in zip(found.members, found.label, strict=True):
        assert set(made.label[members]) == {label}
        assert len(set(made.run[members])) == 1
        assert np.diff(made.start[members]) == pytest.approx(4.0)


def test_stretches_step_over_a_few_bad_windows_and_not_over_many() -> None:
    made = windows(people=("a",), labels={"rest": 3.0}, each=20)
    one_bad, many_bad = np.ones(20, bool), np.ones(20, bool)
    one_bad[2] = False
    many_bad[2:14] = False
    first = retrieval.stretches(made, one_bad, length=4, hop=4).members[0]
    assert first.tolist() == [0, 1, 3, 4]
    assert retrieval.stretches(made, many_bad, length=4, hop=4).members.tolist() == [[14, 15, 16, 17]]


def test_no_stretch_is_found_where_there_are_too_few_windows() -> None:
    made = windows(people=("a",), labels={"rest": 3.0}, each=3)
    assert len(retrieval.stretches(made, np.ones(3, bool), length=4, hop=2)) == 0


def test_the_mean_of_a_stretch_is_over_its_windows() -> None:
    stretches = Stretches(np.array([[0, 2], [1, 3]]), *(np.array(["x", "y"]) for _ in range(3)))
    assert stretches.mean(np.array([[1.0], [2.0], [3.0], [6.0]])) == pytest.approx(np.array([[2.0], [4.0]]))


def test_the_nearest_by_angle_and_in_time_come_first() -> None:
    candidates = np.array([[0.0, 1.0], [9.0, 1.0], [-1.0, 0.0]])
    assert retrieval.nearest_angle(np.array([[1.0, 0.0]]), candidates).tolist() == [[1, 0, 2]]
    assert retrieval.nearest_time(np.array([10.0]), np.array([30.0, 9.0, 12.0])).tolist() == [[1, 2, 0]]


def test_each_label_counts_the_same_and_what_cannot_be_told_does_not() -> None:
    ranking = _ranking(["x", "x", "x", "y", "z"], ["x", "y"], [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1]])
    # x is found first three times, y last once; z is not there at all
    found = retrieval.each_person([ranking], retrieval.average_precision)
    assert found == {"a": pytest.approx((1.0 + 0.5) / 2)}
    assert retrieval.each_person([_ranking(["x"], ["x", "x"], [[0, 1]])], retrieval.first) == {}


def test_the_first_is_right_or_wrong() -> None:
    relevant = np.array([[True, False, False, False], [False, True, True, False]])
    assert retrieval.first(relevant).tolist() == [1.0, 0.0]


def test_other_labels_change_what_is_relevant_and_not_the_order() -> None:
    ranking = _ranking(["x"], ["x", "y"], [[1, 0]])
    assert ranking.relevant().tolist() == [[False, True]]
    moved = ranking.labelled(np.array(["x"]), np.array(["y", "x"]))
    assert moved.relevant().tolist() == [[True, False]]
    assert moved.order is ranking.order


def _two_recordings(person: str, *, first: int) -> Ranking:
    """Two sessions of two recordings; a query finds one recording of the other session as a whole before the other."""
    label = np.repeat(["x", "y"], 4)
    sides = [
        Stretches(np.zeros((8, 1), int), label, np.char.add(f"{person}{session}", label), np.full(8, person + session))
        for session in "12"
    ]
    near, far = np.arange(4), np.arange(4, 8)
    like, unlike = np.concatenate([near, far]), np.concatenate([far, near])
    order = np.array([like if (query < 4) == (first == 0) else unlike for query in range(8)])
    return Ranking(person, *sides, order)


def _ranking(queries: list[str], candidates: list[str], order: list[list[int]]) -> Ranking:
    sides = [Stretches(np.zeros((len(of), 1), int), *(np.array(of) for _ in range(3))) for of in (queries, candidates)]
    return Ranking("a", *sides, np.array(order))
