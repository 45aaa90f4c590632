from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.brain.formats import clock
from companion.brain.types import Segment

T0 = 1.7e9


def steady(samples: int, sfreq: float = 256.0) -> clock.Times:
    return T0 + np.arange(samples) / sfreq


def cut(times: clock.Times, gaps: clock.Indices, sfreq: float) -> tuple[Segment, ...]:
    data = np.arange(len(times), dtype=np.float64)[None]
    return clock.cut(data, times, gaps, sfreq=sfreq, device="d", ch_names=["A"])


@settings(max_examples=60)
@given(
    lengths=st.lists(st.integers(300, 900), min_size=1, max_size=5),
    losses=st.lists(st.integers(30, 5000), min_size=4, max_size=4),
    jitter=st.floats(0.0, 0.02),
    seed=st.integers(0, 99),
)
def test_every_loss_starts_a_stretch_and_nothing_else_does(
    lengths: list[int], losses: list[int], jitter: float, seed: int
) -> None:
    lost = np.repeat(np.cumsum([0, *losses])[: len(lengths)], lengths)
    times = T0 + (np.arange(sum(lengths)) + lost) / 256.0
    times = times + np.random.default_rng(seed).uniform(0, jitter, len(times))
    gaps, sfreq = clock.gaps_and_rate(times, 256.0)
    segments = cut(times, gaps, sfreq)
    assert sfreq == 256.0
    assert [segment.data.shape[1] for segment in segments] == lengths
    assert np.array_equal(np.concatenate([segment.data for segment in segments], axis=1)[0], np.arange(sum(lengths)))
    starts = T0 + (np.cumsum([0, *lengths[:-1]]) + np.cumsum([0, *losses])[: len(lengths)]) / 256.0
    assert [segment.time_start for segment in segments] == pytest.approx(starts.tolist(), abs=0.021)


@settings(max_examples=40)
@given(at=st.integers(300, 2000), stall=st.floats(0.1, 5.0))
def test_samples_that_stalled_and_caught_up_are_no_gap(at: int, stall: float) -> None:
    times = steady(5000)
    arrived = np.maximum(times, np.where(np.arange(5000) >= at, times[at] + stall, 0.0))
    gaps, sfreq = clock.gaps_and_rate(arrived, 256.0)
    assert len(gaps) == 0
    assert sfreq == 256.0


def test_samples_in_bursts_are_one_stretch_that_begins_at_the_right_time() -> None:
    times = steady(5000)
    arrived = T0 + np.ceil((times - T0) / 0.125) * 0.125
    gaps, sfreq = clock.gaps_and_rate(arrived, 256.0)
    (segment,) = cut(arrived, gaps, sfreq)
    assert segment.time_start == pytest.approx(T0, abs=0.125)


def test_a_clock_that_was_set_back_starts_a_stretch_at_the_time_it_shows() -> None:
    times = steady(2000)
    times[1000:] -= 3600.0
    gaps, sfreq = clock.gaps_and_rate(times, 256.0)
    segments = cut(times, gaps, sfreq)
    assert [segment.data.shape[1] for segment in segments] == [1000, 1000]
    assert segments[1].time_start == pytest.approx(times[1000], abs=1e-3)


def test_two_samples_with_one_stamp_stay_together() -> None:
    times = np.repeat(steady(1000, 128.0), 2)
    gaps, sfreq = clock.gaps_and_rate(times, 256.0)
    assert len(gaps) == 0
    assert sfreq == 256.0


@given(sfreq=st.floats(200.0, 250.5))
@settings(max_examples=20)
def test_a_rate_more_than_two_percent_off_is_measured(sfreq: float) -> None:
    gaps, measured = clock.gaps_and_rate(steady(3000, sfreq), 256.0)
    assert len(gaps) == 0
    assert measured == pytest.approx(sfreq, rel=1e-4)


@given(sfreq=st.floats(251.0, 261.0))
@settings(max_examples=20)
def test_a_rate_within_two_percent_is_the_nominal_one(sfreq: float) -> None:
    assert clock.gaps_and_rate(steady(3000, sfreq), 256.0)[1] == 256.0


def test_a_second_of_scattered_stamps_does_not_change_the_rate() -> None:
    late = np.where(np.arange(250) < 60, 0.06, 0.0)
    assert clock.gaps_and_rate(steady(250, 250.0) + late, 250.0)[1] == 250.0


def test_a_clock_that_drifts_never_leaves_a_sample_more_than_about_a_second_off() -> None:
    times = steady(250 * 3600, 250.0 * 1.001)
    gaps, sfreq = clock.gaps_and_rate(times, 250.0)
    segments = cut(times, gaps, sfreq)
    assert 3 <= len(segments) <= 5
    at = 0
    for segment in segments:
        said = segment.time_start + np.arange(segment.data.shape[1]) / segment.sfreq
        assert np.abs(said - times[at : at + len(said)]).max() < 1.05
        at += len(said)


@settings(max_examples=60)
@given(
    packet=st.sampled_from([1, 2, 12]),
    step=st.sampled_from([1, 2]),
    modulus=st.sampled_from([256, 65536]),
    lost=st.integers(1, 100),
    at=st.integers(20, 600),
)
def test_a_counter_shows_missing_packets(packet: int, step: int, modulus: int, lost: int, at: int) -> None:
    numbers = np.arange(900) + np.where(np.arange(900) >= at, lost, 0)
    counter = np.repeat((numbers * step) % modulus, packet).astype(np.float64)
    told = clock.counter_gaps(counter)
    assert told is not None
    assert told.gaps.tolist() == [at * packet]


def test_a_counter_that_begins_anew_is_a_gap() -> None:
    told = clock.counter_gaps(np.repeat(np.r_[np.arange(600.0), np.arange(500.0)], 12))
    assert told is not None
    assert told.gaps.tolist() == [7200]


@pytest.mark.parametrize("counter", [np.zeros(500), np.arange(2.0), np.random.default_rng(0).integers(0, 255, 500)])
def test_what_does_not_count_is_not_believed(counter: clock.Times) -> None:
    assert clock.counter_gaps(np.asarray(counter, np.float64)) is None


def test_stamps_stretched_over_a_gap_do_not_hide_it_where_there_is_a_counter() -> None:
    times = steady(2400)
    times[1200:] += 3.0
    times[1200:1212] = times[1199] + (times[1212] - times[1199]) * np.arange(1, 13) / 13
    counter = np.repeat(np.r_[np.arange(100), np.arange(164, 264)], 12).astype(np.float64)
    gaps, sfreq = clock.gaps_and_rate(times, 256.0, counter=counter)
    segments = cut(times, gaps, sfreq)
    assert gaps.tolist() == [1200]
    assert segments[1].time_start == pytest.approx(T0 + 1200 / 256 + 3.0, abs=0.01)


def test_a_loss_of_whole_turns_of_the_counter_is_seen_in_the_stamps() -> None:
    counter = (np.arange(2560) % 256).astype(np.float64)
    times = steady(2560, 250.0)
    times[1024:] += 2 * 256 / 250.0
    assert clock.gaps_and_rate(times, 250.0, counter=counter)[0].tolist() == [1024]
