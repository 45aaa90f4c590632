"""Two sets of simulated people: those the model's priors were chosen on, and others, on whom nothing was."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

import numpy as np
from _notices_model import Judgement, judge
from rich.progress import track

from companion.figures import Bar

LABELS, TESTED = 200, 1_000
TUNED_ON, HELD_OUT = 100, 5_000  # the first seed of each
TUNED = 400  # seeds from the first on that something was chosen on
LEAST_AUC, MOST_ECE, EXACT = 0.85, 0.05, 1e-9
TWO_SIDED = 1.96  # standard errors of a 95 % interval


def people_from(first: int, count: int) -> list[Judgement]:
    """Judge the model on the people of some seeds."""
    seeds = track(range(first, first + count), f"people from {first}", disable=not sys.stderr.isatty())
    return [judge(seed, labels=LABELS, tested=TESTED) for seed in seeds]


def bars_of_people(held_out: Sequence[Judgement]) -> list[Bar]:
    """Return what has to hold of people on whom nothing was chosen."""
    frozen = f"ECE after {LABELS} answers, learning no more, held-out simulated people"
    return [
        Bar(
            f"AUC after {LABELS} answers, held-out simulated people",
            round(_mean([one.auc for one in held_out]), 4),
            LEAST_AUC,
            "least",
        ),
        Bar(frozen, round(_mean([one.ece_frozen for one in held_out]), 4), MOST_ECE),
        Bar("log odds not explained", max(one.unexplained for one in held_out), EXACT),
        Bar(
            "share told rightly that corrections add, lower end of 95 %",
            round(_interval([one.right_after - one.right_before for one in held_out])[1], 5),
            1e-5,
            "least",
        ),
    ]


def figures_of_people(first: int, people: Sequence[Judgement]) -> dict[str, object]:
    """Return what is printed of one set."""
    auc, frozen = [one.auc for one in people], [one.ece_frozen for one in people]
    return {
        "seeds": [first, first + len(people) - 1],
        "auc": _rounded(_interval(auc)),
        "auc_least": round(min(auc), 3),
        "auc_quartiles": [round(float(q), 3) for q in np.quantile(auc, (0.25, 0.5, 0.75))],
        "auc_most": round(max(auc), 3),
        "people_below_the_least_auc": sum(one < LEAST_AUC for one in auc),
        "auc_ceiling": round(_mean([one.ceiling for one in people]), 4),
        "ece_frozen": _rounded(_interval(frozen)),
        "ece_frozen_by_chance_alone": round(_mean([one.ece_floor for one in people]), 4),
        "ece_frozen_most": round(max(frozen), 3),
        "people_above_the_most_ece": sum(one > MOST_ECE for one in frozen),
        "ece_of_a_model_that_learns_on": round(_mean([one.ece for one in people]), 4),
        "ece_of_one_who_knows": round(_mean([one.ece_ceiling for one in people]), 4),
        "told_rightly_before_corrections": round(_mean([one.right_before for one in people]), 4),
        "told_rightly_after_corrections": round(_mean([one.right_after for one in people]), 4),
        "corrections_add": _rounded(_interval([one.right_after - one.right_before for one in people])),
        "corrections_a_person": round(_mean([one.corrections for one in people]), 1),
    }


def _interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean over people, and its 95 % interval."""
    mean, off = _mean(values), TWO_SIDED * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return mean, mean - off, mean + off


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(one, 4) for one in values]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
