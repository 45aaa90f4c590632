from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal as scipy_signal
from simulated import eeg, rows

from embeddings import features, signal
from embeddings.features import BANDS


@settings(max_examples=20)
@given(channels=st.integers(1, 8), sfreq=st.sampled_from([125.0, 220.0, 256.0]), seed=st.integers(0, 99))
def test_rows_come_apart_into_what_they_were_made_of(channels: int, sfreq: float, seed: int) -> None:
    stretch = eeg(11, channels=channels, sfreq=sfreq, seed=seed)
    filtered = [samples for _, samples in signal.windows(stretch)]
    table = rows(stretch)
    assert table.shape == (2, len(BANDS) * channels * (channels + 1) // 2)
    assert table.dtype == np.float32
    for found, samples in zip(features.matrices(table, channels), filtered, strict=True):
        wanted = features.shrunk(features.cospectra(samples, sfreq))
        assert found == pytest.approx(wanted, rel=1e-4, abs=1e-4 * wanted.max())


@pytest.mark.parametrize(("hertz", "band"), [(4, 1), (6, 2), (9, 3), (11, 4), (20, 6), (35, 8)])
def test_a_rhythm_raises_its_own_band_most(hertz: float, band: int) -> None:
    plain = eeg(4, alpha=0).data
    louder = plain + 20 * np.sin(2 * np.pi * hertz * np.arange(plain.shape[1]) / 256)
    risen = np.log(features.cospectra(louder, 256.0) / features.cospectra(plain, 256.0))
    assert set(np.diagonal(risen, axis1=1, axis2=2).argmax(axis=0)) == {band}


def test_the_diagonal_is_the_density_that_welch_finds() -> None:
    stretch = eeg(4).data
    frequencies, density = scipy_signal.welch(stretch, 256.0, nperseg=256, detrend=False, axis=1)
    found = np.diagonal(features.cospectra(stretch, 256.0), axis1=1, axis2=2)
    for (low, high), powers in zip(BANDS, found, strict=True):
        inside = (frequencies >= low) & (frequencies < high)
        assert powers == pytest.approx(density[:, inside].mean(axis=1), rel=1e-6)


def test_white_noise_has_the_same_density_in_every_band() -> None:
    white = np.random.default_rng(0).normal(scale=10, size=(1, 256 * 600))
    assert features.cospectra(white, 256.0).ravel() == pytest.approx(np.full(len(BANDS), 100 / 128), rel=0.08)


@settings(max_examples=20)
@given(seed=st.integers(0, 999), channels=st.integers(1, 8))
def test_matrices_are_symmetric_and_positive(seed: int, channels: int) -> None:
    found = features.matrices(rows(eeg(7, seed=seed, channels=channels)), channels)
    assert found == pytest.approx(np.swapaxes(found, -1, -2))
    assert np.linalg.eigvalsh(found).min() > 0


def test_an_electrode_that_copies_another_still_gives_a_positive_matrix() -> None:
    data = eeg(4).data
    data[1] = data[0]
    assert np.linalg.eigvalsh(features.shrunk(features.cospectra(data, 256.0))).min() > 0


def test_silence_gives_numbers() -> None:
    silent = features.shrunk(features.cospectra(np.zeros((2, 1024)), 256.0))
    assert np.isfinite(silent).all()
    assert np.linalg.eigvalsh(silent).min() > 0
