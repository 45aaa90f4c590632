"""The models to beat: they find what is there, measured from the person's own rest, and land where they should."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_windows import windows

from companion.evaluation import reference, statistics
from companion.evaluation.bids import recordings
from companion.evaluation.contact_boosting import contact_features
from companion.evaluation.errors import EvaluationError
from companion.evaluation.reference import ContactReference
from companion.evaluation.windows import Windows, cut

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
PEOPLE = ("a", "b", "c", "d", "e")
MODELS = ("band powers", "tangent", "fusion")


@pytest.fixture(scope="module")
def made() -> Windows:
    return windows(people=PEOPLE, labels={"rest": 6.0, "work": 3.0}, each=10)


def scores_of(made: Windows) -> dict[str, np.ndarray]:
    return reference.left_out(made, made.label == "work", _rest(made))


@pytest.fixture(scope="module")
def scores(made: Windows) -> dict[str, np.ndarray]:
    return scores_of(made)


@pytest.mark.parametrize("model", MODELS)
def test_someone_new_is_told_from_their_own_rest(made: Windows, scores: dict[str, np.ndarray], model: str) -> None:
    tested = (made.person == "a") & ~_rest(made)
    assert statistics.auc(made.label[tested] == "work", scores[model][tested]) > 0.9


def test_a_headset_with_another_gain_gives_the_same_scores(made: Windows, scores: dict[str, np.ndarray]) -> None:
    gain = np.where(made.person == "a", 3, 1).astype(np.float32)[:, np.newaxis, np.newaxis]
    found = scores_of(replace(made, data=made.data * gain, filtered=made.filtered * gain))
    for model in MODELS:
        assert found[model] == pytest.approx(scores[model], abs=1e-3)


def test_fusion_is_the_mean_of_both(scores: dict[str, np.ndarray]) -> None:
    assert scores["fusion"] == pytest.approx((scores["band powers"] + scores["tangent"]) / 2)


def test_nobodys_own_labels_are_looked_at(made: Windows, scores: dict[str, np.ndarray]) -> None:
    mine = made.person == "a"
    lies = np.where(mine, made.label != "work", made.label == "work")
    found = reference.left_out(made, lies, _rest(made))
    for name, theirs in scores.items():
        assert np.array_equal(found[name][mine], theirs[mine])


def test_labels_of_the_reference_are_not_looked_at(made: Windows, scores: dict[str, np.ndarray]) -> None:
    lies = np.where(_rest(made), made.label != "work", made.label == "work")
    found = reference.left_out(made, lies, _rest(made))
    for name, theirs in scores.items():
        assert np.array_equal(found[name], theirs)


def test_a_later_window_changes_no_score(made: Windows, scores: dict[str, np.ndarray]) -> None:
    mine = made.person == "a"
    kept = ~mine | (np.cumsum(mine) <= 14)
    found = scores_of(made.where(kept))
    for name, theirs in scores.items():
        assert found[name][mine[kept]] == pytest.approx(theirs[kept & mine])


@pytest.mark.parametrize(
    ("name", "features", "build"),
    [
        ("band powers", reference.relative_powers, reference.lda),
        ("tangent", reference.recentred_tangent, reference._regression),
        ("amplitude", reference.relative_amplitude, reference.lda),
        ("fingerprint", reference.relative_fingerprint, reference.lda),
    ],
)
def test_leaving_out_everyone_in_turn_is_the_same_as_doing_it_by_hand(
    made: Windows, scores: dict[str, np.ndarray], name: str, features: Any, build: Any
) -> None:
    def of(who: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        theirs = made.where(made.person == who)
        return features(theirs, _rest(theirs)), theirs.label == "work", ~_rest(theirs)

    others = [of(who) for who in PEOPLE if who != "b"]
    rows = np.vstack([made[tested] for made, _, tested in others])
    model = build().fit(rows, np.concatenate([work[tested] for _, work, tested in others]))
    told = model.decision_function(rows)
    by_hand = (model.decision_function(of("b")[0]) - told.mean()) / told.std()
    assert scores[name][made.person == "b"] == pytest.approx(by_hand)


def test_someone_without_rest_is_named(made: Windows) -> None:
    rest = _rest(made) & (made.person != "c")
    with pytest.raises(EvaluationError, match=r"c has no window in the first 60 s of rest.*Leave that person out"):
        reference.left_out(made, made.label == "work", rest)


def test_labels_that_mean_nothing_teach_nothing() -> None:
    absent = windows(people=PEOPLE, labels={"rest": 4.0, "work": 4.0}, each=12, seed=3)
    tested = ~_rest(absent)
    scores = reference.left_out(absent, absent.label == "work", _rest(absent))["fusion"]
    assert abs(_mean_auc(absent.person[tested], absent.label[tested] == "work", scores[tested]) - 0.5) < 0.2


def test_the_amplitude_control_sees_loudness_and_the_fingerprint_control_a_null_direction() -> None:
    same = windows(people=PEOPLE, labels={"rest": 4.0, "work": 4.0}, each=10)
    work = same.label == "work"
    louder = np.where(work, 1.5, 1.0)[:, np.newaxis, np.newaxis].astype(np.float32)
    loud = replace(same, filtered=same.filtered * louder)
    assert _left_out(loud, "amplitude") > 0.9
    mean = same.filtered.mean(axis=1, keepdims=True)  # taken out of all electrodes alike: rank 3, nearly
    marked = replace(same, filtered=same.filtered - mean * np.where(louder > 1, 0.999, 0.997).astype(np.float32))
    assert _left_out(marked, "fingerprint") > 0.95
    assert _left_out(marked, "amplitude") < 0.75


def test_contact_features_are_sixteen_and_finite_even_of_a_dead_electrode(made: Windows) -> None:
    found = contact_features(_with_bad_electrodes(made)[0])
    assert found.shape == (len(made), 4, 16)
    assert np.isfinite(found).all()


def test_contact_features_of_one_electrode_alone_are_finite(made: Windows) -> None:
    one = replace(made, data=made.data[:, :1], filtered=made.filtered[:, :1], ch_names=made.ch_names[:1])
    assert np.isfinite(contact_features(one)).all()


def test_contact_is_learned_across_people(made: Windows) -> None:
    spoiled, bad = _with_bad_electrodes(made)
    new = made.person == "a"
    model = ContactReference.fit(spoiled.where(~new), bad[~new])
    scores = model.scores(spoiled.where(new))
    assert set(scores) == {"log std", "gradient boosting"}
    assert scores["log std"].shape == bad[new].shape
    assert statistics.auc(bad[new].ravel(), scores["gradient boosting"].ravel()) > 0.95


def test_contact_is_not_learned_where_it_is_not_known(made: Windows) -> None:
    spoiled, bad = _with_bad_electrodes(made)
    known = np.ones(bad.shape, bool)
    known[:, 0] = False
    lies = np.where(known, bad, ~bad)
    honest, lied = (ContactReference.fit(spoiled, told, known=known) for told in (bad, lies))
    assert np.array_equal(honest.scores(spoiled)["gradient boosting"], lied.scores(spoiled)["gradient boosting"])


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "eegmat").is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA")
def test_on_real_rest_and_arithmetic_the_fusion_lands_where_it_was_said_to() -> None:
    found = cut(recordings(DATA / "eegmat"), lambda recording, _, __: recording.task, picks=("F7", "F8", "T5", "T6"))
    work = found.label == "arithmetic"
    rest = ~work & (found.start + found.seconds <= reference.REFERENCE_SECONDS)
    tested = work | (found.start >= reference.REFERENCE_SECONDS)
    kept = rest | tested
    found, work, rest, tested = found.where(kept), work[kept], rest[kept], tested[kept]
    scores = reference.left_out(found, work, rest)
    means = {model: _mean_auc(found.person[tested], work[tested], scores[model][tested]) for model in scores}
    assert means == {
        "band powers": pytest.approx(0.737, abs=0.005),
        "tangent": pytest.approx(0.720, abs=0.005),
        "fusion": pytest.approx(0.748, abs=0.005),
        "amplitude": pytest.approx(0.659, abs=0.005),
        "fingerprint": pytest.approx(0.581, abs=0.005),
    }


def _rest(made: Windows) -> np.ndarray:
    """The first four windows of rest."""
    return (made.label == "rest") & (made.start < 16)


def _left_out(made: Windows, control: str) -> float:
    """Mean AUC over people of a control that was trained on the others."""
    work, tested = made.label == "work", ~_rest(made)
    scores = reference.left_out(made, work, ~tested)[control]
    return _mean_auc(made.person[tested], work[tested], scores[tested])


def _mean_auc(person: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> float:
    return float(np.mean(list(statistics.by_person(statistics.auc, person, labels, scores).values())))


def _with_bad_electrodes(made: Windows) -> tuple[Windows, np.ndarray]:
    """One electrode in four off the skin: some loud, some dead."""
    rng = np.random.default_rng(9)
    bad = rng.random((len(made), 4)) < 0.25
    dead = bad & (rng.random(bad.shape) < 0.5)
    junk = rng.normal(0, 200, made.data.shape)
    junk[dead] = 0.0
    data = np.where(bad[..., np.newaxis], junk, made.data).astype(np.float32)
    return replace(
        made, data=data, filtered=np.where(bad[..., np.newaxis], junk, made.filtered).astype(np.float32)
    ), bad
