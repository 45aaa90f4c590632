from __future__ import annotations

import numpy as np
import pytest
from quiet_eeg import CH_NAMES, SFREQ, quiet, rest

from companion.focus.trackers import SECONDS, STALE_SECONDS, FocusTrackers, Said
from embeddings.types import EEGWindow, EmbeddingsError


def feed(
    trackers: FocusTrackers, seconds: int, known: bytes | None = None, *, seed: int = 1, begin: float = 0.0
) -> list[Said]:
    data = quiet(seconds + SECONDS, seed=seed)
    said = []
    for second in range(seconds):
        start = round(second * SFREQ)
        window = EEGWindow(data[:, start : start + round(SECONDS * SFREQ)], SFREQ, CH_NAMES, begin + second)
        said.append(trackers.take(window, known, anew=False))
        known = known or said[-1].rest
    return said


def test_a_rest_that_is_told_is_measured_against_at_once() -> None:
    (said,) = feed(FocusTrackers(), 1, rest())
    assert said.known == 1.0
    assert said.log_odds is not None
    assert said.fit
    assert said.rest == rest()


def test_without_one_it_is_learned_and_told_and_another_process_goes_on_from_it() -> None:
    trackers = FocusTrackers()
    first = feed(trackers, 70)
    assert first[0].log_odds is None
    assert 0.0 < first[10].known < 1.0
    assert first[-1].rest is not None
    again = feed(FocusTrackers(), 1, first[-1].rest, seed=1)
    assert again[0].log_odds is not None


def test_anew_nothing_of_before_counts() -> None:
    trackers = FocusTrackers()
    feed(trackers, 2, rest())
    window = EEGWindow(quiet(SECONDS), SFREQ, CH_NAMES, 3.0)
    assert trackers.take(window, None, anew=True).log_odds is None
    assert trackers.take(window, None, anew=False).known > 0.0
    assert trackers.take(window, rest(seed=5), anew=False).log_odds is not None


def test_a_window_that_is_not_fit_says_what_is_wrong_and_changes_nothing() -> None:
    trackers, known = FocusTrackers(), rest()
    before = feed(trackers, 5, known)[-1]
    data = quiet(SECONDS)
    data[1] = 0.0
    said = trackers.take(EEGWindow(data, SFREQ, CH_NAMES, 6.0), known, anew=False)
    assert not said.fit
    assert said.faults == (("AF7", "no signal"),)
    assert said.log_odds == before.log_odds


def test_scores_of_long_ago_say_nothing_of_now() -> None:
    trackers, known = FocusTrackers(), rest()
    feed(trackers, 5, known)
    flat = EEGWindow(np.zeros((4, round(SECONDS * SFREQ))), SFREQ, CH_NAMES, 6.0 + STALE_SECONDS)
    assert trackers.take(flat, known, anew=False).log_odds is None


def test_too_few_samples_a_second_are_said() -> None:
    slow = EEGWindow(np.zeros((4, 350)), 50.0, CH_NAMES, 0.0)
    said = FocusTrackers().take(slow, None, anew=False)
    assert "50 Hz" in said.faults[0][1]


def test_damaged_rest_is_said_and_that_of_other_electrodes_is_not_used() -> None:
    window = EEGWindow(quiet(SECONDS), SFREQ, CH_NAMES, 0.0)
    with pytest.raises(EmbeddingsError, match="Calibrate"):
        FocusTrackers().take(window, rest()[:200], anew=False)
    swapped = EEGWindow(quiet(SECONDS), SFREQ, CH_NAMES[::-1], 0.0)
    assert FocusTrackers().take(swapped, rest(), anew=False).log_odds is None
