from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import eeg, rows

from embeddings import features, signal
from embeddings.features import BANDS


@settings(max_examples=20, deadline=None)
@given(channels=st.integers(1, 8), sfreq=st.sampled_from([125.0, 220.0, 256.0]), seed=st.integers(0, 99))
def test_rows_come_apart_into_what_they_were_made_of(channels: int, sfreq: float, seed: int) -> None:
    stretch = eeg(11, channels=channels, sfreq=sfreq, seed=seed)
    filtered = [samples for _, samples in signal.windows(stretch)]
    table = rows(stretch)
    assert table.shape == (2, channels * (len(BANDS) + channels))
    assert table.dtype == np.float32
    powers, matrices = features.split(table, channels)
    for i, samples in enumerate(filtered):
        assert powers[i] == pytest.approx(features.band_powers(samples, sfreq).ravel(), rel=1e-5, abs=1e-5)
        assert matrices[i] == pytest.approx(features.covariance(samples), rel=1e-5, abs=1e-3)


@pytest.mark.parametrize(("hertz", "band"), [(2.5, "delta"), (6, "theta"), (10, "alpha"), (20, "beta"), (35, "gamma")])
def test_a_rhythm_raises_its_own_band_most(hertz: float, band: str) -> None:
    plain = eeg(4, alpha=0).data
    louder = plain + 20 * np.sin(2 * np.pi * hertz * np.arange(plain.shape[1]) / 256)
    risen = features.band_powers(louder, 256.0) - features.band_powers(plain, 256.0)
    assert {list(BANDS)[i] for i in risen.argmax(axis=1)} == {band}


def test_band_powers_are_decades_of_density() -> None:
    white = np.random.default_rng(0).normal(scale=10, size=(1, 256 * 600))
    assert features.band_powers(white, 256.0) == pytest.approx(np.log10(100 / 128), abs=0.03)
    shift = features.band_powers(10 * white, 256.0) - features.band_powers(white, 256.0)
    assert shift == pytest.approx(np.full((1, len(BANDS)), 2.0))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), channels=st.integers(1, 19))
def test_covariances_are_symmetric_and_positive(seed: int, channels: int) -> None:
    matrix = features.covariance(eeg(1, seed=seed, channels=channels).data)
    assert matrix == pytest.approx(matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_an_electrode_that_copies_another_still_gives_a_positive_covariance() -> None:
    data = eeg(4).data
    data[1] = data[0]
    assert np.linalg.eigvalsh(features.covariance(data)).min() > 0


def test_silence_gives_numbers() -> None:
    assert np.isfinite(features.band_powers(np.zeros((2, 1024)), 256.0)).all()
