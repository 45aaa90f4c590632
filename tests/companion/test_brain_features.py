from __future__ import annotations

import numpy as np
import pytest

from companion.jobs import brain_features
from embeddings import features
from embeddings.types import EEGWindow

MUSE = ("TP9", "AF7", "AF8", "TP10")


def noise(seconds: float, names: tuple[str, ...] = MUSE, *, sfreq: float = 256.0, seed: int = 0) -> EEGWindow:
    rng = np.random.default_rng(seed)
    samples = round(seconds * sfreq)
    spectrum = np.fft.rfft(rng.standard_normal((len(names), samples)), axis=1)
    frequencies = np.fft.rfftfreq(samples, 1 / sfreq)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 0.5)), samples, axis=1)
    return EEGWindow(12 * pink / pink.std(), sfreq, names, 1000.0)


def test_all_windows_are_counted_and_the_kept_ones_spread_over_the_stretch() -> None:
    found = brain_features.of_stretches([noise(42)], 4)
    assert (found.windows, found.fit, len(found.rows), found.faults) == (10, 10, 4, "")
    assert found.rows.shape[1] == len(features.BANDS) * 10
    whole = brain_features.of_stretches([noise(42)], 10).rows
    assert np.array_equal(found.rows, whole[[0, 3, 6, 9]])


def test_windows_that_are_not_fit_are_counted_and_said_and_never_kept() -> None:
    bad = noise(22)
    bad.data[1, 256 * 6 :] = 0.0  # the plug came out
    found = brain_features.of_stretches([bad], 10)
    assert found.windows == 5
    assert 0 < found.fit == len(found.rows) < 4
    assert found.faults.startswith("AF7: ")


def test_of_a_cap_only_some_electrodes_are_kept_and_named() -> None:
    cap = (*MUSE, *(f"C{i}" for i in range(1, 13)))
    found = brain_features.of_stretches([noise(10, cap)], 4)
    assert found.montage.startswith("16ch-")
    assert len(found.ch_names) == 8
    assert set(MUSE) <= set(found.ch_names)
    assert found.rows.shape[1] == len(features.BANDS) * 8 * 9 // 2


def test_one_that_is_sampled_too_slowly_says_so() -> None:
    found = brain_features.of_stretches([noise(10, sfreq=64.0)], 4)
    assert (len(found.rows), found.windows) == (0, 0)
    assert "sampled at 64 Hz, 80 Hz are needed" in found.faults


@pytest.mark.parametrize("seconds", [0.5, 5.0])
def test_too_short_a_stretch_has_no_window(seconds: float) -> None:
    found = brain_features.of_stretches([noise(seconds)], 4)
    assert (found.windows, found.fit, len(found.rows)) == (0, 0, 0)
