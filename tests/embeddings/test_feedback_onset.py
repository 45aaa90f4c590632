from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from simulated import MUSE, eeg

from embeddings.feedback.onset import HELD_SECONDS, Onset
from embeddings.feedback.plan import BandPlan, Step
from embeddings.feedback.stream import FeedbackStream
from embeddings.types import EEGWindow

SFREQ = 256.0
LENGTH = 13  # samples a step
THETA = BandPlan(("AF7", "AF8"), ((13.0, 21.0),), ((4.0, 8.0),))
BLINK = 120 * np.sin(np.pi * np.arange(77) / 77) ** 2


def blinking(seed: int, at: float) -> tuple[list[Step], list[Step]]:
    """Return the steps of somebody who blinks once, and of the same one who does not."""
    stretch = eeg(16, seed=seed)
    data = stretch.data.copy()
    first = round(at * SFREQ)
    data[:, first : first + BLINK.size] += BLINK
    return followed(replace(stretch, data=data)), followed(stretch)


def followed(stretch: EEGWindow) -> list[Step]:
    return FeedbackStream(THETA, MUSE, SFREQ).take(stretch.data, 0.0, fresh=True)


def test_a_blink_is_held_before_it_is_muted_so_that_nothing_of_it_is_in_the_value() -> None:
    moved = []
    for seed in range(5):
        blinked, quiet = blinking(seed, at=10.0)
        begin = next(i for i, step in enumerate(blinked) if step.time > 10 and step.muted)
        assert blinked[begin - 1].held
        assert blinked[begin - 3].held
        last = next(i for i, step in enumerate(blinked) if step.time >= 10) - 1
        before = blinked[last].value
        assert before == pytest.approx(quiet[last].value)
        moved.append(abs((blinked[begin].value or 0.0) - (before or 0.0)))
    steps = np.abs(np.diff([step.value for step in quiet if step.counts]))
    assert np.median(moved) < 4 * np.median(steps)


def test_while_it_is_held_the_value_stands_still_and_nothing_is_said_of_it() -> None:
    steps = [step for step in followed(eeg(60, seed=3)) if step.time > 4]
    held = [(one.value, other.value) for one, other in itertools.pairwise(steps) if other.held]
    assert held
    assert all(one == other for one, other in held)
    assert {step.muted for step in steps if step.held and not step.counts} == {""}


def test_a_resting_brain_is_seldom_held_and_a_strong_alpha_rhythm_not_more() -> None:
    shares = []
    for alpha in (0.0, 40.0):
        steps = [step for seed in range(4) for step in followed(eeg(40, seed=seed, alpha=alpha)) if step.time > 4]
        shares.append(np.mean([step.held for step in steps]))
    assert max(shares) < 0.15
    assert shares[1] < shares[0] + 0.05


def test_who_grows_louder_for_good_is_not_held_for_long() -> None:
    stretch = eeg(80, seed=4)
    data = stretch.data * np.where(np.arange(stretch.data.shape[1]) < 20 * SFREQ, 1.0, 4.0)
    onset = Onset(len(MUSE), SFREQ)
    held = [
        onset.take(data[:, start : start + LENGTH], settled=start > 3 * SFREQ)
        for start in range(0, data.shape[1] - LENGTH, LENGTH)
    ]
    seconds = LENGTH / SFREQ
    assert np.mean(held[round(21 / seconds) : round(23 / seconds)]) > 0.5
    assert np.mean(held[round(50 / seconds) :]) < 0.15


def test_it_lets_go_a_quarter_of_a_second_after_the_last_steep_step() -> None:
    onset = Onset(1, SFREQ)
    rng = np.random.default_rng(0)
    data = rng.normal(size=(1, round(20 * SFREQ)))
    data[:, round(10 * SFREQ)] += 300
    held = [onset.take(data[:, a : a + LENGTH], settled=a > 3 * SFREQ) for a in range(0, data.shape[1], LENGTH)]
    first = round(10 * SFREQ) // LENGTH
    assert held[first]
    assert all(held[first : first + round(HELD_SECONDS * SFREQ / LENGTH)])
    assert not any(held[first + round(1.5 * SFREQ / LENGTH) : first + round(1.7 * SFREQ / LENGTH)])


@pytest.mark.parametrize(("begins", "seconds"), [(10.0, 60.0), (0.0, 8.0)])
def test_after_an_electrode_gave_nothing_feedback_moves_on_as_soon_as_it_is_well(begins: float, seconds: float) -> None:
    stretch = eeg(90, seed=6)
    data = stretch.data.copy()
    data[1, round(begins * SFREQ) : round((begins + seconds) * SFREQ)] = 800.0
    steps = [step for step in followed(replace(stretch, data=data)) if step.time > begins + seconds]
    well = next(i for i, step in enumerate(steps) if not step.muted)
    after = [step.held for step in steps[well : well + 200] if not step.muted]
    assert len(after) > 150
    assert np.mean(after) < 0.2


def test_an_electrode_without_any_signal_that_nobody_called_faulty_is_soon_followed_again() -> None:
    rng = np.random.default_rng(0)
    data = np.hstack([np.zeros((1, round(30 * SFREQ))), rng.normal(0, 10, (1, round(40 * SFREQ)))])
    onset = Onset(1, SFREQ)
    held = [onset.take(data[:, a : a + LENGTH], settled=a > 3 * SFREQ) for a in range(0, data.shape[1], LENGTH)]
    assert np.mean(held[round(50 * SFREQ / LENGTH) :]) < 0.15


def test_an_electrode_with_a_fault_holds_nothing() -> None:
    rng = np.random.default_rng(0)
    data = rng.normal(size=(2, round(20 * SFREQ)))
    data[1, round(10 * SFREQ) :] *= 30
    for faults, held in (((), True), (("", ""), True), (("", "jumps"), False)):
        onset = Onset(2, SFREQ)
        starts = range(0, round(11 * SFREQ), LENGTH)
        told = [onset.take(data[:, a : a + LENGTH], settled=a > 3 * SFREQ, faults=faults) for a in starts]
        assert told[-1] is held
