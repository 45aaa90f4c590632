"""A small evaluation for tests of the command: how well loudness tells counting backwards from rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from companion.evaluation.bids import recordings
from companion.evaluation.options import Options
from companion.evaluation.report import Figure, Report
from companion.evaluation.splits import splits
from companion.evaluation.statistics import auc, bootstrap
from companion.evaluation.windows import cut


def evaluate(folder: Path, options: Options) -> Report:
    found = [one for one in recordings(folder) if not options.people or one.person in options.people]
    windows = cut(found, lambda one, *_: one.task, seconds=options.seconds or 4.0, picks=options.picks or None)
    kind = options.split or "person"
    scores, labels = windows.filtered.std(axis=(1, 2)), windows.label == "arithmetic"
    told = {s.name: auc(labels[s.test], scores[s.test]) for s in splits(kind, windows, seconds=windows.seconds)}
    figure = Figure("AUC", bootstrap(np.array(list(told.values())), seed=options.seed), per_person=told)
    people = len(np.unique(windows.person))
    notes = (f"{options.model}, {windows.data.shape[1]} electrodes, seed {options.seed}, quick {options.quick}",)
    return Report(
        "loudness", folder.name, kind, options.model, people, len(windows), (figure,), (), (), None, 0.5, "Done.", notes
    )
