from __future__ import annotations

import numpy as np
import pytest

from embeddings.mapping.stretches import LEAST_SECONDS, Asked, alike_seconds, interval, stretches


def asked(
    minutes: float, value: np.ndarray[tuple[int], np.dtype[np.float64]] | None = None, *, begin: float = 0
) -> Asked:
    time = begin + np.arange(0, 60 * minutes + 1, 60.0)
    own = np.zeros(len(time)) if value is None else value[: len(time)]
    return Asked(time, np.ones(len(time)), own)


def lengths(*minutes: float) -> list[int]:
    found = np.concatenate(stretches([asked(one) for one in minutes], LEAST_SECONDS))
    assert np.unique(found).tolist() == list(range(found.max() + 1))
    return [int(one) for one in np.bincount(found)]


def test_few_sessions_are_divided_and_many_are_not() -> None:
    assert lengths(120) == [30, 30, 30, 31]
    assert lengths(60, 60) == [30, 31, 30, 31]
    assert lengths(*[60] * 6) == [61] * 6


def test_short_sessions_are_put_together() -> None:
    assert lengths(2, 2, 2, 2) == [12]
    assert lengths(2, 60) == [33, 31]
    assert lengths(60, 2) == [30, 34]
    assert lengths(8, 8, 8, 8) == [18, 18]


def test_what_stays_alike_for_long_asks_for_longer_stretches() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=2000)
    assert alike_seconds([asked(1900, drawn)]) == LEAST_SECONDS
    assert alike_seconds([asked(1900, np.convolve(drawn, np.ones(90), "same"))]) > 3600
    assert alike_seconds([asked(1900)]) == LEAST_SECONDS


def test_an_interval_is_students_for_equal_stretches() -> None:
    values = np.array([0.1, 0.3, 0.2, 0.6])
    found = interval([Asked(np.arange(4.0), np.ones(4), values)], [np.arange(4)], 0.95, 0.0)
    assert found.mean == pytest.approx(0.3)
    half = 3.1824463 * values.std(ddof=1) / 2
    assert [found.low, found.high] == pytest.approx([0.3 - half, 0.3 + half])


def test_an_interval_is_no_narrower_than_what_is_known_to_vary() -> None:
    same = Asked(np.arange(8.0), np.ones(8), np.full(8, 0.2))
    assert interval([same], [np.arange(8)], 0.95, 0.0).low == pytest.approx(0.2)
    assert interval([same], [np.arange(8)], 0.95, 0.1**2).low < 0


def test_one_long_stretch_among_short_ones_makes_the_interval_wide() -> None:
    share = np.array([100.0, 1, 1, 1, 1, 1])
    values = np.array([0.2, 0.1, 0.3, 0.1, 0.3, 0.1])
    even = interval([Asked(np.arange(6.0), np.ones(6), values)], [np.arange(6)], 0.95, 0.01**2)
    uneven = interval([Asked(np.arange(6.0), share, values)], [np.arange(6)], 0.95, 0.01**2)
    assert uneven.high - uneven.mean > 0.1
    assert even.high - even.mean < uneven.high - uneven.mean
