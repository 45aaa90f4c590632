from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import thought_fusion
from index.ranking.thought_fusion import LEAST_OPENED, PRIOR, PROBABILITY, Fusion, Shown

scores = st.dictionaries(st.integers(1, 30), st.floats(-1, 1), min_size=1, max_size=20)
found = st.dictionaries(st.sampled_from(sorted(PRIOR)), scores, min_size=1)


def shown(telling: str, answers: int, *, seed: int = 0) -> list[Shown]:
    """Return hits of which those are opened that one source speaks for; the other sources are noise."""
    rng = np.random.default_rng(seed)
    hits = []
    for _ in range(answers):
        for place in range(4):
            said = {name: float(rng.normal()) for name in PRIOR}
            said[telling] = 2.0 if place == 3 else float(rng.normal(-0.5, 0.3))
            score = sum(PRIOR[name] * value for name, value in said.items())
            hits.append(Shown(said, score, opened=place == 3))
    return hits


@given(found)
def test_shares_sum_to_one_and_none_is_negative(said: dict[str, dict[int, float]]) -> None:
    for fused in thought_fusion.fuse(said, PRIOR).values():
        assert sum(fused.shares.values()) == pytest.approx(1)
        assert min(fused.shares.values()) >= 0


@given(scores, st.floats(0.01, 100), st.floats(-5, 5))
def test_on_what_scale_a_source_speaks_does_not_matter(said: dict[int, float], scale: float, offset: float) -> None:
    if np.std(list(said.values())) < 1e-3:
        return
    other = {moment: scale * score + offset for moment, score in said.items()}
    one, two = thought_fusion.standardised(said), thought_fusion.standardised(other)
    assert one == pytest.approx(two, abs=1e-4)


def test_a_source_that_does_not_know_a_moment_speaks_neither_for_nor_against_it() -> None:
    fused = thought_fusion.fuse({"state": {1: 0.9, 2: 0.1, 3: 0.5}, "context": {1: 0.3, 2: 0.6}}, PRIOR)
    assert fused[3].scores == {"state": pytest.approx(0)}
    assert set(fused[1].scores) == {"state", "context"}


def test_what_does_not_differ_says_nothing() -> None:
    assert thought_fusion.standardised({1: 0.4, 2: 0.4}) == {1: 0.0, 2: 0.0}
    assert thought_fusion.standardised({}) == {}


@pytest.mark.parametrize("telling", ["context", "shared"])
def test_a_source_that_tells_what_is_opened_gains_weight_and_the_others_lose(telling: str) -> None:
    learned = Fusion.fit(shown(telling, 30), 30)
    assert learned.weights[telling] > PRIOR[telling] + 0.2
    assert all(learned.weights[name] < PRIOR[name] for name in PRIOR if name != telling)
    assert min(learned.weights.values()) >= 0


def test_one_opened_hit_moves_weights_a_little() -> None:
    learned = Fusion.fit(shown("context", 1), 1)
    assert max(abs(learned.weights[name] - PRIOR[name]) for name in PRIOR) < 0.35


def test_before_enough_was_opened_every_hit_is_equally_and_little_likely() -> None:
    for fusion in (Fusion(), Fusion.fit(shown("state", LEAST_OPENED - 1), LEAST_OPENED - 1)):
        assert not fusion.calibrated
        assert {round(fusion.probability(score), 6) for score in (-3, 0, 5)} == {PROBABILITY}


def test_probabilities_are_those_of_what_was_opened() -> None:
    """On answers it has not seen, of hits it says 25 % of, about 25 % are opened."""
    learned = Fusion.fit(shown("words", 200, seed=1), 200)
    fresh = shown("words", 400, seed=2)
    said = np.array([learned.probability(hit.score) for hit in fresh])
    opened = np.array([hit.opened for hit in fresh])
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 1.0)):
        inside = (said >= low) & (said < high)
        assert inside.sum() > 50
        assert abs(said[inside].mean() - opened[inside].mean()) < 0.12


def test_what_was_learned_comes_back_from_its_text() -> None:
    learned = Fusion.fit(shown("state", 12), 12)
    assert Fusion.load(learned.dump()) == learned
