"""Weighing what several sources say of the same moments, when a thought is the question.

Sources have scales of their own (a cosine of states, of contents, of words), so each is measured in spreads of its own
scores over this query's candidates. Weights begin at what is sensible and move with what the person opens: logistic
regression with a Gaussian prior, whose most probable weights are found by Newton's method (Bishop 2006, section 4.5).
How likely a hit is what was looked for is said by Platt's scaling (Platt 1999) of the scores that hits had when they
were shown, before anything was learned from them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

# How far each source is trusted before the person opened anything: typed words most, as they are meant.
PRIOR = {"words": 1.5, "shared": 0.8, "alike": 0.5, "state": 0.8, "context": 0.4}
PRIOR_SPREAD = 0.5
BIAS, BIAS_SPREAD = -2.0, 1.0
LEAST_OPENED = 10  # answers with an opened hit, before a probability says more than the prior does
PROBABILITY = 0.1  # of a hit, before anything is known
SLOPE, SLOPE_SPREAD, LEVEL_SPREAD = 0.5, 0.5, 1.0  # Platt's, before anything is known
CLIP = 3.0  # spreads; one source's outlier must not decide alone
STEPS = 25  # of Newton's method, which needs about six


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit that was shown: what each source said of it, its score then, and whether the person opened it."""

    scores: Mapping[str, float]
    score: float
    opened: bool


@dataclass(frozen=True, slots=True)
class Fusion:
    """What was learned from opened hits.

    Attributes
    ----------
    weights
        Of each source, never below 0.
    slope, level
        Platt's: probability = logistic(slope * score + level).
    opened
        In how many answers a hit was opened.

    """

    weights: Mapping[str, float] = field(default_factory=lambda: dict(PRIOR))
    slope: float = 0.0
    level: float = math.log(PROBABILITY / (1 - PROBABILITY))
    opened: int = 0

    @property
    def calibrated(self) -> bool:
        """Whether enough was opened for probabilities to mean something."""
        return self.opened >= LEAST_OPENED

    @classmethod
    def fit(cls, shown: Sequence[Shown], opened: int) -> Self:
        """Fit to hits that were shown; ``opened`` is in how many answers one was opened."""
        found = np.array([hit.opened for hit in shown], float)
        names = list(PRIOR)
        table = np.array([[1.0, *(hit.scores.get(name, 0.0) for name in names)] for hit in shown])
        middle = np.array([BIAS, *PRIOR.values()])
        weights = _most_probable(table, found, middle, np.array([BIAS_SPREAD] + [PRIOR_SPREAD] * len(names)))
        learned = {name: max(0.0, float(weight)) for name, weight in zip(names, weights[1:], strict=True)}
        scores = np.array([[1.0, hit.score] for hit in shown])
        prior = np.array([cls().level, SLOPE])
        level, slope = _most_probable(scores, found, prior, np.array([LEVEL_SPREAD, SLOPE_SPREAD]))
        calibrated = opened >= LEAST_OPENED
        return cls(learned, *((float(slope), float(level)) if calibrated else (0.0, cls().level)), opened)

    def probability(self, score: float) -> float:
        """Return how likely a hit of this score is what is looked for."""
        return _logistic(self.slope * score + self.level)

    def dump(self) -> str:
        """Return it as text for `load`."""
        return json.dumps({"weights": self.weights, "slope": self.slope, "level": self.level, "opened": self.opened})

    @classmethod
    def load(cls, text: str) -> Self:
        """Undo `dump`."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Fused:
    """What one moment got: the sum, each source's standardised score, and the share each source has in the sum."""

    score: float
    scores: Mapping[str, float]
    shares: Mapping[str, float]


def fuse(found: Mapping[str, Mapping[int, float]], weights: Mapping[str, float]) -> dict[int, Fused]:
    """Return the score of every candidate; ``found`` is what each source said of those it knows.

    A source that knows nothing of a moment speaks neither for nor against it.
    """
    candidates = {moment for scores in found.values() for moment in scores}
    standard = {name: standardised(scores) for name, scores in found.items()}
    return {
        moment: _fused({name: scores[moment] for name, scores in standard.items() if moment in scores}, weights)
        for moment in candidates
    }


def standardised(scores: Mapping[int, float]) -> dict[int, float]:
    """Return scores in spreads from their mean; all 0 where they do not differ."""
    values = np.array(list(scores.values()), float)
    spread = float(values.std()) if len(values) else 0.0
    if spread <= 1e-9:  # noqa: PLR2004 rounding
        return dict.fromkeys(scores, 0.0)
    relative = np.clip((values - values.mean()) / spread, -CLIP, CLIP)
    return dict(zip(scores, relative.tolist(), strict=True))


def _fused(scores: Mapping[str, float], weights: Mapping[str, float]) -> Fused:
    given = {name: weights[name] * score for name, score in scores.items()}
    return Fused(sum(given.values()), scores, shares(given))


def shares(given: Mapping[str, float]) -> dict[str, float]:
    """Return how much of what speaks for a moment came from each source; sums to 1.

    Where nothing speaks for it, all is what speaks against it least.
    """
    favourable = {name: max(0.0, part) for name, part in given.items()}
    whole = sum(favourable.values())
    if whole > 0:
        return {name: part / whole for name, part in favourable.items()}
    least = max(given, key=lambda name: given[name])
    return {name: float(name == least) for name in given}


def as_unit(score: float) -> float:
    """Return a score, any number, as 0 to 1."""
    return _logistic(score)


def _logistic(value: float) -> float:
    return float(1 / (1 + math.exp(-min(max(value, -30.0), 30.0))))


def _most_probable(
    table: NDArray[np.float64], outcome: NDArray[np.float64], middle: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weights of a logistic regression with a Gaussian prior that are most probable.

    In plain NumPy: six weights, and this runs in the main process, which SciPy and scikit-learn are kept out of.
    """
    weights, precision = middle.copy(), np.diag(1 / spread**2)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (outcome - chance) - precision @ (weights - middle)
        curvature = (table * (chance * (1 - chance))[:, np.newaxis]).T @ table + precision
        step = np.linalg.solve(curvature, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004 arrived
            break
    return np.asarray(weights, np.float64)
