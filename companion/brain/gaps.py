"""Where samples are missing: by the device's count, or by how late those after it come. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from companion.brain.arriving import Samples
from companion.brain.device import Counter
from companion.brain.lateness import Lateness

APART = 0.5  # seconds that a segment's time and the host's may lie apart
DRAINED = 0.5  # seconds of signal in which a queue that still drains becomes shorter
LONGEST_WAIT = 5.0  # seconds of signal that are waited for a queue to drain

Times = NDArray[np.float64]


class Reason(StrEnum):
    """Why a segment began."""

    START = "start"
    LOST = "lost"  # counted samples are missing
    BREAK = "break"  # an unknown number is missing
    CLOCK = "clock"  # the device counted anew, or the host's clock was set
    SLEW = "slew"  # nothing is missing: its time was put right


@dataclass(frozen=True, slots=True)
class Gap:
    """The first sample that cannot continue the segment, and whether those to come may still speak against it."""

    index: int
    reason: Reason
    certain: bool = True
    laps: int = 0  # of the counter that were lost besides


class GapFinder:
    """Finds the first sample that cannot continue a segment.

    Parameters
    ----------
    counter
        How the device counts, or None.
    sfreq
        Nominal samples a second.

    """

    def __init__(self, counter: Counter | None, sfreq: float) -> None:
        self._sfreq = sfreq
        self.lateness = Lateness(sfreq)
        self.lap = counter.modulus * counter.samples if counter else 0  # samples; 0 where nothing is counted

    def find(self, samples: Samples, late: Times, *, fresh: bool) -> Gap | None:
        """Return the first gap, None when there is none.

        Parameters
        ----------
        late
            ``float64[samples]`` seconds that each came later than its place in the segment says.
        fresh
            The segment begins with the first of these, which however late it is cannot be parted from itself; not
            so when the segment continues the one before, from which it can be parted.

        """
        # A delayed packet is followed by others that make up for the delay: what stays is the least lateness to come.
        kept = np.minimum.accumulate(late[::-1])[::-1]
        first = 1 if fresh else 0
        found = [
            _first(samples.broken, Reason.BREAK),
            self._lapped(late, kept, first) if self.lap else self._uncounted(late, kept, first),
            _first(samples.lost > 0, Reason.LOST),  # after laps: both may be lost at once
            _first(late < -APART, Reason.CLOCK, first),
        ]
        gap = min((one for one in found if one), key=lambda one: one.index, default=None)
        end = gap.index if gap else len(samples)
        self.lateness.passed(late[:end], kept[:end])
        if gap and gap.reason is Reason.LOST and late[end] < -APART:
            return Gap(end, Reason.CLOCK)  # the counter began anew, which looks like a great loss
        return gap

    def decided(self, samples: Samples) -> bool:
        """Whether samples to come will not change what a late sample, the first of these, means."""
        more = bool(samples.broken[1:].any() or (not self.lap and samples.lost[1:].any()))
        return more or len(samples) >= LONGEST_WAIT * self._sfreq

    def _uncounted(self, late: Times, kept: Times, first: int) -> Gap | None:
        """Return the gap that only lateness speaks for."""
        gap = _first(self.lateness.stepped(kept) | (kept > APART), Reason.BREAK, first)
        return gap and Gap(gap.index, gap.reason, certain=self._drained(late[gap.index :]))

    def _lapped(self, late: Times, kept: Times, first: int) -> Gap | None:
        """Return where whole laps of the counter were lost, which only the host's clock tells."""
        seconds = self.lap / self._sfreq
        gap = _first(kept > seconds / 2, Reason.LOST, first)
        if gap is None:
            return None
        laps = round(float(kept[gap.index]) / seconds)
        return Gap(gap.index, gap.reason, self._drained(late[gap.index :]), laps)

    def _drained(self, late: Times) -> bool:
        """Whether samples come as they are taken again, rather than from a queue that a stall has left."""
        span = round(DRAINED * self._sfreq)
        return late.size > span and bool(late[-1] > late[-span - 1] - DRAINED / 4)


def _first(flags: NDArray[np.bool_], reason: Reason, start: int = 0) -> Gap | None:
    """Return the first flag from ``start`` on as a gap."""
    rest = flags[start:]
    return Gap(start + int(np.argmax(rest)), reason) if rest.any() else None
