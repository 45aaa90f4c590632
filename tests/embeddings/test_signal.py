from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import eeg

from embeddings import signal
from embeddings.signal import SETTLE_SECONDS, WINDOW_SECONDS
from embeddings.types import EEGWindow

rates = st.sampled_from([125.0, 200.0, 220.0, 250.0, 256.0, 500.0])


@settings(max_examples=40)
@given(sfreq=rates, cut=st.integers(1, 1500), seed=st.integers(0, 99), wild=st.sampled_from([1.0, 1e5, np.nan]))
def test_what_comes_later_changes_nothing_before(sfreq: float, cut: int, seed: int, wild: float) -> None:
    data = eeg(1500 / sfreq, seed=seed, sfreq=sfreq).data
    changed = data.copy()
    changed[:, cut:] *= wild
    before, after = signal.bandpass(data, sfreq), signal.bandpass(changed, sfreq)
    assert np.array_equal(before[:, :cut], after[:, :cut])


@settings(max_examples=60)
@given(sfreq=rates, samples=st.integers(1, 9000), seconds=st.sampled_from([1.0, 2.0, WINDOW_SECONDS]))
def test_windows_lie_end_to_end_up_to_the_end_and_leave_the_settling_out(
    sfreq: float, samples: int, seconds: float
) -> None:
    numbers = np.tile(np.arange(samples, dtype=float), (2, 1))
    stretch = EEGWindow(numbers, sfreq, ("a", "b"), 1000.0)
    cut = list(signal.windows(stretch, seconds=seconds))
    settle, length = round(SETTLE_SECONDS * sfreq), round(seconds * sfreq)
    assert len(cut) == max(0, samples - settle) // length
    if not cut:
        return
    joined = np.hstack([raw.data for raw, _ in cut])
    assert np.array_equal(joined, numbers[:, samples - joined.shape[1] :])
    assert joined[0, 0] >= settle
    assert cut[-1][0].time_end == 1000.0
    for raw, filtered in cut:
        assert raw.data.shape == filtered.shape == (2, length)
        assert raw.time_end == pytest.approx(1000.0 - (samples - 1 - raw.data[0, -1]) / sfreq)
        assert (raw.sfreq, raw.ch_names) == (sfreq, ("a", "b"))


@settings(max_examples=20)
@given(offset=st.floats(-1e5, 1e5), sfreq=rates)
def test_an_offset_of_the_electrode_does_not_show(offset: float, sfreq: float) -> None:
    data = eeg(6, sfreq=sfreq).data
    assert signal.bandpass(data + offset, sfreq) == pytest.approx(signal.bandpass(data, sfreq), abs=1e-6)


def amplitude(hertz: float, sfreq: float) -> float:
    """Return what is left of a sine of 1 µV once the filter has settled."""
    sine = np.sin(2 * np.pi * hertz * np.arange(round(20 * sfreq)) / sfreq)[np.newaxis]
    return float(np.sqrt(2) * signal.bandpass(sine, sfreq)[:, -round(10 * sfreq) :].std())


@pytest.mark.parametrize("sfreq", [125.0, 256.0])
def test_the_pass_band_is_1_to_40_hertz(sfreq: float) -> None:
    for hertz in (2.0, 6.0, 10.0, 20.0, 35.0):
        assert amplitude(hertz, sfreq) == pytest.approx(1, abs=0.15)
    for hertz in (0.3, 60.0):
        assert amplitude(hertz, sfreq) < 0.2


def test_a_slow_board_is_filtered_below_its_own_limit() -> None:
    assert amplitude(10.0, 80.0) == pytest.approx(1, abs=0.15)


@settings(max_examples=20)
@given(seed=st.integers(0, 999), sfreq=rates)
def test_when_the_first_window_begins_it_no_longer_matters_where_the_stretch_began(seed: int, sfreq: float) -> None:
    whole = eeg(30, seed=seed, sfreq=sfreq).data
    late = round(20 * sfreq)
    settled, fresh = signal.bandpass(whole, sfreq)[:, late:], signal.bandpass(whole[:, late:], sfreq)
    begin = round(SETTLE_SECONDS * sfreq)
    assert np.abs(fresh - settled)[:, begin:].max() < 0.1 * settled.std()
    assert np.abs(fresh - settled)[:, : begin // 10].max() > 0.1 * settled.std()  # there is something to wait for
