"""Whether it is known which windows focus is told right in: the AUC of the surest half, and what makes it surer.

Sure is a window over whose last 16 s the score stayed away from what says nothing, in a person whose alpha rhythm
stands out in the minute they are measured against: most of what the score reads is that rhythm giving way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.evaluation import statistics
from companion.evaluation.report import Figure
from embeddings import focus
from embeddings.features import BANDS
from embeddings.reference import Reference

COVERAGE = 0.5
SECONDS = 16.0  # over which a score must have stayed away from neutral
LEAST = 0.01  # nats: among people without a rhythm the last seconds decide, not the order of files
SURE = "sure: the last 16 s lie far from saying nothing, and alpha stands out at rest"
LUCK = "as much with prominences of alpha exchanged among people"
ALPHA, AROUND = (3, 4), (1, 2, 5, 6, 7)  # places in BANDS; 3 to 31 Hz, where neither eyes nor muscles are loudest

Numbers = NDArray[np.float64]


def prominence(usual: Reference) -> float:
    """Return how far the alpha rhythm stands out of the background of a person's minute, in nats of power.

    It is what lies above a straight line through log power against log frequency; log power is the mean over the axes
    of each band's mean co-spectrum. `LEAST` where nothing stands out.
    """
    log_power = -2 * np.linalg.slogdet(usual.whitening)[1] / usual.whitening.shape[-1]
    middle = np.log([np.sqrt(low * high) for low, high in BANDS])
    around, alpha = list(AROUND), list(ALPHA)
    slope, level = np.polyfit(middle[around], log_power[around], 1)
    return max(LEAST, float(np.mean(log_power[alpha] - level - slope * middle[alpha])))


def distance(scores: Numbers, neutral: float, *, step: float) -> Numbers:
    """Return how far the last `SECONDS` stayed from neutral, ``float64[windows]``; ``step`` in s between windows."""
    return np.abs(focus.smoothed(scores, step=step, seconds=SECONDS) - neutral)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said of one person, ``[judged]`` each: what is true, the score, and its `distance`."""

    labels: NDArray[np.bool_]
    scores: Numbers
    distance: Numbers


def figures(people: Sequence[Seen], prominences: Sequence[float], *, seed: int, times: int) -> list[Figure]:
    """Return the AUC of all and of the surest half over all people, with intervals by drawing people again."""
    rng = np.random.default_rng(seed)
    even = [1.0] * len(people)
    full, half, plain = _auc(people), _auc(people, prominences), _auc(people, even)
    drawn = []
    for _ in range(times):
        which = rng.integers(len(people), size=len(people)).tolist()
        some, theirs = [people[i] for i in which], [prominences[i] for i in which]
        drawn.append((_auc(some), _auc(some, theirs), _auc(some, even)))
    each = np.array(drawn).reshape(-1, 3)
    exchanged = np.array([_auc(people, rng.permutation(prominences).tolist()) for _ in range(times)])
    luck = np.nan if np.isnan(half) else (1 + np.sum(exchanged >= half)) / (1 + np.sum(~np.isnan(exchanged)))
    return [
        Figure("AUC over all people", _interval(full, each[:, 0], len(people)), "one scale for everyone"),
        Figure("AUC of the surest half", _interval(half, each[:, 1], len(people)), SURE),
        Figure("AUC of the surest half by the last 16 s alone", _interval(plain, each[:, 2], len(people)), ""),
        Figure("surest half above all", _interval(half - full, each[:, 1] - each[:, 0], len(people)), ""),
        Figure(
            "surest half above that by 16 s alone", _interval(half - plain, each[:, 1] - each[:, 2], len(people)), ""
        ),
        Figure("p of the surest half", _interval(float(luck), np.array([]), len(people)), LUCK),
    ]


def _auc(people: Sequence[Seen], prominences: Sequence[float] | None = None) -> float:
    """Return the AUC over all people's windows together, of the surest half where prominences are given."""
    labels = np.concatenate([one.labels for one in people])
    scores = np.concatenate([one.scores for one in people])
    if prominences is None:
        return statistics.auc(labels, scores)
    sure = np.concatenate([one.distance * stands for one, stands in zip(people, prominences, strict=True)])
    return statistics.selective_auc(labels, scores, sure, COVERAGE)


def _interval(value: float, drawn: Numbers, people: int) -> statistics.Interval:
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, (0.025, 0.975)) if known.size else (np.nan, np.nan)
    return statistics.Interval(value, float(low), float(high), people)
