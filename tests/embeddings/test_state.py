from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from simulated import eeg, rows

from embeddings.features import BANDS
from embeddings.spaces import LEAST_WINDOWS
from embeddings.state import Baseline

Rows = NDArray[np.float32]
CALM, BUSY = 14.0, 3.0  # µV of alpha


def stretches(gain: float = 1.0) -> list[Rows]:
    """Return the windows of ten stretches, calm and busy in turn, each its own noise."""
    return [rows(eeg(26, seed=i, alpha=(CALM, BUSY)[i % 2]), gain) for i in range(10)]


@pytest.fixture(scope="module")
def tables() -> list[Rows]:
    return stretches()


@pytest.fixture(scope="module")
def baseline(tables: list[Rows]) -> Baseline:
    return Baseline.fit(np.vstack(tables), 4)


def test_vectors_have_unit_norm_and_the_said_dimension(baseline: Baseline, tables: list[Rows]) -> None:
    for table in (*tables, tables[0][:1]):
        vector = baseline.encode(table)
        assert vector.shape == (baseline.dimension,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert baseline.dimension == len(BANDS) * 4 * 5 // 2


def same_and_other(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the cosines between stretches of one parity, and of two."""
    parity, cosines = np.arange(len(vectors)) % 2, vectors @ vectors.T
    alike = np.equal.outer(parity, parity)
    return cosines[alike & ~np.eye(len(vectors), dtype=bool)], cosines[~alike]


def test_two_planted_states_lie_apart(baseline: Baseline) -> None:
    new = [eeg(14, seed=100 + i, alpha=(CALM, BUSY)[i % 2]) for i in range(12)]
    vectors = np.array([baseline.encode(rows(stretch)) for stretch in new])
    same, other = same_and_other(vectors)
    assert same.mean() > 0.15
    assert other.mean() < -0.05
    cosines = vectors @ vectors.T - 2 * np.eye(12)
    assert (cosines.argmax(axis=1) % 2).tolist() == [0, 1] * 6


def test_one_state_has_no_two_sides() -> None:
    """The control: where nothing differs but chance, stretches of one parity are not nearer than of two."""
    alike = [rows(eeg(26, seed=200 + i, alpha=CALM)) for i in range(12)]
    baseline = Baseline.fit(np.vstack(alike), 4)
    same, other = same_and_other(np.array([baseline.encode(table) for table in alike]))
    assert abs(same.mean() - other.mean()) < 0.1


@settings(max_examples=5)
@given(gain=st.floats(0.05, 20))
def test_how_loud_the_whole_recording_is_does_not_matter(gain: float, baseline: Baseline, tables: list[Rows]) -> None:
    louder = stretches(gain)
    other = Baseline.fit(np.vstack(louder), 4)
    for table, loud in zip(tables, louder, strict=True):
        assert baseline.encode(table) @ other.encode(loud) == pytest.approx(1, abs=1e-3)


def test_how_loud_one_stretch_is_does_matter(baseline: Baseline, tables: list[Rows]) -> None:
    louder = stretches(2.0)
    assert baseline.encode(tables[0]) @ baseline.encode(louder[0]) < 0.99


def test_in_what_order_the_windows_came_does_not_matter(baseline: Baseline, tables: list[Rows]) -> None:
    assert baseline.encode(tables[0][::-1]) @ baseline.encode(tables[0]) == pytest.approx(1, abs=1e-5)


def test_in_what_order_the_electrodes_are_does_not_change_an_angle(baseline: Baseline, tables: list[Rows]) -> None:
    def turned(table: Rows) -> Rows:
        upper = np.triu_indices(4)
        plain = np.zeros((len(table), len(BANDS), 4, 4), np.float32)
        plain[..., upper[0], upper[1]] = plain[..., upper[1], upper[0]] = table.reshape(len(table), len(BANDS), -1)
        return plain[:, :, ::-1, ::-1][..., upper[0], upper[1]].reshape(len(table), -1)

    other = Baseline.fit(np.vstack([turned(table) for table in tables]), 4)
    before = [baseline.encode(table) for table in tables]
    after = [other.encode(turned(table)) for table in tables]
    assert np.array(after) @ np.array(after).T == pytest.approx(np.array(before) @ np.array(before).T, abs=1e-3)


def test_one_wild_window_does_not_decide_an_angle(baseline: Baseline, tables: list[Rows]) -> None:
    wild = tables[1].copy()
    wild[0] = rows(eeg(7, seed=9, alpha=BUSY), gain=30.0)[0]
    assert baseline.encode(wild) @ baseline.encode(tables[1]) > 0.3


def test_a_baseline_comes_back_from_its_bytes(baseline: Baseline, tables: list[Rows]) -> None:
    loaded = Baseline.load(baseline.dump())
    assert loaded.windows == baseline.windows == sum(map(len, tables))
    assert np.array_equal(loaded.encode(tables[3]), baseline.encode(tables[3]))


@pytest.mark.parametrize("windows", [0, 1, LEAST_WINDOWS - 1])
def test_too_few_windows_are_refused(tables: list[Rows], windows: int) -> None:
    with pytest.raises(ValueError, match=f"{windows} windows are too few .* {LEAST_WINDOWS} are needed"):
        Baseline.fit(np.vstack(tables)[:windows], 4)


def test_just_enough_windows_are_enough(tables: list[Rows]) -> None:
    assert Baseline.fit(np.vstack(tables)[:LEAST_WINDOWS], 4).windows == LEAST_WINDOWS


def test_very_many_windows_are_thinned_over_their_whole_length(
    tables: list[Rows], baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.state.MOST_WINDOWS", 20)
    thinned = Baseline.fit(np.vstack(tables), 4)
    assert thinned.windows == baseline.windows
    assert thinned.encode(tables[0]) @ baseline.encode(tables[0]) > 0.8


def test_an_electrode_that_is_the_same_in_every_window_gives_numbers(tables: list[Rows]) -> None:
    still = np.repeat(tables[0][:1], 20, axis=0)
    vector = Baseline.fit(still, 4).encode(tables[1])
    assert np.isfinite(vector).all()
