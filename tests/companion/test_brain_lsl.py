import time
from collections.abc import Callable, Iterator

import numpy as np
import pylsl
import pytest

from companion.brain import board
from companion.brain.device import Board, UnreachableError
from companion.brain.lsl import MACHINE_ONLY, microvolts
from companion.brain.timeline import Timeline
from companion.brain.types import BoardError, Chunk

Outlet = Callable[..., pylsl.StreamOutlet]


@pytest.fixture(scope="module", autouse=True)
def stay_on_this_machine() -> None:
    pylsl.set_config_content(MACHINE_ONLY)


@pytest.fixture
def outlet(request: pytest.FixtureRequest) -> Iterator[Outlet]:
    """Make a stream named after the test."""
    made: list[pylsl.StreamOutlet] = []

    def make(
        channels: list[dict[str, str]], sfreq: float = 256.0, form: int = pylsl.cf_float32, count: int | None = None
    ) -> pylsl.StreamOutlet:
        name = request.node.name
        info = pylsl.StreamInfo(name, "EEG", count or len(channels), sfreq, form, name)
        entries = info.desc().append_child("channels")
        for channel in channels:
            entry = entries.append_child("channel")
            for key, value in channel.items():
                entry.append_child_value(key, value)
        made.append(pylsl.StreamOutlet(info))
        return made[-1]

    yield make
    made.clear()


def collect(device: Board, count: int) -> list[Chunk]:
    """Read until so many samples have come; the timeline holds them back until their time is known."""
    timeline, chunks, came = Timeline(device.stream, counter=device.counter), [], 0
    until = time.monotonic() + 5
    while came < count and time.monotonic() < until:
        time.sleep(0.05)
        for block in device.read():
            came += block.data.shape[1]
            chunks += timeline.add(block)
    return chunks + timeline.finish()


def test_a_stream_comes_through_with_its_names_units_and_times(outlet: Outlet, request: pytest.FixtureRequest) -> None:
    source = outlet(
        [
            {"label": "TP9", "unit": "microvolts", "type": "EEG"},
            {"label": "AF7", "unit": "mV", "type": "EEG"},
            {"label": "AF8", "unit": "-6", "type": "EEG"},
            {"label": "Light", "unit": "lux", "type": "AUX"},
            {"label": "TP10", "unit": "V", "type": "EEG"},
        ]
    )
    with board.open(board.parse(f"lsl:{request.node.name}")) as device:
        assert device.stream.ch_names == ("TP9", "AF7", "AF8", "TP10")
        assert (device.stream.sfreq, device.stream.simulated) == (256.0, False)
        assert source.wait_for_consumers(5)
        now, begin = time.time(), pylsl.local_clock()
        numbers = np.arange(512.0)
        samples = np.stack([numbers, numbers * 1e-3, numbers, numbers + 7, numbers * 1e-6], axis=1)
        stamps = begin + numbers / 256 + np.where(numbers >= 300, 0.25, 0)
        for row, stamp in zip(samples, stamps, strict=True):
            source.push_sample(row.tolist(), stamp)
        chunks = collect(device, 512)
    data = np.hstack([chunk.data for chunk in chunks])
    np.testing.assert_allclose(data, np.tile(numbers, (4, 1)), rtol=1e-5)
    firsts = {chunk.segment: chunk for chunk in reversed(chunks)}
    assert sorted(firsts) == [0, 1]
    assert firsts[0].time_start == pytest.approx(now, abs=0.05)
    assert firsts[1].time_start - firsts[0].time_start == pytest.approx(300 / 256 + 0.25, abs=0.005)


def test_a_stream_that_says_nothing_of_its_channels_is_taken_as_microvolts(
    outlet: Outlet, request: pytest.FixtureRequest
) -> None:
    source = outlet([], count=3, form=pylsl.cf_int16)
    with board.open(board.parse(f"lsl:{request.node.name}")) as device:
        assert device.stream.ch_names == ("EEG1", "EEG2", "EEG3")
        assert source.wait_for_consumers(5)
        source.push_chunk([[1, 2, 3]] * 40)
        chunks = collect(device, 40)
    assert np.hstack([chunk.data for chunk in chunks])[:, 0].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("uV", 1), ("µV", 1), ("\u03bcV", 1), ("Microvolts", 1), ("", 1), ("millivolts", 1e3), ("107", 1e6), ("nV", 1e-3)],
)
def test_units_are_understood(unit: str, factor: float) -> None:
    assert microvolts(unit, "X") == factor


@pytest.mark.parametrize(
    ("stream", "hint"),
    [
        (([{"label": "A", "unit": "celsius"}], 256.0, pylsl.cf_float32), "celsius"),
        (([{"label": "A"}], 0.0, pylsl.cf_float32), "sampling rate"),
        (([{"label": "A"}], 256.0, pylsl.cf_string), "EEG stream"),
    ],
)
def test_a_stream_that_is_no_eeg_is_refused(
    outlet: Outlet, stream: tuple[list[dict[str, str]], float, int], hint: str, request: pytest.FixtureRequest
) -> None:
    source = outlet(*stream)
    assert source is not None
    with pytest.raises(BoardError, match=hint), board.open(board.parse(f"lsl:{request.node.name}")):
        pass


def test_a_stream_that_is_not_there_may_come_later() -> None:
    with pytest.raises(UnreachableError, match="scope"), board.open(board.parse("lsl:nobody-streams-this")):
        pass


def test_a_stream_whose_program_ended_is_gone(outlet: Outlet, request: pytest.FixtureRequest) -> None:
    source = outlet([{"label": "A"}])
    with board.open(board.parse(f"lsl:{request.node.name}")) as device:
        assert source.wait_for_consumers(5)
        pylsl.lib.lib.lsl_destroy_outlet(source.obj)
        source.obj = None
        with pytest.raises(UnreachableError, match="went away"):
            collect(device, 1)
