from __future__ import annotations

import json
import math
from types import MappingProxyType

import numpy as np
import pytest
from rich.console import Console

from companion.evaluation.interval import Interval
from companion.evaluation.report import Figure, Report

AUC = Figure("AUC", Interval(0.789, 0.72, 0.85, 24), "mean over people", MappingProxyType({"01": 0.8, "02": math.nan}))
AMPLITUDE = Figure("AUC, amplitude only", Interval(0.612, math.nan, math.inf, 1))


def report(**more: object) -> Report:
    told = {
        "task": "focus",
        "data": "eegmat",
        "split": "person",
        "model": "train",
        "people": 24,
        "windows": 1438,
        "figures": (AUC,),
        "controls": (AMPLITUDE,),
        "differences": (Figure("AUC minus amplitude only", Interval(0.1, 0.05, 0.15, 23)),),
        "p_value": 0.001,
        "chance": 0.5,
        "verdict": "Focus can be told.",
        "notes": ("Left out: [bold]one[/bold].",),
    }
    return Report(**{**told, **more})  # type: ignore[arg-type] # each test says what is of interest


def printed(shown: Report, width: int = 80) -> str:
    console = Console(width=width, markup=False)
    with console.capture() as capture:
        console.print(shown.table())
    return capture.get()


def test_json_holds_everything_and_nothing_that_is_no_number() -> None:
    told = json.loads(json.dumps(report().to_json(), allow_nan=False))
    assert told["figures"] == [
        {
            "name": "AUC",
            "value": {"value": 0.789, "low": 0.72, "high": 0.85, "n": 24},
            "note": "mean over people",
            "per_person": {"01": 0.8, "02": None},
        }
    ]
    assert told["controls"][0]["value"] == {"value": 0.612, "low": None, "high": None, "n": 1}
    assert (told["p_value"], told["chance"], told["windows"]) == (0.001, 0.5, 1438)
    assert told["notes"] == ["Left out: [bold]one[/bold]."]


def test_json_takes_numbers_of_numpy() -> None:
    figure = Figure("AUC", Interval(np.float64(0.5), np.float32(0.25), np.float64("nan"), np.int64(3)))  # type: ignore[arg-type] # as computed
    told = report(figures=(figure,), p_value=None).to_json()
    assert json.loads(json.dumps(told, allow_nan=False))["figures"][0]["value"] == {
        "value": 0.5,
        "low": 0.25,
        "high": None,
        "n": 3,
    }
    assert told["p_value"] is None


def test_a_person_reads_each_figure_beside_its_controls_chance_and_p() -> None:
    text = printed(report())
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    order = [
        text.index(word) for word in ("0.789", "0.720 to 0.850", "controls", "0.612", "ours minus theirs", "0.100")
    ]
    assert order == sorted(order)
    assert "chance 0.500, label permutation p 0.001" in text
    assert "Focus can be told." in text
    assert "[bold]one[/bold]" in text


def test_what_is_no_number_is_shown_as_a_dash() -> None:
    text = printed(report(p_value=None, chance=math.nan))
    assert "- to -" in text
    assert "chance -, label permutation p -" in text
    assert "nan" not in text


@pytest.mark.parametrize(("low", "above"), [(0.51, True), (0.5, False), (math.nan, False)])
def test_a_figure_is_above_a_limit_when_its_whole_interval_is(low: float, above: bool) -> None:
    assert Interval(0.6, low, 0.7, 8).above(0.5) is above
