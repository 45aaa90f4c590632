import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.brain.ring import Ring
from companion.brain.types import Chunk, Stream

STREAM = Stream("Muse2", 100.0, ("AF7", "AF8"))
START = 1_700_000_000.0


def chunk(first: int, count: int, segment: int = 0, stream: Stream = STREAM) -> Chunk:
    """Samples that count, taken at START + number / sfreq."""
    numbers = np.arange(first, first + count, dtype=float)
    return Chunk(np.stack([numbers, -numbers]), START + first / stream.sfreq, segment, stream)


def test_the_newest_seconds_end_after_the_last_sample() -> None:
    ring = Ring(2)
    ring.append(chunk(0, 130))
    ring.append(chunk(130, 130))  # wraps around
    window = ring.last(1.5)
    assert window is not None
    np.testing.assert_array_equal(window.data[0], np.arange(110, 260))
    np.testing.assert_array_equal(window.data[1], -np.arange(110, 260))
    assert window.time_end == pytest.approx(START + 2.6)
    assert (window.sfreq, window.ch_names) == (100.0, ("AF7", "AF8"))


def test_the_newest_seconds_never_reach_across_a_gap() -> None:
    ring = Ring(10)
    assert ring.last(1) is None
    ring.append(chunk(0, 300))
    ring.append(chunk(350, 99, segment=1))
    assert ring.last(1) is None
    ring.append(chunk(449, 1, segment=1))
    window = ring.last(1)
    assert window is not None
    np.testing.assert_array_equal(window.data[0], np.arange(350, 450))


def test_a_range_of_time_is_found_whole_or_not_at_all() -> None:
    ring = Ring(5)
    ring.append(chunk(0, 400))
    ring.append(chunk(450, 200, segment=1))
    found = ring.between(START + 2.0, START + 3.0)
    assert found is not None
    np.testing.assert_array_equal(found.data[0], np.arange(200, 300))
    assert found.time_end == pytest.approx(START + 3.0)
    assert ring.between(START + 3.5, START + 5.0) is None  # across the gap
    assert ring.between(START + 0.5, START + 1.2) is None  # written over
    assert ring.between(START + 6.0, START + 7.0) is None  # not there yet
    assert ring.between(START + 3.0, START + 3.0) is None


def test_another_device_empties_the_ring() -> None:
    ring = Ring(5)
    ring.append(chunk(0, 400))
    other = Stream("Cyton", 50.0, ("C3", "C4"))
    ring.append(chunk(0, 60, segment=1, stream=other))
    assert ring.between(START + 2.0, START + 3.0) is None
    window = ring.last(1)
    assert window is not None
    assert (window.sfreq, window.data.shape) == (50.0, (2, 50))


def test_what_was_handed_out_does_not_change_and_clearing_forgets() -> None:
    ring = Ring(1)
    ring.append(chunk(0, 100))
    window = ring.last(1)
    ring.append(chunk(100, 100))
    assert window is not None
    np.testing.assert_array_equal(window.data[0], np.arange(100))
    ring.clear()
    assert ring.last(0.1) is None


@given(
    sizes=st.lists(st.integers(1, 250), min_size=1, max_size=20),
    breaks=st.sets(st.integers(1, 19)),
    wanted=st.integers(1, 220),
)
def test_the_ring_is_the_end_of_all_that_came(sizes: list[int], breaks: set[int], wanted: int) -> None:
    ring, segment, first, since = Ring(2), 0, 0, 0
    for number, size in enumerate(sizes):
        if number in breaks:
            segment, first = segment + 1, first + 7
            since = first
        ring.append(chunk(first, size, segment))
        first += size
    window = ring.last(wanted / 100)
    if wanted > min(200, first - since):
        assert window is None
    else:
        assert window is not None
        np.testing.assert_array_equal(window.data[0], np.arange(first - wanted, first))


def test_reading_while_another_thread_writes_never_gives_a_torn_window() -> None:
    ring, stop = Ring(1), threading.Event()

    def write() -> None:
        first = 0
        while not stop.is_set():
            ring.append(chunk(first, 17))
            first += 17

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = 0
        while seen < 200:
            window = ring.last(0.9)
            if window is not None:
                seen += 1
                np.testing.assert_array_equal(np.diff(window.data[0]), 1)
    finally:
        stop.set()
        writer.join()
