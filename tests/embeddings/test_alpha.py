from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from simulated import MUSE, pink

from embeddings import alpha
from embeddings.types import EEGWindow


def rest(frequency: float, *, seconds: float = 60, seed: int = 0, strength: float = 8.0) -> EEGWindow:
    """A headband's rest with a rhythm of 1 Hz width at ``frequency``."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * 256)
    frequencies = np.fft.rfftfreq(samples, 1 / 256)
    shape = np.exp(-0.5 * np.square((frequencies - frequency) / 0.5))
    rhythm = np.fft.irfft(np.fft.rfft(rng.normal(size=samples)) * shape, samples)
    return EEGWindow(12 * pink(rng, 4, samples, 256) + strength * rhythm / rhythm.std(), 256.0, MUSE, 0.0)


@pytest.mark.parametrize("frequency", [7.9, 9.3, 10.6, 12.2])
def test_the_frequency_is_found_within_a_quarter_of_a_hertz(frequency: float) -> None:
    found = alpha.find([rest(frequency, seed=round(frequency * 10))])
    assert found.frequency == pytest.approx(frequency, abs=0.25)
    assert found.peak == pytest.approx(frequency, abs=0.35)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.frequency <= found.high
    assert found.high - found.low < 1
    assert f"{found.frequency:.1f} Hz" in found.sentence


def test_where_nothing_stands_out_that_is_said() -> None:
    for seed in range(4):
        found = alpha.find([rest(10.0, seed=seed, strength=0.0)])
        assert (found.frequency, found.peak, found.low, found.high) == (None, None, None, None)
        assert found.sentence.startswith("None found")


def test_a_rhythm_beside_the_alpha_range_is_none() -> None:
    assert alpha.find([rest(18.0, strength=10.0)]).frequency is None


def test_too_little_signal_is_said() -> None:
    found = alpha.find([rest(10.0, seconds=12)])
    assert found.frequency is None
    assert "Too little" in found.sentence
    assert alpha.find([]).pieces == 0


def test_pieces_with_blinks_are_left_out() -> None:
    clean = rest(10.0, seconds=90)
    data = clean.data.copy()
    data[:, 256 * 20 : 256 * 60 : 300] += 900
    found = alpha.find([replace(clean, data=data)])
    assert 0 < found.pieces < alpha.find([clean]).pieces
    assert found.frequency == pytest.approx(10.0, abs=0.25)


def test_it_is_the_back_that_is_listened_to() -> None:
    front, back = rest(9.0, seed=1), rest(11.0, seed=2)
    names = ("Fp1", "Fp2", "O1", "O2")
    both = EEGWindow(np.vstack([front.data[:2], back.data[:2]]), 256.0, names, 0.0)
    assert alpha.find([both]).frequency == pytest.approx(11.0, abs=0.25)


@pytest.mark.parametrize("dead", [0.0, -1000.0])
def test_electrodes_that_give_nothing_are_not_taken_for_clean_ones(dead: float) -> None:
    data = rest(10.0).data.copy()
    data[[0, 3]] = dead
    found = alpha.find([EEGWindow(data, 256.0, MUSE, 0.0)])
    assert found.pieces == 0
    assert "mind that all electrodes lie well" in found.sentence


@pytest.mark.parametrize("wrong", ["dead", "hum", "jumps"])
def test_one_electrode_with_a_fault_is_left_out_and_the_other_is_listened_to(wrong: str) -> None:
    rng = np.random.default_rng(5)
    stretch = rest(10.0, seconds=75)
    data, samples = stretch.data.copy(), stretch.data.shape[1]
    bad = {
        "dead": np.zeros(samples),
        "hum": 200 * np.sin(2 * np.pi * 50 * np.arange(samples) / 256) + rng.normal(size=samples),
        "jumps": 5000.0 * (np.arange(samples) % 256 < 128),
    }
    data[3] = bad[wrong]
    found = alpha.find([replace(stretch, data=data)])
    alone = alpha.find([replace(stretch, data=stretch.data[:3], ch_names=MUSE[:3])])
    assert found == alone
    assert found.frequency == pytest.approx(10.0, abs=0.25)
