import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.brain.ring import Ring
from companion.brain.types import Chunk, Stream

STREAM = Stream("Muse2", 100.0, ("AF7", "AF8"))
START = 1_700_000_000.0


def chunk(first: int, count: int, segment: int = 0, stream: Stream = STREAM, later: float = 0.0) -> Chunk:
    """Samples that count, taken at START + number / sfreq; a slew puts their time right by ``later`` seconds."""
    numbers = np.arange(first, first + count, dtype=float)
    time = START + first / stream.sfreq + later
    return Chunk(np.stack([numbers, -numbers]), time, segment, stream, continues=later != 0)


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


@pytest.mark.parametrize("slew", [-0.02, 0.02])
def test_segments_parted_by_a_slew_alone_are_one_window_with_the_newest_time(slew: float) -> None:
    ring = Ring(10)
    ring.append(chunk(0, 300))
    ring.append(chunk(300, 1, segment=1, later=slew))
    ring.append(Chunk(np.array([[301.0], [-301.0]]), START + 3.01 + slew, 1, STREAM))
    ring.append(chunk(302, 98, segment=2, later=2 * slew))
    for wanted in (98, 99, 100, 101, 400):
        window = ring.last(wanted / 100)
        assert window is not None
        np.testing.assert_array_equal(window.data[0], np.arange(400 - wanted, 400))
        assert window.time_end == pytest.approx(START + 4 + 2 * slew)
    assert ring.last(4.01) is None
    found = ring.between(START + 2.5 + 2 * slew, START + 3.5 + 2 * slew)
    assert found is not None
    np.testing.assert_array_equal(found.data[0], np.arange(250, 350))
    earlier = ring.between(START + 1.0, START + 2.0)
    assert earlier is not None
    np.testing.assert_array_equal(earlier.data[0], np.arange(100, 200))


def test_a_range_that_ends_where_a_slew_moved_time_on_ends_with_the_last_sample_before() -> None:
    ring = Ring(10)
    ring.append(chunk(0, 300))
    assert ring.between(START + 2.0, START + 3.03) is None  # more may come
    ring.append(chunk(300, 100, segment=1, later=0.05))
    found = ring.between(START + 2.0, START + 3.03)
    assert found is not None
    np.testing.assert_array_equal(found.data[0], np.arange(200, 300))
    assert ring.between(START + 2.0, START + 4.2) is None  # not there yet


def test_a_gap_parts_what_slews_have_joined() -> None:
    ring = Ring(10)
    ring.append(chunk(0, 200))
    ring.append(chunk(200, 100, segment=1, later=0.02))
    ring.append(chunk(350, 50, segment=2))  # after a gap
    ring.append(chunk(400, 50, segment=3, later=0.02))
    window = ring.last(1.0)
    assert window is not None
    np.testing.assert_array_equal(window.data[0], np.arange(350, 450))
    assert ring.last(1.01) is None
    assert ring.between(START + 2.9, START + 4.2) is None
    before = ring.between(START + 1.5, START + 2.9)
    assert before is not None
    np.testing.assert_array_equal(before.data[0], np.arange(148, 288))
    ring.append(chunk(500, 150, segment=5, later=0.02))  # a segment in between never came
    assert ring.last(1.51) is None


def test_what_was_written_over_is_not_given_again_over_a_slew() -> None:
    ring = Ring(2)
    ring.append(chunk(0, 150))
    ring.append(chunk(150, 100, segment=1, later=0.02))
    window = ring.last(2.0)
    assert window is not None
    np.testing.assert_array_equal(window.data[0], np.arange(50, 250))
    assert ring.last(2.01) is None
    assert ring.between(START + 0.4, START + 2.0) is None
    ring.append(chunk(250, 120, segment=2, later=0.04))
    window = ring.last(2.0)  # over three segments, the first of them forgotten
    assert window is not None
    np.testing.assert_array_equal(window.data[0], np.arange(170, 370))


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
