"""What a step in the samples' times means where nothing is counted. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Times = NDArray[np.float64]

GAP_PACKETS = 1.5  # packets by which a step must exceed the expected one to be a gap
STEPS_KEPT = 512  # time steps the packet length is estimated from
SWINGS_KEPT = 50  # pieces of signal the jitter is estimated from
WATCHED = 1.0  # seconds of signal after which the jitter is known; until then it is taken for
FIRST_JITTER = 0.04  # seconds


class Lateness:
    """Learns how unevenly samples come, and tells which step is more than that.

    Parameters
    ----------
    sfreq
        Nominal samples a second.

    """

    def __init__(self, sfreq: float) -> None:
        self._sfreq = sfreq
        self._steps = np.empty(0)
        self._last_time: float | None = None
        self._swings: deque[float] = deque(maxlen=SWINGS_KEPT)  # seconds between the least and most late of a piece
        self._watched = 0
        self.late = 0.0  # seconds the newest sample came later than its place says

    def learn(self, times: Times) -> None:
        """Remember the steps between samples that did not come together."""
        known = times if self._last_time is None else np.concatenate([[self._last_time], times])
        if times.size:
            self._last_time = float(times[-1])
        steps = np.diff(known)
        steps = steps[steps > 0.1 / self._sfreq]
        self._steps = np.concatenate([self._steps, steps])[-STEPS_KEPT:]

    def stepped(self, kept: Times) -> Flags:
        """Return which samples came later than the one before by more than unevenness explains.

        ``kept`` is the least lateness still to come, ``float64[samples]`` seconds.
        """
        return np.asarray(np.diff(kept, prepend=self.late) > GAP_PACKETS * self._packet() + self._jitter())

    def passed(self, late: Times, kept: Times) -> None:
        """Take in the lateness of samples that belong to the segment, seconds."""
        if late.size:
            self.late = float(kept[-1])
            self._swings.append(float(np.ptp(late)))
            self._watched += late.size

    def _packet(self) -> float:
        """Return the seconds between packets: one sample when each is stamped, more when several come together."""
        if not self._steps.size:
            return 1 / self._sfreq
        return max(1.0, float(np.round(np.median(self._steps) * self._sfreq))) / self._sfreq

    def _jitter(self) -> float:
        """Return the seconds by which samples come more or less late without any being lost."""
        seen = max(self._swings, default=0.0)
        return seen if self._watched >= WATCHED * self._sfreq else max(seen, FIRST_JITTER)
