from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator

import pytest

from companion import figures
from companion.figures import Bar
from companion.wording import clock_time, duration


@pytest.fixture
def vienna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Vienna")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("vienna")
def test_times_are_the_persons_own() -> None:
    assert clock_time(1_772_442_720.0) == "Mon 2 Mar 10:12"  # 09:12 UTC, winter
    assert clock_time(1_783_000_000.0) == "Thu 2 Jul 15:46"  # 13:46 UTC, summer


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (40.4, "40 s"), (89, "89 s"), (90, "2 min"), (200, "3 min"), (5399, "90 min"), (7200, "2.0 h")],
)
def test_stretches_of_time(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "limit", "kind", "holds"),
    [
        (1.0, 1.0, "most", True),
        (1.1, 1.0, "most", False),
        (1.0, 1.0, "least", True),
        (0.9, 1.0, "least", False),
        (math.nan, 1.0, "most", False),
        (math.nan, 1.0, "least", False),
    ],
)
def test_a_bar_holds_within_its_limit(value: float, limit: float, kind: figures.Better, holds: bool) -> None:
    assert Bar("bar", value, limit, kind).holds is holds


def test_a_benchmark_answers_with_one_line_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Bar("seconds", 0.4, 1.0), Bar("recall", math.nan, 0.9, "least")
    assert figures.report("speed", {"runs": 3}, [good]) == 0
    assert figures.report("speed", {"runs": 3, "spread": math.inf}, [good, bad]) == 1
    first, second = capsys.readouterr().out.splitlines()
    told = json.loads(first, parse_constant=pytest.fail)
    assert (told["bench"], told["figures"]) == ("speed", {"runs": 3})
    assert told["bars"] == [{"name": "seconds", "value": 0.4, "limit": 1.0, "kind": "most", "holds": True}]
    assert "cores" in told["machine"]
    told = json.loads(second, parse_constant=pytest.fail)  # NaN and Infinity are no JSON
    assert told["figures"]["spread"] is None
    assert told["bars"][1] == {"name": "recall", "value": None, "limit": 0.9, "kind": "least", "holds": False}
