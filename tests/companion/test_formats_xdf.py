from __future__ import annotations

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.brain.formats import choose, read
from companion.brain.types import BoardError, Segment

BEGUN = 1_700_000_000.0
DATETIME = "2023-11-14T23:13:20+0100"  # the same second
BOUNDARY = bytes([0x43, 0xA5, 0x46, 0xDC, 0xCB, 0xF5, 0x41, 0x0F, 0xB3, 0x0E, 0xD5, 0x46, 0x73, 0x83, 0xCB, 0xE4])
MUSE = ("TP9", "AF7", "AF8", "TP10")


def chunk(tag: int, content: bytes) -> bytes:
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def file_header(datetime: str = DATETIME) -> bytes:
    told = f"<datetime>{datetime}</datetime>" if datetime else ""
    return b"XDF:" + chunk(1, f'<?xml version="1.0"?><info><version>1.0</version>{told}</info>'.encode())


def stream_header(
    stream: int, *, kind: str = "EEG", labels: Sequence[str] = MUSE, unit: str = "microvolts", sfreq: float = 256.0
) -> bytes:
    told = f"<unit>{unit}</unit>" if unit else ""
    channels = "".join(f"<channel><label>{label}</label>{told}</channel>" for label in labels)
    xml = (
        f'<?xml version="1.0"?><info><name>Muse {stream}</name><type>{kind}</type>'
        f"<channel_count>{len(labels)}</channel_count><nominal_srate>{sfreq}</nominal_srate>"
        f"<channel_format>float32</channel_format><desc><channels>{channels}</channels></desc></info>"
    )
    return chunk(2, struct.pack("<I", stream) + xml.encode())


def samples(stream: int, times: NDArray[np.float64], data: NDArray[np.float64]) -> bytes:
    body = b"".join(
        b"\x08" + struct.pack("<d", stamp) + row.astype("<f4").tobytes() for stamp, row in zip(times, data, strict=True)
    )
    return chunk(3, struct.pack("<I", stream) + b"\x04" + struct.pack("<I", len(times)) + body)


def clock_offset(stream: int, time: float, offset: float) -> bytes:
    return chunk(4, struct.pack("<Idd", stream, time, offset))


def noise(count: int, channels: int = 4) -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(scale=50.0, size=(count, channels)).astype("<f4").astype(np.float64)


def written(path: Path, *chunks: bytes) -> Path:
    path.write_bytes(b"".join(chunks))
    return path


def muse(path: Path, *, lsl: float = 5000.0, offsets: Sequence[tuple[float, float]] = ()) -> tuple[Segment, ...]:
    times = lsl + np.arange(2560) / 256
    chunks = [samples(1, times[i : i + 256], noise(2560)[i : i + 256]) for i in range(0, 2560, 256)]
    told = [clock_offset(1, *offset) for offset in offsets]
    return read(written(path, file_header(), stream_header(1), *chunks, *told))


def test_an_eeg_stream_is_read_in_microvolts(tmp_path: Path) -> None:
    (segment,) = muse(tmp_path / "a.xdf", offsets=[(5000.0, 0.0)])
    assert segment.device == "Muse 1"
    assert segment.ch_names == MUSE
    assert segment.sfreq == 256.0
    assert segment.data.dtype == np.float64
    assert np.array_equal(segment.data, noise(2560).T)
    assert segment.time_start == pytest.approx(BEGUN, abs=1e-3)


def test_the_first_clock_offset_says_when_lsl_time_was_the_time_in_the_header(tmp_path: Path) -> None:
    # The stream's clock is 100 s behind the recorder's; the first sample comes 2.5 s after recording began.
    (segment,) = muse(tmp_path / "a.xdf", lsl=5002.5, offsets=[(5000.0, 100.0), (5005.0, 100.0), (5010.0, 100.0)])
    assert segment.time_start == pytest.approx(BEGUN + 2.5, abs=1e-3)


def test_a_first_offset_taken_later_than_the_first_sample_does_not_move_it_before_the_recording(tmp_path: Path) -> None:
    (segment,) = muse(tmp_path / "a.xdf", offsets=[(5005.0, 0.0), (5010.0, 0.0)])
    assert segment.time_start == pytest.approx(BEGUN, abs=1e-3)


def test_stamps_that_are_utc_already_are_kept(tmp_path: Path) -> None:
    (segment,) = muse(tmp_path / "a.xdf", lsl=1_600_000_000.0)
    assert segment.time_start == pytest.approx(1_600_000_000.0, abs=1e-3)


def test_a_packed_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    muse(tmp_path / "a.xdf")
    path = written(tmp_path / "a.bin", gzip.compress((tmp_path / "a.xdf").read_bytes()))
    assert choose(path).NAME == "XDF"
    assert read(path)[0].data.shape == (4, 2560)


def test_missing_samples_start_a_new_stretch_also_when_only_a_few(tmp_path: Path) -> None:
    times = 5000.0 + (np.arange(1000) + np.where(np.arange(1000) >= 600, 40, 0)) / 256
    path = written(tmp_path / "a.xdf", file_header(), stream_header(1), samples(1, times, noise(1000)))
    first, second = read(path)
    assert (first.data.shape, second.data.shape) == ((4, 600), (4, 400))
    assert second.time_start - first.time_start == pytest.approx(640 / 256, abs=1e-3)


@pytest.mark.parametrize(("unit", "factor"), [("volts", 1e6), ("mV", 1e3), ("µV", 1.0), ("", 1.0), ("uV", 1.0)])
def test_units_are_those_of_the_stream(tmp_path: Path, unit: str, factor: float) -> None:
    times = 5000.0 + np.arange(300) / 256
    path = written(tmp_path / "a.xdf", file_header(), stream_header(1, unit=unit), samples(1, times, noise(300)))
    assert np.allclose(read(path)[0].data, noise(300).T * factor)


def test_only_eeg_streams_and_channels_are_taken(tmp_path: Path) -> None:
    times = 5000.0 + np.arange(300) / 256
    labels = ("TP9", "AF7", "Right AUX", "TRIGGER")
    path = written(
        tmp_path / "a.xdf",
        file_header(),
        stream_header(1, kind="Accelerometer", labels=("X", "Y"), unit="g"),
        stream_header(2, labels=labels),
        stream_header(3, labels=("Fz",), sfreq=128.0),
        samples(1, times, noise(300, 2)),
        samples(2, times, noise(300)),
        samples(3, 5000.0 + np.arange(200) / 128, noise(200, 1)),
        chunk(5, BOUNDARY),
    )
    first, second = read(path)
    assert first.ch_names == ("TP9", "AF7")
    assert np.array_equal(first.data, noise(300)[:, :2].T)
    assert (second.device, second.sfreq, second.ch_names) == ("Muse 3", 128.0, ("Fz",))


@pytest.mark.parametrize("cut", [5, 40, 300, 2000, 12000])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    muse(tmp_path / "a.xdf")
    whole = (tmp_path / "a.xdf").read_bytes()
    with pytest.raises(BoardError, match=r"a\.xdf: it (is damaged or was cut off|has no stream)"):
        read(written(tmp_path / "a.xdf", whole[: cut if cut < 1000 else -cut]))


def test_damage_in_the_middle_is_not_passed_over(tmp_path: Path) -> None:
    muse(tmp_path / "a.xdf")
    whole = bytearray((tmp_path / "a.xdf").read_bytes())
    whole[20000:20400] = bytes(400)
    with pytest.raises(BoardError, match=r"damaged|no value"):
        read(written(tmp_path / "a.xdf", bytes(whole)))


def test_a_file_without_an_eeg_stream_says_what_it_has(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xdf", file_header(), stream_header(1, kind="Gaze"))
    with pytest.raises(BoardError, match=r"no stream of type EEG: Muse 1 \(Gaze\)"):
        read(path)


def test_an_eeg_stream_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="hold no samples"):
        read(written(tmp_path / "a.xdf", file_header(), stream_header(1)))


def test_a_header_without_a_time_is_refused(tmp_path: Path) -> None:
    times = 5000.0 + np.arange(300) / 256
    path = written(tmp_path / "a.xdf", file_header(""), stream_header(1), samples(1, times, noise(300)))
    with pytest.raises(BoardError, match="does not say when"):
        read(path)


def test_samples_without_a_value_are_refused(tmp_path: Path) -> None:
    data = noise(300)
    data[50:70, 2] = np.nan
    times = 5000.0 + np.arange(300) / 256
    path = written(tmp_path / "a.xdf", file_header(), stream_header(1), samples(1, times, data))
    with pytest.raises(BoardError, match=r"sample 50 of its stream Muse 1 \(and 19 more\) has no value"):
        read(path)


def test_a_stream_whose_channels_are_no_eeg_is_refused(tmp_path: Path) -> None:
    times = 5000.0 + np.arange(30) / 256
    path = written(
        tmp_path / "a.xdf", file_header(), stream_header(1, labels=("ECG", "AUX")), samples(1, times, noise(30, 2))
    )
    with pytest.raises(BoardError, match="no channel of its stream Muse 1 is EEG in volts: ECG, AUX"):
        read(path)
