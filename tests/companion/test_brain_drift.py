import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.brain.drift import Drift, slope

START = 1_700_000_000.0
STEP = 12 / 256  # seconds a packet


def fed(device: np.ndarray, arrival: np.ndarray, times: list[float]) -> tuple[Drift, list[float]]:
    """Feed packets in order; return what was told of each of these device seconds when it was the newest."""
    drift, told, at = Drift(), [], 0
    for time in times:
        stop = int(np.searchsorted(device, time, side="right"))
        drift.add(device[at:stop], arrival[at:stop])
        told.append(drift.utc(time))
        at = stop
    return drift, told


def late(rng: np.random.Generator, count: int) -> np.ndarray:
    """A radio's delays: mostly within its interval, now and then much more."""
    again = np.where(rng.random(count) < 0.1, rng.exponential(0.05, count), 0)
    return rng.uniform(0, 0.02, count) + again


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), ppm=st.sampled_from([-300.0, -100.0, 0.0, 50.0, 100.0, 300.0]))
def test_utc_is_told_within_milliseconds_through_jitter_and_stalls(seed: int, ppm: float) -> None:
    rng = np.random.default_rng(seed)
    device = np.arange(int(900 / STEP)) * STEP
    true = START + device * (1 + ppm * 1e-6)
    arrival = true + late(rng, device.size)
    for begin in (200.0, 500.0):  # nothing for three seconds, then everything at once
        stalled = (device >= begin) & (device < begin + 3)
        arrival[stalled] = np.maximum(arrival[stalled], START + begin + 3)
    arrival = np.maximum.accumulate(arrival)
    times = np.arange(30.0, 900.0, 7.0)
    drift, told = fed(device, arrival, times.tolist())
    assert np.abs(np.array(told) - START - times * (1 + ppm * 1e-6)).max() < 0.008
    assert drift.rate == pytest.approx(ppm * 1e-6, abs=8e-6)


def test_nothing_later_changes_what_was_told() -> None:
    rng = np.random.default_rng(0)
    device = np.arange(2000) * STEP
    arrival = START + device + late(rng, device.size)
    _, first = fed(device[:1000], arrival[:1000], [20.0, 40.0])
    _, both = fed(device, arrival, [20.0, 40.0, 90.0])
    assert both[:2] == first


def test_a_host_clock_that_is_set_back_is_followed_at_once_and_one_set_forward_within_a_minute() -> None:
    device = np.arange(0, 600, STEP)
    for jump, patience in ((-0.05, 1.0), (0.05, 70.0)):
        arrival = START + device + np.where(device >= 300, jump, 0)
        _, told = fed(device, arrival, [299.0, 300.0 + patience, 500.0])
        assert told[0] == pytest.approx(START + 299, abs=1e-3)
        assert told[1] == pytest.approx(START + 300 + patience + jump, abs=0.006)


@pytest.mark.parametrize("rate", [0.01, 0.05, -0.02])
def test_a_rate_that_is_far_off_is_told_within_seconds(rate: float) -> None:
    rng = np.random.default_rng(0)
    device = np.arange(0, 7, STEP)
    drift, _ = fed(device, START + device * (1 + rate) + rng.uniform(0, 0.01, device.size), [7.0])
    assert drift.rate == pytest.approx(rate, rel=0.1)
    assert drift.wrong == 0.0  # nobody is told yet


def test_a_queue_that_grows_or_drains_is_no_rate() -> None:
    device = np.arange(0, 15, STEP)
    steps = 0.3 * (np.floor(device / 4) % 2)  # late by fits and starts
    draining = np.maximum(0.6 - 0.1 * device, 0.0)  # faster than any crystal
    for late_by in (steps, draining):
        drift, _ = fed(device, START + device + late_by, [15.0])
        assert drift.rate == 0.0


def test_a_wrong_rate_is_known_for_one_after_a_minute_whatever_was_lost() -> None:
    drift, known = Drift(), list[float]()
    for second in range(100):
        device = second + np.arange(0, 1, STEP)
        drift.add(device, START + device * 1.03)
        known.append(drift.wrong)
        if second in {30, 55}:
            drift.restart()
    assert known[50] == 0.0
    assert known[75] == pytest.approx(0.03, abs=1e-3)


def test_after_a_loss_without_a_count_the_rate_is_kept_and_the_height_is_new() -> None:
    device = np.arange(0, 300, STEP)
    drift = Drift()
    drift.add(device, START + device * 1.0001)
    rate = drift.rate
    drift.restart()
    assert not drift.known
    with pytest.raises(ValueError, match="no sample"):
        drift.utc(300.0)
    drift.add(np.array([300.0]), np.array([START + 900.0]))
    assert drift.rate == rate == pytest.approx(1e-4, abs=1e-6)
    assert drift.utc(300.0) == pytest.approx(START + 900.0, abs=1e-6)


@given(
    rate=st.floats(-1e-3, 1e-3),
    above=st.lists(st.floats(0, 5), min_size=3, max_size=60),
)
def test_the_slope_is_that_of_a_line_below_all_points(rate: float, above: list[float]) -> None:
    points = [(float(x), rate * x + height) for x, height in enumerate([0.0, *above, 0.0])]
    assert slope(points) == pytest.approx(rate, abs=1e-9)
