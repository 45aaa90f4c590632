"""Recall by state: whether a stretch of EEG finds others of the same person in which the same was done.

Where people were recorded in several sessions, a stretch of one session searches the person's earlier sessions. Where
they were not, the second half of each recording searches the first halves. Found is right when the task is the same.
What is usual for the person is learned, without labels, from what is searched: as in use, from the past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import controls, electrodes, encoders, retrieval, state_search, statistics
from companion.evaluation.bids import Recording, cohort
from companion.evaluation.encoders import Encoder
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.reference import band_powers
from companion.evaluation.report import Figure, Report
from companion.evaluation.retrieval import Ranking, each_person
from companion.evaluation.splits import known
from companion.evaluation.state_search import Search
from companion.evaluation.windows import Windows, cut

SECONDS = 4.0
TIMES, QUICK_TIMES, CHANCE_TIMES = 1_000, 100, 200
SIGNIFICANT = 0.05
BRAINLESS = ("amplitude", "fingerprint", "clock only", "noise input")
FEW = 8  # people; below, an interval says little

SAME_FILE = "Recordings search themselves here, so it may be files, and not states, that are found."

Values = Mapping[str, float]
Measure = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


def evaluate(folder: Path, options: Options, encoder: Encoder = encoders.state) -> Report:
    """Score recall by an encoder's vectors. Raises `EvaluationError`."""
    found = cohort(folder)
    wanted = [one for one in found.recordings if not options.people or one.person in options.people]
    kind = _kind(wanted, options.split)
    windows, unfit = _windows(wanted, options, kind)
    searches = list(state_search.searches(windows, kind))
    judge = _Judge(options, [search.by_angle(encoder) for search in searches])
    if not judge.people:
        raise EvaluationError(_nothing(kind))
    others = _others(searches, encoder, options.seed)
    everyone = sorted({one.person for one in wanted})
    notes = (*found.notes, *_notes(judge, everyone, unfit))
    report = judge.report(others)
    caveat = "" if kind == "session" else f" {SAME_FILE}"
    return replace(
        report,
        data=folder.name,
        split=kind,
        windows=len(windows),
        verdict=report.verdict + caveat,
        notes=notes,
    )


def _kind(recordings: Sequence[Recording], asked: str) -> str:
    """Return how queries are kept apart from what they search."""
    sessions: dict[str, set[str]] = {}
    for recording in recordings:
        sessions.setdefault(recording.person, set()).add(recording.session)
    several = any(len(theirs) > 1 for theirs in sessions.values())
    kind = known(asked or ("session" if several else "time"))
    if kind == "person":
        raise EvaluationError("A state is searched for within one person: use --split session or --split time.")
    if kind == "session" and not several:
        raise EvaluationError("Nobody here has two sessions (ses-*): use --split time.")
    return kind


def _windows(recordings: Sequence[Recording], options: Options, kind: str) -> tuple[Windows, int]:
    """Return the fit windows of people who can be judged, and how many were not fit."""
    seconds = options.seconds or SECONDS
    kept = state_search.several_tasks(recordings, kind, seconds)
    if not kept:
        raise EvaluationError(_nothing(kind))
    picks = electrodes.chosen(kept, options.picks)
    windows = cut(kept, state_search.task_of, seconds=seconds, step=seconds, picks=picks)
    fit = state_search.fit(windows)
    if not fit.any():
        raise EvaluationError(
            "No window of these recordings has all electrodes on the skin. Choose others: see --help."
        )
    return windows.where(fit), int(np.count_nonzero(~fit))


def _others(searches: Sequence[Search], encoder: Encoder, seed: int) -> dict[str, list[Ranking]]:
    """Return the rankings of everything that stands beside ours."""
    plain = {"band powers": band_powers, "amplitude": controls.amplitude, "fingerprint": controls.fingerprint}
    others = {
        name: [search.by_angle(encoders.standardised(make)) for search in searches] for name, make in plain.items()
    }
    others["clock only"] = [search.by_clock() for search in searches]
    rng = np.random.default_rng(seed)
    hollow = (replace(search, windows=controls.noise(search.windows, rng)) for search in searches)
    others["noise input"] = [search.by_angle(encoder) for search in hollow]
    return others


@dataclass(frozen=True, slots=True)
class _Judge:
    """Turns rankings into figures."""

    options: Options
    ours: Sequence[Ranking]

    @property
    def people(self) -> list[str]:
        """Those of whom a figure can be had."""
        return sorted(each_person(self.ours, retrieval.average_precision))

    def report(self, others: Mapping[str, Sequence[Ranking]]) -> Report:
        """Return the figures; the caller adds what they are of."""
        figures = self._figures("mean average precision", retrieval.average_precision)
        lift = figures[1].per_person
        theirs = {name: self._lift(rankings, retrieval.average_precision) for name, rankings in others.items()}
        above = [self._figure(f"lift above {name}", statistics.less(lift, values)) for name, values in theirs.items()]
        p_value = self._p()
        return Report(
            task="state-recall",
            data="",
            split="",
            model=self.options.model,
            people=len(lift),
            windows=0,
            figures=(*figures, *self._figures("precision of the first", retrieval.first)),
            controls=tuple(
                self._figure(f"lift of {name}", values, "", statistics.DIFFERENCES) for name, values in theirs.items()
            ),
            differences=tuple(above),
            p_value=p_value,
            chance=figures[0].value.value - figures[1].value.value,
            verdict=_verdict(figures[1], above, p_value),
        )

    def _figures(self, name: str, measure: Measure) -> list[Figure]:
        """Return a measure, and its lift over what it is when tasks are exchanged."""
        mine, lift = each_person(self.ours, measure), self._lift(self.ours, measure)
        ratio = {person: mine[person] / (mine[person] - lift[person]) for person in mine}
        return [
            self._figure(name, mine, "", statistics.SHARES),
            self._figure(f"{name}: lift", lift, "less chance", statistics.DIFFERENCES),
            self._figure(f"{name}: ratio", ratio, "over chance"),
        ]

    def _lift(self, rankings: Sequence[Ranking], measure: Measure) -> dict[str, float]:
        times = QUICK_TIMES if self.options.quick else CHANCE_TIMES
        return statistics.less(
            each_person(rankings, measure), retrieval.chance(rankings, measure, seed=self.options.seed, times=times)
        )

    def _figure(self, name: str, values: Values, note: str = "", bounded: tuple[float, float] | None = None) -> Figure:
        interval = statistics.bootstrap(list(values.values()), seed=self.options.seed, bounded=bounded)
        return Figure(name, interval, note, values)

    def _p(self) -> float:
        """Exchange tasks among the recordings (or halves of them) of the same person and session."""
        times = QUICK_TIMES if self.options.quick else TIMES
        observed = _mean(self.ours)
        drawn = retrieval.exchanged(self.ours, seed=self.options.seed, times=times)
        return (1 + sum(not _mean(moved) < observed for moved in drawn)) / (1 + times)


def _mean(rankings: Sequence[Ranking]) -> float:
    """Return the mean average precision over people; nan when labels leave nobody to judge."""
    values = list(each_person(rankings, retrieval.average_precision).values())
    return float(np.mean(values)) if values else np.nan


def _nothing(kind: str) -> str:
    """Say why nobody can be judged, and what would help."""
    where = "in two sessions" if kind == "session" else "in recordings of a minute or more"
    return (
        f"Nobody here did two different tasks {where} with all electrodes on the skin. Name fewer electrodes "
        "(--electrodes), split otherwise (--split), or record two tasks."
    )


def _notes(judge: _Judge, everyone: Sequence[str], unfit: int) -> list[str]:
    """Say what the figures do not cover."""
    missing = [person for person in everyone if person not in judge.people]
    notes = [f"{unfit} windows were not fit to be encoded and are left out, as in use."] if unfit else []
    if missing:
        notes.append(
            f"{len(missing)} of {len(everyone)} people are left out: one task only, or too little fit signal "
            "to find another by."
        )
    if len(judge.people) < FEW:
        notes.append(f"{len(judge.people)} people are few: nothing general can be said.")
    return notes


def _verdict(lift: Figure, above: Sequence[Figure], p_value: float) -> str:
    """Say what the figures come to."""
    if not p_value <= SIGNIFICANT:
        return "The EEG does not find like states here: no better than chance."
    if not lift.value.above(0.0):
        return (
            f"Like states are found in these {lift.value.n} people, who are too few or too unlike to speak for others."
        )
    short = [name for name in BRAINLESS for figure in above if name in figure.name and not figure.value.above(0.0)]
    if short:
        return f"Like states are found, but not clearly better than by {', '.join(short)}."
    return "Like states are found, clearly better than by loudness, the file's fingerprint or the clock."
