import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.evaluation import clock, fault_judging, planted
from companion.evaluation.errors import EvaluationError
from companion.evaluation.fault_plan import Faults, plan
from companion.evaluation.fault_replay import arrivals, replay, true_times
from companion.evaluation.options import Options

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
START = 1_700_000_000.0
BUSY = Faults(lost_share=0.01, bursts=200.0, stalls=60.0, breaks=30.0)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), ppm=st.sampled_from([-100.0, 0.0, 100.0]))
def test_a_plan_is_what_a_radio_could_do(seed: int, ppm: float) -> None:
    faults = replace(BUSY, ppm=ppm)
    drawn = plan(600.0, 256.0, START, faults, np.random.default_rng(seed))
    came = ~drawn.lost
    assert np.all(drawn.arrival[came] >= drawn.taken[came] + faults.least_delay)
    assert np.all(np.diff(drawn.arrival[came]) > 0)
    true = true_times(drawn, faults, 256.0)
    np.testing.assert_allclose(np.diff(true), (1 + ppm * 1e-6) / 256, atol=1e-6)
    same = np.diff(drawn.connection) == 0
    assert np.all((np.diff(drawn.number) % faults.modulus)[same] == 1)
    assert np.isnan(arrivals(drawn, faults).reshape(-1, 12)).all(axis=1).tolist() == drawn.lost.tolist()


def test_the_meter_sees_missed_gaps_false_gaps_wrong_times_and_dropped_samples() -> None:
    faults = replace(BUSY, breaks=0.0)
    drawn = plan(120.0, 256.0, START, faults, np.random.default_rng(1))
    eeg = np.zeros((1, 256))
    good = replay(eeg, ["A"], 256.0, drawn, faults)
    marks = fault_judging.judged(good, drawn, faults, 256.0)
    assert marks.gap.sum() > 15
    assert (marks.found.sum(), marks.false.sum(), marks.dropped) == (marks.gap.sum(), 0, 0)
    deaf = fault_judging.judged(replace(good, segment=np.zeros_like(good.segment)), drawn, faults, 256.0)
    assert deaf.found.sum() == 0
    nervous = replace(good, segment=np.arange(good.number.size))
    assert fault_judging.judged(nervous, drawn, faults, 256.0).false.sum() > 1000
    late = fault_judging.judged(replace(good, time=good.time + 0.5), drawn, faults, 256.0)
    np.testing.assert_allclose(late.error - marks.error, 0.5, atol=1e-6)
    short = replace(good, number=good.number[100:], time=good.time[100:], segment=good.segment[100:])
    assert fault_judging.judged(short, drawn, faults, 256.0).dropped == 100


def test_counting_by_the_nominal_rate_drifts_as_planted() -> None:
    faults = Faults(ppm=100.0, lost_share=0.0, bursts=0.0, stalls=0.0, breaks=0.0)
    drawn = plan(3600.0, 256.0, START, faults, np.random.default_rng(0))
    true = true_times(drawn, faults, 256.0)
    error = fault_judging.nominal_error(arrivals(drawn, faults), true, drawn, faults, 256.0)
    assert error[-1] - error[0] == pytest.approx(-0.36, abs=0.001)


def test_a_set_is_replayed_and_reported_beside_its_controls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "QUICK_SECONDS", 80.0)
    monkeypatch.setattr(clock, "FAULTS", BUSY)
    folder = planted.write(tmp_path / "made", planted.Recipe("absent", people=2))
    report = clock.evaluate(folder, Options(quick=True, seed=3))
    figures = {figure.name: figure.value.value for figure in report.figures}
    assert figures["share of gaps found (counted)"] == 1
    assert figures["gaps found where there is none (counted)"] == 0
    assert figures["windows across gaps"] == 0
    assert 0 < figures["time error, largest (ms)"] < 20
    assert (report.people, report.windows > 50) == (2, True)
    assert [figure.value.value < 0 for figure in report.differences] == [True, True]
    assert report.verdict.startswith("Every gap was found to one packet")
    assert "NaN" not in json.dumps(report.to_json(), allow_nan=False)


def test_the_same_seed_plants_the_same_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "QUICK_SECONDS", 30.0)
    folder = planted.write(tmp_path / "made", planted.Recipe("absent", people=1))
    first, again, other = (clock.evaluate(folder, Options(quick=True, seed=seed)).figures for seed in (1, 1, 2))
    assert [figure.value.value for figure in first] == [figure.value.value for figure in again]
    assert [figure.value.value for figure in first] != [figure.value.value for figure in other]


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (Options(split="person"), "Leave --split out"),
        (Options(picks=("Nowhere",)), "electrodes Nowhere"),
        (Options(people=("nobody",)), "no EEG of nobody"),
    ],
)
def test_what_cannot_be_done_is_refused(tmp_path: Path, options: Options, hint: str) -> None:
    folder = planted.write(tmp_path / "made", planted.Recipe("absent", people=1))
    with pytest.raises(EvaluationError, match=hint):
        clock.evaluate(folder, options)


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA")
def test_real_eeg_meets_the_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "QUICK_SECONDS", 90.0)
    monkeypatch.setattr(clock, "FAULTS", replace(BUSY, ppm=100.0))
    report = clock.evaluate(DATA / "eegmat", Options(quick=True, people=("00", "01"), picks=("F7", "F8")))
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures["share of gaps found (counted)"].value == 1
    assert figures["share of gaps found (counted)"].n > 10
    assert figures["gaps found where there is none (counted)"].value == 0
    assert figures["time error, largest (ms)"].value < 20
