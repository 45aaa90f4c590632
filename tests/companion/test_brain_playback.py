import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from companion.brain import board, playback
from companion.brain.device import Board
from companion.brain.timeline import Timeline
from companion.brain.types import BoardError, BoardSpec, Chunk, Segment

START = 1_600_000_000.0
CHANNELS = ("TP9", "AF7", "AF8", "TP10")
DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def counting(count: int, time_start: float = START, first: int = 0, names: tuple[str, ...] = CHANNELS) -> Segment:
    """A recording whose first channel counts samples in 64ths of a µV."""
    numbers = np.arange(first, first + count)
    data = np.stack([numbers / 64, *(-numbers / 64 - row for row in range(1, len(names)))])
    return Segment("Muse2", 256.0, names, time_start, data)


def write_muse_csv(path: Path, *segments: Segment) -> Path:
    """Write what muse-lsl writes."""
    lines = ["timestamps," + ",".join(segments[0].ch_names)]
    for segment in segments:
        times = segment.time_start + np.arange(segment.data.shape[1]) / segment.sfreq
        lines += [
            f"{when:.6f}," + ",".join(f"{value:.6f}" for value in values)
            for when, values in zip(times, segment.data.T, strict=True)
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def play(device: Board, seconds: float = 20.0) -> list[Chunk]:
    """Read to the end, as the acquisition process does."""
    timeline, chunks = Timeline(device.stream, counter=device.counter), []
    until = time.monotonic() + seconds
    while not device.ended:
        assert time.monotonic() < until, "the playback did not end"
        time.sleep(0.02)
        chunks += [chunk for block in device.read() for chunk in timeline.add(block)]
    return chunks + timeline.finish()


def joined(chunks: list[Chunk]) -> np.ndarray:
    return np.hstack([chunk.data for chunk in chunks])


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of our own, to see what is left in it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize(("speed", "count"), [("1", 600), ("50", 40_000)])
def test_no_sample_is_lost_at_any_speed(tmp_path: Path, scratch: Path, speed: str, count: int) -> None:
    path = write_muse_csv(tmp_path / "count.csv", counting(count))
    before = time.time()
    with board.open(board.parse(f"playback:{path}", {"speed": speed})) as device:
        started = time.monotonic()
        chunks = play(device)
        took = time.monotonic() - started
    np.testing.assert_allclose(joined(chunks)[0] * 64, np.arange(count), atol=1e-3)
    np.testing.assert_allclose(joined(chunks)[3] * 64, -np.arange(count) - 3 * 64, atol=1e-3)
    assert {chunk.segment for chunk in chunks} == {0}
    assert chunks[0].stream.simulated
    assert before <= chunks[0].time_start <= time.time()
    assert took > 0.8 * count / 256 / float(speed)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("clock", ["now", "recorded"])
def test_gaps_of_the_recording_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    parts = [counting(300), counting(200, START + 300 / 256 + 0.4, 300), counting(300, START + 3000, 500)]
    monkeypatch.setattr(playback, "read", lambda _: tuple(parts))
    (tmp_path / "a.csv").touch()
    spec = BoardSpec("playback", str(tmp_path / "a.csv"), {"speed": "3000", "clock": clock})
    with board.open(spec, clock=lambda: 1_800_000_000.0) as device:
        chunks = play(device)
    got: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        got.setdefault(chunk.segment, []).append(chunk)
    shift = 0.0 if clock == "recorded" else 1_800_000_000.0 - START
    assert [part[0].time_start for part in got.values()] == pytest.approx([p.time_start + shift for p in parts])
    for part, segment in zip(got.values(), parts, strict=True):
        np.testing.assert_allclose(joined(part), segment.data, atol=1e-6)


def test_a_long_gap_is_announced_so_that_silence_is_not_taken_for_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "read", lambda _: (counting(30), counting(30, START + 100)))
    (tmp_path / "a.csv").touch()
    spec = BoardSpec("playback", str(tmp_path / "a.csv"))
    with board.open(spec) as device:
        assert device.pause == 0
        until = time.monotonic() + 5
        while not device.pause and time.monotonic() < until:
            device.read()
            time.sleep(0.02)
        assert device.pause == pytest.approx(100 - 30 / 256)
        assert not device.ended
        leaving = time.monotonic()
    assert time.monotonic() - leaving < 5  # BrainFlow sleeps through a gap that nothing fills


@pytest.mark.parametrize("channels", [1, 2, 4, 5, 8, 19, 32, 64, 128])
def test_any_number_of_channels_finds_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: int) -> None:
    names = tuple(f"E{number}" for number in range(channels))
    monkeypatch.setattr(playback, "read", lambda _: (counting(200, names=names),))
    (tmp_path / "a.csv").touch()
    with board.open(BoardSpec("playback", str(tmp_path / "a.csv"), {"speed": "50"})) as device:
        chunks = play(device)
    assert chunks[0].stream.ch_names == names
    np.testing.assert_allclose(joined(chunks), counting(200, names=names).data, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: (counting(0),), "no EEG samples"),
        (lambda: (counting(5), counting(5, START + 9, names=CHANNELS[:2])), "different devices"),
        (lambda: (counting(5, names=tuple(map(str, range(129)))),), "129 channels"),
    ],
)
def test_what_cannot_be_played_is_refused(
    tmp_path: Path,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], tuple[Segment, ...]],
    hint: str,
) -> None:
    monkeypatch.setattr(playback, "read", lambda _: make())
    (tmp_path / "a.csv").touch()
    with pytest.raises(BoardError, match=hint), board.open(BoardSpec("playback", str(tmp_path / "a.csv"))):
        pass
    assert list(scratch.iterdir()) == []


def test_the_converted_file_is_gone_while_it_is_still_played(tmp_path: Path, scratch: Path) -> None:
    if os.name != "posix":
        pytest.skip("an open file keeps its name on Windows")
    path = write_muse_csv(tmp_path / "count.csv", counting(2000))
    with board.open(board.parse(f"playback:{path}", {})) as device:
        while not device.read():
            time.sleep(0.02)
        assert list(scratch.iterdir()) == []
        assert not device.ended


@pytest.mark.data
def test_a_real_muse_recording_is_replayed_sample_for_sample() -> None:
    path = DATA / "raw" / "muse-lsl_cueing.csv"
    if not path.exists():
        pytest.skip(f"no recording at {path}")
    segments = playback.read(path)
    with board.open(board.parse(f"playback:{path}", {"speed": "100", "clock": "recorded"})) as device:
        chunks = play(device)
    np.testing.assert_allclose(joined(chunks), np.hstack([segment.data for segment in segments]), atol=1e-6)
    starts = {chunk.segment: chunk.time_start for chunk in reversed(chunks)}
    assert sorted(starts.values()) == pytest.approx([segment.time_start for segment in segments])
