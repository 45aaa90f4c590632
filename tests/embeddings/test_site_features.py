from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings import features, sites
from embeddings.reference import Reference
from embeddings.site_features import DIMENSION, EVEN, PER_BAND, SiteReference
from embeddings.sites import Sites

HEADBAND = ("TP9", "AF7", "AF8", "TP10")
SFREQ = 256.0


def eeg(windows: int = 20, channels: int = 4, *, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    own = rng.normal(0, 10, (windows, channels, round(4 * SFREQ)))
    return own + 0.3 * own.mean(axis=1, keepdims=True)


def matrices(data: NDArray[np.float64], channels: int = 4) -> NDArray[np.float64]:
    return features.matrices(np.array([features.row(one, SFREQ) for one in data]), channels)


def test_a_row_holds_band_powers_and_what_electrodes_share() -> None:
    time = np.arange(round(4 * SFREQ)) / SFREQ
    alpha = 10 * np.sin(2 * np.pi * 10.5 * time)
    found = features.cospectra(np.stack([alpha, alpha, -alpha, 0 * alpha]), SFREQ)
    strongest = int(np.argmax(found[:, 0, 0]))

    assert features.BANDS[strongest] == (10, 13)
    assert found[strongest, 0, 1] == pytest.approx(found[strongest, 0, 0])
    assert found[strongest, 0, 2] == pytest.approx(-found[strongest, 0, 0])
    assert found[strongest, 0, 3] == pytest.approx(0.0)


def test_band_power_is_a_density_whatever_the_rate() -> None:
    rng = np.random.default_rng(0)
    powers = []
    for sfreq in (125.0, 250.0, 500.0):
        noise = rng.normal(0, np.sqrt(sfreq / 2), (2, round(60 * sfreq)))  # 1 µV²/Hz
        powers.append(features.cospectra(noise, sfreq)[:, 0, 0].mean())

    assert powers == pytest.approx([1.0, 1.0, 1.0], rel=0.1)


def test_rows_are_undone_but_for_the_shrinkage() -> None:
    data = eeg(3)
    rows = np.array([features.row(one, SFREQ) for one in data])
    plain = np.array([features.cospectra(one, SFREQ) for one in data])

    assert features.matrices(rows, 4) == pytest.approx(features.shrunk(plain), rel=1e-4, abs=1e-6)


def test_a_silent_electrode_still_gives_finite_features() -> None:
    data = eeg()
    data[:, 2] = 0.0
    reference = Reference.fit(matrices(data))

    assert np.isfinite(reference.relative(matrices(data))).all()


def test_features_are_the_persons_own_spreads() -> None:
    made = matrices(eeg(40))
    relative = Reference.fit(made).relative(made)

    assert relative.mean(axis=0) == pytest.approx(0.0, abs=1e-9)
    assert relative.std(axis=0) == pytest.approx(1.0, rel=1e-6)


def test_an_amplifier_of_another_scale_changes_nothing() -> None:
    rest, later = matrices(eeg(30)), matrices(eeg(5, seed=1))
    where = sites.find(HEADBAND)
    plain = SiteReference.fit(rest, where).features(later)
    louder = SiteReference.fit(100 * rest, where).features(100 * later)

    assert louder == pytest.approx(plain, abs=1e-6)


def test_a_mirrored_head_has_the_same_even_features_and_the_others_turned() -> None:
    mirror = [3, 2, 1, 0]
    data = eeg(30)
    data[:, 0] *= 2.0
    where = sites.find(HEADBAND)
    plain = SiteReference.fit(matrices(data), where).features(matrices(data))
    mirrored = SiteReference.fit(matrices(data[:, mirror]), where).features(matrices(data[:, mirror]))

    assert mirrored[:, EVEN] == pytest.approx(plain[:, EVEN], abs=1e-6)
    assert mirrored[:, ~EVEN] == pytest.approx(-plain[:, ~EVEN], abs=1e-6)


@pytest.mark.parametrize(
    ("ch_names", "told"),
    [(HEADBAND, 10), (("Fp1", "Fp2"), 3), (("O1", "O2"), 3), (("Fz", "Pz"), 3), (("1", "2", "3"), 2)],
)
def test_what_a_montage_cannot_tell_stays_zero(ch_names: tuple[str, ...], told: int) -> None:
    made = matrices(eeg(20, len(ch_names)), len(ch_names))
    reference = SiteReference.fit(made, sites.find(ch_names))
    found = reference.features(made)

    assert found.shape == (20, DIMENSION)
    assert (found.any(axis=0)).sum() == told * len(features.BANDS)
    assert np.array_equal(found.any(axis=0), reference.spread > 0)


def test_even_features_are_sums_with_sums_and_differences_with_differences() -> None:
    assert EVEN.sum() == 6 * len(features.BANDS)
    assert list(EVEN[:PER_BAND]) == [True, True, False, False, True, False, False, True, True, True]


def test_the_spread_of_others_steadies_a_short_rest() -> None:
    made = matrices(eeg(15))
    alone = SiteReference.fit(made, Sites((1, 2), (0, 3)))
    leaning = SiteReference.fit(made, Sites((1, 2), (0, 3)), np.full(DIMENSION, 100.0))

    assert (leaning.spread > 10 * alone.spread).all()


def test_no_windows_have_no_features() -> None:
    reference = SiteReference.fit(matrices(eeg(20)), sites.find(HEADBAND))

    assert reference.features(np.empty((0, len(features.BANDS), 4, 4))).shape == (0, DIMENSION)
