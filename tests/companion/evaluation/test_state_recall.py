"""Recall by state on made-up sets: what is planted is found, what is not is not claimed, a mark of the file is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic_windows import windows

from companion.evaluation import bids_tables, encoders, planted, state_recall, state_search
from companion.evaluation.bids import Event, Recording
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.report import Report
from companion.evaluation.windows import Windows

QUICK = Options(quick=True)
CONTROLS = {f"lift of {name}" for name in ("band powers", "amplitude", "fingerprint", "clock only", "noise input")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = planted.Recipe("planted", people=5, seconds=70, effect=2.5, seed=1)
    return planted.write(tmp_path_factory.mktemp("planted") / "set", recipe)


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return state_recall.evaluate(folder, QUICK)


def test_a_planted_state_is_found_in_another_session(report: Report) -> None:
    assert report.split == "session"
    assert report.people == 5
    assert report.p_value is not None
    assert report.p_value <= 0.05
    assert _value(report, "mean average precision: lift") > 0.1
    assert _value(report, "precision of the first: lift") > 0.1
    assert "found" in report.verdict


def test_events_are_read_once_however_many_windows_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub-1_task-x_events.tsv").write_text("onset\tduration\ttrial_type\n0\t40\treading\n40\t40\tresting\n")
    one = Recording(tmp_path / "sub-1_task-x_eeg.edf", "1", "", "x", "")
    read: list[Path] = []

    def events(path: Path) -> tuple[Event, ...]:
        read.append(path)
        return bids_tables_events(path)

    bids_tables_events = bids_tables.events
    monkeypatch.setattr(bids_tables, "events", events)
    labels = [state_search.task_of(one, 4.0 * i, 4.0 * i + 4.0) for i in range(21)]
    assert labels == ["reading"] * 10 + ["resting"] * 10 + ["x"]
    assert len(read) == 1


def test_every_control_stands_beside_it(report: Report) -> None:
    assert {figure.name for figure in report.controls} == CONTROLS
    assert len(report.differences) == len(CONTROLS)
    assert abs(_value(report, "lift of noise input")) < 0.12
    for figure in (*report.figures, *report.controls, *report.differences):
        assert set(figure.per_person) == {"01", "02", "03", "04", "05"}


def test_chance_is_what_exchanged_tasks_find(report: Report) -> None:
    lift = _value(report, "mean average precision: lift")
    assert report.chance == pytest.approx(_value(report, "mean average precision") - lift)
    assert 0.4 < report.chance < 0.8


def test_figures_of_few_people_stay_possible(folder: Path) -> None:
    found = state_recall.evaluate(folder, Options(quick=True, people=("01", "02", "03")))
    figure = next(one for one in found.figures if one.name == "precision of the first")
    assert figure.value.high <= 1.0
    assert figure.value.low >= 0.0


def test_few_people_are_said_to_be_few(report: Report) -> None:
    assert any("5 people are few" in note for note in report.notes)


def test_what_is_not_there_is_not_claimed(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", planted.Recipe("absent", people=4, seconds=60, seed=2))
    report = state_recall.evaluate(folder, QUICK)
    assert "clearly" not in report.verdict.replace("not clearly", "")
    assert abs(_value(report, "mean average precision: lift")) < 0.1


def test_a_mark_of_the_file_is_unmasked(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", planted.Recipe("fingerprint", people=4, seconds=60, seed=3))
    report = state_recall.evaluate(folder, QUICK)
    assert _value(report, "lift of fingerprint") > 0.1
    assert "clearly better" not in report.verdict.replace("not clearly better", "")


def test_another_encoder_can_be_judged(folder: Path) -> None:
    def blind(made: Windows, _: np.ndarray) -> np.ndarray:
        return np.random.default_rng(0).normal(size=(len(made), 5)).astype(np.float32)

    found = state_recall.evaluate(folder, Options(quick=True, people=("01", "02", "03")), encoder=blind)
    assert abs(_value(found, "mean average precision: lift")) < 0.15


def test_one_person_may_be_named(folder: Path) -> None:
    assert state_recall.evaluate(folder, Options(quick=True, people=("02",))).people == 1


def test_halves_of_recordings_are_searched_where_asked_and_the_verdict_warns(folder: Path) -> None:
    found = state_recall.evaluate(folder, Options(quick=True, split="time", people=("01", "02")))
    assert found.split == "time"
    assert "it may be files" in found.verdict


def test_a_split_by_person_is_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="within one person"):
        state_recall.evaluate(folder, Options(split="person"))


def test_random_windows_are_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="random is refused"):
        state_recall.evaluate(folder, Options(split="random"))


def test_a_set_of_one_task_is_refused_with_a_way_out(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "set", planted.Recipe("absent", people=2, seconds=70))
    for path in folder.rglob("*task-arithmetic*"):
        path.unlink()
    with pytest.raises(EvaluationError, match=r"Nobody here did two different tasks.*record two tasks"):
        state_recall.evaluate(folder, QUICK)


def test_a_session_searches_the_earlier_ones_and_no_later() -> None:
    made = windows(people=("a",), sessions=("1", "2", "10"), labels={"rest": 3.0, "work": 3.0}, each=10)
    found = list(state_search.searches(made, "session"))
    earlier = {"2": {"1"}, "10": {"1", "2"}}
    assert len(found) == len(earlier)
    for search in found:
        (asked,) = set(search.windows.session[search.queries.members.ravel()])
        assert set(search.windows.session[search.reference]) == earlier[asked]
        assert set(search.candidates.members.ravel()) <= set(np.flatnonzero(search.reference))


def test_the_clock_tells_which_session_is_earlier_where_it_is_known() -> None:
    made = windows(people=("a",), sessions=("before", "after"), labels={"rest": 3.0}, each=20)
    made = replace(made, clock=made.start + np.where(made.session == "after", 86_400.0, 0.0))
    (search,) = state_search.searches(made, "session")
    assert set(search.windows.session[search.reference]) == {"before"}


def test_second_halves_search_first_halves_at_a_distance() -> None:
    made = windows(people=("a",), labels={"rest": 3.0, "work": 3.0}, each=24)
    (search,) = state_search.searches(made, "time")
    for run in np.unique(made.run):
        asked = made.start[search.queries.members[search.queries.block == f"{run} (second half)"]]
        searched = made.start[search.candidates.members[search.candidates.block == f"{run} (first half)"]]
        usual = made.start[search.reference & (made.run == run)]
        assert asked.min() - (searched.max() + made.seconds) >= state_search.GUARD_SECONDS
        assert usual.max() < asked.min()


def test_vectors_of_a_stretch_do_not_depend_on_the_queries() -> None:
    made = windows(people=("a",), sessions=("1", "2"), labels={"rest": 3.0, "work": 1.0}, each=14)
    searched = made.session == "1"
    vectors = encoders.state(made, searched)
    alone = encoders.state(made.where(searched), np.ones(searched.sum(), bool))
    assert vectors[searched] == pytest.approx(alone, abs=1e-4)


def test_too_little_signal_for_a_usual_is_said_by_name() -> None:
    made = windows(people=("anna",), labels={"rest": 3.0}, each=20)
    with pytest.raises(EvaluationError, match="anna has 8 s of signal to tell what is usual"):
        encoders.state(made, np.arange(20) < 2)


def _value(report: Report, name: str) -> float:
    return next(f.value.value for f in (*report.figures, *report.controls) if f.name == name)
