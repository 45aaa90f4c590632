"""Bad contact by the headband's own score: how well it is told on people the model has not seen, and by what else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import contact_data, contact_models, statistics
from companion.evaluation.bids import Cohort, cohort
from companion.evaluation.contact_data import Stretch
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.report import Figure, Report
from companion.evaluation.splits import known
from companion.evaluation.windows import Windows, cut
from embeddings import contact
from embeddings.quality import BAD_SHARE

SECONDS = 2.0
MOST = 0.5  # of a window
FEWEST = 5  # people, so that leaving some out leaves enough to train on
CHANCE = 0.5
ALPHA = 0.05
METRICS = {"AUC": statistics.auc, "AP": statistics.average_precision}

Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def evaluate(folder: Path, options: Options) -> Report:
    """Score the contact model on a set. Raises `EvaluationError`."""
    return judged(folder.name, cohort(folder), options)


def judged(name: str, found: Cohort, options: Options) -> Report:
    """As `evaluate`, for a set that was read; ``name`` is its folder's."""
    if known(options.split or "person") != "person":
        raise EvaluationError("Contact is scored on people the model has not seen: use --split person.")
    wanted = [r for r in found.recordings if not options.people or r.person in options.people]
    recordings = contact_data.scored(wanted)
    seconds = options.seconds or SECONDS
    windows = cut(recordings, lambda *_: "contact", seconds=seconds, step=seconds, picks=options.picks or None)
    stretches = contact_data.stretches(recordings, windows.ch_names)
    return _Judge(windows, stretches, options).report(name, found.notes)


class _Judge:
    """Turns scores of electrodes into figures of one set of people."""

    def __init__(self, windows: Windows, stretches: Sequence[Stretch], options: Options) -> None:
        self._windows, self._options = windows, options
        self._stretches = stretches
        self._bad: Labels = contact_data.share_bad(windows, stretches) > MOST
        self._people = np.unique(windows.person)
        self._times, self._permutations = (200, 99) if options.quick else (2_000, 500)
        least = FEWEST if options.model == "train" else 1
        if len(self._people) < least:
            raise EvaluationError(
                f"{len(self._people)} people are too few to be scored by models of others: {least} are needed. Add "
                "people, or score the shipped model with --model start."
            )
        if self._bad.all() or not self._bad.any():
            raise EvaluationError("Contact was always the same here, so that there is nothing to tell. Add recordings.")

    def report(self, name: str, notes: tuple[str, ...]) -> Report:
        """Return everything that belongs beside the headline figures."""
        scores = contact_models.scores(self._windows, self._stretches, self._bad, self._options)
        ours = scores.pop(contact_models.OURS)
        figures = [*self._each(ours), *self._together(ours), *self._flagged(ours)]
        controls = [figure for label, theirs in scores.items() for figure in self._each(theirs, label)]
        differences = [figure for label, theirs in scores.items() for figure in self._differences(label, ours, theirs)]
        p_value = self._p(ours)
        return Report(
            task="quality",
            data=name,
            split="person",
            model=self._options.model,
            people=len(self._people),
            windows=len(self._windows),
            figures=tuple(figures),
            controls=tuple(controls),
            differences=tuple(differences),
            p_value=p_value,
            chance=CHANCE,
            verdict=_verdict(differences, p_value),
            notes=(*notes, *self._notes(), *_left_out(scores), *_seen_before(name, self._options)),
        )

    def _values(self, metric: str, scores: Numbers) -> Numbers:
        """Return a figure of each person's electrodes, nan for people whose contact was never (or always) bad."""
        mine = (self._windows.person == who for who in self._people)
        return np.array([METRICS[metric](self._bad[m].ravel(), scores[m].ravel()) for m in mine])

    def _figure(self, name: str, values: Numbers, note: str = "") -> Figure:
        interval = statistics.bootstrap(values, seed=self._options.seed, times=self._times, bounded=statistics.SHARES)
        return Figure(name, interval, note, self._named(values))

    def _named(self, values: Numbers) -> dict[str, float]:
        return dict(zip(self._people.tolist(), values.tolist(), strict=True))

    def _each(self, scores: Numbers, label: str = "") -> list[Figure]:
        return [self._figure(f"{metric} {label}".strip(), self._values(metric, scores)) for metric in METRICS]

    def _differences(self, label: str, ours: Numbers, theirs: Numbers) -> list[Figure]:
        found = []
        for metric in METRICS:
            mine, other = self._values(metric, ours), self._values(metric, theirs)
            interval = statistics.paired(
                mine, other, seed=self._options.seed, times=self._times, bounded=statistics.DIFFERENCES
            )
            found.append(Figure(f"{metric} above {label}", interval, "", self._named(mine - other)))
        return found

    def _together(self, scores: Numbers) -> list[Figure]:
        """Return figures over the electrodes of all people in one; people are drawn again for the interval."""
        members = [np.flatnonzero(self._windows.person == who) for who in self._people]
        note = "electrodes of all people in one"
        return [
            Figure(
                f"{metric} together",
                statistics.resampled(
                    partial(self._judged, judge, scores),
                    members,
                    seed=self._options.seed,
                    times=self._times // 4,
                ),
                note,
            )
            for metric, judge in METRICS.items()
        ]

    def _judged(self, judge: Callable[[Labels, Numbers], float], scores: Numbers, which: NDArray[np.intp]) -> float:
        return judge(self._bad[which].ravel(), scores[which].ravel())

    def _flagged(self, scores: Numbers) -> list[Figure]:
        """Return what the threshold of the program flags, and how far its probabilities are off."""
        flagged, note = scores > BAD_SHARE, f"at the program's threshold of {BAD_SHARE:g}"
        mine = [self._windows.person == who for who in self._people]
        return [
            self._figure("bad electrodes flagged", np.array([_share(flagged[m], self._bad[m]) for m in mine]), note),
            self._figure("good electrodes flagged", np.array([_share(flagged[m], ~self._bad[m]) for m in mine]), note),
            self._figure("ECE", np.array([statistics.ece(self._bad[m].ravel(), scores[m].ravel()) for m in mine])),
        ]

    def _p(self, scores: Numbers) -> float:
        """Return how often bad contact at other times of the same electrode is told as well."""
        channels = self._bad.shape[1]
        person = np.repeat(self._windows.person[:, np.newaxis], channels, axis=1)
        electrode = np.char.add(np.char.add(person, "/"), np.arange(channels).astype(np.str_)[np.newaxis])
        shape = self._bad.shape

        def mean_auc(labels: Labels) -> float:
            told = labels.reshape(shape)
            mine = (self._windows.person == who for who in self._people)
            return float(np.nanmean([statistics.auc(told[m].ravel(), scores[m].ravel()) for m in mine]))

        return statistics.permutation_p(
            mean_auc, self._bad.ravel(), electrode.ravel(), seed=self._options.seed, times=self._permutations
        )

    def _notes(self) -> list[str]:
        bad = [bool(self._bad[self._windows.person == who].any()) for who in self._people]
        return [
            f"Bad contact: the headband's own score is bad in most of a window of {self._windows.seconds:g} s.",
            f"Contact was bad in {self._bad.mean():.1%} of all electrodes' windows, which is AP by chance.",
            f"It was bad at some time in {sum(bad)} of {len(self._people)} people; AUC and AP are means over these.",
            "Permuted: when each electrode was bad, turned in a circle within its person.",
        ]


def _left_out(scores: Mapping[str, Numbers]) -> list[str]:
    """Say which models to beat are missing."""
    missing = " and ".join(name for name in contact_models.TRAINED if name not in scores)
    why = "they learn from other people, and there is nothing here to learn from"
    return [f"Left out: {missing}: {why}. Add people whose contact was good and bad."] if missing else []


def _seen_before(name: str, options: Options) -> list[str]:
    """Warn of figures that flatter."""
    if options.model == "train" or name not in contact.shipped().card["sets"]:
        return []
    return [f"The shipped model was trained on a set called {name}: where these are the same people, figures flatter."]


def _share(flagged: Labels, among: Labels) -> float:
    return float(flagged[among].mean()) if among.any() else float("nan")


def _verdict(differences: Sequence[Figure], p_value: float) -> str:
    """Say in one sentence whether the model is worth having."""
    if max(figure.value.n for figure in differences) < statistics.LEAST:
        return "Contact of fewer than three people was both good and bad: nothing can be said of others. Add people."
    behind = [figure.name for figure in differences if not figure.value.above(0.0)]
    if p_value > ALPHA:
        return "Bad contact is told no better than by chance on these people."
    if behind:
        return f"Bad contact is told on people not seen, but not clearly better in: {', '.join(behind)}."
    return "Bad contact is told on people not seen, better than by every control."
