"""Rebuilds time from what a device counts: samples become gap-free chunks. Pure: no clock, no device.

Within a segment time runs at the nominal rate, as files and windows take it to. The device's own rate differs (up to
100 ppm and more: 0.7 s in two hours), so its drift against the host is fitted, and once a segment's time is about to
be wrong by more than `SLEW` a new segment takes over at the right time, although nothing is missing. A slow
device's next segment starts early by as much as it will be late at its end: at 100 ppm that is once in three minutes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from companion.brain.arriving import Arriving, Samples
from companion.brain.device import Block, Counter
from companion.brain.drift import Drift
from companion.brain.gaps import APART, Gap, GapFinder, Reason
from companion.brain.types import Chunk, Stream

SLEW = 0.010  # seconds that a segment's time may be off before the next one takes over
LEAST_SEGMENT = 60.0  # seconds between two slews of a device whose nominal rate is far off, unless by then it is off
LARGEST_SLEW = 0.6 * APART  # by more than this: what is only late must not be taken for a gap,
LAP_SHARE = 0.25  # nor, where the counter's laps are short, for a lost lap, half of which counts as one
LASTED = 8  # segments whose mean length the next one is expected to have
FIRST_SECONDS = 2.0  # of signal looked at before time begins: the first packets often come in a burst

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Opening:
    """A segment's beginning: its number, why, how many samples are known to be lost, and UTC seconds."""

    segment: int
    reason: Reason
    lost: int
    time: float


class Timeline:
    """Turns drained blocks into chunks of one segment each.

    With a counter, time advances by counted samples and any jump is a gap, to one packet; laps of the counter are told
    by the host's clock. Without one, the samples' own times tell: a step that exceeds the expected one by more than
    1.5 packets and the jitter seen so far, and that the samples after it do not make up for, is a gap. Where the number
    of lost samples is not known, the first 2 s of signal after it are waited for: its time is that of the least late.

    Parameters
    ----------
    stream
        The device.
    counter
        How it counts, or None.
    segment
        Number of the first segment.
    on_open
        Takes each segment's beginning.
    drift
        What is known of the device's clock: how fast it runs. Nothing by default.

    """

    def __init__(
        self,
        stream: Stream,
        *,
        counter: Counter | None = None,
        segment: int = 0,
        on_open: Callable[[Opening], None] | None = None,
        drift: Drift | None = None,
    ) -> None:
        self._stream = stream
        self._segment = segment - 1
        self._on_open = on_open
        self._arriving = Arriving(counter, stream.sfreq)
        self._finder = GapFinder(counter, stream.sfreq)
        self._drift = drift or Drift()
        lap = self._finder.lap / stream.sfreq
        self._largest = min(LARGEST_SLEW, LAP_SHARE * lap) if lap else LARGEST_SLEW
        self._lasted: deque[float] = deque(maxlen=LASTED)  # seconds of the newest segments
        self._anchor: float | None = None  # UTC seconds of the segment's first sample
        self._continues = False  # it only put the time right: its first sample follows the last one, unless lost
        self._first = 0  # number of its first sample; lost samples have numbers too
        self._next = 0  # number of the next sample that is not lost
        self._fitted = 0  # number of the first sample the drift has not seen
        self._reason: Reason | None = Reason.START  # why a segment is about to begin
        self._waiting: list[Samples] = []  # its first samples, as they came
        self._held: Samples | None = None  # what may follow a gap

    @property
    def next_segment(self) -> int:
        """Number of the segment after the newest one."""
        return self._segment + 1

    @property
    def wrong_rate(self) -> float:
        """How much slower than nominal the device counts where a person should know (`Drift.wrong`); 0 otherwise."""
        return self._drift.wrong

    def add(self, block: Block) -> list[Chunk]:
        """Return the chunks that are certain now; see the class for what is held back."""
        samples = self._arriving.take(block)
        self._finder.lateness.learn(samples.times)
        piece = round(self._stream.sfreq)
        parts = [samples.part(start, start + piece) for start in range(0, len(samples), piece)]
        return [chunk for part in parts for chunk in self._take(part)]

    def finish(self) -> list[Chunk]:
        """Return what was held back; nothing more will come."""
        rest = self._arriving.finish()
        chunks = [] if rest is None else self._take(rest)
        while self._waiting or self._held is not None:
            if self._waiting:
                chunks += [chunk for part in self._release() for chunk in self._take(part)]
            else:
                chunks += self._cut(self._joined(), final=True)
        return chunks

    def _take(self, samples: Samples) -> list[Chunk]:
        """Go on with the next samples."""
        chunks: list[Chunk] = []
        coming = deque([samples] if len(samples) else [])
        while coming:
            part = coming.popleft()
            if self._reason is None:
                chunks += self._cut(self._joined(part), final=False)
            else:
                self._waiting.append(part)
            if self._reason is not None and self._looked():
                coming.extendleft(reversed(self._release()))
        return chunks

    def _joined(self, *parts: Samples) -> Samples:
        """Return what is held and what follows it."""
        held = [] if self._held is None else [self._held]
        self._held = None
        return reduce(Samples.then, [*held, *parts])

    def _looked(self) -> bool:
        """Whether enough is there to tell when the segment that is about to begin began."""
        count = sum(map(len, self._waiting))
        broken = np.concatenate([part.broken for part in self._waiting])
        return bool(broken[1:].any()) or count >= FIRST_SECONDS * self._stream.sfreq

    def _release(self) -> list[Samples]:
        """Begin the segment that was waited for; return its samples in the pieces that they came in."""
        parts, self._waiting = self._waiting, []
        reason, self._reason = self._reason, None
        if reason is None:
            raise RuntimeError("no segment was about to begin")
        self._open(reason, reduce(Samples.then, parts))
        parts[0].lost[0], parts[0].broken[0] = 0, False
        return parts

    def _cut(self, samples: Samples, *, final: bool) -> list[Chunk]:
        """Split samples at their gaps."""
        chunks: list[Chunk] = []
        while len(samples):
            gap = self._next_gap(samples)
            end = gap.index if gap else len(samples)
            if end:
                chunks.append(self._chunk(samples.part(0, end)))
                samples = samples.part(end)
            if gap is None:
                break
            if not (gap.certain or final or self._finder.decided(samples)):
                self._held = samples
                return chunks
            samples.lost[0] += gap.laps * self._finder.lap
            if gap.reason is not Reason.LOST:
                self._reason, self._waiting = gap.reason, [samples]
                return chunks
            self._open(gap.reason, samples)
            samples.lost[0] = 0
        self._slew()
        return chunks

    def _next_gap(self, samples: Samples) -> Gap | None:
        """Return the first sample that cannot continue the segment."""
        fresh = self._next == self._first and not self._continues
        return self._finder.find(samples, samples.times - self._counted(samples), fresh=fresh)

    def _open(self, reason: Reason, samples: Samples) -> None:
        """Begin a segment with the first of these samples."""
        lost = int(samples.lost[0])
        if reason is not Reason.LOST:
            self._drift.restart()
            lost = samples.lost[0] = 0
            self._fitted = self._next
        self._fit(samples.part(0, self._sound(samples)))
        self._next += lost
        self._begin(reason, lost)
        self._finder.lateness.late = float(samples.times[0]) - self._time(self._next)

    def _sound(self, samples: Samples) -> int:
        """Return how many samples there are until one whose number says nothing of its time."""
        late = samples.times - self._numbers(samples) / self._stream.sfreq
        anew = (samples.lost > 0) & (np.diff(late, prepend=late[0]) < -APART)
        unknown = np.flatnonzero((samples.broken | anew)[1:])
        return int(unknown[0]) + 1 if unknown.size else len(samples)

    def _begin(self, reason: Reason, lost: int) -> None:
        """Let a segment begin at the next sample."""
        before = 0.0
        if self._anchor is not None:
            before = self._time(self._next)
            self._lasted.append((self._next - self._first) / self._stream.sfreq)
        self._first = self._next
        self._continues = reason is Reason.SLEW
        self._anchor = self._drift.utc(self._next / self._stream.sfreq) + self._lead()
        self._finder.lateness.late += before - self._anchor
        self._segment += 1
        if self._on_open is not None:
            self._on_open(Opening(self._segment, reason, lost, self._anchor))

    def _lead(self) -> float:
        """Return how early (s) a segment should start to be right in its middle; negative when late."""
        if not self._lasted:
            return 0.0
        bound = 0.9 * self._tolerance()  # so that the fit's own unrest does not call for the next one at once
        return float(np.clip(self._drift.rate * float(np.mean(self._lasted)) / 2, -bound, bound))

    def _slew(self) -> None:
        """Let a new segment take over when the time of this one is no longer right."""
        right = self._drift.utc(self._next / self._stream.sfreq)
        if abs(self._time(self._next) - right) > self._tolerance():
            self._begin(Reason.SLEW, 0)

    def _tolerance(self) -> float:
        """Return how far a segment's time may be off, seconds."""
        return max(SLEW, min(abs(self._drift.rate) * LEAST_SEGMENT / 2, self._largest))

    def _chunk(self, samples: Samples) -> Chunk:
        """Return the next samples of the open segment."""
        self._fit(samples)
        start = self._time(self._next)
        continues, self._continues = self._continues, False
        self._next += len(samples)
        return Chunk(np.ascontiguousarray(samples.data), start, self._segment, self._stream, continues)

    def _fit(self, samples: Samples) -> None:
        """Show the drift those samples that it has not seen."""
        numbers = self._numbers(samples)
        new = numbers >= self._fitted
        self._drift.add(numbers[new] / self._stream.sfreq, samples.times[new])
        self._fitted = max(self._fitted, int(numbers[-1]) + 1)

    def _numbers(self, samples: Samples) -> NDArray[np.int64]:
        """Return the number of each of the next samples."""
        numbers: NDArray[np.int64] = self._next + np.arange(len(samples)) + np.cumsum(samples.lost)
        return numbers

    def _counted(self, samples: Samples) -> Times:
        """Return when each of the next samples was taken by the segment's time."""
        if self._anchor is None:
            raise RuntimeError("no segment is open")
        times: Times = self._anchor + (self._numbers(samples) - self._first) / self._stream.sfreq
        return times

    def _time(self, number: int) -> float:
        """Return when a sample was taken by the segment's time."""
        if self._anchor is None:
            raise RuntimeError("no segment is open")
        return self._anchor + (number - self._first) / self._stream.sfreq
