"""A logistic model that begins with what was thought before and learns from what the person says.

The weights are the most probable ones given both: a normal distribution of weights before, and every labelled example
since (Bishop 2006, "Pattern Recognition and Machine Learning", 4.5.1). They are found to the last digit, anew for each
thing the person says, so that neither the order of examples nor one that was taken back leaves a trace.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS, CLOSE = 50, 1e-8  # of Newton's method: it takes five or so
HALVINGS = 30

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prior:
    """What is thought of each weight before anybody said anything: its mean, and how far from it it may well be."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """What the person said of some times.

    Attributes
    ----------
    rows
        ``float64[n, weights]``.
    focused
        ``bool[n]``.
    weights
        ``float64[n]``: how many independent examples each is worth; seconds next to each other are nearly one.

    """

    rows: Numbers
    focused: NDArray[np.bool_]
    weights: Numbers


def fit(prior: Prior, examples: Examples) -> tuple[float, ...]:
    """Return the most probable weights; the prior's mean where there are no examples."""
    mean, precision = np.array(prior.mean), 1.0 / np.square(prior.spread)
    weights, loss = mean.copy(), _loss(mean, mean, precision, examples)
    for _ in range(STEPS):
        sure = _sigmoid(examples.rows @ weights)
        pull = examples.weights * (sure - examples.focused)
        gradient = examples.rows.T @ pull + precision * (weights - mean)
        bend = (examples.rows.T * (examples.weights * sure * (1 - sure))) @ examples.rows + np.diag(precision)
        step: Numbers = np.linalg.solve(bend, gradient)
        if np.abs(step).max() < CLOSE:
            break
        for _ in range(HALVINGS):
            nearer = weights - step
            found = _loss(nearer, mean, precision, examples)
            if found <= loss:
                weights, loss = nearer, found
                break
            step = step / 2
        else:
            break  # as near as floats come
    return tuple(weights.tolist())


def log_odds(weights: Sequence[float], row: Sequence[float]) -> float:
    """Return the log odds that a model gives one row."""
    return sum(weight * value for weight, value in zip(weights, row, strict=True))


def probability(log_odds_: float) -> float:
    """Return the probability of log odds."""
    return 1.0 / (1.0 + math.exp(-log_odds_)) if log_odds_ >= 0 else 1.0 - 1.0 / (1.0 + math.exp(log_odds_))


def _loss(weights: Numbers, mean: Numbers, precision: Numbers, examples: Examples) -> float:
    told = examples.rows @ weights
    missed = np.logaddexp(0.0, np.where(examples.focused, -told, told))
    return float(examples.weights @ missed + 0.5 * precision @ np.square(weights - mean))


def _sigmoid(values: Numbers) -> Numbers:
    return 0.5 * (1.0 + np.tanh(0.5 * values))
