from __future__ import annotations

import numpy as np
import pytest

from companion.evaluation import focus_null, statistics
from companion.evaluation.focus_null import Judged


def people(effect: float, *, seed: int, count: int = 8, shared: float = 0.0) -> list[Judged]:
    """People with two recordings each; ``shared`` moves every window of everyone alike."""
    rng = np.random.default_rng(seed)
    labels = np.arange(40) >= 20
    made = []
    for _ in range(count):
        own = rng.normal(0, 1, 6)  # how this person's second recording differs from the first
        rows = rng.normal(shared, 1, (40, 6)) + labels[:, np.newaxis] * (own + effect * np.eye(6)[0])
        made.append(Judged(rows, labels, np.where(labels, "work", "rest")))
    return made


def test_labels_that_mean_nothing_are_called_significant_as_rarely_as_they_should() -> None:
    found = [focus_null.p_value(people(0.0, seed=seed), seed=seed, times=39) for seed in range(60)]

    assert np.mean(np.array(found) <= 0.05) <= 0.12
    assert 0.3 < np.median(found) < 0.7


def test_an_effect_that_people_share_is_significant() -> None:
    assert focus_null.p_value(people(4.0, seed=0), seed=0, times=199) <= 0.03


def test_the_same_seed_gives_the_same_p() -> None:
    made = people(0.5, seed=3)

    assert focus_null.p_value(made, seed=1, times=50) == focus_null.p_value(made, seed=1, times=50)


def test_recordings_keep_their_windows_together_when_labels_are_exchanged() -> None:
    one = people(0.0, seed=0)[0]
    rng = np.random.default_rng(0)

    for _ in range(10):
        dealt = focus_null._exchanged(one, rng)
        assert dealt[:20].all() != dealt[20:].all()
        assert len(set(dealt[:20])) == len(set(dealt[20:])) == 1


@pytest.mark.parametrize(("labels", "expected"), [([0, 0, 1, 1], 1.0), ([1, 1, 0, 0], 0.0), ([0, 1, 1, 0], 0.5)])
def test_the_auc_from_ranks_is_the_auc(labels: list[int], expected: float) -> None:
    assert statistics.rank_auc(np.array(labels, bool), np.array([1.0, 2.0, 3.0, 4.0])) == expected


def test_one_class_alone_has_no_auc() -> None:
    assert np.isnan(statistics.rank_auc(np.ones(3, bool), np.arange(3.0)))


def test_noise_in_recordings_that_hold_both_conditions_is_not_significant() -> None:
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        labels = np.tile(np.arange(40) % 20 >= 10, 2)
        groups = np.repeat(["a", "b"], 40)
        people = [Judged(rng.normal(size=(80, 6)), labels, groups) for _ in range(8)]
        found.append(focus_null.p_value(people, seed=seed, times=49))

    assert np.median(found) > 0.2
    assert np.mean(np.array(found) <= 0.05) <= 0.2
