from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.brain.formats import FORMATS, choose, read
from companion.brain.types import BoardError

T0 = 1_700_000_000.0
MUSE = ("TP9", "AF7", "AF8", "TP10")


def noise(samples: int, channels: int = 4) -> NDArray[np.float64]:
    return np.round(np.random.default_rng(0).normal(scale=50.0, size=(samples, channels)), 3)


def muse_lsl(path: Path, times: NDArray[np.float64], values: NDArray[np.float64]) -> Path:
    rows = [
        f"{stamp:.3f},{','.join(f'{value:.3f}' for value in row)},1.000,0"
        for stamp, row in zip(times, values, strict=True)
    ]
    path.write_text("\n".join(["timestamps,TP9,AF7,AF8,TP10,Right AUX,Marker0", *rows, ""]))
    return path


def openbci(
    path: Path, samples: int = 1000, *, commas: bool = False, lost: int = 0
) -> tuple[Path, NDArray[np.float64]]:
    values = noise(samples, 4) * 100
    index = np.arange(samples) + np.where(np.arange(samples) >= samples // 2, lost, 0)
    stamps = T0 + index / 200.0
    lines = ["%OpenBCI Raw EXG Data", "%Number of channels = 4", "%Sample Rate = 200 Hz"]
    lines += ["%Board = OpenBCI_GUI$BoardGanglionBLE"]
    lines += ["Sample Index, " + ", ".join(f"EXG Channel {i}" for i in range(4)) + ", Timestamp, Timestamp (Formatted)"]
    for i in range(samples):
        cells = [f"{index[i] % 256:.1f}", *(f"{value:.3f}" for value in values[i]), f"{stamps[i]:.6f}", "12:00:00.000"]
        lines.append(", ".join(cell.replace(".", ",") if commas else cell for cell in cells))
    path.write_text("\n".join([*lines, ""]))
    return path, values


def mind_monitor(path: Path, samples: int, start: np.datetime64, step: float = 1 / 256) -> NDArray[np.float64]:
    values = noise(samples) + 800.0
    micros = np.round(np.arange(samples) * step * 1e6).astype(np.int64)
    stamps = np.datetime_as_string(start.astype("datetime64[us]") + micros.astype("timedelta64[us]"), unit="ms")
    lines = ["TimeStamp,Delta_TP9,RAW_TP9,RAW_AF7,RAW_AF8,RAW_TP10,AUX_RIGHT,HSI_TP9,Elements"]
    for i, (stamp, row) in enumerate(zip(stamps, values, strict=True)):
        said = str(stamp).replace("T", " ")
        if i == 100:
            lines.append(f"{said},,,,,,,,/muse/elements/blink")
        lines.append(f"{said},0.5,{','.join(f'{value:.3f}' for value in row)},0.1,1.0,")
    path.write_text("\n".join([*lines, ""]))
    return values


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if os.name == "nt":
        pytest.skip("Windows cannot change the time zone of a program")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_muse_lsl_gives_the_four_electrodes_in_microvolts(tmp_path: Path) -> None:
    values = noise(1000)
    (segment,) = read(muse_lsl(tmp_path / "a.csv", T0 + np.arange(1000) / 256, values))
    assert segment.ch_names == MUSE
    assert segment.sfreq == 256.0
    assert segment.time_start == pytest.approx(T0, abs=1e-3)
    assert np.array_equal(segment.data, values.T)


@pytest.mark.parametrize(("missing", "stretches"), [(17, 1), (19, 2)])
def test_more_than_one_and_a_half_missing_packets_start_a_new_stretch(
    tmp_path: Path, missing: int, stretches: int
) -> None:
    times = T0 + (np.arange(2000) + np.where(np.arange(2000) >= 700, missing, 0)) / 256
    segments = read(muse_lsl(tmp_path / "a.csv", times, noise(2000)))
    assert len(segments) == stretches
    if stretches == 2:
        assert [segment.data.shape for segment in segments] == [(4, 700), (4, 1300)]
        assert segments[1].time_start == pytest.approx(times[700], abs=1e-3)


def test_a_muse_of_220_hz_is_read_at_its_own_rate(tmp_path: Path) -> None:
    (segment,) = read(muse_lsl(tmp_path / "a.csv", T0 + np.arange(2000) / 220, noise(2000)))
    assert segment.sfreq == pytest.approx(220.0, rel=1e-4)


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = muse_lsl(tmp_path / "a.csv", T0 + np.arange(300) / 256, noise(300))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (segment,) = read(path)
    assert np.array_equal(segment.data, noise(300).T)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1700000000.9,1,2,x,4,5,0", r"a\.csv, line 102: 'x' in column AF8 is not a number\. Delete"),
        ("1700000000.9,1,2,,4,5,0", r"line 102: '' in column AF8 is not a number"),
        ("1700000000.9,1,nan,3,4,5,0", r"line 102: 'nan' in column AF7 is not a number"),
        ("1700000000.9,1,inf,3,4,5,0", r"line 102: 'inf' in column AF7 is not a number"),
        ("1700000000.9,1,2", r"line 102: it has 3 cells where 7 are expected"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, says: str) -> None:
    path = muse_lsl(tmp_path / "a.csv", T0 + np.arange(200) / 256, noise(200))
    lines = path.read_text().split("\n")
    path.write_text("\n".join([*lines[:101], line, *lines[101:]]))
    with pytest.raises(BoardError, match=says):
        read(path)


def test_a_torn_last_line_is_named(tmp_path: Path) -> None:
    path = muse_lsl(tmp_path / "a.csv", T0 + np.arange(200) / 256, noise(200))
    path.write_text(path.read_text()[:-12])
    with pytest.raises(BoardError, match=r"last line has .* cells where 7 are expected: it was cut off.*Delete"):
        read(path)


def test_stamps_of_another_clock_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="no time between 2000 and 2100"):
        read(muse_lsl(tmp_path / "a.csv", 1234.5 + np.arange(200) / 256, noise(200)))


def test_a_missing_electrode_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("timestamps,TP9,AF7,AF8\n1700000000,1,2,3\n")
    with pytest.raises(BoardError, match="column TP10 is missing"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (bytes(range(256)) * 20, "begins with the bytes 00 01 02"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "begins with the bytes 89 50 4e 47"),
        (b"Dear diary,\ntoday\n", "text that begins with 'Dear diary,'"),
        (b"\n\n\n", "begins with the bytes 0a 0a 0a"),
    ],
)
def test_what_fits_nothing_is_refused_with_all_that_is_known(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BoardError, match=says) as caught:
        choose(path)
    if content:
        assert all(known.NAME in str(caught.value) for known in FORMATS)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BoardError, match="cannot be read"):
            read(path)


@pytest.mark.parametrize(
    "heading", ["timestamps,TP9,AF7,AF8,TP10,Right AUX", "TimeStamp,RAW_TP9,RAW_AF7,RAW_AF8,RAW_TP10"]
)
def test_a_heading_without_samples_is_refused(tmp_path: Path, heading: str) -> None:
    (tmp_path / "a.csv").write_text(heading + "\n")
    with pytest.raises(BoardError, match="no samples"):
        read(tmp_path / "a.csv")


def test_the_content_decides_not_the_ending_of_the_name(tmp_path: Path) -> None:
    path, _ = openbci(tmp_path / "a.edf")
    assert choose(path).NAME == "OpenBCI GUI text"


@pytest.mark.parametrize("commas", [False, True])
def test_openbci_is_read_with_points_or_commas(tmp_path: Path, commas: bool) -> None:
    path, values = openbci(tmp_path / "a.txt", commas=commas)
    (segment,) = read(path)
    assert segment.device == "OpenBCI GanglionBLE"
    assert segment.sfreq == 200.0
    assert segment.ch_names == tuple(f"EXG Channel {i}" for i in range(4))
    assert segment.time_start == pytest.approx(T0, abs=1e-3)
    assert np.allclose(segment.data, values.T, atol=1e-3)


def test_a_jump_of_the_sample_index_is_a_gap(tmp_path: Path) -> None:
    path, values = openbci(tmp_path / "a.txt", lost=7)
    first, second = read(path)
    assert first.data.shape == second.data.shape == (4, 500)
    assert np.allclose(second.data, values[500:].T, atol=1e-3)
    assert second.time_start - first.time_start == pytest.approx(507 / 200, abs=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("%Sample Rate = 200 Hz\n", "", "no sample rate"),
        ("channels = 4", "channels = 8", "tells 8 channels but there are 4"),
        ("Sample Index, ", "Number, ", "no heading"),
        ("EXG Channel", "Accel Channel", "no EEG"),
    ],
)
def test_an_openbci_file_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    path, _ = openbci(tmp_path / "a.txt", samples=20)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(BoardError, match=says):
        read(path)


def test_commas_that_may_be_either_are_refused(tmp_path: Path) -> None:
    path, _ = openbci(tmp_path / "a.txt", samples=20, commas=True)
    path.write_text(path.read_text().replace(", ", ","))
    with pytest.raises(BoardError, match=r"line 6 has 14 cells where 7 are expected.*decimal commas"):
        read(path)


@pytest.mark.usefixtures("berlin")
def test_mind_monitor_stamps_are_local_time(tmp_path: Path) -> None:
    values = mind_monitor(tmp_path / "a.csv", 1000, np.datetime64("2024-07-01T12:00:00.250"))
    (segment,) = read(tmp_path / "a.csv")
    assert segment.time_start == pytest.approx(1719828000.25, abs=1e-3)  # 10:00:00.25 UTC
    assert segment.ch_names == MUSE
    assert segment.sfreq == 256.0
    assert np.array_equal(segment.data, np.round(values, 3).T)


@pytest.mark.usefixtures("berlin")
def test_mind_monitor_across_the_begin_of_summer_time_has_no_gap(tmp_path: Path) -> None:
    mind_monitor(tmp_path / "a.csv", 1000, np.datetime64("2024-03-31T01:59:59"))
    lines = (tmp_path / "a.csv").read_text().replace("2024-03-31 02:", "2024-03-31 03:")
    (tmp_path / "a.csv").write_text(lines)
    (segment,) = read(tmp_path / "a.csv")
    assert segment.data.shape == (4, 1000)


def test_mind_monitor_with_a_line_now_and_then_is_no_signal(tmp_path: Path) -> None:
    mind_monitor(tmp_path / "a.csv", 200, np.datetime64("2024-07-01T12:00"), step=0.5)
    with pytest.raises(BoardError, match=r"one line every 0.5 s.*Constant"):
        read(tmp_path / "a.csv")


def test_mind_monitor_without_raw_columns_says_how_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("TimeStamp,Delta_TP9,HSI_TP9\n2024-07-01 12:00:00.000,1,1\n")
    with pytest.raises(BoardError, match=r"RAW_TP9 is missing.*Turn raw EEG on"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "stamp",
    ["yesterday", "", "2024-07-01 12:00", "2024-07-01 12:00:00Z", "2024-07-01 12:00:00-05:00", "2024-02-31 12:00:00"],
)
def test_a_mind_monitor_stamp_that_is_none_is_refused(tmp_path: Path, stamp: str) -> None:
    mind_monitor(tmp_path / "a.csv", 50, np.datetime64("2024-07-01T12:00"))
    path = tmp_path / "a.csv"
    path.write_text(path.read_text().replace("2024-07-01 12:00:00.000", stamp))
    with pytest.raises(BoardError, match=r"is no TimeStamp|TimeStamp is no time"):
        read(path)
