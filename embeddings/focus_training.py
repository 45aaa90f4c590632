"""Trains the focus model over people.

Every pair of front and back electrodes that people wore gives a view of the same minutes, so that a few dozen people
and any one headband teach a model that does not depend on where exactly its electrodes sit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from embeddings import sites
from embeddings.focus import LIMIT, FocusModel, Line
from embeddings.reference import OWN_SHARE
from embeddings.site_features import DIMENSION, EVEN, SiteReference
from embeddings.sites import Sites

INVERSE_PENALTY = 1e-4  # scikit-learn's C; few people, many like windows: strong
FOLDS = 5  # of people, for the scores that probabilities are learned from
CERTAIN = 0.02  # no probability is nearer to 0 or 1: nobody has been seen often enough
PAIRS_FRONT = (("F7", "F8"), ("AF7", "AF8"), ("Fp1", "Fp2"), ("F3", "F4"))
PAIRS_BACK = (("T5", "T6"), ("P7", "P8"), ("TP9", "TP10"), ("T3", "T4"), ("T7", "T8"), ("P3", "P4"), ("O1", "O2"))
MIDDLE_FRONT, MIDDLE_BACK = ("Fz",), ("Pz", "Oz", "POz")

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What one person did.

    Attributes
    ----------
    matrices
        `features.matrices` of all their electrodes, ``float64[windows, bands, channels, channels]``.
    focused
        ``bool[windows]``.
    rest
        Windows of the first minute of rest, which the others are measured against, ``bool[windows]``.

    """

    ch_names: tuple[str, ...]
    matrices: Numbers
    focused: Mask
    rest: Mask


@dataclass(frozen=True, slots=True)
class View:
    """One person through the electrodes of one view: features not yet in common spreads.

    Attributes
    ----------
    centred
        ``float64[windows, DIMENSION]``, relative to the person's rest but unscaled.
    spread
        Of each feature during rest, ``float64[DIMENSION]``; 0 where the view is silent.

    """

    person: int
    kind: str
    centred: Numbers
    spread: Numbers

    def scaled(self, others: Numbers) -> Numbers:
        """Return `SiteReference.features` with the spread of others leant on."""
        usual = np.sqrt(OWN_SHARE * self.spread**2 + (1 - OWN_SHARE) * others**2)
        return np.clip(self.centred / np.where(self.spread > 0, usual, 1.0), -LIMIT, LIMIT)


def views(person: int, who: Labelled, kinds: Collection[str] | None = None) -> list[View]:
    """Return every view of a person, or those of some kinds of montage (`sites.Sites.kind`)."""
    montages = [(picked, _sites(who.ch_names, picked)) for picked in _montages(who.ch_names)]
    return [_view(person, who, picked, where) for picked, where in montages if kinds is None or where.kind in kinds]


def fit(seen: Sequence[View], people: Sequence[Labelled], chosen: Sequence[int]) -> FocusModel:
    """Train on the views of the ``chosen`` people (indices); raises ValueError below `FOLDS` people."""
    if len(chosen) < FOLDS:
        raise ValueError(f"{len(chosen)} people are too few to train on: {FOLDS} are needed")
    mine = [view for view in seen if view.person in set(chosen)]
    others = usual_spread(mine)
    kinds = dict.fromkeys(view.kind for view in mine)
    lines = {kind: _line([v for v in mine if v.kind == kind], people, chosen, others) for kind in kinds}
    return FocusModel(lines, others)


def usual_spread(seen: Sequence[View]) -> Numbers:
    """Return the root mean square of people's spreads of each feature, ``float64[DIMENSION]``."""
    table = np.array([view.spread for view in seen])
    known = np.maximum((table > 0).sum(axis=0), 1)
    spread: Numbers = np.sqrt((table**2).sum(axis=0) / known)
    return spread


def _line(seen: Sequence[View], people: Sequence[Labelled], chosen: Sequence[int], others: Numbers) -> Line:
    """Fit one kind of montage: weights on all people, probabilities on people each fold had left out."""
    tables = [view.scaled(others) for view in seen]
    whole = _weights(seen, tables, people, set(chosen))
    held, labels = [], []
    for fold in range(FOLDS):
        out = set(list(chosen)[fold::FOLDS])
        part = _weights(seen, tables, people, set(chosen) - out)
        for view, table in zip(seen, tables, strict=True):
            if view.person in out:
                fresh = ~people[view.person].rest
                held.append((table @ part[0] + part[1])[fresh])
                labels.append(people[view.person].focused[fresh])
    rising = IsotonicRegression(y_min=CERTAIN, y_max=1 - CERTAIN, out_of_bounds="clip")
    scores, known = np.concatenate(held), np.concatenate(labels)
    rising.fit(scores, known)
    neutral = float(scores[known].mean() + scores[~known].mean()) / 2
    return Line(*whole, np.array(rising.X_thresholds_), np.array(rising.y_thresholds_), neutral)


def _weights(
    seen: Sequence[View], tables: Sequence[Numbers], people: Sequence[Labelled], chosen: set[int]
) -> tuple[Numbers, float]:
    """Fit the logistic regression of a kind; both classes weigh the same."""
    used = [(table, people[view.person]) for view, table in zip(seen, tables, strict=True) if view.person in chosen]
    rows = np.vstack([table for table, _ in used])
    labels = np.concatenate([who.focused for _, who in used])
    telling = EVEN & (rows.any(axis=0))
    model = LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", max_iter=500)
    model.fit(rows[:, telling], labels)
    coefficients = np.zeros(DIMENSION)
    coefficients[telling] = model.coef_[0]
    return coefficients, float(model.intercept_[0])


def _sites(ch_names: Sequence[str], picked: Sequence[int]) -> Sites:
    return sites.find([ch_names[i] for i in picked]) if len(picked) > 1 else Sites(None, None)


def _view(person: int, who: Labelled, picked: Sequence[int], where: Sites) -> View:
    matrices = who.matrices[:, :, picked][:, :, :, picked]
    reference = SiteReference.fit(matrices[who.rest], where)
    return View(person, where.kind, reference.features(matrices) * reference.spread, reference.spread)


def _montages(ch_names: Sequence[str]) -> Iterator[list[int]]:
    """Yield the electrodes of each view there is: front and back, each alone, the middle, any one."""
    at = {name.lower(): i for i, name in enumerate(ch_names)}
    front, back = _there(PAIRS_FRONT, at), _there(PAIRS_BACK, at)
    yield from ([*f, *b] for f, b in product(front, back))
    yield from front
    yield from back
    yield from ([*f, *b] for f, b in product(_there([MIDDLE_FRONT], at), _there([[x] for x in MIDDLE_BACK], at)))
    yield from ([i] for i in range(len(ch_names)))


def _there(pairs: Sequence[Sequence[str]], at: dict[str, int]) -> list[list[int]]:
    """Return the channels of the pairs whose electrodes were all worn."""
    return [[at[name.lower()] for name in pair] for pair in pairs if all(name.lower() in at for name in pair)]
