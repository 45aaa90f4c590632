"""Rebuilds time from what a device counts: samples become gap-free chunks. Pure: no clock, no device."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from companion.brain.counting import CounterReader
from companion.brain.device import Block, Counter
from companion.brain.types import Chunk, Stream

DRIFT_LIMIT = 0.5  # seconds that device time and host time may lie apart
GAP_PACKETS = 1.5  # packets by which a step must exceed the expected one to be a gap
SETTLE = 0.1  # seconds of signal after which a late sample that stayed late counts as a gap
STEPS_KEPT = 512  # time steps the packet length is estimated from
SWINGS_KEPT = 50  # pieces of signal the jitter is estimated from
WATCHED = 1.0  # seconds of signal after which the jitter is known; until then it is taken for
FIRST_JITTER = 0.04  # seconds

Flags = NDArray[np.bool_]
Times = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a segment ends.

    Attributes
    ----------
    index
        The first sample of the next segment.
    time
        UTC seconds of that sample.
    certain
        False when only its lateness speaks for a gap, which samples to come may yet make up for.

    """

    index: int
    time: float
    certain: bool


class Timeline:
    """Turns drained blocks into chunks of one segment each.

    With a counter, time advances by counted samples and any jump is a gap. Without one, the samples' own times tell:
    a step that exceeds the expected one by more than 1.5 packets and the jitter seen so far, and that the samples
    after it do not make up for, is a gap. Either way a new segment starts when device time and host time differ by more
    than half a second.

    Parameters
    ----------
    stream
        The device.
    counter
        How it counts, or None.
    segment
        Number of the first segment.

    """

    def __init__(self, stream: Stream, *, counter: Counter | None = None, segment: int = 0) -> None:
        self._stream = stream
        self._reader = CounterReader(counter) if counter else None
        self._segment = segment - 1
        self._anchor: float | None = None  # UTC seconds of the segment's first sample
        self._count = 0  # samples of the segment so far
        self._late = 0.0  # seconds the newest sample came later than counted
        self._steps = np.empty(0)
        self._last_time: float | None = None
        self._swings: deque[float] = deque(maxlen=SWINGS_KEPT)  # seconds between the least and most late of a piece
        self._watched = 0
        self._valueless = False  # the newest sample came without values
        self._held: Block | None = None

    def add(self, block: Block) -> list[Chunk]:
        """Return the chunks that are certain now; what may follow a gap is held back for 0.1 s of signal."""
        self._learn_packet(block.times)
        return self._cut(block, final=False)

    def finish(self) -> list[Chunk]:
        """Return what was held back; nothing more will come."""
        if self._held is None:
            return []
        return self._cut(Block(self._held.data[:, :0], self._held.times[:0]), final=True)

    def _cut(self, block: Block, *, final: bool) -> list[Chunk]:
        """Split one block at its gaps."""
        data, times, lost, broken = self._prepared(block)
        chunks: list[Chunk] = []
        while times.size:
            gap = self._next_gap(times, lost, broken)
            end = gap.index if gap else times.size
            if end:
                chunks.append(self._chunk(data[:, :end]))
            data, times, lost, broken = data[:, end:], times[end:], lost[end:], broken[end:]
            if gap is None:
                break
            if not (gap.certain or final or broken.any() or times.size >= self._settle()):
                self._held = Block(data, times)
                break
            self._open(gap.time, float(times[0]))
            lost[0], broken[0] = 0, False
        return chunks

    def _prepared(self, block: Block) -> tuple[NDArray[np.float64], Times, Counts, Flags]:
        """Return the samples that hold values, how many were lost before each, and which follow a known gap."""
        joint = 0  # where the new block begins
        if self._held is not None:
            held, self._held = self._held, None
            joint = held.times.size
            block = replace(
                block, data=np.hstack([held.data, block.data]), times=np.concatenate([held.times, block.times])
            )
        present: Flags = np.all(np.isfinite(block.data), axis=0)
        broken: Flags = np.concatenate([[False], ~present[:-1]])[: present.size]
        if present.size > joint:
            broken[joint] |= block.after_gap or self._valueless
            self._valueless = not present[-1]
        times = block.times[present]
        if self._reader is None or block.counters is None:
            lost = np.zeros(times.size, dtype=np.int64)
        else:
            lost = self._reader.skipped(block.counters[present])
        return block.data[:, present], times, lost, broken[present]

    def _next_gap(self, times: Times, lost: Counts, broken: Flags) -> Gap | None:
        """Return the first sample that cannot continue the segment."""
        if self._anchor is None:
            return Gap(0, float(times[0]), certain=True)
        counted = self._anchor + (self._count + np.arange(times.size) + np.cumsum(lost)) / self._stream.sfreq
        late = times - counted
        # A delayed packet is followed by others that make up for the delay: what stays is the least lateness to come.
        kept = np.minimum.accumulate(late[::-1])[::-1]
        apart = (late < -DRIFT_LIMIT) | (kept > DRIFT_LIMIT)
        sure = broken | (lost > 0) | apart
        stepped = np.diff(kept, prepend=self._late) > GAP_PACKETS * self._packet() + self._jitter()
        gaps = sure | stepped if self._reader is None else sure
        index = int(np.argmax(gaps)) if gaps.any() else times.size
        if index:
            self._late = float(kept[index - 1])
            self._swings.append(float(np.ptp(late[:index])))
            self._watched += index
        if index == times.size:
            return None
        by_count = bool(lost[index]) and not apart[index]
        certain = bool(broken[index] or lost[index] or abs(late[index]) > DRIFT_LIMIT)
        return Gap(index, float(counted[index] if by_count else times[index]), certain=certain)

    def _open(self, time: float, arrived: float) -> None:
        """Begin a segment whose first sample was taken at ``time`` and came at ``arrived``."""
        self._segment += 1
        self._anchor, self._count, self._late = time, 0, arrived - time

    def _chunk(self, data: NDArray[np.float64]) -> Chunk:
        """Return the next samples of the open segment."""
        if self._anchor is None:
            raise RuntimeError("no segment is open")
        start = self._anchor + self._count / self._stream.sfreq
        self._count += data.shape[1]
        return Chunk(np.ascontiguousarray(data), start, self._segment, self._stream)

    def _learn_packet(self, times: Times) -> None:
        """Remember the steps between samples that did not come together."""
        known = times if self._last_time is None else np.concatenate([[self._last_time], times])
        if times.size:
            self._last_time = float(times[-1])
        steps = np.diff(known)
        steps = steps[steps > 0.1 / self._stream.sfreq]
        self._steps = np.concatenate([self._steps, steps])[-STEPS_KEPT:]

    def _packet(self) -> float:
        """Return the seconds between packets: one sample when each is stamped, more when several come together."""
        if not self._steps.size:
            return 1 / self._stream.sfreq
        return max(1.0, float(np.round(np.median(self._steps) * self._stream.sfreq))) / self._stream.sfreq

    def _jitter(self) -> float:
        """Return the seconds by which samples come more or less late without any being lost."""
        seen = max(self._swings, default=0.0)
        return seen if self._watched >= WATCHED * self._stream.sfreq else max(seen, FIRST_JITTER)

    def _settle(self) -> int:
        """Return how many samples must follow a late one before its lateness is taken for a gap."""
        return int(np.ceil(max(SETTLE, GAP_PACKETS * self._packet()) * self._stream.sfreq))
