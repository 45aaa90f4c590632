from __future__ import annotations

from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from companion.brain.formats import choose, read
from companion.brain.formats.labels import channel_names, eeg_channels, microvolts
from companion.brain.types import BoardError
from index.signals.bdf import BdfAppender

START = datetime(2024, 7, 1, 12, 30, 15, 250_000, tzinfo=UTC)


def noise(samples: int) -> NDArray[np.float64]:
    return np.random.default_rng(len(str(samples)) + samples).normal(scale=50.0, size=samples)


def edf_signal(label: str, unit: str = "uV", *, sfreq: float = 256.0, seconds: int = 4) -> edfio.EdfSignal:
    return edfio.EdfSignal(noise(int(sfreq * seconds)), sfreq, label=label, physical_dimension=unit)


def written(path: Path, *signals: edfio.EdfSignal, start: datetime | None = START, device: str = "X") -> Path:
    edf = edfio.Edf(
        signals,
        recording=edfio.Recording(startdate=start.date() if start else None, equipment_code=device),
        starttime=start.time() if start else clock_time(),
        annotations=[edfio.EdfAnnotation(1.0, None, "eyes closed")],
        data_record_duration=1,
    )
    edf.write(path)
    return path


def patched(path: Path, offset: int, raw: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[offset : offset + len(raw)] = raw
    path.write_bytes(content)
    return path


def record_onsets(path: Path, onsets: list[str], kind: bytes = b"EDF+D") -> Path:
    """Rewrite when each data record begins."""
    content = bytearray(path.read_bytes())
    at = 0
    for i, onset in enumerate(onsets):
        old = f"+{i}.25".encode() + b"\x14\x14\x00"
        new = onset.encode() + b"\x14\x14\x00"
        at = content.index(old, at)
        content[at : at + len(new)] = new
    content[192:197] = kind
    path.write_bytes(content)
    return path


def test_eeg_is_read_in_microvolts_with_its_start(tmp_path: Path) -> None:
    path = written(tmp_path / "a.edf", edf_signal("EEG TP9"), edf_signal("EEG AF7"), device="Muse_2")
    (segment,) = read(path)
    assert segment.device == "Muse 2"
    assert segment.ch_names == ("TP9", "AF7")
    assert segment.sfreq == 256.0
    assert segment.time_start == pytest.approx(START.timestamp(), abs=1e-6)
    assert np.allclose(segment.data * 1e-6, mne.io.read_raw_edf(path, verbose="error").get_data(), atol=1e-12)


@pytest.mark.parametrize(("unit", "factor"), [("uV", 1.0), ("mV", 1e3), ("V", 1e6), ("nV", 1e-3)])
def test_the_unit_is_that_of_the_header(tmp_path: Path, unit: str, factor: float) -> None:
    path = written(tmp_path / "a.edf", edf_signal("Fz", unit))
    assert np.allclose(read(path)[0].data[0], edfio.read_edf(path).signals[0].data * factor)


def test_a_micro_sign_in_the_header_is_understood(tmp_path: Path) -> None:
    path = written(tmp_path / "a.edf", edf_signal("Fz"))
    at = path.read_bytes().index(b"uV      ")
    assert np.array_equal(read(patched(path, at, b"\xb5V"))[0].data[0], edfio.read_edf(path).signals[0].data)


def test_what_is_not_eeg_is_left_out(tmp_path: Path) -> None:
    others = [edf_signal("HSI_TP9", ""), edf_signal("ACC_X", "g"), edf_signal("ECG II"), edf_signal("Left EOG")]
    path = written(tmp_path / "a.edf", edf_signal("Fp1"), *others, edf_signal("Fp2"))
    assert read(path)[0].ch_names == ("Fp1", "Fp2")


def test_a_file_without_eeg_says_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match=r"none of its signals is EEG in volts: SaO2 \(%\), ECG \(mV\)"):
        read(written(tmp_path / "a.edf", edf_signal("SaO2", "%"), edf_signal("ECG", "mV")))


def test_eeg_at_several_rates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match=r"several rates \(128 Hz, 256 Hz\)"):
        read(written(tmp_path / "a.edf", edf_signal("Fz"), edf_signal("Cz", sfreq=128.0)))


def test_an_anonymous_date_is_taken_as_it_stands(tmp_path: Path) -> None:
    (segment,) = read(written(tmp_path / "a.edf", edf_signal("Fz"), start=None))
    assert segment.time_start == datetime(1985, 1, 1, tzinfo=UTC).timestamp()


def test_a_header_without_a_date_is_refused(tmp_path: Path) -> None:
    path = patched(written(tmp_path / "a.edf", edf_signal("Fz")), 88, b"X".ljust(80))
    assert read(path)[0].time_start == pytest.approx(START.timestamp(), abs=1e-6)
    with pytest.raises(BoardError, match="no date and time"):
        read(patched(path, 168, b"31.02.24"))
    with pytest.raises(BoardError, match="no date and time"):
        read(patched(path, 168, b"        "))


def test_gaps_between_data_records_start_new_stretches(tmp_path: Path) -> None:
    path = record_onsets(written(tmp_path / "a.edf", edf_signal("Fz")), ["+0.25", "+1.25", "+7.5", "+8.5"])
    first, second = read(path)
    signal = edfio.read_edf(path).signals[0].data
    assert np.array_equal(np.concatenate([first.data[0], second.data[0]]), signal)
    assert first.data.shape == second.data.shape == (1, 512)
    assert second.time_start == pytest.approx(START.timestamp() + 7.25, abs=1e-6)


def test_data_records_that_do_not_tell_their_time_are_refused_where_there_may_be_gaps(tmp_path: Path) -> None:
    path = record_onsets(written(tmp_path / "a.edf", edf_signal("Fz")), ["+0.25", "x1.25"])
    with pytest.raises(BoardError, match="not all of its data records tell their time"):
        read(path)
    assert len(read(patched(path, 192, b"EDF+C"))) == 1


@pytest.mark.parametrize("lost", [1, 500, 700, 1500])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path / "a.edf", edf_signal("Fz"))
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(BoardError, match=r"promises 4 data records .* cut off.*EDFbrowser"):
        read(path)


@given(at=st.integers(8, 767), junk=st.binary(min_size=1, max_size=40))
def test_a_damaged_header_is_refused_or_read_but_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.edf"
    written(path, edf_signal("Fz", seconds=1))
    try:
        segments = read(patched(path, at, junk))
    except BoardError as error:
        assert "damaged.edf" in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert all(np.isfinite(segment.data).all() for segment in segments)


@pytest.mark.parametrize("size", [8, 100, 255, 300, 700])
def test_a_file_that_ends_within_its_header_is_refused(tmp_path: Path, size: int) -> None:
    path = written(tmp_path / "a.edf", edf_signal("Fz"))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(BoardError, match=r"header is damaged|was cut off"):
        read(path)


def test_a_scale_that_is_missing_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.edf", edf_signal("Fz"))
    at = 256 + 2 * (16 + 80 + 8)
    patched(path, at, b"0       ")
    with pytest.raises(BoardError, match="scale of Fz is missing"):
        read(patched(path, at + 16, b"0       "))


def test_a_recording_of_this_program_comes_back_without_its_padding(tmp_path: Path) -> None:
    data = np.vstack([noise(600), noise(601)[:600]])
    start = START.timestamp()
    with BdfAppender(
        tmp_path / "a.bdf", ch_names=("TP9", "AF7"), sfreq=256.0, time_start=start, device="Muse 2"
    ) as writer:
        writer.append(data)
    assert choose(tmp_path / "a.bdf").NAME == "EDF/EDF+/BDF/BDF+"
    (segment,) = read(tmp_path / "a.bdf")
    assert segment.device == "Muse 2"
    assert segment.time_start == pytest.approx(start, abs=1e-6)
    assert segment.data.shape == data.shape
    assert np.abs(segment.data - data).max() <= 1 / 64


def test_a_bdf_of_another_tool_leaves_its_status_out(tmp_path: Path) -> None:
    signals = [edfio.BdfSignal(noise(512), 256.0, label=label, physical_dimension="uV") for label in ("A1", "Status")]
    edfio.Bdf(signals, recording=edfio.Recording(startdate=date(2024, 7, 1))).write(tmp_path / "a.bdf")
    (segment,) = read(tmp_path / "a.bdf")
    assert segment.ch_names == ("A1",)
    assert np.allclose(segment.data[0], noise(512), atol=1e-3)


@pytest.mark.parametrize("unit", ["uV", "µV", "μV", " uV ", "microvolts", "ÂµV"])
def test_microvolts_are_known_in_all_their_spellings(unit: str) -> None:
    assert microvolts(unit) == 1.0


@pytest.mark.parametrize("unit", ["", "g", "%", "degC", "mmHg", "counts"])
def test_what_is_no_voltage_has_no_factor(unit: str) -> None:
    assert microvolts(unit) is None


def test_electrodes_of_the_ten_ten_system_are_never_taken_for_something_else() -> None:
    rows = {"Fp": "1 z 2", "AF": "7 3 z 4 8", "P": "9 7 5 3 1 z 2 4 6 8 10", "PO": "7 3 z 4 8", "O": "1 z 2", "I": "z"}
    rows |= dict.fromkeys(("F", "FC", "C", "CP"), "5 3 1 z 2 4 6")
    rows |= {"FT": "9 7 8 10", "T": "3 4 5 6 7 8 9 10", "TP": "9 7 8 10", "N": "z", "A": "1 2", "M": "1 2"}
    names = [row + end for row, ends in rows.items() for end in ends.split()]
    assert eeg_channels(names) == list(range(len(names)))


@given(st.lists(st.text(max_size=30), max_size=12))
def test_names_fit_any_header_and_are_there_once(labels: list[str]) -> None:
    names = channel_names(labels)
    assert len(names) == len(labels) == len(set(names))
    assert all(0 < len(name) <= 16 and name.isascii() and name.isprintable() for name in names)
    assert all(name == name.strip() for name in names)
