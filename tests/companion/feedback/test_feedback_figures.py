from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.special import stdtrit

from companion.feedback import figures
from companion.feedback.figures import Numbers, mean, slope


def test_intervals_need_enough_to_tell() -> None:
    assert mean(np.array([1.0, 2.0])) is None
    assert slope(np.zeros(9), np.arange(9.0)) is None
    assert mean(np.array([1.0, 2.0, np.nan, 3.0, 2.0, 1.0])) is None
    told = mean(np.array([1.0, 2.0, np.nan, 3.0, 2.0, 1.0, 3.0]))
    assert told is not None
    assert 1 < told.low < told.value == 2 < told.high < 3


def wandering(rng: np.random.Generator, seconds: float, memory: float) -> Numbers:
    """A made-up signal of 0 on average, two values a second, that forgets itself over ``memory`` seconds."""
    stays = np.exp(-0.5 / memory)
    values = rng.normal(size=round(2 * seconds))
    values[1:] *= np.sqrt(1 - stays**2)
    return np.asarray(lfilter([1.0], [1.0, -stays], values))


@pytest.mark.parametrize("memory", [0.5, 5.0, 20.0])
def test_intervals_of_a_block_hold_the_truth_however_slowly_the_signal_wanders(memory: float) -> None:
    rng = np.random.default_rng(7)
    missed = []
    for _ in range(200):
        one, other = (figures.pieces(wandering(rng, 180, memory), 0.5) for _ in range(2))
        for found in (figures.stretch_mean(one), figures.stretch_difference(one, other)):
            assert found is not None
            missed.append(not found.low <= 0 <= found.high)
    assert np.mean(missed) < 0.08


def test_intervals_over_few_sessions_hold_the_truth() -> None:
    rng = np.random.default_rng(8)
    missed = []
    for _ in range(500):
        values, times = rng.normal(size=6), np.sort(rng.uniform(0, 4, 6))
        its = figures.mean(values), figures.difference(values, rng.normal(size=6)), figures.slope(times, values)
        for found in its:
            assert found is not None
            missed.append(not found.low <= 0 <= found.high)
    assert 0.03 < np.mean(missed) < 0.08


def test_quantiles_are_students_or_a_little_more() -> None:
    free = np.linspace(1, 200, 2000)
    ratio = np.array([figures.quantile(one) for one in free]) / stdtrit(free, 0.975)
    assert ratio.min() > 0.99999
    assert ratio.max() < 1.02
