"""Replays real EEG through planted faults, in simulated time: what the host drains, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.brain.device import Block, Counter
from companion.brain.gaps import Reason
from companion.brain.ring import Ring
from companion.brain.timeline import Opening, Timeline
from companion.brain.types import Chunk, Stream
from companion.evaluation.fault_plan import Faults, Plan

COUNT = "COUNT"  # the first channel holds the number of each sample, which tells what became of it
DRAIN = 0.1  # seconds between two drains
WINDOW = 4.0  # seconds of a window
ASKED = 1.0  # seconds between two of them

Times = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run.

    Attributes
    ----------
    number
        ``int64[samples]``: which samples came through, in order.
    time
        ``float64[samples]`` UTC seconds they were given.
    segment
        ``int64[samples]``.
    slews
        Segments that began without anything missing, to put the time right.
    windows, across
        Windows that the ring gave, and how many of these reach across lost samples.
    window_error
        ``float64[windows]``: seconds by which each window's end is wrong.

    """

    number: Counts
    time: Times
    segment: Counts
    slews: frozenset[int]
    windows: int
    across: int
    window_error: Times


def true_times(plan: Plan, faults: Faults, sfreq: float) -> Times:
    """Return when each sample was taken, lost ones included: ``float64[samples]`` UTC seconds."""
    back = (np.arange(faults.packet) - faults.packet + 1) / sfreq * (1 + faults.ppm * 1e-6)
    times: Times = (plan.taken[:, np.newaxis] + back).ravel()
    return times


def arrivals(plan: Plan, faults: Faults) -> Times:
    """Return the time a driver gives each sample: spread evenly from the packet before, as BrainFlow does for Muse.

    ``float64[samples]`` UTC seconds; NaN for lost samples.
    """
    times = np.full((plan.lost.size, faults.packet), np.nan)
    came = np.flatnonzero(~plan.lost)
    when = plan.arrival[came]
    before = np.concatenate([[when[0] - 0.05], when[:-1]])
    anew = np.diff(plan.connection[came], prepend=-1) != 0  # a driver knows no earlier packet then
    before[anew] = when[anew]
    share = np.arange(1, faults.packet + 1) / faults.packet
    times[came] = before[:, np.newaxis] + (when - before)[:, np.newaxis] * share
    return times.ravel()


def replay(
    eeg: NDArray[np.float64],
    ch_names: Sequence[str],
    sfreq: float,
    plan: Plan,
    faults: Faults,
    *,
    window: float = WINDOW,
    counted: bool = True,
    also: Callable[[Chunk], None] | None = None,
) -> Outcome:
    """Send EEG through the faults into a timeline and a ring.

    Parameters
    ----------
    eeg
        ``float64[channels, samples]`` in µV; repeated to the plan's length.
    window
        Seconds of the windows that the ring is asked for.
    counted
        False for a host that does not read the device's counter.
    also
        Takes every chunk as well (a recorder, say).

    """
    stream = Stream("replayed", sfreq, (COUNT, *ch_names), simulated=True)
    counter = Counter(faults.modulus, faults.packet) if counted else None
    gathered = _Gathered(true_times(plan, faults, sfreq), sfreq, window, also)
    segment = 0
    for connection in np.unique(plan.connection).tolist():
        timeline = Timeline(stream, counter=counter, segment=segment, on_open=gathered.opened)
        for block in _drained(eeg, plan, faults, connection, counted=counted):
            for chunk in timeline.add(block):
                gathered.take(chunk)
        for chunk in timeline.finish():
            gathered.take(chunk)
        segment = gathered.next_segment
    return gathered.outcome()


def _drained(
    eeg: NDArray[np.float64], plan: Plan, faults: Faults, connection: int, *, counted: bool
) -> Iterator[Block]:
    """Yield what the host finds waiting every tenth of a second of one connection."""
    came = np.flatnonzero(~plan.lost & (plan.connection == connection))
    drain = np.floor(plan.arrival[came] / DRAIN)
    # A host without a counter has each packet's own time of arrival, which is the best it can have.
    times = arrivals(plan, faults).reshape(-1, faults.packet) if counted else plan.arrival[:, np.newaxis]
    for packets in np.split(came, np.flatnonzero(np.diff(drain)) + 1):
        numbers = (packets[:, np.newaxis] * faults.packet + np.arange(faults.packet)).ravel()
        data = np.vstack([numbers, eeg[:, numbers % eeg.shape[1]]])
        counters = plan.number[packets].repeat(faults.packet) if counted else None
        yield Block(data, np.broadcast_to(times[packets], (packets.size, faults.packet)).ravel(), counters)


class _Gathered:
    """Takes chunks as the engine does, and asks the ring for a window every second of signal."""

    def __init__(self, true: Times, sfreq: float, window: float, also: Callable[[Chunk], None] | None) -> None:
        self._true, self._sfreq, self._window, self._also = true, sfreq, window, also
        self._ring = Ring()
        self._numbers: list[NDArray[np.float64]] = []
        self._times: list[Times] = []
        self._segments: list[Counts] = []
        self._slews: set[int] = set()
        self._errors: list[float] = []
        self._asked = 0.0
        self._across = 0
        self.next_segment = 0

    def opened(self, opening: Opening) -> None:
        """Take down a segment's beginning."""
        if opening.reason is Reason.SLEW:
            self._slews.add(opening.segment)

    def take(self, chunk: Chunk) -> None:
        """Take one chunk."""
        count = chunk.data.shape[1]
        self._numbers.append(chunk.data[0].copy())
        self._times.append(chunk.time_start + np.arange(count) / self._sfreq)
        self._segments.append(np.full(count, chunk.segment))
        self.next_segment = chunk.segment + 1
        self._ring.append(chunk)
        if self._also is not None:
            self._also(chunk)
        end = chunk.time_start + count / self._sfreq
        if end >= self._asked + ASKED:
            self._asked = end
            self._ask()

    def _ask(self) -> None:
        """Look at the newest window."""
        window = self._ring.last(self._window)
        if window is None:
            return
        self._across += bool(np.any(np.diff(window.data[0]) != 1))
        self._errors.append(window.time_end - 1 / self._sfreq - float(self._true[int(window.data[0, -1])]))

    def outcome(self) -> Outcome:
        """Return what was gathered."""
        return Outcome(
            np.concatenate(self._numbers).astype(np.int64),
            np.concatenate(self._times),
            np.concatenate(self._segments),
            frozenset(self._slews),
            len(self._errors),
            self._across,
            np.array(self._errors),
        )
