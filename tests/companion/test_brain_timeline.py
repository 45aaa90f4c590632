import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.brain.device import Block, Counter
from companion.brain.gaps import Reason
from companion.brain.timeline import Opening, Timeline
from companion.brain.types import Chunk, Stream

MUSE = Stream("Muse2", 256.0, ("TP9",))
CYTON = Stream("Cyton", 250.0, ("Fp1",))
START = 1_700_000_000.0


def blocks(
    data: np.ndarray, times: np.ndarray, counters: np.ndarray | None, cuts: list[int], *, after_gap: bool = False
) -> list[Block]:
    """Cut one long signal where the drains happened to fall."""
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < times.size}), times.size]
    return [
        Block(data[:, a:b], times[a:b], None if counters is None else counters[a:b], after_gap and a > 0)
        for a, b in itertools.pairwise(edges)
    ]


def run(timeline: Timeline, parts: list[Block]) -> list[Chunk]:
    return [chunk for part in parts for chunk in timeline.add(part)] + timeline.finish()


def segments(chunks: list[Chunk]) -> dict[int, list[Chunk]]:
    found: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        found.setdefault(chunk.segment, []).append(chunk)
    return found


def samples(chunks: list[Chunk]) -> list[float]:
    return [float(value) for chunk in chunks for value in chunk.data[0]]


@given(
    packets=st.integers(5, 40),
    first=st.integers(0, 65535),
    dropped=st.sets(st.integers(1, 39), max_size=6),
    cuts=st.lists(st.integers(1, 500), max_size=10),
)
def test_lost_muse_packets_are_found_to_one_packet_and_time_runs_on_by_the_count(
    packets: int, first: int, dropped: set[int], cuts: list[int]
) -> None:
    kept = [packet for packet in range(packets) if packet not in dropped]
    index = np.concatenate([np.arange(12) + 12 * packet for packet in kept])
    counters = (np.repeat(kept, 12) + first) % 65536
    # Half a packet of jitter on the host's clock must not show.
    times = START + index / 256 + 0.02 * np.sin(index)
    chunks = run(
        Timeline(MUSE, counter=Counter(65536, 12)), blocks(index[np.newaxis].astype(float), times, counters, cuts)
    )
    assert samples(chunks) == index.tolist()
    runs = np.split(index, np.flatnonzero(np.diff(index) > 1) + 1)
    got = segments(chunks)
    assert [samples(part) for part in got.values()] == [run.tolist() for run in runs]
    assert list(got) == list(range(len(runs)))
    for chunk in chunks:  # by the least late packet
        assert START - 0.021 <= chunk.time_start - chunk.data[0, 0] / 256 <= START + 0.021


@given(
    count=st.integers(300, 1200),
    first=st.integers(0, 255),
    losses=st.dictionaries(st.integers(1, 299), st.integers(1, 100), max_size=4),
    cuts=st.lists(st.integers(1, 1200), max_size=8),
)
def test_lost_cyton_samples_are_counted_across_the_wrap(
    count: int, first: int, losses: dict[int, int], cuts: list[int]
) -> None:
    steps = np.ones(count, dtype=np.int64)
    for place, lost in losses.items():
        steps[place] += lost
    index = np.cumsum(steps) - 1
    chunks = run(
        Timeline(CYTON, counter=Counter(256)),
        blocks(index[np.newaxis].astype(float), START + index / 250, (index + first) % 256, cuts),
    )
    assert samples(chunks) == index.tolist()
    assert len(segments(chunks)) == len(losses) + 1
    for chunk in chunks:
        np.testing.assert_allclose(np.diff(chunk.data[0]), 1)
        assert chunk.time_start == pytest.approx(START + chunk.data[0, 0] / 250, abs=1e-3)


def test_a_whole_lap_of_lost_samples_is_seen_by_the_host_clock() -> None:
    index = np.concatenate([np.arange(100), np.arange(100 + 256, 600)])
    chunks = run(
        Timeline(CYTON, counter=Counter(256)),
        blocks(index[np.newaxis].astype(float), START + index / 250, index % 256, [50, 150]),
    )
    got = segments(chunks)
    assert [part[0].data[0, 0] for part in got.values()] == [0, 356]
    assert got[1][0].time_start == pytest.approx(START + 356 / 250)


def test_a_late_burst_that_makes_up_for_its_delay_is_no_gap() -> None:
    index = np.arange(1000)
    times = START + index / 250
    times[300:700] = times[700]  # held up for 1.6 s, then all at once
    chunks = run(
        Timeline(CYTON, counter=Counter(256)), blocks(index[np.newaxis].astype(float), times, index % 256, [300, 800])
    )
    assert set(segments(chunks)) == {0}
    assert samples(chunks) == index.tolist()


def test_a_counter_that_starts_over_begins_a_segment_at_the_host_time() -> None:
    counters = np.concatenate([np.arange(5000, 5020), np.arange(0, 20)]).repeat(12)
    times = START + np.arange(counters.size) / 256
    chunks = run(Timeline(MUSE, counter=Counter(65536, 12)), blocks(times[np.newaxis] - START, times, counters, [100]))
    got = segments(chunks)
    assert [part[0].time_start for part in got.values()] == pytest.approx([START, START + 240 / 256])


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(1, 20000), max_size=20), speed=st.sampled_from([0.99, 1.01]))
def test_a_nominal_rate_that_is_far_off_still_leaves_whole_minutes_and_half_a_second(
    cuts: list[int], speed: float
) -> None:
    index = np.arange(60_000)
    times = START + index / 250 * speed  # drifts 2.4 s in all
    chunks = run(
        Timeline(CYTON, counter=Counter(256)), blocks(index[np.newaxis].astype(float), times, index % 256, cuts)
    )
    assert samples(chunks) == index.tolist()
    assert len(segments(chunks)) <= 25  # most of them in the first 20 s
    for chunk in chunks:
        device = chunk.time_start + np.arange(chunk.data.shape[1]) / 250
        host = times[chunk.data[0].astype(int)]
        assert np.abs(device - host).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("lap", [None, 256, 2**16])
@pytest.mark.parametrize("rate", [-0.05, -0.02, 0.02, 0.03, 0.04, 0.05])
def test_a_rate_that_is_wrong_by_hundredths_is_put_right_and_never_taken_for_a_gap(
    lap: int | None, rate: float
) -> None:
    index = np.arange(0, 300 * 250)
    again = np.random.default_rng(1).exponential(0.004, index.size)
    times = np.maximum.accumulate(START + index / 250 * (1 + rate) + again)
    opened: list[Opening] = []
    timeline = Timeline(CYTON, counter=None if lap is None else Counter(lap), on_open=opened.append)
    counters = None if lap is None else index % lap
    parts = blocks(index[np.newaxis].astype(float), times, counters, list(range(0, index.size, 25)))
    assert samples(run(timeline, parts)) == index.tolist()
    assert {opening.reason for opening in opened} == {Reason.START, Reason.SLEW}
    assert sum(opening.lost for opening in opened) == 0
    later = [opening.time for opening in opened if opening.time > START + 30]
    assert np.diff(later).min() > 4.0  # windows of 4 s lie in one segment, longer ones in segments that continue
    assert timeline.wrong_rate == pytest.approx(rate, abs=1e-3)


def test_lost_samples_are_counted_of_a_device_whose_rate_is_wrong() -> None:
    index = np.concatenate([np.arange(60 * 250), np.arange(60 * 250 + 256, 120 * 250)])  # a whole lap
    opened: list[Opening] = []
    timeline = Timeline(CYTON, counter=Counter(256), on_open=opened.append)
    parts = blocks(index[np.newaxis].astype(float), START + index / 250 * 1.03, index % 256, list(range(0, 30_000, 25)))
    run(timeline, parts)
    assert [opening.lost for opening in opened if opening.reason is Reason.LOST] == [256]


@given(
    count=st.integers(500, 900),
    gaps=st.dictionaries(st.integers(260, 499), st.integers(2, 400), max_size=4),
    cuts=st.lists(st.integers(1, 900), max_size=8),
)
def test_without_a_counter_a_step_of_more_than_one_and_a_half_samples_beyond_is_a_gap_once_watched_for_a_second(
    count: int, gaps: dict[int, int], cuts: list[int]
) -> None:
    steps = np.ones(count, dtype=np.int64)
    for place, lost in gaps.items():
        steps[place] += lost
    index = np.cumsum(steps) - 1
    chunks = run(Timeline(MUSE), blocks(index[np.newaxis].astype(float), START + index / 256, None, [256, *cuts]))
    assert samples(chunks) == index.tolist()
    assert len(segments(chunks)) == len(gaps) + 1
    for chunk in chunks:
        assert chunk.time_start == pytest.approx(START + chunk.data[0, 0] / 256, abs=1e-4)


@given(
    seed=st.integers(0, 2**32 - 1),
    lost=st.integers(2, 60),
    cuts=st.lists(st.integers(1, 3000), max_size=30),
)
def test_lost_packets_are_found_among_packets_that_come_late(seed: int, lost: int, cuts: list[int]) -> None:
    index = np.concatenate([np.arange(1800), np.arange(1800 + 12 * lost, 3000 + 12 * lost)])
    delay = np.random.default_rng(seed).uniform(0, 0.03, 250).repeat(12)
    times = START + index / 256 + delay  # each packet is stamped evenly, from when it came
    chunks = run(Timeline(MUSE), blocks(index[np.newaxis].astype(float), times, None, [*range(0, 3000, 25), *cuts]))
    assert samples(chunks) == index.tolist()
    assert [part[0].data[0, 0] for part in segments(chunks).values()] == [0, 1800 + 12 * lost]


@given(seed=st.integers(0, 2**32 - 1), cuts=st.lists(st.integers(1, 2000), max_size=30))
def test_without_a_counter_packets_that_come_late_now_and_then_make_no_gap(seed: int, cuts: list[int]) -> None:
    index = np.arange(2040)
    delay = np.random.default_rng(seed).uniform(0, 0.04, 170).repeat(12)
    times = START + (index // 12 * 12) / 256 + delay  # twelve samples share one arrival
    times = np.maximum.accumulate(times)
    chunks = run(Timeline(MUSE), blocks(index[np.newaxis].astype(float), times, None, [200, *cuts]))
    assert samples(chunks) == index.tolist()
    assert set(segments(chunks)) == {0}


def test_samples_without_a_value_are_left_out_and_the_signal_is_not_joined_over_them() -> None:
    index = np.arange(100.0)
    data = index[np.newaxis].copy()
    data[0, [20, 21, 59]] = np.nan
    chunks = run(Timeline(MUSE), blocks(data, START + index / 256, None, [60]))
    assert [samples(part) for part in segments(chunks).values()] == [
        list(range(20)),
        list(range(22, 59)),
        list(range(60, 100)),
    ]


def test_a_sample_without_a_value_after_a_late_one_still_parts_the_signal() -> None:
    index = np.arange(700.0)
    times = START + index / 256 + np.where(index >= 590, 0.2, 0)
    data = index[np.newaxis].copy()
    data[0, 599] = np.nan
    chunks = run(Timeline(MUSE), blocks(data, times, None, [300, 600]))
    assert [part[0].data[0, 0] for part in segments(chunks).values()] == [0, 590, 600]


def test_a_block_that_says_so_begins_a_segment_whatever_its_numbers_say() -> None:
    index = np.arange(100)
    parts = blocks(index[np.newaxis].astype(float), START + index / 256, index, [40], after_gap=True)
    chunks = run(Timeline(MUSE, counter=Counter(2**40), segment=7), parts)
    assert [samples(part) for part in segments(chunks).values()] == [list(range(40)), list(range(40, 100))]
    assert list(segments(chunks)) == [7, 8]
