"""What a logistic regression believes of its weights: one normal distribution of them all, moved by each answer.

Things that come together, as a program and its one sender, share what was learned of them; only a covariance tells that
the doubt of their sum is not the sum of their doubts. It is kept of as many weights as there are seats. What found no
seat, or lost it, is kept apart as a mean and a variance, and is taken for independent of the rest.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEATS = 256  # half a megabyte in memory, and a quarter of one where it is kept
MOST_APART = 20_000  # the one that took part longest ago goes
STEPS, CLOSE = 30, 1e-10  # of Newton's method

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that takes part in a sum of log odds.

    Attributes
    ----------
    number
        Stands for its name.
    value
        What its weight is multiplied by.
    mean, variance
        Of its weight before anything is known.
    word
        Whether it is one of many that pass: it makes room for others and takes no seat of theirs.

    """

    number: int
    value: float
    mean: float
    variance: float
    word: bool = False


class Weights:
    """A normal distribution of weights, bounded in number. Not safe to use from several threads at once."""

    def __init__(self) -> None:
        self._lasting: OrderedDict[int, int] = OrderedDict()  # seats by number, the one used longest ago first
        self._words: OrderedDict[int, int] = OrderedDict()
        self._means: Floats = np.zeros(SEATS)
        self._spread: Floats = np.zeros((SEATS, SEATS))  # covariance
        self._apart: OrderedDict[int, tuple[float, float]] = OrderedDict()  # mean, variance

    def __len__(self) -> int:
        """How many weights are known, with a seat and without."""
        return len(self._lasting) + len(self._words) + len(self._apart)

    def means(self, terms: Sequence[Term]) -> list[float]:
        """Return the mean of each term's weight."""
        return [self._mean_of(term) for term in terms]

    def doubt(self, terms: Sequence[Term]) -> float:
        """Return the variance of the sum of the terms."""
        seats, values, apart = self._split(terms)
        seated = float(values @ self._spread[np.ix_(seats, seats)] @ values)
        return max(0.0, seated) + math.fsum(self._of(term)[1] * term.value**2 for term in apart)

    def learn(self, terms: Sequence[Term], label: float, weight: float) -> None:
        """Move to where one answer's log loss and the distance from what was believed before balance.

        Parameters
        ----------
        label
            1.0 or 0.0.
        weight
            How many answers it counts as, above 0.

        """
        self._seat(terms)
        seats, values, apart = self._split(terms)
        before = math.fsum(mean * term.value for mean, term in zip(self.means(terms), terms, strict=True))
        doubt = self.doubt(terms)
        share = logistic(_balanced(before, doubt * weight, label))
        pull, curvature = weight * (label - share), weight * share * (1.0 - share)
        narrowing = curvature / (1.0 + curvature * doubt)
        column = self._spread[:, seats] @ values
        self._means += pull * column
        self._spread -= narrowing * np.outer(column, column)
        for term in apart:
            mean, variance = self._of(term)
            drawn = variance * term.value
            self._put_apart(term.number, mean + pull * drawn, max(0.0, variance - narrowing * drawn * drawn))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return all that is believed, for `restore`: of the covariance the half below its diagonal."""
        seats = [*self._lasting.values(), *self._words.values()]
        spread = self._spread[np.ix_(seats, seats)]
        return {
            "lasting": np.array([*self._lasting], np.uint64),
            "words": np.array([*self._words], np.uint64),
            "means": self._means[seats],
            "spread": spread[np.tril_indices(len(seats))],
            "keys": np.array([*self._apart], np.uint64),
            "weights": np.array([*self._apart.values()], np.float64).reshape(-1, 2),
        }

    def restore_apart(self, keys: Sequence[int], weights: Sequence[tuple[float, float]]) -> None:
        """Take in what has no seat; raises `ValueError` where it does not fit together."""
        self._apart.update((int(key), (mean, variance)) for key, (mean, variance) in zip(keys, weights, strict=True))

    def restore_seated(self, lasting: Sequence[int], words: Sequence[int], means: Floats, spread: Floats) -> None:
        """Take in what has a seat; raises `ValueError` where it does not fit together."""
        count = len(lasting) + len(words)
        if count > SEATS:
            raise ValueError(f"{count} weights, {SEATS} seats")
        half: Floats = np.zeros((count, count))
        half[np.tril_indices(count)] = spread
        self._means[:count] = means
        self._spread[:count, :count] = half + np.tril(half, -1).T
        self._lasting.update((number, seat) for seat, number in enumerate(lasting))
        self._words.update((number, seat) for seat, number in enumerate(words, len(lasting)))

    def _seat(self, terms: Sequence[Term]) -> None:
        """Give a seat to each term that has none, where there is one for it."""
        for term in terms:
            if self._seat_of(term) is not None:
                self._row(term).move_to_end(term.number)
        here = {term.number for term in terms}
        for term in sorted(terms, key=lambda term: term.word):
            if self._seat_of(term) is None and (seat := self._room(here, word=term.word)) is not None:
                self._means[seat], variance = self._of(term)
                self._spread[seat, :] = self._spread[:, seat] = 0.0
                self._spread[seat, seat] = variance
                self._apart.pop(term.number, None)
                self._row(term)[term.number] = seat

    def _room(self, here: set[int], *, word: bool) -> int | None:
        """Return a free seat; if there is none, that of the word used longest ago, else of what else was."""
        if (taken := len(self._lasting) + len(self._words)) < SEATS:
            return taken
        for row in (self._words,) if word else (self._words, self._lasting):
            number = next(iter(row), None)
            if number is not None and number not in here:
                seat = row.pop(number)
                self._put_apart(number, float(self._means[seat]), float(self._spread[seat, seat]))
                return seat
        return None

    def _split(self, terms: Sequence[Term]) -> tuple[list[int], Floats, list[Term]]:
        """Return the seats and the values of the terms that have one, and the other terms."""
        found = [(term, self._seat_of(term)) for term in terms]
        seats = [seat for _, seat in found if seat is not None]
        values = np.array([term.value for term, seat in found if seat is not None], np.float64)
        return seats, values, [term for term, seat in found if seat is None]

    def _mean_of(self, term: Term) -> float:
        seat = self._seat_of(term)
        return self._of(term)[0] if seat is None else float(self._means[seat])

    def _of(self, term: Term) -> tuple[float, float]:
        """Return mean and variance of a term that has no seat."""
        return self._apart.get(term.number, (term.mean, term.variance))

    def _row(self, term: Term) -> OrderedDict[int, int]:
        return self._words if term.word else self._lasting

    def _seat_of(self, term: Term) -> int | None:
        return self._row(term).get(term.number)

    def _put_apart(self, number: int, mean: float, variance: float) -> None:
        self._apart[number] = (mean, variance)
        self._apart.move_to_end(number)
        while len(self._apart) > MOST_APART:
            self._apart.popitem(last=False)


def logistic(x: float) -> float:
    """Return the share that log odds stand for."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


def _balanced(before: float, doubt: float, label: float) -> float:
    """Return the log odds ``a`` with ``a = before + doubt * (label - logistic(a))``, by Newton within its bounds."""
    low, high = (before, before + doubt) if label else (before - doubt, before)
    at = before
    for _ in range(STEPS):
        share = logistic(at)
        off = at - before - doubt * (label - share)
        low, high = (low, at) if off > 0 else (at, high)
        step = at - off / (1.0 + doubt * share * (1.0 - share))
        at, moved = (step, abs(step - at)) if low <= step <= high else ((low + high) / 2.0, high - low)
        if moved < CLOSE:
            break
    return at
