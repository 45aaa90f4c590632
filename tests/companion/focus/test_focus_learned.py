from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.focus import learned, signs
from companion.focus.learned import Examples, Prior, fit
from companion.focus.person import Person, learn, pack, unpack
from index.focus_history import Label, Piece, Source

PRIOR = Prior((-1.0, 2.0, 0.0), (0.7, 1.0, 1.0))
ROW = st.tuples(st.just(1.0), st.floats(-1, 1), st.floats(-1, 1))
EXAMPLES = st.lists(st.tuples(ROW, st.booleans(), st.floats(0.01, 50.0)), max_size=30)


def of(told: list[tuple[tuple[float, ...], bool, float]]) -> Examples:
    rows = np.array([row for row, _, _ in told], np.float64).reshape(len(told), 3)
    focused = np.array([was for _, was, _ in told], np.bool_)
    return Examples(rows, focused, np.array([weight for _, _, weight in told], np.float64))


def gradient(weights: tuple[float, ...], told: Examples) -> np.ndarray:
    sure = 1.0 / (1.0 + np.exp(-(told.rows @ np.array(weights))))
    away = (np.array(weights) - PRIOR.mean) / np.square(PRIOR.spread)
    return told.rows.T @ (told.weights * (sure - told.focused)) + away


def test_without_examples_the_prior_stands() -> None:
    assert fit(PRIOR, of([])) == PRIOR.mean


@settings(max_examples=50)
@given(told=EXAMPLES)
def test_the_weights_are_the_most_probable_ones_whatever_the_order(
    told: list[tuple[tuple[float, ...], bool, float]],
) -> None:
    found = fit(PRIOR, of(told))
    assert np.abs(gradient(found, of(told))).max() < 1e-5
    assert fit(PRIOR, of(told[::-1])) == pytest.approx(found, abs=1e-6)


@settings(max_examples=50)
@given(told=EXAMPLES, row=ROW)
def test_one_more_word_of_the_person_moves_that_very_situation_their_way(
    told: list[tuple[tuple[float, ...], bool, float]], row: tuple[float, ...]
) -> None:
    before = learned.log_odds(fit(PRIOR, of(told)), row)
    after = learned.log_odds(fit(PRIOR, of([*told, (row, False, 1.0)])), row)
    assert after < before + 1e-9


def test_probability_is_that_of_the_log_odds_also_far_out() -> None:
    assert learned.probability(0.0) == 0.5
    assert learned.probability(800.0) == 1.0
    assert learned.probability(-800.0) == pytest.approx(0.0)
    assert learned.probability(math.log(3)) == pytest.approx(0.75)


def piece(numbers: tuple[float, ...], *, said: float | None = None, time: float = 0.0, frozen: bool = False) -> Piece:
    return Piece(time, 10.0, 0.5, None, 0.5, False, frozen, "signs", said, pack(numbers))


def label(*, focused: bool, source: Source = Source.CORRECTION) -> Label:
    return Label(1, 0.0, 0.0, 1.0, focused, source)


NUMBERS = tuple(0.5 for _ in signs.SIGNS)


def test_numbers_survive_being_packed() -> None:
    assert unpack(pack((0.5, -1.0, 0.25))) == (0.5, -1.0, 0.25)


def test_a_correction_moves_behaviour_and_a_calibration_only_what_the_eeg_is_taken_for() -> None:
    no = [(piece(NUMBERS), label(focused=False))] * 60
    corrected = learn(no)
    assert signs.log_odds(corrected.behaviour, NUMBERS) < signs.log_odds(Person().behaviour, NUMBERS)
    assert corrected.eeg == Person().eeg

    rest = [(piece(NUMBERS, said=1.5), label(focused=False, source=Source.CALIBRATION))] * 20
    work = [(piece(NUMBERS, said=2.5), label(focused=True, source=Source.CALIBRATION))] * 20
    calibrated = learn([*rest, *work])
    assert calibrated.behaviour == Person().behaviour
    assert calibrated.by_eeg(2.0) < Person().by_eeg(2.0)  # this person's rest says 1.5, not 0


def test_what_was_frozen_or_is_of_another_version_teaches_nothing() -> None:
    told = [
        (piece(NUMBERS, said=3.0, frozen=True), label(focused=False, source=Source.CALIBRATION)),
        (piece((*NUMBERS, 1.0)), label(focused=False)),
    ]
    assert learn(told) == Person()
