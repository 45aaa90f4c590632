"""Blinks, jaws and movement: planted ones, and those of a person who made them on purpose."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from simulated import eeg

from embeddings import quality, signal
from embeddings.quality import Quality
from embeddings.types import EEGWindow

Test = TypeVar("Test", bound=Callable[..., None])

SFREQ = 250.0
HEADER = 5  # lines of an OpenBCI file before its samples
CHANNELS = slice(1, 9)
DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
RECORDING = DATA / "raw" / "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"

# Seconds of that recording, read off its picture.
BLINKS = ((4.3, 6.9), (13.8, 14.1), (15.4, 16.9), (17.6, 17.9), (76.3, 76.7), (79.8, 81.3))
JAWS = ((8.4, 9.7), (10.0, 11.2), (11.6, 12.6), (13.1, 14.2), (82.1, 83.0), (83.2, 84.3), (84.4, 85.3))
CALM = (26.0, 76.0)  # eyes closed
LEAST = 0.3  # of something in a window


def real_recording(test: Test) -> Test:
    """Mark a test that reads the recording."""
    skip = pytest.mark.skipif(not RECORDING.is_file(), reason=f"no recording at {RECORDING}: set COMPANION_TEST_DATA")
    return pytest.mark.data(skip(test))


def bump(at: float, *, width: float, height: float, seconds: float = 10.0, sfreq: float = SFREQ) -> NDArray[np.float64]:
    """Return one swing of the lids: a bell of ``width`` s at its foot."""
    times = np.arange(round(seconds * sfreq)) / sfreq
    shape: NDArray[np.float64] = height * np.exp(-0.5 * np.square((times - at) / (width / 5)))
    return shape


def judged(data: NDArray[np.float64], start: int, samples: int, sfreq: float = SFREQ) -> Quality:
    filtered = signal.bandpass(data, sfreq)[:, start : start + samples]
    names = tuple(f"E{i}" for i in range(len(data)))
    return quality.assess(EEGWindow(data[:, start : start + samples], sfreq, names, 0.0), filtered, data[:, :start])


def last_window(data: NDArray[np.float64], sfreq: float = SFREQ) -> Quality:
    samples = round(4 * sfreq)
    return judged(data, data.shape[1] - samples, samples, sfreq)


@settings(max_examples=20)
@given(
    at=st.floats(6.3, 9.7),
    height=st.sampled_from([-300.0, -150.0, 150.0, 300.0]),
    seed=st.integers(0, 99),
    sfreq=st.sampled_from([125.0, 250.0, 500.0]),
)
def test_one_blink_anywhere_in_a_window_is_named_and_no_fault(
    at: float, height: float, seed: int, sfreq: float
) -> None:
    data = eeg(10, seed=seed, sfreq=sfreq).data
    data[1] += bump(at, width=0.4, height=height, sfreq=sfreq)
    found = last_window(data, sfreq)
    assert found.disturbed == ("", "blink", "", "")
    assert found.artefacts == ("blink",)
    assert found.faults == ("",) * 4
    assert not found.fit


def test_a_blink_before_the_window_does_no_harm() -> None:
    data = eeg(10, sfreq=SFREQ).data
    data[1] += bump(4.0, width=0.3, height=150.0)
    assert last_window(data).fit


@settings(max_examples=20)
@given(at=st.floats(6.1, 9.3), seed=st.integers(0, 99), sfreq=st.sampled_from([125.0, 250.0, 500.0]))
def test_half_a_second_of_muscle_is_never_fit(at: float, seed: int, sfreq: float) -> None:
    stretch = eeg(10, seed=seed, sfreq=sfreq)
    times = np.arange(stretch.data.shape[1]) / sfreq
    tense = (times >= at) & (times < at + 0.5)
    # As loud a hiss in the muscles' band whatever the rate.
    hiss = 150.0 * np.sqrt(sfreq / 250.0) * np.random.default_rng(seed).normal(size=len(times))
    stretch.data[2] += np.where(tense, hiss, 0.0)
    found = last_window(stretch.data, sfreq)
    # A headband's own score takes loud muscles for bad contact, and so may what learned from it.
    assert found.disturbed[2] == "jaw or muscle" or found.faults[2] in {"poor contact", "jumps"}
    assert not found.fit


def test_a_tense_jaw_is_named() -> None:
    data = eeg(10, sfreq=SFREQ).data
    times = np.arange(data.shape[1]) / SFREQ
    data[2] += np.where((times > 8) & (times < 8.5), 60.0 * np.sin(2 * np.pi * 27 * times), 0.0)
    assert last_window(data).disturbed == ("", "", "jaw or muscle", "")


def test_everything_that_was_done_is_told_once() -> None:
    data = eeg(10, sfreq=SFREQ).data
    data[0] += bump(8.0, width=0.3, height=150.0)
    data[3] += bump(8.0, width=0.3, height=150.0)
    data[1] += bump(7.0, width=1.0, height=1500.0)
    found = last_window(data)
    assert set(found.artefacts) <= {"blink", "moving"}
    assert found.artefacts.count("blink") == 1
    assert found.disturbed[1] == "moving" or found.faults[1] == "poor contact"


def real() -> NDArray[np.float64]:
    return np.loadtxt(RECORDING, delimiter=",", skiprows=HEADER, usecols=range(24)[CHANNELS]).T.copy()


def overlap(start: float, stop: float, events: tuple[tuple[float, float], ...]) -> bool:
    return any(min(stop, end) - max(start, begin) >= LEAST for begin, end in events)


@real_recording
@pytest.mark.parametrize("seconds", [2.0, 4.0])
def test_blinks_and_clenched_jaws_on_purpose_are_flagged_and_closed_eyes_are_not(seconds: float) -> None:
    data = real()
    samples = round(seconds * SFREQ)
    starts = range(500, data.shape[1] - samples, 250)
    found = [(start / SFREQ, judged(data, start, samples)) for start in starts]
    done = [told.fit for at, told in found if overlap(at, at + seconds, BLINKS + JAWS)]
    calm = [told.fit for at, told in found if at >= CALM[0] and at + seconds <= CALM[1]]
    assert len(done) > 20
    assert np.mean(done) <= 0.05
    assert len(calm) > 40
    assert np.mean(calm) >= 0.95


@real_recording
def test_blinks_and_jaws_on_purpose_are_told_apart() -> None:
    data = real()
    blinking = [judged(data, round(at * SFREQ), 500).artefacts for at in (5.0, 15.2, 76.0, 79.8)]
    clenching = [judged(data, round(at * SFREQ), 500).artefacts for at in (8.2, 10.0, 82.2, 83.5)]
    assert all("blink" in told and "jaw or muscle" not in told for told in blinking)
    assert all("jaw or muscle" in told for told in clenching)
