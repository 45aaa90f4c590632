from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.brain.formats import choose, read
from companion.brain.types import BoardError

T0 = 1_700_000_000.0


@pytest.fixture(scope="module")
def recorded() -> Iterator[NDArray[np.float64]]:
    """Two seconds of BrainFlow's synthetic board."""
    from brainflow.board_shim import BoardIds, BoardShim, BrainFlowInputParams

    BoardShim.disable_board_logger()
    board = BoardShim(BoardIds.SYNTHETIC_BOARD, BrainFlowInputParams())
    board.prepare_session()
    try:
        board.start_stream()
        time.sleep(2.0)
        board.stop_stream()
        yield board.get_board_data()
    finally:
        board.release_session()


def written(path: Path, rows: NDArray[np.float64]) -> Path:
    from brainflow.data_filter import DataFilter

    DataFilter.write_file(rows, str(path), "w")
    return path


def muse(samples: int = 1200) -> NDArray[np.float64]:
    """What a Muse 2016 gives: packet number, four channels, time of arrival, marker."""
    rows = np.zeros((7, samples))
    rows[0] = np.repeat(np.arange(samples // 12), 12)
    rows[1:5] = np.random.default_rng(0).normal(scale=50.0, size=(4, samples))
    rows[5] = T0 + np.arange(samples) / 256
    return rows


@pytest.mark.parametrize("name", ["SYNTHETIC_BOARD", "synthetic"])
def test_a_recording_of_a_real_board_is_read(tmp_path: Path, recorded: NDArray[np.float64], name: str) -> None:
    path = written(tmp_path / "a.csv", recorded)
    assert choose(path).NAME == "BrainFlow CSV"
    segments = read(path, board=name)
    assert np.allclose(np.concatenate([s.data for s in segments], axis=1), recorded[1:17], atol=1e-6)
    assert segments[0].device == "SYNTHETIC_BOARD"
    assert segments[0].sfreq == 250.0
    assert segments[0].ch_names[:3] == ("Fz", "C3", "Cz")
    assert segments[0].time_start == pytest.approx(recorded[30, 0], abs=0.1)


def test_commas_are_read_as_tabs_are(tmp_path: Path, recorded: NDArray[np.float64]) -> None:
    path = written(tmp_path / "a.csv", recorded)
    path.write_text(path.read_text().replace("\t", ","))
    assert sum(segment.data.shape[1] for segment in read(path, board="synthetic")) == recorded.shape[1]


def test_columns_that_fit_several_boards_are_asked_about(tmp_path: Path, recorded: NDArray[np.float64]) -> None:
    path = written(tmp_path / "a.csv", recorded)
    with pytest.raises(BoardError, match=r"could come from SYNTHETIC_BOARD or CYTON_DAISY_BOARD.*--board"):
        read(path)


def test_columns_that_fit_one_layout_need_no_name(tmp_path: Path) -> None:
    rows = np.zeros((19, 500))  # a Unicorn: eight channels, accelerometer, gyroscope, battery, counter, time
    rows[0:8] = np.random.default_rng(0).normal(size=(8, 500))
    rows[15] = np.arange(500)
    rows[17] = T0 + np.arange(500) / 250
    (segment,) = read(written(tmp_path / "a.csv", rows))
    assert segment.device == "UNICORN_BOARD"
    assert segment.ch_names == ("Fz", "C3", "Cz", "C4", "Pz", "PO7", "Oz", "PO8")
    assert np.allclose(segment.data, rows[0:8], atol=1e-6)


def test_columns_of_no_board_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match=r"5 columns are those of no board.*--board"):
        read(written(tmp_path / "a.csv", np.ones((5, 20))))


def test_the_packet_number_of_a_muse_tells_gaps_that_its_stamps_stretch_over(tmp_path: Path) -> None:
    rows = muse()
    rows[0, 600:] += 20
    rows[5, 600:] += 240 / 256
    rows[5, 600:612] = rows[5, 599] + (rows[5, 612] - rows[5, 599]) * np.arange(1, 13) / 13
    first, second = read(written(tmp_path / "a.csv", rows), board="muse_2016")
    assert first.data.shape == second.data.shape == (4, 600)
    assert second.time_start == pytest.approx(T0 + 840 / 256, abs=0.01)


@pytest.mark.parametrize(
    ("board", "says"),
    [
        ("no_such", "knows no board 'no_such'.*Name one of .*MUSE_2_BOARD"),
        ("cyton", "has 7 columns but files of CYTON_BOARD have"),
    ],
)
def test_a_board_that_cannot_be_is_refused(tmp_path: Path, board: str, says: str) -> None:
    with pytest.raises(BoardError, match=says):
        read(written(tmp_path / "a.csv", muse()), board=board)


def test_a_file_without_eeg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="EMOTIBIT_BOARD records beside the EEG"):
        read(written(tmp_path / "a.csv", np.ones((12, 20))), board="emotibit")


def test_stamps_that_are_no_time_are_refused(tmp_path: Path) -> None:
    rows = muse()
    rows[5] -= T0
    with pytest.raises(BoardError, match="no time between 2000 and 2100"):
        read(written(tmp_path / "a.csv", rows), board="muse_2016")


def test_a_cell_that_is_no_number_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", muse())
    lines = path.read_text().split("\n")
    lines[40] = lines[40].replace(lines[40].split("\t")[2], "oops")
    path.write_text("\n".join(lines))
    with pytest.raises(BoardError, match="line 41: 'oops' in column 3 is not a number"):
        read(path, board="muse_2016")
