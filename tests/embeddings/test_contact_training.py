from __future__ import annotations

import numpy as np
import pytest
from simulated import eeg
from sklearn.ensemble import HistGradientBoostingClassifier

from embeddings import contact_features, contact_training
from embeddings.contact import ContactModel
from embeddings.contact_training import Looks, Rated
from embeddings.types import EmbeddingsError

SFREQ = 250.0


def rated(seed: int) -> Rated:
    """Return a stretch in the second half of which one electrode hangs loose."""
    stretch = eeg(40, seed=seed, sfreq=SFREQ)
    bad = np.zeros(stretch.data.shape, bool)
    bad[1, stretch.data.shape[1] // 2 :] = True
    return Rated(np.where(bad, 6 * stretch.data, stretch.data), SFREQ, bad)


def test_what_was_learned_holds_for_people_not_seen() -> None:
    trees = contact_training.fit([contact_training.look(rated(seed)) for seed in range(8)])
    unseen = rated(100)
    share = ContactModel(trees, {}).share_bad(unseen.data, SFREQ, round(4 * SFREQ))
    assert share[1] > 0.8
    assert np.delete(share, 1).max() < 0.2


def test_probabilities_are_as_sure_as_they_may_be() -> None:
    # Labels that a feature tells in three of four cases, and one bad row in eight.
    rng = np.random.default_rng(0)
    features = rng.normal(size=(20_000, contact_features.COUNT)).astype(np.float32)
    chance = np.where(features[:, 0] > 1.0, 0.6, 0.05)
    bad = rng.random(len(features)) < chance
    told = contact_training.fit([Looks(features, bad)]).probabilities(features)
    assert told.mean() == pytest.approx(bad.mean(), abs=0.01)
    assert told[features[:, 0] > 1.0].mean() == pytest.approx(0.6, abs=0.05)


def test_the_same_rows_and_seed_give_the_same_trees() -> None:
    looks = [contact_training.look(rated(seed)) for seed in range(3)]
    first, second = (contact_training.fit(looks, seed=4) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_trees_that_end_early_answer_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(400, 3)).astype(np.float32)
    labels = (rows[:, 0] > 0.5) & (rows[:, 1] > 0)
    model = HistGradientBoostingClassifier(
        max_depth=4, max_leaf_nodes=5, max_iter=12, min_samples_leaf=15, early_stopping=False, random_state=0
    ).fit(rows, labels)
    fresh = rng.normal(size=(200, 3)).astype(np.float32)
    ours = contact_training.as_trees(model, depth=4).probabilities(fresh)
    np.testing.assert_allclose(ours, model.predict_proba(fresh)[:, 1], atol=1e-9)


def test_trees_that_are_deeper_than_told_are_refused() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(400, 3)).astype(np.float32)
    model = HistGradientBoostingClassifier(max_depth=4, min_samples_leaf=5, max_iter=5, early_stopping=False)
    model.fit(rows, rng.random(400) < 0.5)
    with pytest.raises(RuntimeError, match="answer otherwise"):
        contact_training.check_same(model, contact_training.as_trees(model, depth=2), rows)


@pytest.mark.parametrize("bad", [True, False])
def test_contact_that_never_changed_cannot_be_learned(bad: bool) -> None:
    looks = Looks(np.zeros((100, contact_features.COUNT), np.float32), np.full(100, bad))
    with pytest.raises(EmbeddingsError, match="Add recordings"):
        contact_training.fit([looks])


def test_nothing_at_all_cannot_be_learned_from() -> None:
    with pytest.raises(EmbeddingsError, match="Add recordings"):
        contact_training.fit([])


def test_every_row_has_the_score_of_its_own_moment() -> None:
    stretch = rated(0)
    looks = contact_training.look(stretch)
    per_electrode = looks.bad.reshape(4, -1)
    assert not per_electrode[[0, 2, 3]].any()
    assert per_electrode[1].mean() == pytest.approx(0.5, abs=0.02)
    loud = looks.features.reshape(4, -1, contact_features.COUNT)[1, :, 0]
    assert loud[per_electrode[1]].mean() > loud[~per_electrode[1]].mean() + 1
