"""The figures: against values known on paper, and against what chance does in simulation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from companion.evaluation import statistics

YES_AND_NO = np.array([False, False, True, True])
ONE_CLASS = np.ones(3, bool)


def test_auc_is_the_share_of_pairs_in_order() -> None:
    assert statistics.auc(YES_AND_NO, [0.1, 0.4, 0.35, 0.8]) == pytest.approx(3 / 4)


def test_auc_of_ties_is_chance() -> None:
    assert statistics.auc(YES_AND_NO, [1.0, 1.0, 1.0, 1.0]) == pytest.approx(0.5)


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2, max_size=40))
def test_auc_is_the_area_under_the_curve_whatever_the_ties(told: list[tuple[bool, int]]) -> None:
    labels, scores = np.array([one for one, _ in told]), [float(score) for _, score in told]
    if labels.all() or not labels.any():
        assert math.isnan(statistics.auc(labels, scores))
    else:
        assert statistics.auc(labels, scores) == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)


def test_a_score_that_is_no_number_has_no_auc() -> None:
    with pytest.raises(ValueError, match="nan"):
        statistics.auc(YES_AND_NO, [0.1, math.nan, 0.3, 0.4])


@pytest.mark.parametrize("metric", [statistics.auc, statistics.average_precision, statistics.tpr_at_fpr])
def test_one_class_alone_has_no_figure(metric: Callable[..., float]) -> None:
    assert math.isnan(metric(ONE_CLASS, [0.1, 0.2, 0.3]))
    assert math.isnan(metric(~ONE_CLASS, [0.1, 0.2, 0.3]))


def test_average_precision_of_a_known_ranking() -> None:
    # found first and third: precisions 1/1 and 2/3
    assert statistics.average_precision(YES_AND_NO, [0.5, 0.1, 0.9, 0.4]) == pytest.approx((1 + 2 / 3) / 2)


def test_tpr_at_fpr_counts_only_thresholds_that_let_few_enough_through() -> None:
    labels = np.r_[np.zeros(20, bool), np.ones(4, bool)]
    scores = np.r_[np.linspace(0, 0.9, 19), 5.0, 6.0, 6.0, 4.0, 0.95]
    assert statistics.tpr_at_fpr(labels, scores, 0.05) == 1.0  # one of twenty is let through
    assert statistics.tpr_at_fpr(labels, scores, 0.04) == 0.5  # none may be


def test_ece_is_the_weighted_distance_of_saying_and_being() -> None:
    labels = np.array([True, False, True, True])
    sure = [0.25, 0.25, 0.95, 0.95]  # half of the first come true, all of the second
    assert statistics.ece(labels, sure) == pytest.approx(0.5 * 0.25 + 0.5 * 0.05)


def test_ece_of_a_calibrated_forecast_is_small_and_of_a_boastful_one_large() -> None:
    rng = np.random.default_rng(1)
    sure = rng.uniform(size=20_000)
    came = rng.uniform(size=20_000) < sure
    assert statistics.ece(came, sure) < 0.02
    assert statistics.ece(came, np.where(sure > 0.5, 1.0, 0.0)) > 0.2


def test_ece_takes_certainty_of_one_and_refuses_more() -> None:
    assert statistics.ece(np.array([True]), [1.0]) == 0.0
    with pytest.raises(ValueError, match="within 0 to 1"):
        statistics.ece(np.array([True]), [1.01])


def test_selective_auc_keeps_the_confident() -> None:
    labels = np.array([False, True, False, True])
    scores, confidence = [0.0, 1.0, 1.0, 0.0], [0.9, 0.8, 0.1, 0.2]
    assert statistics.selective_auc(labels, scores, confidence, 1.0) == 0.5
    assert statistics.selective_auc(labels, scores, confidence, 0.5) == 1.0


def test_by_person_keeps_people_apart() -> None:
    person = np.array(["b", "b", "a", "a", "c"])
    labels = np.array([True, False, True, False, True])
    found = statistics.by_person(statistics.auc, person, labels, np.array([1.0, 0.0, 0.0, 1.0, 0.0]))
    assert found == {"a": 0.0, "b": 1.0, "c": pytest.approx(math.nan, nan_ok=True)}


@pytest.mark.parametrize(("people", "least"), [(4, 0.92), (8, 0.9), (24, 0.92)])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(people: int, least: float) -> None:
    rng = np.random.default_rng(2)
    found = [statistics.bootstrap(rng.normal(0.7, 0.2, people), seed=i, times=500) for i in range(300)]
    covered = np.mean([interval.low <= 0.7 <= interval.high for interval in found])
    assert least <= covered <= 0.985


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    values = np.random.default_rng(3).normal(size=12)
    assert statistics.bootstrap(values, seed=5) == statistics.bootstrap(values, seed=5)
    assert statistics.bootstrap(values, seed=5) != statistics.bootstrap(values, seed=6)


def test_people_without_a_value_are_left_out_and_counted() -> None:
    found = statistics.bootstrap([0.5, math.nan, 0.7, 0.6])
    assert found.value == pytest.approx(0.6)
    assert found.n == 3


def test_one_person_has_a_value_but_no_interval() -> None:
    found = statistics.bootstrap([0.5, math.nan])
    assert (found.value, found.n) == (0.5, 1)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert not found.above(0.0)


def test_two_people_have_no_interval_either() -> None:
    found = statistics.bootstrap([0.2, 0.9])
    assert (found.value, found.n) == (pytest.approx(0.55), 2)
    assert math.isnan(found.low)
    assert not found.above(0.0)


def test_an_interval_holds_nothing_that_cannot_be() -> None:
    values = [0.2, 0.9, 0.95]
    assert statistics.bootstrap(values).high > 1.0
    found = statistics.bootstrap(values, bounded=statistics.SHARES)
    assert (found.low, found.high) == (0.0, 1.0)
    apart = statistics.paired(values, [0.9, 0.1, 0.0], bounded=statistics.DIFFERENCES)
    assert (apart.low, apart.high) == (-1.0, 1.0)


def test_a_figure_over_everyone_has_the_expanded_interval_too() -> None:
    values = np.random.default_rng(6).normal(size=10)
    members = [np.array([i]) for i in range(len(values))]
    found = statistics.resampled(lambda which: float(values[which].mean()), members, seed=0, times=4_000)
    expected = statistics.bootstrap(values, times=4_000)
    assert found.value == pytest.approx(expected.value)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.06)
    draws = np.random.default_rng(0).choice(values, (4_000, 10)).mean(axis=1)
    assert found.high - found.low > 1.1 * np.ptp(np.quantile(draws, (0.025, 0.975)))


def test_a_figure_over_two_people_has_no_interval() -> None:
    found = statistics.resampled(lambda which: float(len(which)), [np.arange(2), np.arange(3)], seed=0, times=10)
    assert (found.value, found.n) == (5.0, 2)
    assert math.isnan(found.high)


def test_nobody_has_no_value() -> None:
    found = statistics.bootstrap([])
    assert found.n == 0
    assert math.isnan(found.value)


@given(st.lists(st.floats(0, 1), min_size=statistics.ENOUGH, max_size=30))
def test_the_interval_lies_among_the_people_and_holds_the_mean(values: list[float]) -> None:
    found = statistics.bootstrap(values, times=200)
    assert min(values) - 1e-12 <= found.low <= found.high <= max(values) + 1e-12
    assert found.value == pytest.approx(np.mean(values))


def test_a_pair_is_compared_person_by_person() -> None:
    rng = np.random.default_rng(4)
    theirs = rng.uniform(0.2, 0.9, 20)  # people differ far more than the methods
    better = statistics.paired(theirs + 0.03 + rng.normal(0, 0.01, 20), theirs)
    assert better.above(0.0)
    assert better.value == pytest.approx(0.03, abs=0.01)
    assert statistics.bootstrap(theirs + 0.03).low < theirs.mean()  # unpaired, nothing could be said


def test_people_who_miss_one_of_a_pair_are_left_out() -> None:
    found = statistics.paired([1.0, math.nan, 3.0, 4.0], [0.0, 1.0, math.nan, 3.0])
    assert (found.value, found.n) == (1.0, 2)


def test_pairs_must_be_the_same_people() -> None:
    with pytest.raises(ValueError, match="not the same people"):
        statistics.paired([1.0, 2.0, 3.0], [1.0])


def test_p_is_uniform_when_labels_mean_nothing_though_windows_of_a_block_are_alike() -> None:
    rng = np.random.default_rng(5)
    found = []
    for seed in range(150):
        groups, person, labels = _recordings(people=4, windows=12)
        drift = rng.normal(size=8)[np.unique(groups, return_inverse=True)[1]] * 3  # each recording has its own level
        scores = drift + rng.normal(size=len(groups))
        found.append(_p(scores, labels, groups, seed=seed, within=person))
    assert 0.01 <= np.mean(np.array(found) <= 0.06) <= 0.12
    assert 0.4 <= np.mean(found) <= 0.65


def test_moving_single_windows_would_find_something_where_there_is_nothing() -> None:
    rng = np.random.default_rng(6)
    groups, _, labels = _recordings(people=4, windows=12)
    each = np.arange(len(labels)).astype(str)
    drifts = [rng.normal(size=8)[np.unique(groups, return_inverse=True)[1]] * 3 for _ in range(40)]
    fooled = [_p(drift, labels, each, seed=i) <= 0.05 for i, drift in enumerate(drifts)]
    honest = [_p(drift, labels, groups, seed=i) <= 0.05 for i, drift in enumerate(drifts)]
    assert np.mean(fooled) > 0.4
    assert np.mean(honest) <= 0.15


def test_a_real_effect_has_the_smallest_p_there_can_be() -> None:
    rng = np.random.default_rng(7)
    groups, _, labels = _recordings(people=8, windows=10)
    assert _p(labels + rng.normal(0, 0.3, len(labels)), labels, groups, seed=0) == 1 / 100


def test_labels_that_change_inside_a_recording_are_turned_and_keep_their_lengths() -> None:
    rng = np.random.default_rng(8)
    labels = np.tile(np.r_[np.ones(10, bool), np.zeros(30, bool)], 3)
    groups = np.repeat(["a", "b", "c"], 40)
    seen: list[np.ndarray] = []

    def statistic(permuted: np.ndarray) -> float:
        seen.append(permuted)
        return statistics.auc(permuted, scores)

    scores = labels + rng.normal(0, 0.5, len(labels))
    p = statistics.permutation_p(statistic, labels, groups, seed=0, times=99)
    assert p == 1 / 100
    for permuted in seen:
        for group in "abc":
            mine = permuted[groups == group]
            assert mine.sum() == 10
            assert np.count_nonzero(mine != np.roll(mine, 1)) == 2  # still one run, around the circle
    assert len({permuted.tobytes() for permuted in seen}) > 50


def test_recordings_exchange_labels_within_their_person_only() -> None:
    groups, person, labels = _recordings(people=5, windows=3)
    seen: list[np.ndarray] = []

    def statistic(permuted: np.ndarray) -> float:
        seen.append(permuted)
        return 0.0

    statistics.permutation_p(statistic, labels, groups, seed=0, times=60, within=person)
    for permuted in seen:
        for who in np.unique(person):
            assert permuted[person == who].sum() == 3
        for group in np.unique(groups):
            assert len(set(permuted[groups == group])) == 1
    assert len({permuted.tobytes() for permuted in seen}) > 20


def test_a_figure_that_is_not_defined_has_no_p() -> None:
    groups, _, labels = _recordings(people=2, windows=3)
    assert math.isnan(statistics.permutation_p(lambda _: math.nan, labels, groups, seed=0, times=9))


def _recordings(*, people: int, windows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two recordings a person, one of each label: group, person and label of each window."""
    person = np.repeat([f"p{i}" for i in range(people)], 2 * windows)
    labels = np.tile(np.repeat([False, True], windows), people)
    groups = np.array([f"{who}-{label}" for who, label in zip(person, labels, strict=True)])
    return groups, person, labels


def _p(
    scores: np.ndarray, labels: np.ndarray, groups: np.ndarray, *, seed: int, within: np.ndarray | None = None
) -> float:
    ranks = np.argsort(np.argsort(scores)).astype(float)  # orders like an AUC does, and is quick

    def statistic(permuted: np.ndarray) -> float:
        return float(ranks[permuted].mean())

    return statistics.permutation_p(statistic, labels, groups, seed=seed, times=99, within=within)
