from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from simulated import eeg

from embeddings import quality, signal
from embeddings.quality import Quality
from embeddings.types import EEGWindow

SFREQ = 256.0
SECOND = 1  # the channel that is spoilt


def judged(stretch: EEGWindow) -> Quality:
    """Judge the last window of a stretch as the program does."""
    *_, (raw, filtered) = signal.windows(stretch)
    return quality.assess(raw, filtered)


def spoilt(wrong: NDArray[np.float64] | float) -> Quality:
    stretch = eeg(10)
    stretch.data[SECOND] = wrong
    return judged(stretch)


def sine(hertz: float, amplitude: float) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = amplitude * np.sin(2 * np.pi * hertz * np.arange(2560) / SFREQ)
    return wave


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), alpha=st.floats(0, 40), sfreq=st.sampled_from([220.0, 250.0, 256.0]))
def test_eeg_of_the_usual_size_is_fit(seed: int, alpha: float, sfreq: float) -> None:
    found = judged(eeg(10, seed=seed, alpha=alpha, sfreq=sfreq))
    assert found.faults == ("",) * 4
    assert found.fit
    assert found.good == 1.0


@pytest.mark.parametrize("offset", [0.0, 800.0, -187_500.0], ids=["zero", "Muse's rail", "Cyton's rail"])
def test_an_electrode_that_stands_still_gives_no_signal(offset: float) -> None:
    found = spoilt(offset)
    assert found.faults == ("", "no signal", "", "")
    assert not found.fit
    assert found.good == 0.75


def test_an_electrode_that_swings_from_rail_to_rail_jumps() -> None:
    assert spoilt(np.sign(sine(3, 1)) * 1000).faults[SECOND] == "jumps"


def test_one_jump_in_a_window_is_enough() -> None:
    data = eeg(10).data[SECOND]
    data[-300:] += 5000
    assert spoilt(data).faults[SECOND] == "jumps"


@pytest.mark.parametrize("hertz", [50, 60])
def test_an_electrode_that_hears_the_mains_alone_is_named(hertz: float) -> None:
    assert spoilt(eeg(10).data[SECOND] + sine(hertz, 120)).faults[SECOND] == "mains hum"


@pytest.mark.parametrize("hertz", [50, 60])
def test_a_little_of_the_mains_does_no_harm(hertz: float) -> None:
    assert spoilt(eeg(10).data[SECOND] + sine(hertz, 5)).faults[SECOND] == ""


def test_an_electrode_that_moves_is_named() -> None:
    assert spoilt(sine(1.5, 400)).faults[SECOND] == "loose or moving"


def test_what_is_no_number_is_never_fit() -> None:
    data = eeg(10).data[SECOND]
    data[-500] = np.nan
    found = spoilt(data)
    assert found.faults[SECOND]
    assert found.faults[:SECOND] + found.faults[SECOND + 1 :] == ("", "", "")


def test_each_electrode_is_judged_by_itself() -> None:
    stretch = eeg(10)
    stretch.data[0], stretch.data[3] = 0.0, sine(50, 200)
    assert judged(stretch).faults == ("no signal", "", "", "mains hum")
    assert judged(stretch).good == 0.5


@settings(max_examples=30, deadline=None)
@given(hum=st.floats(0, 1000), seed=st.integers(0, 99), gain=st.floats(1e-3, 1e3))
def test_the_share_of_the_mains_is_a_share_and_does_not_depend_on_size(hum: float, seed: int, gain: float) -> None:
    data = eeg(4, seed=seed).data
    data[0] += sine(50, hum)[: data.shape[1]]
    share = quality.line_share(data, SFREQ)
    assert ((share >= 0) & (share <= 1)).all()
    assert quality.line_share(gain * data, SFREQ) == pytest.approx(share, abs=1e-6)
