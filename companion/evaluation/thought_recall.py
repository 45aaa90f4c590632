"""Recall by thought: whether EEG tells which of the contents of a recording was on screen.

A mapping is learned from other people and taken on with the person's own earlier (or other) recordings; every window
of a recording it has not seen then ranks the contents of that recording.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import splits as splitting
from companion.evaluation import statistics, thought_data, thought_judging
from companion.evaluation.bids import cohort
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.report import Figure, Report
from companion.evaluation.splits import Split
from companion.evaluation.thought_data import Seen
from companion.evaluation.thought_judging import ORDER, RANK, RECALL, Asked, per_person
from companion.evaluation.thought_models import Models
from embeddings.types import EmbeddingsError

GUARD_SECONDS = 20.0  # between training and test in one recording: the recordings of public sets last a few minutes
BLOCKS = 4
TIMES, QUICK_TIMES = 1_000, 100
SIGNIFICANT = 0.05
FEW = 8  # people; below, an interval says little
OURS = "ours"
WITHOUT_BRAIN = ("clock only", "amplitude only", "noise input")

Values = Mapping[str, float]


def evaluate(folder: Path, options: Options) -> Report:
    """Score recall by thought on a BIDS set. Raises `EvaluationError`."""
    found = cohort(folder)
    wanted = [one for one in found.recordings if not options.people or one.person in options.people]
    seen = thought_data.gather(wanted, options)
    kind = _kind(seen, options)
    try:
        questions = list(thought_judging.asked(seen, _splits(seen, kind), Models(seen, options)))
    except EmbeddingsError as error:
        raise EvaluationError(str(error)) from error
    if not questions:
        raise EvaluationError(
            "No recording has two contents that can be told apart, so there is nothing to find. Give a set in which "
            "more than one thing was on screen."
        )
    return _Judge(questions, options, coded=seen.coded).report(folder.name, kind, (*found.notes, *seen.notes))


def _kind(seen: Seen, options: Options) -> str:
    """Return how test and training are kept apart."""
    if options.split:
        return splitting.known(options.split)
    if options.model == "start":
        return "person"
    whose = np.char.add(np.char.add(seen.person, "/"), seen.session)
    return "session" if len(np.unique(whose)) > len(np.unique(seen.person)) else "time"


def _splits(seen: Seen, kind: str) -> list[Split]:
    return list(splitting.splits(kind, seen, seconds=seen.seconds, blocks=BLOCKS, guard=GUARD_SECONDS))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Turns answers into figures."""

    questions: Sequence[Asked]
    options: Options
    coded: bool = False  # contents are marker codes

    def report(self, name: str, kind: str, notes: tuple[str, ...]) -> Report:
        """Return everything that belongs beside the headline figure."""
        others = {way: self._of(way, ORDER) for way in self.questions[0].scores if way != OURS}
        mine, guessed = self._of(OURS, ORDER), self._by_chance(ORDER)
        order = self._figure("right before wrong content", mine, "how often")
        lift = self._figure("above moved contents", statistics.less(mine, guessed), "contents moved on in a circle")
        above = {way: self._figure(f"above {way}", statistics.less(mine, theirs)) for way, theirs in others.items()}
        p_value = self._p()
        needless = [way for way in WITHOUT_BRAIN if not above[way].value.above(0.0)]
        told = lift.value.above(0.0) and p_value <= SIGNIFICANT
        return Report(
            task="thought-recall",
            data=name,
            split=kind,
            model=self.options.model,
            people=len(mine),
            windows=sum(len(one.rows) for one in self.questions),
            figures=(order, *self._lifts(RECALL, "recall@1"), *self._lifts(RANK, "mean reciprocal rank")),
            controls=tuple(self._figure(way, values) for way, values in others.items()),
            differences=(lift, *above.values()),
            p_value=p_value,
            chance=float(np.mean(list(guessed.values()))),
            verdict=_verdict(told=told, needless=needless, coded=self.coded),
            notes=(*notes, *self._notes(len(mine))),
            found=told and "clock only" not in needless,
        )

    def _of(self, way: str, measure: str) -> dict[str, float]:
        return per_person(self.questions, way, measure)

    def _by_chance(self, measure: str) -> dict[str, float]:
        return per_person(thought_judging.by_chance(self.questions), OURS, measure)

    def _lifts(self, measure: str, name: str) -> tuple[Figure, Figure]:
        """Return a measure, and how many times chance it is."""
        mine, guessed = self._of(OURS, measure), self._by_chance(measure)
        times = {person: mine[person] / guessed[person] for person in mine if guessed.get(person, 0.0) > 0}
        blind = f"chance {float(np.mean(list(guessed.values()))):.3f}"
        return self._figure(name, mine, blind), self._figure(f"{name}: times chance", times)

    def _figure(self, name: str, values: Values, note: str = "") -> Figure:
        return Figure(name, statistics.bootstrap(list(values.values()), seed=self.options.seed), note, values)

    def _p(self) -> float:
        """Move the contents of each tested recording on in a circle, and ask again."""
        target = np.concatenate([one.session.target for one in self.questions])
        sizes = np.cumsum([len(one.rows) for one in self.questions])[:-1]
        group = np.repeat([f"{i}" for i in range(len(self.questions))], [len(one.rows) for one in self.questions])

        def order(permuted: NDArray[np.intp]) -> float:
            parts = np.split(permuted, sizes)
            moved = (one.with_targets(part) for one, part in zip(self.questions, parts, strict=True))
            values = list(per_person(moved, OURS, ORDER).values())
            return float(np.mean(values)) if values else math.nan

        times = QUICK_TIMES if self.options.quick else TIMES
        return statistics.permutation_p(order, target, group, seed=self.options.seed, times=times)

    def _notes(self, people: int) -> list[str]:
        contents = sum(len(one.session.candidates) for one in self.questions) / len(self.questions)
        notes = [f"A question has {contents:.1f} contents to choose from on average, all of its own recording."]
        if people < FEW:
            notes.append(f"{people} people are few: nothing general can be said.")
        return notes


def _verdict(*, told: bool, needless: Sequence[str], coded: bool = False) -> str:
    """Say what the figures come to; of marker codes (``coded``) they say nothing about what was shown."""
    if not told:
        return "The brain adds nothing here: contents are found no better than by chance."
    if "clock only" in needless:
        return "The brain adds nothing here: contents are found, but not clearly better than by the clock."
    what = "By EEG the place in a trial is told, not what was shown" if coded else "Contents are found by EEG"
    if needless:
        return f"{what}, but not clearly better than by {', '.join(needless)}."
    return f"{what}, clearly better than by chance, the clock, loudness or noise."
