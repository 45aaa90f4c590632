from __future__ import annotations

import pytest

from companion.focus.calibration import Calibration, Part
from companion.focus.outcome import CLEAR, LEAST_SECONDS, TOO_LITTLE, Outcome, mean


def test_what_tells_work_from_rest_is_said_with_its_figures() -> None:
    came = Outcome(-0.8, 1.1, 1.0, 1.08)
    assert came.adds
    assert "31% while you rested and 75% while you counted" in came.sentence
    assert "So it tells your work from your rest" in came.sentence
    assert "From now on it counts 8% more than before." in came.sentence


@pytest.mark.parametrize(
    ("rest", "work", "said"),
    [
        (0.0, 0.5 * CLEAR, "hardly a difference: so far it adds nothing"),
        (0.0, -0.5 * CLEAR, "hardly a difference: so far it adds nothing"),
        (0.5 * CLEAR, -0.5 * CLEAR, "the wrong way round: so far it adds nothing"),
    ],
)
def test_what_does_not_tell_them_apart_is_said_to_add_nothing(rest: float, work: float, said: str) -> None:
    came = Outcome(rest, work, 1.0, 0.9)
    assert not came.adds
    assert said in came.sentence
    assert "counts 10% less than before" in came.sentence


def test_a_change_that_is_none_is_called_none() -> None:
    assert "It counts as much as before." in Outcome(0.0, 0.0, 1.0, 1.001).sentence


def test_of_too_little_signal_nothing_is_said() -> None:
    came = Outcome(None, 1.0, 1.0, 1.0)
    assert came.apart is None
    assert came.sentence == TOO_LITTLE
    assert mean([1.0] * (LEAST_SECONDS - 1)) is None
    assert mean([1.0, 3.0] * LEAST_SECONDS) == 2.0


def test_only_rest_and_work_that_were_not_measured_against_count() -> None:
    calibration, now = Calibration(0.0), 0.0
    said = {Part.MORE_REST: -1.0, Part.WORK: 2.0}
    while not calibration.over:
        now += 1.0
        assert now < 1000.0
        calibration.step(now, 1.0, said.get(calibration.part, 50.0))
    came = calibration.outcome(1.0, 1.1)
    assert (came.rest, came.work) == (-1.0, 2.0)
    assert (came.belief_before, came.belief) == (1.0, 1.1)
