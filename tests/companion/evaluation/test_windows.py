from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from made_set import SFREQ, described, noise, recording, with_a_gap

from companion.evaluation.bids import Recording, recordings
from companion.evaluation.errors import EvaluationError
from companion.evaluation.windows import Windows, cut
from embeddings.signal import bandpass


def everything(one: Recording, start: float, stop: float) -> str:
    return f"{one.task} {start:g} {stop:g}"


@pytest.fixture
def two(tmp_path: Path) -> tuple[Recording, ...]:
    """Two people, 12 s each; the first knows when."""
    described(tmp_path)
    recording(tmp_path, "sub-1_ses-a_task-x", noise(12, seed=1))
    recording(tmp_path, "sub-2_ses-a_task-y", noise(12, seed=2))
    table = "filename\tacq_time\neeg/sub-1_ses-a_task-x_eeg.edf\t1970-01-01T00:01:40\n"
    (tmp_path / "sub-1" / "ses-a" / "sub-1_ses-a_scans.tsv").write_text(table)
    return recordings(tmp_path)


def test_windows_begin_after_the_filter_has_settled_and_know_where_they_come_from(two: tuple[Recording, ...]) -> None:
    windows = cut(two, everything)
    assert windows.data.shape == windows.filtered.shape == (4, 2, 4 * SFREQ)
    assert windows.data.dtype == windows.filtered.dtype == np.float32
    assert windows.start.tolist() == [2.0, 6.0, 2.0, 6.0]
    assert windows.label.tolist() == ["x 2 6", "x 6 10", "y 2 6", "y 6 10"]
    assert windows.person.tolist() == ["1", "1", "2", "2"]
    assert windows.run.tolist() == ["sub-1_ses-a_task-x"] * 2 + ["sub-2_ses-a_task-y"] * 2
    assert np.array_equal(windows.clock, [102.0, 106.0, np.nan, np.nan], equal_nan=True)
    assert (windows.sfreq, windows.seconds, windows.ch_names) == (SFREQ, 4.0, ("TP9", "AF7"))


def test_the_signal_is_that_of_the_file_and_the_filter_ran_over_the_whole_stretch(two: tuple[Recording, ...]) -> None:
    windows = cut(two[:1], everything, step=1.5)
    (segment,) = two[0].segments()
    filtered = bandpass(segment.data, SFREQ)
    for number, start in enumerate(windows.start):
        stretch = slice(round(start * SFREQ), round((start + 4) * SFREQ))
        assert np.array_equal(windows.data[number], segment.data[:, stretch].astype(np.float32))
        assert np.array_equal(windows.filtered[number], filtered[:, stretch].astype(np.float32))
    assert windows.start.tolist() == [2.0, 3.5, 5.0, 6.5, 8.0]


def test_a_later_sample_changes_no_earlier_window(tmp_path: Path) -> None:
    data = noise(12)
    changed = data.copy()
    changed[:, 8 * SFREQ :] *= -3.0
    found = []
    for name, signal in (("a", data), ("b", changed)):
        described(tmp_path / name)
        recording(tmp_path / name, "sub-1_task-x", signal)
        found.append(cut(recordings(tmp_path / name), everything, seconds=2.0, step=2.0))
    before = found[0].start + 2.0 <= 8.0
    assert before.sum() == 3
    assert np.allclose(found[0].filtered[before], found[1].filtered[before], atol=1e-4)
    assert not np.allclose(found[0].filtered[~before], found[1].filtered[~before], atol=1.0)


def test_no_window_reaches_across_a_gap(tmp_path: Path) -> None:
    described(tmp_path)
    with_a_gap(recording(tmp_path, "sub-1_task-x", noise(20)), record=9, seconds=30)
    windows = cut(recordings(tmp_path), everything)
    assert windows.start.tolist() == [2.0, 41.0, 45.0]
    (_, after) = recordings(tmp_path)[0].segments()
    assert np.array_equal(windows.data[1], after.data[:, 2 * SFREQ : 6 * SFREQ].astype(np.float32))


def test_a_window_the_caller_has_no_label_for_is_left_out(two: tuple[Recording, ...]) -> None:
    windows = cut(two, lambda one, start, _: "late" if start > 2.0 and one.task == "y" else None)
    assert (windows.label.tolist(), windows.run.tolist()) == (["late"], ["sub-2_ses-a_task-y"])


def test_electrodes_come_in_the_order_wanted_and_missing_ones_are_named(two: tuple[Recording, ...]) -> None:
    picked = cut(two, everything, picks=("af7", "TP9"))
    assert picked.ch_names == ("af7", "TP9")
    assert np.array_equal(picked.data, cut(two, everything).data[:, ::-1])
    with pytest.raises(EvaluationError, match=r"sub-1_ses-a_task-x has no electrode Cz. It has TP9, AF7"):
        cut(two, everything, picks=("Cz", "TP9"))


def test_recordings_that_do_not_fit_together_are_refused_with_what_to_do(tmp_path: Path) -> None:
    described(tmp_path)
    recording(tmp_path, "sub-1_task-x", noise(8))
    recording(tmp_path, "sub-2_task-x", noise(8, seed=1), labels=("EEG AF7", "EEG AF8"))
    recording(tmp_path, "sub-3_task-x", noise(8, sfreq=256), sfreq=256)
    first, second, third = recordings(tmp_path)
    with pytest.raises(EvaluationError, match=r"other electrodes than sub-1_task-x. Choose electrodes both have: AF7"):
        cut([first, second], everything)
    assert len(cut([first, second], everything, picks=("AF7",))) == 2
    with pytest.raises(EvaluationError, match="sub-3_task-x has 256 Hz, sub-1_task-x 128 Hz"):
        cut([first, third], everything)


@pytest.mark.parametrize("seconds", [30.0, 0.0, -1.0])
def test_no_window_at_all_is_an_error(two: tuple[Recording, ...], seconds: float) -> None:
    with pytest.raises(EvaluationError, match=r"[Gg]ive"):
        cut(two, everything, seconds=seconds)


def test_nothing_labelled_is_an_error(two: tuple[Recording, ...]) -> None:
    with pytest.raises(EvaluationError, match="nothing fits this task"):
        cut(two, lambda *_: None)


def test_a_file_that_was_damaged_meanwhile_is_named(two: tuple[Recording, ...]) -> None:
    two[1].path.write_bytes(two[1].path.read_bytes()[:-7])
    with pytest.raises(EvaluationError, match=r"sub-2_ses-a_task-y_eeg.edf.*cut off.*again"):
        cut(two, everything)


def test_where_keeps_all_parts_in_step(two: tuple[Recording, ...]) -> None:
    windows = cut(two, everything)
    assert same(windows.where(windows.person == "2"), windows.where(np.array([2, 3])))
    assert windows.where(np.array([3, 0])).label.tolist() == ["y 6 10", "x 2 6"]


def same(one: Windows, other: Windows) -> bool:
    arrays = ("data", "filtered", "person", "session", "run", "label", "start")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)


def test_cutting_needs_little_more_memory_than_its_result(tmp_path: Path) -> None:
    described(tmp_path)
    for person in range(40):
        recording(tmp_path, f"sub-{person:02}_task-x", noise(60, seed=person))
    found = recordings(tmp_path)
    cut(found[:1], everything)  # what is loaded once is no matter here
    tracemalloc.start()
    try:
        windows = cut(found, everything, seconds=4.0, step=1.0)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert windows.data.nbytes + windows.filtered.nbytes < held
    assert most < 1.3 * held
