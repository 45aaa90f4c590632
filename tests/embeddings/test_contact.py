from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from simulated import eeg

from embeddings import contact, contact_features
from embeddings.contact import ContactModel
from embeddings.contact_trees import Trees
from embeddings.types import EmbeddingsError

SFREQ = 256.0


def ends(*seconds: float, sfreq: float = SFREQ) -> NDArray[np.intp]:
    return np.array([round(s * sfreq) for s in seconds], np.intp)


def sine(hertz: float, spread: float, *, sfreq: float = SFREQ) -> NDArray[np.float64]:
    times = np.arange(round(8 * sfreq)) / sfreq
    return spread * np.sqrt(2) * np.sin(2 * np.pi * hertz * times)[np.newaxis]


def test_a_rhythm_is_loud_in_its_own_band_by_its_own_spread() -> None:
    (made,) = np.exp(contact_features.features(sine(11, 30), SFREQ, ends(8)))
    told = dict(zip(contact_features.names(), made[0].tolist(), strict=True))
    assert told["8-16 Hz over 1.5 s"] == pytest.approx(30, rel=0.05)
    assert told["1-30 Hz over 0.5 s"] == pytest.approx(30, rel=0.05)
    assert told["0.5-2 Hz over 1.5 s"] < 3


@settings(max_examples=20)
@given(seed=st.integers(0, 99), at=st.floats(0.5, 7.9))
def test_nothing_later_is_looked_at(seed: int, at: float) -> None:
    data = eeg(8, seed=seed).data
    other = data.copy()
    other[:, ends(at)[0] :] = 1e6
    before = contact_features.features(data, SFREQ, ends(at))
    np.testing.assert_array_equal(before, contact_features.features(other, SFREQ, ends(at)))


def test_each_electrode_is_looked_at_by_itself() -> None:
    data = eeg(8).data
    alone = contact_features.features(data[1:2], SFREQ, ends(4, 8))
    np.testing.assert_allclose(alone, contact_features.features(data, SFREQ, ends(4, 8))[1:2], rtol=1e-5)


@pytest.mark.parametrize("sfreq", [125.0, 220.0, 500.0])
def test_the_rate_makes_little_difference(sfreq: float) -> None:
    usual = contact_features.features(sine(6, 40), SFREQ, ends(8))
    other = contact_features.features(sine(6, 40, sfreq=sfreq), sfreq, ends(8, sfreq=sfreq))
    np.testing.assert_allclose(other[0, 0, 6:8], usual[0, 0, 6:8], atol=0.05)


def test_an_offset_and_a_dead_electrode_leave_numbers() -> None:
    data = np.stack([np.zeros(2000), np.full(2000, -187_500.0)])
    assert np.isfinite(contact_features.features(data, SFREQ, ends(0.4, 7))).all()


@pytest.mark.parametrize("at", [0.1, 9.0])
def test_looking_too_early_or_beyond_the_end_is_refused(at: float) -> None:
    with pytest.raises(ValueError, match="do not lie"):
        contact_features.features(eeg(8).data, SFREQ, ends(at))


@given(total=st.integers(300, 3000), length=st.integers(60, 1500))
def test_looks_lie_in_the_last_samples_and_end_with_the_last(total: int, length: int) -> None:
    made = contact.looks(total, SFREQ, min(length, total))
    assert made[-1] == total
    assert (np.diff(made) == round(contact.HOP_SECONDS * SFREQ)).all()
    assert made[0] > total - length
    assert made[0] >= round(contact_features.LEAST_SECONDS * SFREQ)


def test_too_short_a_stretch_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        contact.looks(50, SFREQ, 50)


def test_a_tree_is_walked_question_by_question() -> None:
    # 0: x0 <= 1?  1: x1 <= 5?  2: x1 <= 7?
    tree = Trees(0.0, np.array([[0, 1, 1]]), np.array([[1.0, 5.0, 7.0]]), np.array([[-2.0, -1.0, 1.0, 2.0]]))
    rows = np.array([[1, 5], [1, 6], [2, 7], [2, 8]], np.float32)
    wanted = 1 / (1 + np.exp([2.0, 1.0, -1.0, -2.0]))
    np.testing.assert_allclose(tree.probabilities(rows), wanted)
    both = Trees(1.0, *(np.vstack([part, part]) for part in (tree.feature, tree.threshold, tree.leaf)))
    np.testing.assert_allclose(both.probabilities(rows), 1 / (1 + np.exp([3.0, 1.0, -3.0, -5.0])))


def test_the_shipped_model_calls_eeg_good_and_a_loose_electrode_bad() -> None:
    data = eeg(8).data
    data[2] *= 10
    share = contact.shipped().share_bad(data, SFREQ, round(4 * SFREQ))
    assert share[2] > 0.8
    assert np.delete(share, 2).max() < 0.1


def test_the_shipped_model_tells_where_it_comes_from() -> None:
    card = contact.shipped().card
    assert card["sets"]["seqlearn"]["licence"] == "MIT"
    assert card["sets"]["seqlearn"]["people"] > 0
    assert {"AUC", "AP"} <= set(card["figures_on_people_left_out"])
    assert card["limits"]


def test_a_model_comes_back_as_it_was_kept() -> None:
    model = contact.shipped()
    again = ContactModel.load(model.dump())
    data = eeg(8).data
    assert again.card == model.card
    np.testing.assert_array_equal(again.share_bad(data, SFREQ, 512), model.share_bad(data, SFREQ, 512))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"format": "companion contact 99"}, "another version"),
        ({"features": ["loudness"]}, "another version"),
        ({"trees": {"base": 0.0}}, "damaged"),
        ({"trees": {"base": 0.0, "feature": [[99]], "threshold": [[0.0]], "leaf": [[0.0, 1.0]]}}, "damaged"),
        ({"trees": {"base": 0.0, "feature": [[0, 0]], "threshold": [[0.0]], "leaf": [[0.0, 1.0]]}}, "damaged"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused(wrong: dict[str, object], says: str) -> None:
    told = json.loads(contact.shipped().dump()) | wrong
    with pytest.raises(EmbeddingsError, match=says):
        ContactModel.load(json.dumps(told))


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(EmbeddingsError, match="damaged"):
        ContactModel.load("{")
