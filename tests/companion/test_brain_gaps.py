import numpy as np
import pytest

from companion.brain.device import Block, Counter
from companion.brain.gaps import Reason
from companion.brain.ring import Ring
from companion.brain.timeline import SLEW, Opening, Timeline
from companion.brain.types import Chunk, Stream

MUSE = Stream("Muse2", 256.0, ("TP9",))
CYTON = Stream("Cyton", 250.0, ("Fp1",))
MUSE_COUNTER, CYTON_COUNTER = Counter(65536, 12), Counter(256)
START = 1_700_000_000.0


class Heard:
    """A timeline fed with what the host drains every tenth of a second."""

    def __init__(self, stream: Stream, counter: Counter | None) -> None:
        self.openings: list[Opening] = []
        self.chunks: list[Chunk] = []
        self.timeline = Timeline(stream, counter=counter, on_open=self.openings.append)
        self._counter = counter

    def hear(self, index: np.ndarray, arrival: np.ndarray, numbers: np.ndarray | None = None) -> None:
        counters = None
        if self._counter is not None:
            counters = index // self._counter.samples % self._counter.modulus if numbers is None else numbers
        drains = np.flatnonzero(np.diff(np.floor(arrival * 10))) + 1
        for part in np.split(np.arange(index.size), drains):
            told = None if counters is None else counters[part]
            block = Block(index[part][np.newaxis].astype(float), arrival[part], told)
            self.chunks += self.timeline.add(block)
        self.chunks += self.timeline.finish()

    @property
    def reasons(self) -> list[Reason]:
        return [opening.reason for opening in self.openings]

    def error(self, true: np.ndarray) -> float:
        """The largest error of time, where sample ``i`` was taken at ``true[i]``."""
        rate = self.chunks[0].stream.sfreq
        return max(
            float(np.abs(c.time_start + np.arange(c.data.shape[1]) / rate - true[c.data[0].astype(int)]).max())
            for c in self.chunks
        )


def packets(index: np.ndarray, sfreq: float, size: int, rng: np.random.Generator) -> np.ndarray:
    """When each sample comes: with the last of its packet, and up to 20 ms later."""
    last = (index // size + 1) * size - 1
    delay = rng.uniform(0, 0.02, int(last[-1]) // size + 1)[index // size]
    return np.maximum.accumulate(START + last / sfreq + delay)


@pytest.mark.parametrize("seconds", [0.4, 0.9, 2.0, 3.4])
def test_a_stall_whose_queue_drains_slowly_is_no_gap_even_on_a_counter_that_laps_within_it(seconds: float) -> None:
    index = np.arange(5000)
    arrival = packets(index, 250, 1, np.random.default_rng(0))
    began = START + 8.0
    queue = arrival >= began
    # The queue goes out at four times the speed at which it fills.
    arrival[queue] = np.maximum(arrival[queue], began + seconds + np.arange(queue.sum()) / 1000)
    for counter in (CYTON_COUNTER, None):
        one = Heard(CYTON, counter)
        one.hear(index, arrival)
        assert one.reasons == [Reason.START]
        assert sum(chunk.data.shape[1] for chunk in one.chunks) == index.size


@pytest.mark.parametrize("laps", [1, 2, 7])
@pytest.mark.parametrize("more", [0, 1, 200])
def test_whole_laps_of_the_counter_are_found_and_time_stays_right(laps: int, more: int) -> None:
    lost = 256 * laps + more
    index = np.concatenate([np.arange(3000), np.arange(3000 + lost, 6000 + lost)])
    one = Heard(CYTON, CYTON_COUNTER)
    one.hear(index, packets(index, 250, 1, np.random.default_rng(1)))
    assert one.reasons == [Reason.START, Reason.LOST]
    assert one.openings[1].lost == lost
    assert one.error(START + np.arange(index[-1] + 1) / 250) < 0.005


def test_a_lap_lost_during_a_stall_is_still_told_from_the_stall() -> None:
    index = np.concatenate([np.arange(3000), np.arange(3256, 6000)])
    arrival = packets(index, 250, 1, np.random.default_rng(2))
    began = START + 12.5  # of samples taken after the loss
    queue = arrival >= began
    arrival[queue] = np.maximum(arrival[queue], began + 2.0 + np.arange(queue.sum()) / 1000)
    one = Heard(CYTON, CYTON_COUNTER)
    one.hear(index, arrival)
    assert one.reasons == [Reason.START, Reason.LOST]
    assert one.openings[1].lost == 256


@pytest.mark.parametrize("lost", [1, 2, 100, 5000])
def test_drivers_that_spread_stamps_over_a_loss_do_not_make_time_jump_back(lost: int) -> None:
    kept = np.concatenate([np.arange(300), np.arange(300 + lost, 600 + lost)])
    came = START + (kept * 12 + 11) / 256
    before = np.concatenate([[came[0] - 0.04], came[:-1]])
    arrival = (before[:, np.newaxis] + (came - before)[:, np.newaxis] * np.arange(1, 13) / 12).ravel()
    index = (kept[:, np.newaxis] * 12 + np.arange(12)).ravel()
    one = Heard(MUSE, MUSE_COUNTER)
    one.hear(index, arrival)
    assert one.reasons == [Reason.START, Reason.LOST]
    assert one.openings[1].lost == lost * 12
    assert one.error(START + np.arange(index[-1] + 1) / 256) < 0.005


def test_packets_drained_in_halves_lose_nothing_and_wait_for_their_other_half() -> None:
    index = np.arange(2400)
    timeline = Timeline(MUSE, counter=MUSE_COUNTER)
    chunks: list[Chunk] = []
    for start in range(0, 2400, 7):
        part = index[start : start + 7]
        chunks += timeline.add(Block(part[np.newaxis].astype(float), START + part / 256, part // 12))
    got = sum(chunk.data.shape[1] for chunk in chunks)
    assert got == 2400
    assert {chunk.segment for chunk in chunks} == {0}


@pytest.mark.parametrize("ppm", [-300, 300])
def test_time_is_put_right_by_new_segments_that_join_seamlessly_and_are_no_gaps(ppm: int) -> None:
    index = np.arange(12 * 9000)
    true = START + index / 256 * (1 + ppm * 1e-6)
    rng = np.random.default_rng(3)
    one = Heard(MUSE, MUSE_COUNTER)
    packet = index.reshape(-1, 12)
    came = np.maximum.accumulate(true[packet[:, -1]] + rng.uniform(0, 0.02, len(packet)))
    one.hear(index, came.repeat(12))
    assert one.reasons[0] is Reason.START
    assert set(one.reasons[1:]) == {Reason.SLEW}
    assert 5 < len(one.openings) < 14
    assert np.concatenate([chunk.data[0] for chunk in one.chunks]).tolist() == index.tolist()
    assert one.error(true) < SLEW + 0.005
    for before, after in zip(one.chunks, one.chunks[1:], strict=False):
        end = before.time_start + before.data.shape[1] / 256
        allowed = 1e-6 if before.segment == after.segment else 2.2 * SLEW
        assert abs(after.time_start - end) < allowed


@pytest.mark.parametrize("counter", [CYTON_COUNTER, None])
def test_the_newest_seconds_are_there_through_slews_and_their_time_is_right(counter: Counter | None) -> None:
    index = np.arange(250 * 300)
    true = START + index / 250 * (1 + 3e-4)
    one, ring = Heard(CYTON, counter), Ring()
    one.hear(index, true)
    assert set(one.reasons[1:]) == {Reason.SLEW}
    assert len(one.openings) > 3
    assert [chunk.segment for chunk in one.chunks if chunk.continues] == list(range(1, len(one.openings)))
    for chunk in one.chunks:
        ring.append(chunk)
        window, newest = ring.last(10.0), int(chunk.data[0, -1])
        assert (window is None) == (newest < 2499)
        if window is not None:
            assert window.data[0].tolist() == list(range(newest - 2499, newest + 1))
            assert window.time_end - 1 / 250 == pytest.approx(true[newest], abs=SLEW + 0.005)


def slewed(counter: Counter | None) -> tuple[np.ndarray, np.ndarray, int]:
    """Samples of a device that is off, when they were taken, and a number at which a slew has begun a segment."""
    index = np.arange(250 * 120)
    true = START + index / 250 * (1 + 3e-4)
    one = Heard(CYTON, counter)
    one.hear(index, true)
    return index, true, next(int(chunk.data[0, 0]) for chunk in one.chunks if chunk.continues and chunk.segment > 1)


@pytest.mark.parametrize("lost", [3, 100, 256, 600])
@pytest.mark.parametrize("counter", [CYTON_COUNTER, None])
def test_samples_lost_right_at_a_slew_still_part_the_signal(counter: Counter | None, lost: int) -> None:
    index, true, at = slewed(counter)
    kept = (index < at) | (index >= at + lost)
    one, ring = Heard(CYTON, counter), Ring()
    one.hear(index[kept], true[kept])
    parted = [chunk for chunk in one.chunks if chunk.data[0, 0] == at + lost]
    assert len(parted) == 1
    assert not parted[0].continues
    for chunk in one.chunks:
        ring.append(chunk)
        for seconds in (2 / 250, 0.5, 4.0):
            window = ring.last(seconds)
            assert window is None or set(np.diff(window.data[0]).tolist()) <= {1.0}


def test_a_burst_at_the_start_does_not_make_the_first_segment_late() -> None:
    index = np.arange(256 * 20)
    arrival = packets(index, 256, 12, np.random.default_rng(4))
    arrival[: 256 * 1] = np.maximum(arrival[: 256 * 1], START + 1.2)  # what waited while the connection was made
    one = Heard(MUSE, MUSE_COUNTER)
    one.hear(index, np.maximum.accumulate(arrival))
    assert one.reasons == [Reason.START]
    assert one.error(START + index / 256) < 0.005


def test_stamps_that_make_no_sense_are_still_passed_on_sample_by_sample() -> None:
    index = np.arange(2000)
    arrival = START + index / 256 + np.random.default_rng(5).uniform(-4, 4, 2000)
    for counter in (MUSE_COUNTER, None):
        one = Heard(MUSE, counter)
        one.hear(index, arrival)
        assert np.concatenate([chunk.data[0] for chunk in one.chunks]).tolist() == index.tolist()
