from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.evaluation import focus, focus_data, focus_models, planted, statistics
from companion.evaluation.bids import cohort
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.planted import Kind, Recipe
from companion.evaluation.report import Report
from embeddings import features, focus_training, sites
from embeddings.focus import scores, shipped
from embeddings.focus_tracker import FocusTracker
from embeddings.site_features import SiteReference
from embeddings.sites import Sites

QUICK = Options(quick=True)


def made(folder: Path, kind: Kind, *, people: int = 8, seconds: int = 92) -> Path:
    return planted.write(folder / kind, Recipe(kind, people=people, sessions=1, seconds=seconds))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("sets")
    return {kind: focus.evaluate(made(folder, kind), QUICK) for kind in ("planted", "absent", "fingerprint")}


@pytest.fixture(scope="module")
def planted_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("scored"), "planted")


def figure(report: Report, name: str) -> float:
    return next(f.value.value for f in (*report.figures, *report.controls) if f.name == name)


def test_a_planted_effect_is_found(reports: dict[str, Report]) -> None:
    assert reports["planted"].found
    assert figure(reports["planted"], "AUC") > 0.75


def test_where_there_is_no_effect_none_is_claimed(reports: dict[str, Report]) -> None:
    assert not reports["absent"].found
    assert "no better than chance" in reports["absent"].verdict


def test_a_files_fingerprint_is_unmasked_and_does_not_pass_for_focus(reports: dict[str, Report]) -> None:
    report = reports["fingerprint"]

    assert figure(report, "fingerprint") > 0.95
    assert not report.found


def test_every_figure_stands_beside_its_controls(reports: dict[str, Report]) -> None:
    report = reports["planted"]
    controls = {f.name for f in report.controls}

    assert {"amplitude", "fingerprint", "clock only", "MINDFULNESS", "noise input", "fusion"} <= controls
    assert {"AUC above fusion", "AUC above MINDFULNESS"} <= {f.name for f in report.differences}
    assert len(report.differences[0].per_person) == report.people
    assert figure(report, "noise input") == pytest.approx(0.5, abs=0.15)
    assert report.p_value is not None
    assert {"AUC of the surest half by the last 16 s alone", "p of the surest half"} <= {f.name for f in report.figures}


def test_the_shipped_start_is_scored_untouched(tmp_path: Path, reports: dict[str, Report]) -> None:
    folder = made(tmp_path, "planted", people=4)
    report = focus.evaluate(folder, Options(quick=True, model="start"))

    assert report.model == "start"
    assert report.people == 4
    assert figure(report, "AUC") != figure(reports["planted"], "AUC")


@pytest.mark.parametrize(
    "picks",
    [("TP9", "AF7", "AF8", "TP10"), ("AF7", "AF8"), ("AF7", "TP9"), ("AF7",)],
    ids=["four", "front", "one side", "one"],
)
def test_what_is_scored_is_what_the_program_says_with_the_same_electrodes(
    planted_set: Path, picks: tuple[str, ...]
) -> None:
    (sitting, *_) = focus_data.sittings(cohort(planted_set).recordings, seconds=4.0, picks=picks)
    scored = focus_models.start([sitting], [0], seed=0)
    rows = np.array([features.row(one.astype(float), sitting.windows.sfreq) for one in sitting.windows.filtered])
    reference = FocusTracker.of_rest(shipped(), picks, rows[sitting.whole.rest].astype(np.float32)).reference
    assert reference is not None
    found = shipped().line(reference.sites.kind).score(reference.features(focus_data.matrices_of(sitting.windows)))

    assert np.array_equal(scored.scores[0], found)
    assert scored.where == [reference.sites]
    assert scored.neutral == [shipped().line(reference.sites.kind).neutral]


def test_electrodes_that_nobody_can_be_seen_through_as_a_pair_count_as_placed_by_nobody(planted_set: Path) -> None:
    picks = ("AF7", "TP9")  # of one side: nobody of a headband shows the middle
    seen = focus_data.sittings(cohort(planted_set).recordings, seconds=4.0, picks=picks)
    scored = focus_models.left_out(seen, [0], seed=0)
    rows = focus_models.judged_features(seen[:1], scored.where)

    assert scored.where == [Sites(None, None)]
    assert statistics.auc(*seen[0].judged(scored.scores[0])) > 0.5
    assert len(rows[0]) == len(seen[0].judged(scored.scores[0])[0])
    assert focus.evaluate(planted_set, Options(quick=True, picks=picks)).people == 8


def test_four_electrodes_are_scored_at_their_own_sites(planted_set: Path) -> None:
    seen = focus_data.sittings(cohort(planted_set).recordings, seconds=4.0, picks=())
    scored = focus_models.left_out(seen, [0], seed=0)
    people, names = [sitting.whole for sitting in seen], seen[0].windows.ch_names
    views = [view for i, who in enumerate(people) for view in focus_training.views(i, who, {"front+back"})]
    model = focus_training.fit(views, people, range(1, len(people)))
    usual = SiteReference.fit(people[0].matrices[people[0].rest], sites.find(names), model.others)

    assert np.array_equal(scored.scores[0], scores(model, usual, people[0].matrices))


def test_the_first_minute_of_rest_is_the_reference_and_is_never_tested(tmp_path: Path) -> None:
    seen = focus_data.sittings(cohort(made(tmp_path, "planted", people=2)).recordings, seconds=4.0, picks=())

    for sitting in seen:
        rest = sitting.whole.rest
        assert set(sitting.windows.label[rest]) == {"rest"}
        assert (sitting.windows.start[rest] + 4.0 <= 60.0 + 2.0).all()
        assert not (rest & sitting.tested).any()
        assert sitting.windows.start[sitting.tested & ~sitting.focused].min() >= 60.0
        assert sitting.windows.label[0] == "rest"
        assert sitting.focused[sitting.tested].any()


@pytest.mark.parametrize("split", ["session", "time"])
def test_focus_is_only_scored_on_unseen_people(tmp_path: Path, split: str) -> None:
    with pytest.raises(EvaluationError, match="--split person"):
        focus.evaluate(made(tmp_path, "absent", people=2), Options(split=split))


def test_rest_and_work_in_one_recording_are_told_apart_by_its_events(tmp_path: Path) -> None:
    folder = made(tmp_path, "planted", people=2)
    for person in ("01", "02"):
        (table,) = folder.glob(f"sub-{person}/**/*task-rest*_events.tsv")
        table.write_text("onset\tduration\ttrial_type\n0\t80\trest\n80\t40\tarithmetic\n")
        for other in folder.glob(f"sub-{person}/**/*task-arithmetic*"):
            other.unlink()
    seen = focus_data.sittings(cohort(folder).recordings, seconds=4.0, picks=())

    assert len(seen) == 2
    assert seen[0].focused.any()
    assert not seen[0].focused[seen[0].windows.start < 75].any()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(seconds=0.3), "too short"),
        (Options(picks=("AF7",)), "One electrode"),
        (Options(people=("99",)), "named"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_a_sentence(tmp_path: Path, options: Options, says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        focus.evaluate(made(tmp_path, "absent", people=2), options)


def test_a_start_that_knows_these_people_is_said_to_flatter(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "eegmat", Recipe("planted", people=3, sessions=1))
    report = focus.evaluate(folder, Options(quick=True, model="start", people=("01",)))

    assert any("flatter" in note for note in report.notes)
    assert report.people == 1


def test_random_windows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="refused"):
        focus.evaluate(made(tmp_path, "absent", people=2), Options(split="random"))


def test_too_few_people_end_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="too few"):
        focus.evaluate(made(tmp_path, "planted", people=3), QUICK)


def test_an_electrode_that_nobody_wore_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no electrode Oz"):
        focus.evaluate(made(tmp_path, "planted", people=2), Options(picks=("AF7", "Oz")))


def test_a_set_without_rest_and_work_says_what_it_needs(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "reading", Recipe("planted", "reading", people=2))

    with pytest.raises(EvaluationError, match="trial_type"):
        focus.evaluate(folder, QUICK)


def test_a_round_is_judged_by_the_mean_of_its_windows() -> None:
    sitting = focus_data.Sitting(
        "01",
        _windows(["a", "a", "b", "c", "c"]),
        focus_data.Labelled(
            ("1",), np.empty((5, 9, 1, 1)), np.array([1, 1, 0, 0, 0], bool), np.array([1, 0, 0, 0, 0], bool)
        ),
        np.array([0, 1, 1, 1, 1], bool),
        rounds=True,
    )
    labels, scores = sitting.judged(np.array([9.0, 1.0, 2.0, 3.0, 5.0]))

    assert list(labels) == [True, False, False]
    assert list(scores) == [1.0, 2.0, 4.0]


def _windows(runs: list[str]) -> focus_data.Windows:
    words = np.array(runs)
    empty = np.zeros((len(runs), 1, 4), np.float32)
    times = np.arange(len(runs), dtype=np.float64)
    return focus_data.Windows(empty, empty, 1.0, ("1",), words, words, words, words, times, times)
