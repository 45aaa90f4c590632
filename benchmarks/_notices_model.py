"""What the model of importance is worth on simulated people (`_simulated_person.py`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from _simulated_person import Met, Person
from scipy.stats import rankdata

from companion.notices.importance import Importance

BINS = 10
CORRECTED = 100  # held notices that the person goes through, correcting what was judged wrongly
LOOKED_AT = 1_000  # notices that tell whether corrections helped
HALF = 0.5
DRAWN = 20  # times that what is done is drawn anew by what the model tells


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well one simulated person is known.

    Attributes
    ----------
    auc, ceiling
        Of telling what they act on apart, by the model and by who knows the person's own log odds.
    ece, ece_frozen, ece_ceiling
        Expected calibration error, over ten bins of as many notices each: of a model that is asked about each notice
        before it learns what came of it, of one that learns no more, and of who knows the person's own log odds, whose
        error is that of chance alone.
    ece_floor
        What ``ece_frozen`` would be in the mean, by chance alone, if every share that the model tells were right.
    unexplained
        The most by which the parts of an estimate did not sum to its log odds.
    right_before, right_after
        Share of notices whose importance is told rightly without corrections, and with them.
    corrections
        How many there were.

    """

    auc: float
    ceiling: float
    ece: float
    ece_frozen: float
    ece_ceiling: float
    ece_floor: float
    unexplained: float
    right_before: float
    right_after: float
    corrections: int


def judge(seed: int, *, labels: int, tested: int) -> Judgement:
    """Let a model learn ``labels`` answers of a simulated person, and ask it about ``tested`` notices after these."""
    person, model = Person(seed), Importance()
    for _ in range(labels):
        _learn(model, person.meet())
    met = [person.meet() for _ in range(tested)]
    estimates = [model.estimate(model.seen(one.notice, focused=one.focused)) for one in met]
    said = [estimate.probability for estimate in estimates]
    acted = np.array([one.acted for one in met])
    # From the probability back to the log odds: what was told has to be what was summed.
    off = [
        abs(math.log(p / (1.0 - p)) - math.fsum(v for _, v in e.parts)) for p, e in zip(said, estimates, strict=True)
    ]
    before, after, corrections = _corrected(person, model)
    ece, ece_frozen = _ece_while_learning(model, met), _ece(acted, said)
    return Judgement(
        auc=_auc(acted, said),
        ceiling=_auc(acted, [one.log_odds for one in met]),
        ece=ece,
        ece_frozen=ece_frozen,
        ece_ceiling=_ece(acted, [1.0 / (1.0 + math.exp(-one.log_odds)) for one in met]),
        ece_floor=_ece_by_chance(said, seed),
        unexplained=max(off),
        right_before=before,
        right_after=after,
        corrections=corrections,
    )


def _learn(model: Importance, met: Met) -> None:
    seen = model.seen(met.notice, focused=met.focused)
    model.learn(met.notice, seen, acted=met.acted, response=met.response)


def _corrected(person: Person, model: Importance) -> tuple[float, float, int]:
    """Return how often importance is told rightly before and after the person went through what was judged.

    These notices were held, so that nothing else was learned of them.
    """
    corrected, corrections = Importance.load(model.dump()), 0
    for _ in range(CORRECTED):
        met = person.meet()
        seen = corrected.seen(met.notice, focused=met.focused)
        if (corrected.estimate(seen).probability >= HALF) != met.important:
            corrected.correct(met.notice, seen, important=met.important)
            corrections += 1
    later = [person.meet() for _ in range(LOOKED_AT)]
    return _right(model, later), _right(corrected, later), corrections


def _ece_while_learning(model: Importance, met: Sequence[Met]) -> float:
    """Return the calibration error of a model that goes on learning, as it does."""
    learning, said = Importance.load(model.dump()), []
    for one in met:
        said.append(learning.estimate(learning.seen(one.notice, focused=one.focused)).probability)
        _learn(learning, one)
    return _ece(np.array([one.acted for one in met]), said)


def _ece_by_chance(said: Sequence[float], seed: int) -> float:
    """Return the calibration error of one who tells the same and is right about it."""
    rng, told = np.random.default_rng(seed), np.array(said)
    return float(np.mean([_ece(rng.random(len(told)) < told, said) for _ in range(DRAWN)]))


def _right(model: Importance, met: Sequence[Met]) -> float:
    said = [model.estimate(model.seen(one.notice, focused=one.focused)).probability >= HALF for one in met]
    return float(np.mean([decided == one.important for decided, one in zip(said, met, strict=True)]))


def _auc(acted: np.ndarray, said: Sequence[float]) -> float:
    ranks, positive = rankdata(said), int(acted.sum())
    return float((ranks[acted].sum() - positive * (positive + 1) / 2) / (positive * (len(acted) - positive)))


def _ece(acted: np.ndarray, said: Sequence[float]) -> float:
    order, told = np.argsort(said), np.array(said)
    bins = np.array_split(order, BINS)
    return float(sum(len(one) * abs(told[one].mean() - acted[one].mean()) for one in bins) / len(acted))
