"""Who is it: people are named by what stays the same, noise names nobody, private vectors hide."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from made_set import changed
from synthetic_windows import windows

from companion.evaluation import adversary, adversary_sessions, encoders, identity, planted, private_focus
from companion.evaluation.bids import recordings
from companion.evaluation.errors import EvaluationError
from companion.evaluation.interval import Interval
from companion.evaluation.options import Options
from companion.evaluation.report import Report
from companion.evaluation.windows import Windows
from embeddings.private import PrivateMap

QUICK = Options(quick=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = planted.Recipe("planted", people=6, seconds=80, effect=2.5, seed=1)
    return planted.write(tmp_path_factory.mktemp("planted") / "set", recipe)


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return identity.evaluate(folder, QUICK)


def test_people_are_named_by_raw_powers_and_not_by_private_vectors(report: Report) -> None:
    assert report.chance == pytest.approx(1 / 6)
    assert _value(report, "named by band powers") > 0.4
    assert _value(report, "named by private vectors") < 0.35
    assert _value(report, "named by private vectors") < _value(report, "named by band powers") - 0.2


def test_noise_names_nobody(report: Report) -> None:
    assert _value(report, "named by noise input") < 0.3
    assert _value(report, "named by noise input, private") < 0.3


def test_what_privacy_costs_in_focus_is_paired_person_by_person(report: Report) -> None:
    state, private = (_figure(report, f"focus AUC of {name} vectors") for name in ("state", "private"))
    lost = _figure(report, "focus AUC that privacy loses")
    assert state.value.value > 0.8
    for who, value in lost.per_person.items():
        assert value == pytest.approx(state.per_person[who] - private.per_person[who])


def test_everything_stands_beside_it(report: Report) -> None:
    expected = {f"named by {name}" for name in identity.BESIDE} | {"sessions named by noise input, private"}
    assert {figure.name for figure in report.controls} == expected
    assert report.split == "session"
    assert report.p_value is not None


def test_other_encoders_are_attacked_too(folder: Path) -> None:
    def names(made: Windows, _: np.ndarray) -> np.ndarray:
        return np.full((len(made), 1), float(made.person[0]), np.float32)

    found = identity.evaluate(folder, QUICK, {"a name tag": names})
    assert _value(found, "named by a name tag") == 1.0


def test_recordings_stand_for_sessions_where_there_are_none(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", planted.Recipe("planted", people=4, sessions=1, seconds=80))
    found = identity.evaluate(folder, QUICK)
    assert found.people == 4
    assert any("Recordings stand for sessions" in note for note in found.notes)


def test_two_people_are_too_few(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="Add people"):
        identity.evaluate(folder, Options(quick=True, people=("01", "02")))


def test_another_split_is_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="--split session"):
        identity.evaluate(folder, Options(split="time"))


def test_privacy_has_no_known_cost_where_nobody_rested(folder: Path) -> None:
    work = [one for one in recordings(folder) if one.task == "arithmetic"]
    assert private_focus.cost(work, QUICK) is None


def test_what_is_too_short_is_left_out_of_what_privacy_costs_and_that_is_said(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", planted.Recipe("planted", people=5, seconds=70))
    for path in folder.glob("sub-04/ses-2/eeg/*.edf"):
        changed(path, seconds=12)
    for path in folder.glob("sub-03/*/eeg/*rest*.edf"):
        changed(path, seconds=24)
    found = identity.evaluate(folder, QUICK)
    assert found.people == 3  # 3 and 4 have no two sessions that tell anything
    assert set(_figure(found, identity.LOST).per_person) == {"01", "02", "04", "05"}
    assert any("is told without 3 of 10 sessions" in note for note in found.notes)


def test_what_privacy_costs_is_of_nobody_where_too_few_rested_for_long_enough(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", planted.Recipe("planted", people=3, sessions=1, seconds=60))
    assert private_focus.cost(recordings(folder), QUICK) is not None
    for path in folder.glob("sub-03/*/eeg/*rest*.edf"):
        changed(path, seconds=24)
    assert private_focus.cost(recordings(folder), QUICK) is None


def test_folds_test_every_session_once_and_share_none() -> None:
    made = windows(people=("a", "b", "c"), sessions=("1", "2"), labels={"rest": 3.0}, each=8)
    splits = adversary.folds(made)
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(len(made)))
    for split in splits:
        assert set(made.session[split.test]).isdisjoint(made.session[split.train])


def test_a_long_session_counts_no_more_than_others() -> None:
    made = windows(people=("a", "b", "c"), sessions=("1", "2"), labels={"rest": 3.0}, each=adversary.MOST + 20)
    first = adversary.folds(made)[0].test
    assert [int((made.person[first] == who).sum()) for who in "abc"] == [adversary.MOST] * 3


def test_the_best_adversary_is_counted() -> None:
    made = windows(people=tuple("abcdef"), sessions=("1", "2"), labels={"rest": 3.0}, each=12)
    rng = np.random.default_rng(0)
    # everyone on a ring of their own: no line parts them, neighbours do
    radius = np.unique(made.person, return_inverse=True)[1] + 1.0
    angle = rng.uniform(0, 2 * np.pi, len(made))
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    named = adversary.best(rings, made.person, adversary.folds(made))
    assert named.adversary in {"nearest neighbours", "support vectors"}
    assert np.mean(list(named.accuracy(made.person).values())) > 0.6


def test_a_session_of_its_own_reference_hides_what_a_shared_one_marks() -> None:
    made = windows(people=("a",), sessions=("1", "2"), labels={"rest": 3.0}, each=20)
    apart = encoders.each_session(encoders.state)(made, encoders.first_minutes(made))
    second = made.session == "2"
    alone = encoders.state(made.where(second), encoders.first_minutes(made)[second])
    assert np.array_equal(apart[second], alone)


def test_first_minutes_are_of_the_first_recording_of_each_session() -> None:
    made = windows(people=("a", "b"), sessions=("1", "2"), labels={"rest": 3.0, "work": 3.0}, each=20)
    first = encoders.first_minutes(made)
    assert first.sum() == 4 * 15
    assert set(made.label[first]) == {"rest"}
    assert made.start[first].max() < 62.0


def test_first_minutes_may_be_of_some_windows_only() -> None:
    made = windows(people=("a",), labels={"rest": 3.0, "work": 3.0}, each=20)
    first = encoders.first_minutes(made, made.label == "work")
    assert set(made.label[first]) == {"work"}


def test_whole_sessions_are_named_by_how_their_vectors_hang_together(report: Report) -> None:
    assert {"sessions named by state vectors", "sessions named by private vectors"} <= {f.name for f in report.figures}
    made = windows(people=tuple("abcdef"), sessions=("1", "2"), labels={"rest": 3.0}, each=150, seconds=0.5)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(made), 3))
    for who, lean in zip("abcdef", np.linspace(-0.4, 0.9, 6), strict=True):
        mine = made.person == who
        mixing = np.linalg.cholesky(np.full((3, 3), lean) + (1 - lean) * np.eye(3))
        vectors[mine] = _scaled(vectors[mine] @ mixing.T)
    named = adversary_sessions.best(vectors, made)
    assert named.adversary == "correlations"
    assert np.mean(list(named.right.values())) > 0.8
    private = PrivateMap(np.eye(3)).apply(vectors, made.person, made.session)
    assert np.mean(list(adversary_sessions.best(private, made).right.values())) < 0.5


def test_sessions_that_are_all_alike_name_nobody() -> None:
    made = windows(people=tuple("abc"), sessions=("1", "2"), labels={"rest": 3.0}, each=6)
    alike = np.tile(np.random.default_rng(0).normal(size=(6, 2)), (6, 1))
    assert set(adversary_sessions.best(alike, made).right.values()) == {0.0}
    assert adversary_sessions.chance(made) == pytest.approx(1 / 5)


@pytest.mark.parametrize(
    ("private", "sessions", "said"),
    [
        (Interval(0.03, 0.02, 0.05, 40), Interval(0.03, 0.0, 0.07, 40), "hide who it was from these adversaries"),
        (Interval(0.07, 0.05, 0.10, 40), Interval(0.03, 0.0, 0.07, 40), "may still tell"),
        (Interval(0.03, 0.02, 0.05, 40), Interval(0.15, 0.1, 0.2, 40), "up to 5% and 20%: private vectors may still"),
        (Interval(0.03, 0.02, 0.05, 40), Interval(0.0, math.nan, math.nan, 2), "Add people"),
    ],
)
def test_hidden_is_what_both_adversaries_miss_at_the_upper_end(
    private: Interval, sessions: Interval, said: str
) -> None:
    assert said in identity._verdict(Interval(0.5, 0.4, 0.6, 40), private, sessions)


def test_it_is_said_whom_the_directions_were_fitted_on(report: Report) -> None:
    assert any("fitted, without labels, on the very people" in note for note in report.notes)


def _scaled(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / values.std(axis=0))


def _figure(report: Report, name: str):  # noqa: ANN202 - a Figure
    return next(f for f in (*report.figures, *report.controls, *report.differences) if f.name == name)


def _value(report: Report, name: str) -> float:
    return float(_figure(report, name).value.value)
