from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_pairs import CONTENT, INPUTS, made
from test_mapping_judging import straight, told

from embeddings.mapping import linear as mapping_linear
from embeddings.mapping import trial
from embeddings.mapping.linear import Linear
from embeddings.mapping.pairs import Pairs, joined

STATE, SHARED = 32, 64


def fitted(pairs: Pairs) -> Linear:
    return mapping_linear.fit(pairs, np.zeros(len(pairs), np.int64), state=STATE, shared=SHARED)


def fit_of(linear: Linear, pairs: Pairs) -> float:
    """Return the correlation of shared vectors, brain with content."""
    brain = (pairs.brain - pairs.brain.mean(axis=0)) @ linear.state.T @ linear.brain.T
    content = pairs.content @ linear.content.T + linear.offset
    return float(np.corrcoef(brain[:, :8].ravel(), content[:, :8].ravel())[0, 1])


def test_what_is_planted_is_found_in_another_session() -> None:
    assert fit_of(fitted(made(800)), made(400, seed=1)) > 0.5


def test_what_merely_drifts_together_is_not_learned() -> None:
    """Content and EEG both move steadily over a day: knowing the time would tell one from the other."""
    rng = np.random.default_rng(0)
    pairs = made(1600, strength=0)
    slow = np.tile(np.linspace(-1, 1, 400), 4)[:, None]
    content = rng.normal(scale=0.3, size=pairs.content.shape) + slow * np.eye(CONTENT)[0] * 2
    content /= np.linalg.norm(content, axis=1, keepdims=True)
    brain = rng.normal(size=pairs.brain.shape) + 3 * slow * np.eye(INPUTS)[0]
    drifting = replace(pairs, brain=brain.astype(np.float32), content=content.astype(np.float32))
    linear = fitted(drifting)
    along_drift = np.abs(linear.brain @ linear.state[:, 0]).max()
    along_others = np.abs(linear.brain @ linear.state[:, 1:]).max()
    assert along_drift < 3 * along_others + 0.05


def test_states_are_of_unit_spread() -> None:
    pairs = made(800, drift=0)
    spread = (pairs.brain @ fitted(pairs).state.T).std(axis=0)
    assert spread == pytest.approx(np.ones(STATE), abs=0.25)


def test_contents_keep_their_angles() -> None:
    pairs = made(800)
    head = fitted(pairs).content
    assert head[:CONTENT] @ head[:CONTENT].T == pytest.approx(np.eye(CONTENT), abs=1e-6)
    assert (head[CONTENT:] == 0).all()


def test_contents_nobody_has_seen_are_still_told_apart() -> None:
    pairs = made(200, content=100)
    few = pairs.where(np.flatnonzero(pairs.session == 0)[:20])
    head = fitted(few).content
    assert np.linalg.matrix_rank(head) == SHARED


def test_without_content_there_is_still_a_state() -> None:
    pairs = made(200)
    unknown = replace(pairs, content=np.zeros_like(pairs.content), weight=np.zeros(200, np.float32))
    linear = fitted(unknown)
    assert np.linalg.matrix_rank(linear.state) == STATE
    assert np.isfinite(linear.content).all()
    assert (linear.brain == 0).all()


def test_a_trial_leaves_out_whole_sessions_of_one_person_and_whole_people_of_many() -> None:
    pairs = made(800)
    cut = trial.parts(pairs, np.zeros(800, np.int64))
    assert cut is not None
    assert set(pairs.session[cut[1]].tolist()) == {3}
    assert set(pairs.session[cut[0]].tolist()) == {0, 1, 2}
    together, person = joined([made(200, person=number) for number in range(8)])
    cut = trial.parts(together, person)
    assert cut is not None
    assert set(person[cut[1]].tolist()) == {6, 7}
    assert set(person[cut[0]].tolist()) == {0, 1, 2, 3, 4, 5}


def test_a_trial_in_one_session_keeps_a_guard() -> None:
    pairs = made(800, sessions=1)
    cut = trial.parts(pairs, np.zeros(800, np.int64))
    assert cut is not None
    trained, held = cut
    assert pairs.time[held].min() - pairs.time[trained].max() > trial.GUARD_SECONDS
    assert held.sum() == 200


def test_few_pairs_have_no_trial() -> None:
    assert trial.parts(made(80), np.zeros(80, np.int64)) is None


def test_the_share_that_does_best_on_what_was_left_out_is_taken() -> None:
    quality = {0.0: 0.3, 0.25: 0.5, 0.5: 1.0, 0.75: 0.5, 1.0: 0.3}
    assert trial.best_share(lambda share: straight(quality[share]), told(made(800))) == 0.5


def test_where_nothing_can_be_told_apart_the_beginning_is_kept() -> None:
    pairs = made(40)
    same = replace(pairs, content=np.repeat(pairs.content[:1], 40, axis=0))
    assert trial.best_share(lambda _: straight(1.0), same) == 0.0
