"""What became of planted faults: gaps found, time errors, windows; and what simpler clocks would have made. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.fault_plan import Faults, Plan
from companion.evaluation.fault_replay import Outcome, true_times

Times = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """One run, sample by sample that came through.

    Attributes
    ----------
    number
        ``int64[samples]``.
    error
        ``float64[samples]`` seconds that its time is wrong by.
    gap, found, false
        ``bool[samples]``: samples were lost just before it; a new segment says so; a new segment says so wrongly.
    dropped
        Samples that came to the host and did not come through.

    """

    number: Counts
    error: Times
    gap: Flags
    found: Flags
    false: Flags
    dropped: int


def judged(outcome: Outcome, plan: Plan, faults: Faults, sfreq: float) -> Marks:
    """Compare what came out with the truth."""
    gap = np.diff(outcome.number, prepend=outcome.number[0]) > 1
    new = np.diff(outcome.segment, prepend=outcome.segment[0]) != 0
    put_right = new & np.isin(outcome.segment, list(outcome.slews))
    sent = np.flatnonzero((~plan.lost).repeat(faults.packet))
    return Marks(
        number=outcome.number,
        error=outcome.time - true_times(plan, faults, sfreq)[outcome.number],
        gap=gap,
        found=gap & new,
        false=new & ~gap & ~put_right,
        dropped=int(np.setdiff1d(sent, outcome.number).size),
    )


def arrival_error(arrivals: Times, true: Times) -> Times:
    """Return the error of taking each sample's time of arrival for its time; NaN for lost ones."""
    return np.asarray(arrivals - true, np.float64)


def nominal_error(arrivals: Times, true: Times, plan: Plan, faults: Faults, sfreq: float) -> Times:
    """Return the error of counting by the nominal rate from each connection's first sample; NaN for lost ones."""
    error = np.full(true.size, np.nan)
    connection = plan.connection.repeat(faults.packet)
    for one in np.unique(connection).tolist():
        came = np.flatnonzero((connection == one) & np.isfinite(arrivals))
        if came.size:
            error[came] = arrivals[came[0]] + (came - came[0]) / sfreq - true[came]
    return error
