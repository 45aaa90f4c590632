"""What needs no brain: each control sees what it is for, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_windows import SFREQ, windows

from companion.evaluation import controls, statistics
from companion.evaluation.windows import Windows

REST_AND_WORK = {"rest": 6.0, "work": 2.0}


@pytest.fixture(scope="module")
def made() -> Windows:
    return windows(labels=REST_AND_WORK)


def test_amplitude_is_the_log_of_each_electrodes_spread(made: Windows) -> None:
    found = controls.amplitude(made)
    assert found.shape == (len(made), 4)
    assert found[5, 2] == pytest.approx(np.log(made.filtered[5, 2].astype(float).std()), abs=1e-6)


def test_amplitude_of_a_dead_electrode_is_finite_and_the_lowest(made: Windows) -> None:
    filtered = made.filtered.copy()
    filtered[0, 1] = 0.0
    found = controls.amplitude(replace(made, filtered=filtered))
    assert np.isfinite(found).all()
    assert found.min() == found[0, 1]


def test_fingerprint_sees_a_near_null_direction_that_amplitude_cannot() -> None:
    marked = _with_fingerprint(windows(labels={"rest": 4.0, "work": 4.0}))
    work = marked.label == "work"
    for who in np.unique(marked.person):
        mine = marked.person == who
        assert statistics.auc(work[mine], -controls.fingerprint(marked)[mine, 0]) > 0.95
    loud = controls.amplitude(marked)
    best = max(
        statistics.auc(work, side * (loud[:, electrode] - _own_mean(loud[:, electrode], marked)))
        for electrode in range(4)
        for side in (1, -1)
    )
    assert best < 0.75


def test_fingerprint_is_of_the_covariance_not_of_the_offset(made: Windows) -> None:
    moved = replace(made, filtered=made.filtered + np.float32(50.0))
    assert controls.fingerprint(moved) == pytest.approx(controls.fingerprint(made), abs=0.02)


def test_fingerprint_of_electrodes_that_are_copies_is_finite(made: Windows) -> None:
    filtered = made.filtered.copy()
    filtered[:, 1] = filtered[:, 0]
    assert np.isfinite(controls.fingerprint(replace(made, filtered=filtered))).all()


def test_fingerprint_of_two_electrodes_has_two_numbers(made: Windows) -> None:
    two = replace(made, filtered=made.filtered[:, :2], data=made.data[:, :2], ch_names=made.ch_names[:2])
    assert controls.fingerprint(two).shape == (len(made), 2)


def test_the_clock_tells_blocks_apart_when_windows_are_split_at_random_and_not_across_recordings() -> None:
    rng = np.random.default_rng(0)
    clock = np.arange(400.0) * 4
    blocks = np.repeat(rng.integers(0, 2, 20), 20).astype(float)
    train = rng.random(400) < 0.5
    leaking = controls.clock_knn(clock[train], blocks[train], clock[~train], k=5)
    assert statistics.auc(blocks[~train] > 0, leaking) > 0.9
    fresh = np.repeat(rng.integers(0, 2, 20), 20) > 0
    assert statistics.auc(fresh, controls.clock_knn(clock, blocks, clock, k=5)) < 0.75


def test_the_clock_gives_content_vectors_of_the_nearest_in_time() -> None:
    vectors = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    found = controls.clock_knn(np.arange(6.0), vectors, np.array([0.4, 4.6]), k=2)
    assert found == pytest.approx(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))


def test_the_clock_needs_no_more_neighbours_than_there_are() -> None:
    assert controls.clock_knn(np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.array([9.0]), k=10) == pytest.approx([0.5])


def test_moments_are_absolute_only_when_all_are_known(made: Windows) -> None:
    assert np.array_equal(controls.moments(made), made.start)
    known = replace(made, clock=made.start + 1_700_000_000.0)
    assert np.array_equal(controls.moments(known), known.clock)
    half = np.where(np.arange(len(made)) % 2, known.clock, np.nan)
    assert np.array_equal(controls.moments(replace(made, clock=half)), made.start)


def test_noise_keeps_everything_but_the_eeg(made: Windows) -> None:
    found = controls.noise(made, np.random.default_rng(0))
    assert np.array_equal(found.label, made.label)
    assert np.array_equal(found.start, made.start)
    assert found.data.shape == made.data.shape
    assert found.data.dtype == found.filtered.dtype == np.float32
    assert found.data.std() == pytest.approx(1.0, abs=0.01)
    assert abs(np.corrcoef(found.data.ravel(), made.data.ravel())[0, 1]) < 0.01


def test_noise_went_through_the_same_filter_and_its_transient_is_cut_away(made: Windows) -> None:
    found = controls.noise(made, np.random.default_rng(0)).filtered.astype(float)
    spectrum = np.abs(np.fft.rfft(found, axis=2)) ** 2
    frequencies = np.fft.rfftfreq(found.shape[2], 1 / SFREQ)
    inside = spectrum[..., (frequencies > 5) & (frequencies < 30)].mean()
    assert spectrum[..., frequencies > 55].mean() < 0.02 * inside
    early, late = found[..., :64].std(), found[..., -64:].std()
    assert early == pytest.approx(late, rel=0.1)


def test_noise_tells_nothing() -> None:
    many = windows(labels=REST_AND_WORK, each=60)
    loud = controls.amplitude(controls.noise(many, np.random.default_rng(1))).mean(axis=1)
    assert abs(statistics.auc(many.label == "work", loud) - 0.5) < 0.1


def test_mindfulness_is_between_none_and_all_and_falls_with_the_alpha_rhythm() -> None:
    found = windows(people=("a",), labels={"calm": 25.0, "busy": 0.0}, each=6, personal=0.0)
    scores = controls.mindfulness(found)
    assert scores.shape == (12,)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[found.label == "calm"].max() < scores[found.label == "busy"].min()


def test_mindfulness_can_be_asked_again(made: Windows) -> None:
    few = made.where(np.arange(3))
    assert np.array_equal(controls.mindfulness(few), controls.mindfulness(few))


def _own_mean(values: np.ndarray, of: Windows) -> np.ndarray:
    return np.array([values[of.person == who].mean() for who in of.person])


def _with_fingerprint(made: Windows) -> Windows:
    """Take one direction out of every window: nearly all of it at work, a little less at rest."""
    direction = np.array([0.1, 0.7, -0.7, 0.1])
    direction /= np.linalg.norm(direction)
    left = np.where(made.label == "work", 1e-3, 3e-3)[:, np.newaxis, np.newaxis]
    along = np.einsum("c,ncs->ns", direction, made.filtered)[:, np.newaxis] * direction[:, np.newaxis]
    return replace(made, filtered=(made.filtered - along + left * along).astype(np.float32))
