"""Focus or rest: how well the start tells them apart on people it has not seen, and what else could have told it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from companion.evaluation import (
    electrodes,
    focus_data,
    focus_models,
    focus_null,
    focus_surest,
    shipped_card,
    statistics,
)
from companion.evaluation.bids import cohort
from companion.evaluation.errors import EvaluationError
from companion.evaluation.focus_data import Sitting
from companion.evaluation.focus_models import PerPerson, Scored
from companion.evaluation.focus_null import Judged
from companion.evaluation.options import Options
from companion.evaluation.report import Figure, Report
from companion.evaluation.splits import known
from embeddings import focus

SECONDS = 4.0
FALSE_ALARMS = 0.05
FEWEST = 8  # people, so that leaving one out leaves enough to train and to calibrate on
LEAST_SECONDS = 1.0  # of a window: a second holds one segment of a spectrum
CHANCE = 0.5
ALPHA = 0.05

Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def evaluate(folder: Path, options: Options) -> Report:
    """Score the focus model on a set. Raises `EvaluationError`."""
    if known(options.split or "person") != "person":
        raise EvaluationError("Focus is scored on people the model has not seen: use --split person.")
    found = cohort(folder)
    picks = electrodes.chosen(found.recordings, options.picks) or ()
    if options.seconds and options.seconds < LEAST_SECONDS:
        raise EvaluationError(
            f"Windows of {options.seconds:g} s are too short for focus: {LEAST_SECONDS:g} s at least."
        )
    if len(picks) == 1:
        raise EvaluationError("One electrode is too few to compare with the models to beat: name two or more.")
    seen = focus_data.sittings(found.recordings, seconds=options.seconds or SECONDS, picks=picks)
    chosen = [i for i, sitting in enumerate(seen) if not options.people or sitting.person in options.people]
    if not chosen:
        raise EvaluationError("None of the people named was seen both focused and at rest. Name others.")
    least = FEWEST if options.model == "train" else 2
    if len(seen) < least:
        raise EvaluationError(f"{len(seen)} people are too few to be scored by models of the others: {least} at least.")
    score = focus_models.start if options.model == "start" else focus_models.left_out
    ours = score(seen, chosen, options.seed)
    others = focus_models.references(seen, chosen) | focus_models.brainless(seen, chosen)
    notes = (*found.notes, *_seen_before(folder.name, options))
    return _Judge([seen[i] for i in chosen], options).report(folder.name, ours, others, notes)


def _seen_before(name: str, options: Options) -> list[str]:
    """Warn of figures that flatter."""
    if options.model == "train" or name not in shipped_card.people(focus.FILE):
        return []
    return [f"The shipped start was trained on a set called {name}: where these are the same people, figures flatter."]


class _Judge:
    """Turns scores into figures of one set of people."""

    def __init__(self, seen: Sequence[Sitting], options: Options) -> None:
        self._seen, self._options = seen, options
        self._times = 200 if options.quick else 2_000

    def report(self, name: str, ours: Scored, others: dict[str, PerPerson], notes: tuple[str, ...]) -> Report:
        """Return everything that belongs beside the headline figure."""
        aucs = {label: self._aucs(scores) for label, scores in others.items()}
        mine = self._aucs(ours.scores)
        figures = [self._figure("AUC", mine), *self._smoothed(ours), *self._probability(ours), *self._drift(ours)]
        differences = [self._difference(f"AUC above {label}", mine, theirs) for label, theirs in aucs.items()]
        if not self._seen[0].rounds:
            found, theirs = self._hit_rates(ours.scores), self._hit_rates(others["fusion"])
            differences.append(self._difference("TPR after 32 s above fusion", found, theirs))
        p_value = self._p(ours)
        return Report(
            task="focus",
            data=name,
            split="person",
            model=self._options.model,
            people=len(self._seen),
            windows=sum(int(sitting.tested.sum()) for sitting in self._seen),
            figures=tuple(figures),
            controls=tuple(
                [self._figure(label, values) for label, values in aucs.items()]
                + [self._figure("noise input", self._aucs(ours.noise))]
            ),
            differences=tuple(differences),
            p_value=p_value,
            chance=CHANCE,
            verdict=_verdict(figures[0], differences, p_value),
            notes=(*notes, *self._notes()),
            found=_found(figures[0], p_value),
        )

    def _aucs(self, scores: PerPerson) -> Numbers:
        return self._each(scores, statistics.auc)

    def _each(self, scores: PerPerson, metric: Callable[[Labels, Numbers], float]) -> Numbers:
        pairs = zip(self._seen, scores, strict=True)
        return np.array([metric(*sitting.judged(theirs)) for sitting, theirs in pairs])

    def _figure(self, name: str, values: Numbers, note: str = "") -> Figure:
        interval = statistics.bootstrap(values, seed=self._options.seed, times=self._times, bounded=statistics.SHARES)
        return Figure(name, interval, note, self._named(values))

    def _difference(self, name: str, mine: Numbers, theirs: Numbers) -> Figure:
        interval = statistics.paired(
            mine, theirs, seed=self._options.seed, times=self._times, bounded=statistics.DIFFERENCES
        )
        return Figure(name, interval, "", self._named(mine - theirs))

    def _named(self, values: Numbers) -> dict[str, float]:
        return dict(zip((sitting.person for sitting in self._seen), map(float, values), strict=True))

    def _smoothed(self, ours: Scored) -> list[Figure]:
        if self._seen[0].rounds:
            return []
        note = "smoothing runs on through the change of condition"
        return [
            self._figure("TPR at 5 % FPR after 32 s", self._hit_rates(ours.scores), note),
            self._figure("AUC after 32 s", self._aucs(self._running(ours.scores)), note),
        ]

    def _hit_rates(self, scores: PerPerson) -> Numbers:
        return self._each(
            self._running(scores), lambda labels, values: statistics.tpr_at_fpr(labels, values, FALSE_ALARMS)
        )

    def _running(self, scores: PerPerson) -> list[Numbers]:
        """Return the causal running mean over the tested windows; the reference, long gone, does not count."""
        smooth = []
        for sitting, theirs in zip(self._seen, scores, strict=True):
            one = theirs.copy()
            one[sitting.tested] = focus.smoothed(theirs[sitting.tested], step=focus_data.STEP)
            smooth.append(one)
        return smooth

    def _probability(self, ours: Scored) -> list[Figure]:
        """Calibration and what abstaining gains, over all people's windows together."""
        labels, sure = self._pooled(ours.probabilities)
        error = statistics.ece(labels, sure)
        of_all = "probability of focus, all windows of unseen people"
        people = [self._seen_of(*one) for one in zip(self._seen, ours.scores, ours.neutral, strict=True)]
        return [
            _single("calibration error (ECE)", error, of_all),
            *focus_surest.figures(people, ours.prominence, seed=self._options.seed, times=self._times // 2),
        ]

    def _seen_of(self, sitting: Sitting, scores: Numbers, neutral: float) -> focus_surest.Seen:
        far = np.zeros(len(scores))
        far[sitting.tested] = focus_surest.distance(scores[sitting.tested], neutral, step=focus_data.STEP)
        return focus_surest.Seen(*sitting.judged(scores), sitting.judged(far)[1])

    def _pooled(self, values: PerPerson) -> tuple[Labels, Numbers]:
        judged = [sitting.judged(theirs) for sitting, theirs in zip(self._seen, values, strict=True)]
        return np.concatenate([labels for labels, _ in judged]), np.concatenate([scores for _, scores in judged])

    def _drift(self, ours: Scored) -> list[Figure]:
        """Whether the score alone tells late from early rest, which it must not."""
        if self._seen[0].rounds:
            return []
        values = [_late_or_early(sitting, scores) for sitting, scores in zip(self._seen, ours.scores, strict=True)]
        return [self._figure("late against early rest", np.array(values), "0.5: the score does not drift")]

    def _p(self, ours: Scored) -> float:
        """Return the p-value of labels exchanged by whole recordings; what was trained is trained anew for each."""
        seed, times, scores = self._options.seed, self._times // 2, ours.scores
        labels = [sitting.judged(theirs)[0] for sitting, theirs in zip(self._seen, scores, strict=True)]
        groups = [_groups(sitting) for sitting in self._seen]
        if self._options.model == "train":
            rows = focus_models.judged_features(self._seen, ours.where)
            return focus_null.p_value(list(map(Judged, rows, labels, groups)), seed=seed, times=times)
        people = np.repeat([sitting.person for sitting in self._seen], [len(told) for told in labels])
        parts = [np.flatnonzero(people == sitting.person) for sitting in self._seen]
        ranks = [stats.rankdata(sitting.judged(s)[1]) for sitting, s in zip(self._seen, scores, strict=True)]

        def mean_auc(exchanged: Labels) -> float:
            aucs = [statistics.rank_auc(exchanged[mine], rank) for mine, rank in zip(parts, ranks, strict=True)]
            return float(np.nanmean(aucs))

        return statistics.permutation_p(
            mean_auc, np.concatenate(labels), np.concatenate(groups), seed=seed, times=times, within=people
        )

    def _notes(self) -> list[str]:
        notes = []
        if self._seen[0].rounds:
            notes.append("A whole round is judged, by the mean over its windows.")
        if all(len(set(sitting.windows.run)) == 2 for sitting in self._seen):  # noqa: PLR2004 a file a condition
            notes.append(
                "Each condition is a file of its own: whatever tells files apart (the clock, a file's processing) can "
                "pass for focus. A model that may call change in either direction focus is refused for that reason."
            )
        return notes


def _groups(sitting: Sitting) -> NDArray[np.str_]:
    """Return the recording of each thing judged."""
    runs = sitting.windows.run[sitting.tested]
    return np.unique(runs) if sitting.rounds else runs


def _late_or_early(sitting: Sitting, scores: Numbers) -> float:
    rest = sitting.tested & ~sitting.focused
    into = np.arange(rest.sum())
    return statistics.auc(into >= len(into) / 2, scores[rest])


def _single(name: str, value: float, note: str) -> Figure:
    return Figure(name, statistics.Interval(value, np.nan, np.nan, 1), note)


def _found(figure: Figure, p_value: float) -> bool:
    """Whether focus is told at all: by the interval over people and by permuted labels, since either alone errs."""
    return figure.value.above(CHANCE) and p_value <= ALPHA


def _verdict(figure: Figure, differences: Sequence[Figure], p_value: float) -> str:
    """Say what the figures come to, and what else could have told as much."""
    if not _found(figure, p_value):
        return "The EEG does not tell focus here: no better than chance."
    above = "AUC above "
    rivals = [d.name.removeprefix(above) for d in differences if d.name.startswith(above) and not d.value.above(0.0)]
    if rivals:
        return f"Focus is told above chance, but not clearly better than by {', '.join(rivals)}."
    return "Focus is told, clearly better than by every control and by the models to beat."
