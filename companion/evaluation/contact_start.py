"""The contact model that is shipped: trained on everyone in a set, with a card that says how well it does on others."""

from __future__ import annotations

from typing import Any

import numpy as np

from companion.evaluation import contact_data, quality
from companion.evaluation.bids import Cohort
from companion.evaluation.contact_data import Stretch
from companion.evaluation.options import Options
from companion.evaluation.report import Report
from embeddings import contact_training
from embeddings.contact import ContactModel

LIMITS = (
    "Learned from one kind of headband (four dry electrodes, reference on the forehead) by its own score, which counts "
    "several blinks in a row and movement as bad contact. Wet electrodes and other references were not seen."
)


def start(name: str, found: Cohort, *, seed: int = 0, quick: bool = False) -> ContactModel:
    """Train on a set whose headband scored its contact, and measure on people left out.

    Parameters
    ----------
    name
        Of the set's folder.
    quick
        Measure with fewer draws; the trees are the same.

    Raises
    ------
    EvaluationError
        When it holds no contact scores, or too few people.

    """
    recordings = contact_data.scored(found.recordings)
    report = quality.judged(name, found, Options(seed=seed, quick=quick))
    stretches = contact_data.stretches(recordings, recordings[0].segments()[0].ch_names)
    trees = contact_training.fit((contact_training.look(stretch.rated) for stretch in stretches), seed=seed)
    return ContactModel(trees, _card(name, found.licence, stretches, report))


def _card(name: str, licence: str, stretches: tuple[Stretch, ...], report: Report) -> dict[str, Any]:
    """Return what people should know of it."""
    rated = [stretch.rated for stretch in stretches]
    told = report.to_json()
    return {
        "what": "expected share of a window in which an electrode lies badly, from the electrode's own last seconds",
        "sets": {name: {"licence": licence, "people": len({stretch.person for stretch in stretches})}},
        "electrode_seconds": round(sum(part.bad.size / part.sfreq for part in rated)),
        "share_bad": round(float(np.mean(np.concatenate([part.bad.ravel() for part in rated]))), 4),
        "figures_on_people_left_out": {figure["name"]: _short(figure["value"]) for figure in told["figures"]},
        "controls": {figure["name"]: _short(figure["value"]) for figure in told["controls"]},
        "differences": {figure["name"]: _short(figure["value"]) for figure in told["differences"]},
        "limits": LIMITS,
    }


def _short(interval: dict[str, float | None]) -> list[float | None]:
    """Return value, low, high of an interval, as many digits as are worth reading."""
    ends = (interval["value"], interval["low"], interval["high"])
    return [None if end is None else round(end, 4) for end in ends]
