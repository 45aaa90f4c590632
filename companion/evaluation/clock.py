"""Task ``clock``: whether every gap is found and every sample's time is right when real EEG meets planted faults.

Two hours of simulated time are replayed twice through the program's own timeline and ring: once with all faults and a
device that counts 100 ppm too slowly, once without a lost packet and 100 ppm too fast, where nothing but the drift
itself calls for a new start time. Nothing is learned, so there is nothing to split; the truth is known to the sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import fault_judging
from companion.evaluation.clock_data import Played, played
from companion.evaluation.errors import EvaluationError
from companion.evaluation.fault_judging import Marks
from companion.evaluation.fault_plan import Faults, plan
from companion.evaluation.fault_replay import WINDOW, Outcome, arrivals, replay, true_times
from companion.evaluation.interval import Interval
from companion.evaluation.options import Options
from companion.evaluation.report import Figure, Report
from companion.evaluation.statistics import bootstrap, paired

SECONDS, QUICK_SECONDS = 7200.0, 600.0
START = 1_700_000_000.0  # UTC seconds at which the simulated device begins
FAULTS = Faults(ppm=100.0)
# No loss, only what a radio always does: the drift is all there is to put right.
UNBROKEN = replace(FAULTS, ppm=-100.0, lost_share=0.0, bursts=0.0, breaks=0.0)
LARGEST_ERROR = 20.0  # ms, the bar
MILLI = 1e3

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """One replay and what simpler clocks would have made of it; errors in ms of every sample that came through."""

    outcome: Outcome
    marks: Marks
    counted: Times
    by_arrival: Times
    by_rate: Times
    uncounted: Marks | None


def evaluate(folder: Path, options: Options) -> Report:
    """Replay a set's EEG through planted faults. Raises `EvaluationError`."""
    if options.split:
        raise EvaluationError("The clock learns nothing, so that nothing can leak. Leave --split out.")
    seconds = QUICK_SECONDS if options.quick else SECONDS
    eeg = played(folder, options, seconds)
    rng = np.random.default_rng(options.seed)
    window = options.seconds or WINDOW
    runs = [run(eeg, seconds, faults, window, rng) for faults in (FAULTS, UNBROKEN)]
    return _report(folder, eeg, runs, options, seconds)


def run(eeg: Played, seconds: float, faults: Faults, window: float, rng: np.random.Generator) -> Run:
    """Replay so many simulated seconds, and again for a host that reads no counter where packets are lost."""
    drawn = plan(seconds, eeg.sfreq, START, faults, rng)
    outcome = replay(eeg.data, eeg.ch_names, eeg.sfreq, drawn, faults, window=window)
    marks = fault_judging.judged(outcome, drawn, faults, eeg.sfreq)
    uncounted = None
    if drawn.lost.any():
        other = replay(eeg.data, eeg.ch_names, eeg.sfreq, drawn, faults, window=window, counted=False)
        uncounted = fault_judging.judged(other, drawn, faults, eeg.sfreq)
    true, came = true_times(drawn, faults, eeg.sfreq), arrivals(drawn, faults)
    by_rate = fault_judging.nominal_error(came, true, drawn, faults, eeg.sfreq)
    return Run(
        outcome,
        marks,
        np.abs(marks.error) * MILLI,
        np.abs(fault_judging.arrival_error(came, true)[marks.number]) * MILLI,
        np.abs(by_rate[marks.number]) * MILLI,
        uncounted,
    )


def _report(folder: Path, eeg: Played, runs: Sequence[Run], options: Options, seconds: float) -> Report:
    """Put the figures beside their controls."""
    errors = [run.counted for run in runs]
    ours = _p95(eeg, runs, errors)
    others = {
        "host arrival time only": _p95(eeg, runs, [run.by_arrival for run in runs]),
        "nominal rate from the first sample": _p95(eeg, runs, [run.by_rate for run in runs]),
    }
    unread = [run.uncounted for run in runs if run.uncounted is not None]
    return Report(
        task="clock",
        data=folder.name,
        split="nothing (nothing is learned)",
        model="the program's own timeline and ring",
        people=len(eeg.people),
        windows=sum(run.outcome.windows for run in runs),
        figures=(
            *_found([run.marks for run in runs], "counted"),
            *_errors(runs, errors, ours),
            *_windows(runs, seconds),
        ),
        controls=(
            *(
                Figure(f"time error p95 (ms): {name}", bootstrap(list(told.values())), "", told)
                for name, told in others.items()
            ),
            *_found(unread, "host arrival time only"),
        ),
        differences=tuple(
            Figure(
                f"time error p95 (ms), less {name}",
                paired(list(ours.values()), list(told.values())),
                "below 0 is better",
            )
            for name, told in others.items()
        ),
        p_value=None,
        chance=math.nan,
        verdict=_verdict(runs),
        notes=_notes(eeg, seconds, options),
    )


def _found(marks: Sequence[Marks], how: str) -> list[Figure]:
    """Return the share of gaps found, and how many were found where there is none."""
    gaps, found = (sum(int(getattr(one, name).sum()) for one in marks) for name in ("gap", "found"))
    false, dropped = sum(int(one.false.sum()) for one in marks), sum(one.dropped for one in marks)
    share = found / gaps if gaps else math.nan
    return [
        _exact(f"share of gaps found ({how})", share, gaps),
        _exact(f"gaps found where there is none ({how})", false, gaps),
        _exact(f"samples that came and were dropped ({how})", dropped, sum(one.number.size for one in marks)),
    ]


def _errors(runs: Sequence[Run], errors: Sequence[Times], by_person: dict[str, float]) -> list[Figure]:
    """Return the time errors of all samples, and person by person."""
    every = np.concatenate(errors)
    windows = np.concatenate([run.outcome.window_error for run in runs])
    largest = float(np.abs(windows).max() * MILLI) if windows.size else math.nan
    return [
        _exact("time error p50 (ms)", float(np.percentile(every, 50)), every.size),
        Figure("time error p95 (ms)", bootstrap(list(by_person.values())), "mean over people", by_person),
        _exact("time error, largest (ms)", float(every.max()), every.size),
        _exact("time error of windows' ends, largest (ms)", largest, windows.size),
    ]


def _windows(runs: Sequence[Run], seconds: float) -> list[Figure]:
    """Return what the ring gave, and how often time had to be put right."""
    windows = sum(run.outcome.windows for run in runs)
    slews = sum(len(run.outcome.slews) for run in runs)
    return [
        _exact("windows across gaps", sum(run.outcome.across for run in runs), windows),
        _exact("new start times without a gap, an hour", slews / (len(runs) * seconds / 3600), slews),
    ]


def _p95(eeg: Played, runs: Sequence[Run], errors: Sequence[Times]) -> dict[str, float]:
    """Return each person's 95th percentile of errors while their EEG played."""
    person = np.concatenate([run.marks.number for run in runs]) % eeg.data.shape[1] // eeg.share
    every = np.concatenate(errors)
    return {who: float(np.percentile(every[person == at], 95)) for at, who in enumerate(eeg.people)}


def _exact(name: str, value: float, count: int) -> Figure:
    """Return a figure that was counted, not estimated: it has no interval."""
    return Figure(name, Interval(float(value), math.nan, math.nan, count), "counted, no interval")


def _verdict(runs: Sequence[Run]) -> str:
    """Say whether the bars hold."""
    missed = sum(int((run.marks.gap & ~run.marks.found).sum()) for run in runs)
    false = sum(int(run.marks.false.sum()) for run in runs)
    across = sum(run.outcome.across for run in runs)
    dropped = sum(run.marks.dropped for run in runs)
    largest = max(float(run.counted.max()) for run in runs)
    if missed or false or across or dropped:
        return (
            f"Not to be trusted: {missed} gaps missed, {false} found where there is none, "
            f"{across} windows across gaps, {dropped} samples dropped."
        )
    if largest >= LARGEST_ERROR:
        return f"Every gap was found, but time was off by up to {largest:.0f} ms."
    return f"Every gap was found to one packet, and no sample's time was off by more than {largest:.0f} ms."


def _notes(eeg: Played, seconds: float, options: Options) -> tuple[str, ...]:
    """Say how it was measured."""
    length = (
        f"{seconds / 3600:.1f} h of simulated time, with all faults at {FAULTS.ppm:+g} ppm, and as long again without "
        f"loss at {UNBROKEN.ppm:+g} ppm."
    )
    return (
        length,
        f"The EEG of {len(eeg.people)} people in turn, repeated where it is shorter.",
        f"Every error holds the {FAULTS.least_delay * MILLI:g} ms a packet needs at least, which no host can see.",
        "Recovery after a silence and the delay to a decision need the real processes: `companion bench faults`.",
        f"Faults are drawn from seed {options.seed}. Windows are asked of the ring every second.",
        *eeg.notes,
    )
