from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from bdf_files import LSB, START, appender, noise, recorded
from hypothesis import given, settings
from hypothesis import strategies as st

from index.keys.keys import Keys
from index.keys.sealing import Sealer
from index.signals.bdf import BdfAppender, BdfFile
from index.types import VaultError

SEALER = Keys.random().eeg
PLAIN_AND_SEALED = pytest.mark.parametrize("sealer", [None, SEALER], ids=["plain", "sealed"])


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(0, 700), min_size=1, max_size=6),
    sfreq=st.sampled_from([128.5, 200.0, 220.0, 250.0, 256.0, 512.0]),
    channels=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_what_is_read_is_what_was_written_within_one_step(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], sfreq: float, channels: int, seed: int
) -> None:
    sealer = (None, SEALER)[seed % 2]
    path = tmp_path_factory.mktemp("bdf") / "a.bdf"
    source = np.random.default_rng(seed).uniform(-250_000, 250_000, (channels, sum(sizes)))
    writer = appender(path, ch_names=[f"C{i}" for i in range(channels)], sfreq=sfreq, sealer=sealer)
    for part in np.split(source, np.cumsum(sizes)[:-1], axis=1):
        writer.append(part)
    writer.close()
    file = BdfFile(path, sealer)
    assert file.samples == writer.samples == source.shape[1]
    assert file.sfreq == sfreq
    assert np.abs(file.read(0, file.samples) - source).max(initial=0.0) <= LSB / 2
    cuts = sorted(np.random.default_rng(seed).integers(0, file.samples + 1, 2).tolist())
    assert np.array_equal(file.read(*cuts), file.read(0, file.samples)[:, cuts[0] : cuts[1]])


def test_the_limits_of_the_range_are_kept_exactly(tmp_path: Path) -> None:
    data = np.array([[-250_000.0, 250_000.0, LSB], [0.0, -LSB, 0.5]])
    assert np.array_equal(BdfFile(recorded(tmp_path / "a.bdf", data)).read(0, 3), data)


@pytest.mark.parametrize("value", [250_000.1, -250_001.0, np.nan, np.inf])
def test_a_value_that_cannot_be_kept_is_refused_and_nothing_is_added(tmp_path: Path, value: float) -> None:
    writer = appender(tmp_path / "a.bdf")
    data = noise(10)
    data[1, 7] = value
    with pytest.raises(ValueError, match=r"AF7 is .* at sample 7"):
        writer.append(data)
    writer.append(noise(5))
    writer.close()
    assert writer.samples == 5


@pytest.mark.parametrize("max_abs", [3906.25, 125_000.0, 500_000.0, 8_000_000.0])
def test_the_range_can_be_doubled_or_halved(tmp_path: Path, max_abs: float) -> None:
    data = np.array([[max_abs], [-max_abs]])
    path = recorded(tmp_path / "a.bdf", data, max_abs=max_abs)
    assert np.array_equal(BdfFile(path).read(0, 1), data)
    assert mne.io.read_raw_bdf(path, preload=True, verbose="error").get_data(units="uV")[0, 0] == pytest.approx(max_abs)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"max_abs": 300_000.0}, "power of two"),
        ({"max_abs": 1953.125}, "power of two"),
        ({"max_abs": 16_000_000.0}, "power of two"),
        ({"sfreq": 0.0}, "0.0 Hz"),
        ({"sfreq": float("nan")}, "nan Hz"),
        ({"ch_names": ("A", "A")}, "names of their own"),
        ({"ch_names": ()}, "names of their own"),
        ({"ch_names": ("A" * 17, "B")}, "16 ASCII"),
        ({"ch_names": ("É", "B")}, "16 ASCII"),
        ({"time_start": 0.0}, "1985"),
        ({"device": "a\nb"}, "printable"),
    ],
)
def test_what_bdf_cannot_hold_is_refused_before_a_file_is_made(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        appender(tmp_path / "a.bdf", **changes)
    assert not (tmp_path / "a.bdf").exists()


@PLAIN_AND_SEALED
def test_a_recording_is_never_overwritten(tmp_path: Path, sealer: Sealer | None) -> None:
    path = recorded(tmp_path / "a.bdf", noise(300), sealer=sealer)
    before = path.read_bytes()
    with pytest.raises(VaultError, match="cannot be written"):
        appender(path, sealer=sealer)
    assert path.read_bytes() == before


@PLAIN_AND_SEALED
def test_only_the_owner_may_read_it(tmp_path: Path, sealer: Sealer | None) -> None:
    path = recorded(tmp_path / "a.bdf", noise(1), sealer=sealer)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@PLAIN_AND_SEALED
def test_whole_data_records_are_in_the_file_at_once_and_the_rest_waits(tmp_path: Path, sealer: Sealer | None) -> None:
    writer = appender(tmp_path / "a.bdf", sealer=sealer)
    writer.append(noise(255))
    assert writer.samples == 0
    writer.append(noise(300))
    assert writer.samples == BdfFile(tmp_path / "a.bdf", sealer).samples == 512
    writer.close()
    assert writer.samples == 555
    with pytest.raises(ValueError, match="closed"):
        writer.append(noise(1))
    writer.close()


@PLAIN_AND_SEALED
def test_a_file_that_grows_is_read_as_it_grows(tmp_path: Path, sealer: Sealer | None) -> None:
    writer = appender(tmp_path / "a.bdf", sealer=sealer)
    file = BdfFile(tmp_path / "a.bdf", sealer)
    assert file.samples == 0
    with pytest.raises(VaultError, match="no signal yet"):
        _ = file.time_start
    data = noise(1000)
    writer.append(data)
    assert file.samples == 768
    assert np.abs(file.read(500, 768) - data[:, 500:768]).max() <= LSB / 2
    assert file.time_start == START.timestamp()
    writer.close()
    assert file.samples == 1000
    with pytest.raises(ValueError, match="1000 samples"):
        file.read(0, 1001)


def test_mne_opens_it_with_the_right_data_names_rate_and_start(tmp_path: Path) -> None:
    data = noise(256 * 3 + 100)
    path = recorded(tmp_path / "a.bdf", data)
    raw = mne.io.read_raw_bdf(path, preload=True, verbose="error")
    assert raw.ch_names == ["TP9", "AF7"]
    assert raw.info["sfreq"] == 256.0
    # MNE knows no fraction of a second in `meas_date`; the first annotation says it.
    assert raw.info["meas_date"] == START.replace(microsecond=0)
    assert raw.annotations.description[0] == f"Recording start {START.isoformat()}, device Muse 2 µ"
    assert raw.annotations.onset[0] == 0.0
    assert np.abs(raw.get_data(units="uV")[:, :868] - data).max() <= LSB / 2 + 1e-6


def test_any_tool_sees_where_the_signal_ends(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(300))
    raw = mne.io.read_raw_bdf(path, preload=True, verbose="error")
    at = raw.annotations.description.tolist().index("BAD_padding")
    assert raw.n_times == 512
    assert raw.annotations.onset[at] == pytest.approx(300 / 256, abs=1e-6)
    assert raw.annotations.duration[at] == pytest.approx(212 / 256, abs=1e-6)
    assert raw.get_data(reject_by_annotation="omit", verbose="error").shape[1] == pytest.approx(300, abs=1)
    assert np.unique(raw.get_data()[:, 300:], axis=1).shape[1] == 1
    assert BdfFile(path).samples == 300


def test_edfio_opens_it_and_knows_the_start_to_the_microsecond(tmp_path: Path) -> None:
    data = noise(256 * 5)
    bdf = edfio.read_bdf(recorded(tmp_path / "a.bdf", data))
    assert bdf.startdatetime.replace(tzinfo=UTC) == START
    assert bdf.is_continuous
    assert bdf.reserved == "BDF+C"
    assert bdf.labels == ("TP9", "AF7")
    assert bdf.signals[0].sampling_frequency == 256.0
    assert bdf.signals[0].physical_range == (-250_000.0, 250_000.0)
    assert bdf.recording.equipment_code == "Muse_2__"
    assert np.abs(bdf.signals[1].data - data[1]).max() <= LSB / 2
    assert [note.text for note in bdf.annotations] == [f"Recording start {START.isoformat()}, device Muse 2 µ"]


@given(micros=st.integers(0, 999_999), days=st.integers(0, 30_000))
@settings(max_examples=30)
def test_the_start_is_kept_to_the_microsecond(tmp_path_factory: pytest.TempPathFactory, micros: int, days: int) -> None:
    time = datetime(1986, 1, 1, 12, tzinfo=UTC) + timedelta(days=days, microseconds=micros)
    path = recorded(tmp_path_factory.mktemp("bdf") / "a.bdf", noise(1), time_start=time.timestamp())
    assert BdfFile(path).time_start == pytest.approx(time.timestamp(), abs=2e-6)
    assert abs(edfio.read_bdf(path).startdatetime.replace(tzinfo=UTC) - time) <= timedelta(microseconds=2)


@pytest.mark.parametrize(
    ("sfreq", "samples", "seconds"), [(220.0, 220, 1.0), (128.5, 257, 2.0), (250.0, 250, 1.0), (16000.0, 16000, 1.0)]
)
def test_the_data_record_makes_the_rate_exact(tmp_path: Path, sfreq: float, samples: int, seconds: float) -> None:
    bdf = edfio.read_bdf(recorded(tmp_path / "a.bdf", noise(samples), sfreq=sfreq))
    assert bdf.data_record_duration == seconds
    assert bdf.signals[0].samples_per_data_record == samples
    assert bdf.signals[0].sampling_frequency == sfreq


@given(sfreq=st.floats(20.0, 2000.0))
@settings(max_examples=60)
def test_a_measured_rate_is_kept_so_well_that_a_day_is_right_to_a_few_milliseconds(
    tmp_path_factory: pytest.TempPathFactory, sfreq: float
) -> None:
    writer = appender(tmp_path_factory.mktemp("bdf") / "a.bdf", sfreq=sfreq)
    assert abs(writer.sfreq - sfreq) / sfreq < 1e-7
    writer.append(noise(int(sfreq * 9)))
    writer.close()
    assert edfio.read_bdf(writer._path).is_continuous


def test_the_padding_of_an_odd_rate_is_counted_right(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(1234), sfreq=255.8671)
    assert BdfFile(path).samples == 1234


def test_a_missing_file_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="cannot be read"):
        BdfFile(tmp_path / "none.bdf")


class Counting(io.FileIO):
    """A file that counts what is read of every one."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        raw = super().read(-1 if size is None else size)
        Counting.read_bytes += len(raw)
        return raw


@PLAIN_AND_SEALED
def test_only_the_needed_part_of_a_long_recording_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealer: Sealer | None
) -> None:
    path = recorded(tmp_path / "a.bdf", noise(256 * 120), sealer=sealer)
    file = BdfFile(path, sealer)
    monkeypatch.setattr(Path, "open", lambda self, mode: Counting(self, mode.replace("b", "")))
    Counting.read_bytes = 0
    file.read(256 * 60 + 10, 256 * 60 + 20)
    assert 0 < Counting.read_bytes < path.stat().st_size / 50


@contextmanager
def full_disk(writer: BdfAppender) -> Iterator[None]:
    """Let the disk take nothing more."""
    disk = writer._file
    with Path("/dev/full").open("wb", buffering=0) as full:
        writer._file = full
        yield
    writer._file = disk


needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@needs_dev_full
@PLAIN_AND_SEALED
def test_a_full_disk_loses_nothing_that_was_appended(tmp_path: Path, sealer: Sealer | None) -> None:
    data = noise(1000)
    writer = appender(tmp_path / "a.bdf", sealer=sealer)
    writer.append(data[:, :300])
    with full_disk(writer), pytest.raises(VaultError, match="has space"):
        writer.append(data[:, 300:900])
    writer.append(data[:, 900:])
    writer.close()
    assert np.abs(BdfFile(tmp_path / "a.bdf", sealer).read(0, 1000) - data).max() <= LSB / 2


@needs_dev_full
@PLAIN_AND_SEALED
def test_what_a_full_disk_refused_is_written_when_the_recording_ends(tmp_path: Path, sealer: Sealer | None) -> None:
    data = noise(1000)
    writer = appender(tmp_path / "a.bdf", sealer=sealer)
    with full_disk(writer):
        with pytest.raises(VaultError, match="has space"):
            writer.append(data)  # three data records and a rest
        with pytest.raises(VaultError, match="has space"):
            writer.close()
        with pytest.raises(ValueError, match="closed"):  # the last data record is made, and only once
            writer.append(noise(1))
    writer.close()
    file = BdfFile(tmp_path / "a.bdf", sealer)
    assert writer.samples == file.samples == 1000
    assert np.abs(file.read(0, 1000) - data).max() <= LSB / 2
