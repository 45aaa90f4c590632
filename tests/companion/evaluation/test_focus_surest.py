from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.evaluation import focus_surest
from companion.evaluation.focus_surest import LEAST, Seen
from embeddings import features, signal
from embeddings.features import BANDS
from embeddings.reference import Reference

SFREQ = 250.0


def usual(log_power: NDArray[np.float64], channels: int = 4) -> Reference:
    """A person whose bands have such log power at every electrode."""
    whitening = np.exp(-log_power / 2)[:, np.newaxis, np.newaxis] * np.eye(channels)
    return Reference(whitening, np.zeros(1), np.ones(1))


@pytest.mark.parametrize(("falls", "stands_out"), [(0.0, 0.0), (1.3, 0.0), (1.3, 0.7), (2.0, 1.5)])
def test_a_rhythm_stands_out_by_as_much_as_it_lies_above_the_background(falls: float, stands_out: float) -> None:
    power = 2.0 - falls * np.log(np.sqrt([low * high for low, high in BANDS]))
    power[3:5] += stands_out
    power[[0, -1]] += 5.0  # of eyes and muscles
    assert focus_surest.prominence(usual(power)) == pytest.approx(max(stands_out, LEAST))
    assert focus_surest.prominence(usual(power, channels=1)) == pytest.approx(max(stands_out, LEAST))
    power[3:5] -= 3.0
    assert focus_surest.prominence(usual(power)) == LEAST


def test_a_rhythm_in_a_signal_stands_out_whatever_its_scale() -> None:
    rng, time = np.random.default_rng(0), np.arange(round(124 * SFREQ)) / SFREQ
    background = signal.bandpass(np.cumsum(rng.normal(size=(4, time.size)), axis=1), SFREQ)
    rhythm = 5.0 * np.sin(2 * np.pi * 10.2 * time)
    found = []
    for data in (background, background + rhythm, 5.0 * (background + rhythm)):
        windows = np.split(data[:, round(4 * SFREQ) :], 30, axis=1)
        rows = np.array([features.row(one, SFREQ) for one in windows])
        found.append(focus_surest.prominence(Reference.fit(features.matrices(rows, 4))))
    assert found[0] < 0.15
    assert found[1] > 0.5
    assert found[2] == pytest.approx(found[1], abs=1e-3)


def test_far_is_what_stayed_away_from_neutral_for_sixteen_seconds() -> None:
    scores = np.array([1.0] * 8 + [3.0] * 8 + [-1.0] * 8)
    found = focus_surest.distance(scores, 1.0, step=2.0)
    assert list(found[[7, 15, 23]]) == pytest.approx([0.0, 2.0, 2.0])
    assert np.all(np.diff(found[7:16]) > 0)


def people(told: list[bool], *, seed: int = 0) -> list[Seen]:
    """People of whom the score tells focus, or says something as far from neutral by chance."""
    rng, found = np.random.default_rng(seed), []
    for right in told:
        labels = rng.random(80) < 0.5
        scores = np.where(labels if right else rng.random(80) < 0.5, 1.0, -1.0) + rng.normal(0, 0.6, 80)
        found.append(Seen(labels, scores, np.abs(scores)))
    return found


def figures(seen: list[Seen], prominences: list[float]) -> dict[str, tuple[float, float, float]]:
    told = focus_surest.figures(seen, prominences, seed=0, times=200)
    return {figure.name: (figure.value.value, figure.value.low, figure.value.high) for figure in told}


def test_where_a_rhythm_says_in_whom_focus_is_told_the_surest_half_is_surer() -> None:
    told = [True, False] * 5
    seen = people(told)
    found = figures(seen, [1.5 if right else 0.2 for right in told])
    assert found["AUC of the surest half"][0] > 0.85
    assert found["surest half above that by 16 s alone"][1] > 0.0
    assert found["p of the surest half"][0] < 0.05
    even = figures(seen, [0.7] * len(seen))
    assert even["AUC of the surest half"][0] == even["AUC of the surest half by the last 16 s alone"][0]
    assert even["surest half above that by 16 s alone"] == (0.0, 0.0, 0.0)
    assert even["p of the surest half"][0] == 1.0


def test_where_it_says_nothing_of_it_none_is_claimed() -> None:
    rng, luck = np.random.default_rng(3), []
    for seed in range(20):
        told = [True, False] * 5
        luck.append(
            figures(people(told, seed=seed), rng.permutation([1.5, 0.2] * 5).tolist())["p of the surest half"][0]
        )
    assert sum(p < 0.05 for p in luck) <= 4
    assert max(luck) > 0.5


def test_a_half_of_one_kind_alone_has_no_figure_and_no_chance() -> None:
    one = Seen(np.array([True] * 6 + [False] * 6), np.linspace(1, 0, 12), np.array([1.0] * 6 + [0.1] * 6))
    found = figures([one], [1.0])
    assert np.isnan(found["AUC of the surest half"][0])
    assert np.isnan(found["p of the surest half"][0])


def test_in_people_without_a_rhythm_the_seconds_decide_and_not_the_order() -> None:
    seen = people([True, True])
    found = figures(seen, [LEAST, LEAST])
    assert found["AUC of the surest half"] == found["AUC of the surest half by the last 16 s alone"]
