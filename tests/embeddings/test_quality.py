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
LOUD = 8  # times, about 110 µV: an electrode that hangs loose
SECOND = 1  # the channel that is spoilt


def judged(stretch: EEGWindow) -> Quality:
    """Judge the last window of a stretch as the program does."""
    *_, (raw, filtered) = signal.windows(stretch)
    return quality.assess(raw, filtered, stretch.data[:, : -raw.data.shape[1]])


def spoilt(wrong: NDArray[np.float64] | float) -> Quality:
    stretch = eeg(10)
    stretch.data[SECOND] = wrong
    return judged(stretch)


def sine(hertz: float, amplitude: float) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = amplitude * np.sin(2 * np.pi * hertz * np.arange(2560) / SFREQ)
    return wave


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), alpha=st.floats(0, 40), sfreq=st.sampled_from([220.0, 250.0, 256.0]))
def test_eeg_of_the_usual_size_is_fit(seed: int, alpha: float, sfreq: float) -> None:
    found = judged(eeg(10, seed=seed, alpha=alpha, sfreq=sfreq))
    assert found.faults == ("",) * 4
    assert found.disturbed == ("",) * 4
    assert found.fit
    assert found.good == 1.0
    assert max(found.bad_contact) < quality.BAD_SHARE


@pytest.mark.parametrize("channels", [2, 8, 19, 32])
@pytest.mark.parametrize("sfreq", [125.0, 250.0, 500.0])
def test_every_montage_and_rate_is_judged(channels: int, sfreq: float) -> None:
    stretch = eeg(10, channels=channels, sfreq=sfreq)
    stretch.data[:] *= 14.0 / stretch.data.std()  # the simulation is louder, the more electrodes it mixes
    assert judged(stretch).fit
    stretch.data[1] *= LOUD
    found = judged(stretch)
    assert found.faults[1] == "poor contact"
    assert found.faults.count("") == channels - 1


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
    assert spoilt(0.2 * eeg(10).data[SECOND] + sine(hertz, 120)).faults[SECOND] == "mains hum"


def test_mains_that_the_filter_takes_out_for_the_better_part_do_no_harm() -> None:
    found = spoilt(eeg(10).data[SECOND] + sine(60, 120))
    assert found.fit


@pytest.mark.parametrize("hertz", [50, 60])
def test_a_little_of_the_mains_does_no_harm(hertz: float) -> None:
    assert spoilt(eeg(10).data[SECOND] + sine(hertz, 5)).faults[SECOND] == ""


def test_an_electrode_that_sways_is_named() -> None:
    found = spoilt(eeg(10).data[SECOND] + sine(1.5, 500))
    assert found.faults[SECOND] == "poor contact" or found.disturbed[SECOND] == "moving"
    assert not found.fit


@pytest.mark.parametrize("louder", [8, 15, 60])
def test_what_is_far_louder_than_eeg_is_never_fit(louder: float) -> None:
    found = spoilt(eeg(10).data[SECOND] * louder)
    assert found.faults[SECOND] in {"poor contact", "jumps"}
    assert found.bad_contact[SECOND] > 0.5


def test_what_is_no_number_is_never_fit() -> None:
    data = eeg(10).data[SECOND]
    data[-500] = np.nan
    found = spoilt(data)
    assert found.faults[SECOND] == "no signal"
    assert found.bad_contact[SECOND] == 1.0
    assert found.faults[:SECOND] + found.faults[SECOND + 1 :] == ("", "", "")


def test_each_electrode_is_judged_by_itself() -> None:
    stretch = eeg(10)
    stretch.data[0], stretch.data[3] = 0.0, sine(50, 200)
    assert judged(stretch).faults == ("no signal", "", "", "mains hum")
    assert judged(stretch).bad_contact[1] < quality.BAD_SHARE
    assert judged(stretch).good == 0.5


@settings(max_examples=30)
@given(hum=st.floats(0, 1000), seed=st.integers(0, 99), gain=st.floats(1e-3, 1e3))
def test_the_share_of_the_mains_is_a_share_and_does_not_depend_on_size(hum: float, seed: int, gain: float) -> None:
    data = eeg(4, seed=seed).data
    data[0] += sine(50, hum)[: data.shape[1]]
    share = quality.line_share(data, SFREQ)
    assert ((share >= 0) & (share <= 1)).all()
    assert quality.line_share(gain * data, SFREQ) == pytest.approx(share, abs=1e-6)


def test_a_fault_of_the_headset_is_no_deed_of_the_person() -> None:
    found = spoilt(eeg(10).data[SECOND] * LOUD)
    assert found.faults[SECOND] == "poor contact"
    assert found.disturbed[SECOND] == ""


def test_what_came_long_before_a_window_changes_nothing() -> None:
    stretch = eeg(20)
    *_, (raw, filtered) = signal.windows(stretch)
    past = stretch.data[:, : -raw.data.shape[1]]
    kept = round(quality.PAST_SECONDS * SFREQ)
    other = past.copy()
    other[:, :-kept] = 1e5
    assert quality.assess(raw, filtered, past) == quality.assess(raw, filtered, other)


def test_a_window_without_past_is_judged() -> None:
    *_, (raw, filtered) = signal.windows(eeg(10))
    assert quality.assess(raw, filtered).fit
    assert quality.assess(raw, filtered) == quality.assess(raw, filtered, raw.data[:, :0])


def test_bad_contact_just_before_a_window_is_remembered() -> None:
    stretch = eeg(10)
    *_, (raw, filtered) = signal.windows(stretch)
    past = stretch.data[:, : -raw.data.shape[1]].copy()
    calm = quality.assess(raw, filtered, past).bad_contact[SECOND]
    past[SECOND, -256:] *= LOUD
    assert quality.assess(raw, filtered, past).bad_contact[SECOND] > calm
