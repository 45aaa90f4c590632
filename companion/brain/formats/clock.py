"""From samples with time stamps, or a packet counter, to gap-free stretches: pure logic.

Time stamps of an amplifier's samples are often the times at which they *arrived*: packets come in bursts, stall and
catch up. A stall is no gap, since no sample is missing. So a late stamp counts as a gap only when all that follows
stays late, or where the device's own counter says that packets are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats.source import Source
from companion.brain.types import Segment

Times = NDArray[np.float64]
Indices = NDArray[np.intp]

_FIRST_YEAR, _LAST_YEAR = 946_684_800.0, 4_102_444_800.0  # 2000 and 2100, UTC seconds
_RATE_TOLERANCE = 0.02
_TOLERANCE = 0.07  # s; 1.5 packets of a Muse
_LARGEST_DRIFT = 1.0  # s that a sample may be from its time stamp before a stretch is begun anew
_ANCHOR_SECONDS = 2.0
_BLOCK_SECONDS = 10.0
_REGULAR = 0.8  # share of a counter's steps that must be alike before it is believed
_SMALLEST_COUNTER = 256


@dataclass(frozen=True, slots=True)
class Counter:
    """What a packet counter tells.

    Attributes
    ----------
    gaps
        First samples after missing packets.
    period
        Samples after which it counts anew: a loss of as many cannot be seen in it.

    """

    gaps: Indices
    period: int


def plausible(times: Times | float) -> bool:
    """Whether these can be UTC seconds since 1970 of a recording."""
    return bool(np.all((np.asarray(times) > _FIRST_YEAR) & (np.asarray(times) < _LAST_YEAR)))


def check_plausible(times: Times, source: Source) -> None:
    """Raise `BoardError` when time stamps are no UTC seconds since 1970."""
    if not plausible(times):
        strange = times[~((times > _FIRST_YEAR) & (times < _LAST_YEAR))][0]
        raise source.wrong(
            f"a time stamp is {strange:.6g}, which is no time between 2000 and 2100 in seconds since 1970",
            "Record or export it with absolute time stamps",
        )


def gaps_and_rate(
    times: Times, nominal: float, *, counter: NDArray[np.float64] | None = None, tolerance: float = _TOLERANCE
) -> tuple[Indices, float]:
    """Return the first samples after gaps, and the rate (Hz), of stamps that may be times of arrival.

    Parameters
    ----------
    counter
        The device's packet counter, one value a sample. It tells gaps better than stamps do; these then serve only for
        losses too long for it.
    tolerance
        How much later than a step a sample must be (s) to be a gap where there is no counter.

    """
    told = None if counter is None else counter_gaps(counter)
    known = np.array([], np.intp) if told is None else told.gaps
    least = tolerance if told is None else max(tolerance, told.period / nominal / 2.0)
    late = stamp_gaps(times, nominal, least)
    late = lasting(times, late, rate(times, np.union1d(known, late), nominal), least)
    gaps = np.union1d(known, late)
    return gaps, rate(times, gaps, nominal)


def stamp_gaps(times: Times, sfreq: float, tolerance: float) -> Indices:
    """Return the first samples more than ``tolerance`` seconds later than a step, or that much back in time."""
    steps = np.diff(times)
    return np.flatnonzero((steps > 1.0 / sfreq + tolerance) | (steps < -tolerance)) + 1


def lasting(times: Times, gaps: Indices, sfreq: float, tolerance: float) -> Indices:
    """Return those of ``gaps`` after which all stays late (or early): where samples are missing, not delayed."""
    late = times - np.arange(len(times)) / sfreq
    kept: list[int] = []
    begin = 0
    for gap in gaps.tolist():
        stall = max(0.0, times[gap] - times[gap - 1])
        before = late[max(begin, gap - int(sfreq)) : gap].min()
        after = late[gap : gap + 1 + int(sfreq * (1.0 + 1.5 * stall))]
        if abs(after.min() - before) > tolerance and not _catches_up(after, sfreq):
            kept.append(gap)
            begin = gap
    return np.array(kept, np.intp)


def _catches_up(late: Times, sfreq: float) -> bool:
    """Whether samples after a stall come at more than twice the rate to the very end: a burst cut off with the file."""
    return len(late) > 1 and late[0] - late[-1] > 0.5 * (len(late) - 1) / sfreq


def counter_gaps(counter: NDArray[np.float64]) -> Counter | None:
    """Return what a packet counter (one value a sample) tells; None when it does not count.

    Samples of one packet may share a number (12 on a Muse); it may step by more than one and wrap anywhere.
    """
    steps = np.diff(counter)
    changes = np.flatnonzero(steps) + 1
    if len(changes) < 2:  # noqa: PLR2004 - one packet tells no step
        return None
    jumps = steps[changes - 1]
    step = _most_common(jumps[jumps > 0])
    if step is None:
        return None
    wrap = _wrap(jumps, step)
    regular = (jumps == step) | (jumps == wrap)
    if regular.mean() < _REGULAR:
        return None
    size = step - wrap if wrap is not None else max(_SMALLEST_COUNTER, 2.0 ** np.ceil(np.log2(counter.max() + 1.0)))
    packet = _most_common(np.diff(changes).astype(np.float64)) or 1.0
    return Counter(changes[~regular], int(size / step * packet))


def rate(times: Times, gaps: Indices, nominal: float) -> float:
    """Return ``nominal``, or the measured rate (Hz) when it is over 2 % off and the stamps cannot scatter that much."""
    edges = [0, *gaps.tolist(), len(times)]
    length, begin = max((stop - start, start) for start, stop in pairwise(edges))
    if length < 3:  # noqa: PLR2004 - a line through two points has no scatter
        return nominal
    samples = np.arange(length) - (length - 1) / 2.0
    stretch = times[begin : begin + length] - times[begin : begin + length].mean()
    step = float(samples @ stretch / (samples @ samples))
    scatter = float(np.abs(stretch - step * samples).max())
    drift = abs(step - 1.0 / nominal) * length
    if step <= 0 or abs(1.0 / step - nominal) <= _RATE_TOLERANCE * nominal or drift <= 3.0 * scatter:
        return nominal
    return 1.0 / step


def cut(
    data: NDArray[np.float64], times: Times, gaps: Indices, *, sfreq: float, device: str, ch_names: Sequence[str]
) -> tuple[Segment, ...]:
    """Return ``float64[channels, samples]`` cut before each of ``gaps``, and where clocks drifted a second apart."""
    edges = [0, *gaps.tolist(), len(times)]
    segments: list[Segment] = []
    for begin, end in pairwise(edges):
        starts = _steady(times[begin:end], sfreq)
        for start, stop in zip(starts, [*starts[1:], end - begin], strict=True):
            part = slice(begin + start, begin + stop)
            time = _anchor(times[part], sfreq)
            segments.append(Segment(device, sfreq, tuple(ch_names), time, data[:, part]))
    return tuple(segments)


def _steady(times: Times, sfreq: float) -> list[int]:
    """Return where stretches begin within which each sample is at most about a second from its time stamp."""
    block = max(1, round(_BLOCK_SECONDS * sfreq))
    starts = [0]
    anchor = _earliest(times[:block], sfreq)
    for at in range(block, len(times), block):
        found = _earliest(times[at : at + block], sfreq)
        if abs(found - anchor - (at - starts[-1]) / sfreq) > _LARGEST_DRIFT:
            starts.append(at)
            anchor = found
    return starts


def _earliest(times: Times, sfreq: float) -> float:
    """Return the earliest that the first sample can have been by any of the stamps; a stall does not move it."""
    return float((times - np.arange(len(times)) / sfreq).min())


def _anchor(times: Times, sfreq: float) -> float:
    """Return the time of the first sample, by the first seconds of stamps so that one bad stamp does no harm."""
    count = min(len(times), max(1, int(_ANCHOR_SECONDS * sfreq)))
    return float(np.median(times[:count] - np.arange(count) / sfreq))


def _wrap(jumps: NDArray[np.float64], step: float) -> float | None:
    """Return the jump back with which a counter begins anew; None when it was not seen to."""
    wrap = _most_common(jumps[jumps < 0])
    if wrap is None:
        return None
    often = np.count_nonzero(jumps == wrap) > 1
    size = step - wrap
    return wrap if often or (size >= _SMALLEST_COUNTER and float(np.log2(size)).is_integer()) else None


def _most_common(values: NDArray[np.float64]) -> float | None:
    """Return the most frequent value, None when there is none."""
    if not len(values):
        return None
    unique, counts = np.unique(values, return_counts=True)
    return float(unique[np.argmax(counts)])
