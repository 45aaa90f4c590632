"""The last minute of EEG in memory, found by device time."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.brain.types import Chunk
from embeddings.types import EEGWindow

NEAR = 1e-3  # of a sample: what float times may be off


@dataclass(slots=True)
class Span:
    """One segment: samples ``first`` to ``first + count`` of all that ever came.

    Nothing is missing from ``whole`` on, which lies in an earlier span when this one continues it.
    """

    segment: int
    time_start: float
    first: int
    whole: int
    count: int


class Ring:
    """A thread-safe ring buffer. Memory is reserved once a device; a new device empties it.

    A window may lie in several segments when nothing is missing between them; its time is that of the newest.

    Parameters
    ----------
    seconds
        How much is kept.

    """

    def __init__(self, seconds: float = 60) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._samples: NDArray[np.float64] = np.empty((0, 0))
        self._device: tuple[float, tuple[str, ...]] | None = None
        self._spans: deque[Span] = deque()
        self._total = 0

    def append(self, chunk: Chunk) -> None:
        """Keep a chunk, letting go of the oldest samples."""
        with self._lock:
            self._prepare(chunk)
            span = self._span(chunk)
            count, capacity = chunk.data.shape[1], self._samples.shape[1]
            fresh = chunk.data[:, -capacity:]
            places = (self._total + count - fresh.shape[1]) % capacity
            until_end = min(fresh.shape[1], capacity - places)
            self._samples[:, places : places + until_end] = fresh[:, :until_end]
            self._samples[:, : fresh.shape[1] - until_end] = fresh[:, until_end:]
            span.count += count
            self._total += count
            self._forget()

    def last(self, seconds: float) -> EEGWindow | None:
        """Return the newest ``seconds``, or None when there is not that much since the last gap."""
        with self._lock:
            if not self._spans or self._device is None:
                return None
            wanted, newest = round(seconds * self._device[0]), self._spans[-1]
            if wanted < 1 or newest.count - wanted < self._start(newest):
                return None
            return self._window(newest, newest.count - wanted, newest.count)

    def between(self, time_start: float, time_end: float) -> EEGWindow | None:
        """Return the samples taken from ``time_start`` until before ``time_end`` (UTC seconds).

        None when they are not all there, or lie across a gap.
        """
        with self._lock:
            before_next = False  # the next sample is there, and is later than what is wanted
            for span in reversed(self._spans):
                start, end = self._index(span, time_start), self._index(span, time_end)
                if before_next:
                    end = min(end, span.count)
                if self._start(span) <= start < end <= span.count and end > 0:
                    return self._window(span, start, end)
                before_next = end <= 0 and span.whole < span.first
            return None

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._spans.clear()
            self._samples.fill(0.0)

    def _prepare(self, chunk: Chunk) -> None:
        """Reserve memory when the device is another one."""
        device = (chunk.stream.sfreq, chunk.stream.ch_names)
        if device != self._device:
            capacity = max(1, math.ceil(self._seconds * chunk.stream.sfreq))
            self._samples = np.zeros((len(chunk.stream.ch_names), capacity))
            self._device = device
            self._spans.clear()
            self._total = 0

    def _span(self, chunk: Chunk) -> Span:
        """Return the chunk's span, a new one when its segment is new."""
        last = self._spans[-1] if self._spans else None
        if last is not None and last.segment == chunk.segment:
            return last
        joins = last is not None and chunk.continues and chunk.segment == last.segment + 1
        whole = last.whole if last is not None and joins else self._total
        span = Span(chunk.segment, chunk.time_start, self._total, whole, 0)
        self._spans.append(span)
        return span

    def _oldest(self) -> int:
        """Return the first of all samples that was not written over yet."""
        return self._total - int(self._samples.shape[1])

    def _start(self, span: Span) -> int:
        """Return the first sample a window of a span may begin with; negative in the spans that it continues."""
        return max(span.whole, self._oldest()) - span.first

    def _forget(self) -> None:
        while self._spans and self._spans[0].first + self._spans[0].count <= self._oldest():
            self._spans.popleft()

    def _index(self, span: Span, time: float) -> int:
        """Return the first sample of a span that was taken at ``time`` or later."""
        sfreq = self._device[0] if self._device else 1.0
        return math.ceil((time - span.time_start) * sfreq - NEAR)

    def _window(self, span: Span, start: int, end: int) -> EEGWindow:
        """Copy samples ``start`` to ``end`` of a span."""
        if self._device is None:
            raise RuntimeError("nothing was appended")
        sfreq, ch_names = self._device
        capacity = self._samples.shape[1]
        place, count = (span.first + start) % capacity, end - start
        until_end = min(count, capacity - place)
        data = np.empty((self._samples.shape[0], count))
        data[:, :until_end] = self._samples[:, place : place + until_end]
        data[:, until_end:] = self._samples[:, : count - until_end]
        return EEGWindow(data, sfreq, ch_names, span.time_start + end / sfreq)
