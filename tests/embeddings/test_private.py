"""Private vectors: the state stays, the person goes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from embeddings.private import CLIP, KEPT, LEAST_VECTORS, PrivateMap
from embeddings.types import EmbeddingsError

FEATURES, PEOPLE, EACH = 30, 12, 40


def made(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vectors with a state that everyone shares, and a mean, a scatter and directions that are one's own."""
    rng = np.random.default_rng(seed)
    shared = np.linalg.qr(rng.normal(size=(FEATURES, KEPT)))[0]
    vectors, person, session, state = [], [], [], []
    for who in range(PEOPLE):
        mean, own = rng.normal(0, 3, FEATURES), rng.normal(size=(FEATURES, 2)) * 0.4
        loud = np.exp(rng.normal(0, 0.4))
        for sitting in "12":
            labels = np.repeat([False, True], EACH // 2)
            common = rng.normal(0, 1.5, (EACH, KEPT)) + np.outer(labels, [4.5] + [0.0] * (KEPT - 1))
            noise = rng.normal(0, 0.5, (EACH, FEATURES)) + rng.normal(size=(EACH, 2)) @ own.T
            vectors.append(mean + loud * (common @ shared.T + noise))
            person += [f"p{who}"] * EACH
            session += [sitting] * EACH
            state.append(labels)
    return np.concatenate(vectors), np.array(person), np.array(session), np.concatenate(state)


def accuracy(vectors: np.ndarray, person: np.ndarray, session: np.ndarray) -> float:
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    model.fit(vectors[session == "1"], person[session == "1"])
    return float(np.mean(model.predict(vectors[session == "2"]) == person[session == "2"]))


def test_people_are_hidden_and_states_are_kept() -> None:
    vectors, person, session, state = made()
    cohort = np.isin(person, [f"p{i}" for i in range(6)])
    learned = PrivateMap.fit(vectors[cohort], person[cohort], session[cohort])
    mine = vectors[~cohort], person[~cohort], session[~cohort]
    private = learned.apply(*mine)
    assert accuracy(*mine) > 0.95
    assert accuracy(private, *mine[1:]) < 0.35  # chance is 1/6
    model = LinearDiscriminantAnalysis().fit(learned.apply(vectors, person, session)[cohort], state[cohort])
    assert model.score(private, state[~cohort]) > 0.8


def test_the_directions_are_those_in_which_everyone_varies() -> None:
    rng = np.random.default_rng(0)
    shared = np.linalg.qr(rng.normal(size=(FEATURES, KEPT)))[0]
    parts = [rng.normal(0, 9, FEATURES) + rng.normal(size=(200, KEPT)) @ shared.T * (who + 1) for who in range(4)]
    vectors = np.concatenate(parts) + rng.normal(0, 0.05, (800, FEATURES))
    person = np.repeat(["a", "b", "c", "d"], 200)
    found = PrivateMap.fit(vectors, person, np.full(800, "1")).directions
    assert np.linalg.svd(shared.T @ found)[1] == pytest.approx(1.0, abs=0.01)
    assert found.T @ found == pytest.approx(np.eye(KEPT), abs=1e-9)


def test_a_loud_person_does_not_choose_the_directions() -> None:
    rng = np.random.default_rng(1)
    person = np.repeat(["a", "b", "c", "loud"], 50)
    vectors = rng.normal(size=(200, 6)) * np.array([3.0, 1, 1, 1, 1, 1])
    vectors[person == "loud"] *= np.array([1.0, 500, 1, 1, 1, 1])
    found = PrivateMap.fit(vectors, person, np.full(200, "1"), kept=1).directions[:, 0]
    assert abs(found[0]) > 0.9


def test_every_session_has_mean_zero_and_spread_one() -> None:
    vectors, person, session, _ = made()
    private = PrivateMap.fit(vectors, person, session).apply(vectors, person, session)
    for who in np.unique(person):
        for sitting in "12":
            mine = private[(person == who) & (session == sitting)]
            assert mine.mean(axis=0) == pytest.approx(0.0, abs=1e-5)
            assert mine.std(axis=0) == pytest.approx(1.0, abs=0.02)


def test_how_directions_go_together_in_a_session_leaves_no_trace() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(200, KEPT))
    vectors[:, 1] += 2.0 * vectors[:, 0]
    same = np.full(200, "a")
    private = PrivateMap(np.eye(KEPT)).apply(vectors, same, same)
    steps = np.diff(private, axis=0)
    assert np.corrcoef(steps.T) == pytest.approx(np.eye(KEPT), abs=0.02)
    assert np.cov(private.T, bias=True) == pytest.approx(np.eye(KEPT), abs=0.2)


def test_a_direction_that_does_not_vary_says_nothing() -> None:
    vectors = np.random.default_rng(3).normal(size=(20, KEPT))
    vectors[:, 1] = vectors[:, 0]
    vectors[:, 2] = 5.0
    same = np.full(20, "a")
    private = PrivateMap(np.eye(KEPT)).apply(vectors, same, same)
    assert np.isfinite(private).all()
    assert np.abs(private[:, 2]).max() == 0.0


@given(scale=st.floats(0.01, 100), shift=st.floats(-1e3, 1e3))
def test_gain_and_offset_of_a_session_leave_no_trace(scale: float, shift: float) -> None:
    vectors, person, session, _ = made()
    learned = PrivateMap.fit(vectors, person, session)
    one = (person == "p0") & (session == "1")
    moved = vectors[one] * scale + shift
    usual = learned.apply(vectors[one], person[one], session[one])
    assert learned.apply(moved, person[one], session[one]) == pytest.approx(usual, abs=1e-3)


def test_a_wild_moment_is_clipped() -> None:
    vectors, person, session, _ = made()
    vectors[3] *= 1_000
    private = PrivateMap.fit(vectors, person, session).apply(vectors, person, session)
    assert np.abs(private).max() <= CLIP


def test_sessions_of_the_same_name_are_told_apart_by_person() -> None:
    vectors, person, _, _ = made()
    private = PrivateMap.fit(vectors, person, np.full(len(person), "1")).apply(
        vectors, person, np.full(len(person), "1")
    )
    assert private[person == "p3"].mean(axis=0) == pytest.approx(0.0, abs=1e-5)


def test_a_short_session_is_refused_by_name() -> None:
    vectors, person, session, _ = made()
    learned = PrivateMap.fit(vectors, person, session)
    few = slice(0, LEAST_VECTORS - 1)
    with pytest.raises(EmbeddingsError, match=rf"p0/1 has {LEAST_VECTORS - 1} vectors.*Export a longer stretch"):
        learned.apply(vectors[few], person[few], session[few])


def test_directions_of_one_person_alone_are_refused() -> None:
    vectors, person, session, _ = made()
    with pytest.raises(EmbeddingsError, match="Give recordings of more people"):
        PrivateMap.fit(vectors[person == "p0"], person[person == "p0"], session[person == "p0"])


def test_it_is_the_same_after_being_stored() -> None:
    vectors, person, session, _ = made()
    learned = PrivateMap.fit(vectors, person, session)
    again = PrivateMap.load(learned.dump())
    assert np.array_equal(again.apply(vectors, person, session), learned.apply(vectors, person, session))
