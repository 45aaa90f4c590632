"""The meter itself: it finds what was planted, claims nothing where nothing is, and unmasks a file's fingerprint."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from companion.evaluation import TASKS, planted
from companion.evaluation.options import Options
from companion.evaluation.planted import Design, Kind, Recipe
from companion.evaluation.report import Report
from companion.figures import Bar, report

DESIGNS: dict[str, Design] = {"focus": "states", "state-recall": "states", "thought-recall": "reading"}
FOUND_OF_100, CLAIMED_OF_100 = 95, 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=sorted(DESIGNS), default="focus")
    parser.add_argument("--seeds", type=int, default=100)
    asked = parser.parse_args()
    found = sum(bool(made.found) for made in _reports(asked.task, "planted", asked.seeds))
    claimed = sum(bool(made.found) for made in _reports(asked.task, "absent", asked.seeds))
    figures: dict[str, object] = {"task": asked.task, "seeds": asked.seeds, "planted found": found}
    figures["absent claimed"] = claimed
    bars = [
        Bar("planted signal found, of 100", 100 * found / asked.seeds, FOUND_OF_100, "least"),
        Bar("absent signal claimed, of 100", 100 * claimed / asked.seeds, CLAIMED_OF_100),
    ]
    if asked.task == "focus":
        masks = [_unmasked(made) for made in _reports(asked.task, "fingerprint", max(1, asked.seeds // 10))]
        figures["fingerprint sets"] = len(masks)
        bars.append(Bar("fingerprints unmasked, share", sum(masks) / len(masks), 1.0, "least"))
    return report("meter", figures, bars)


def _reports(task: str, kind: Kind, seeds: int) -> Iterator[Report]:
    """Yield the report on one made-up set a seed."""
    module = importlib.import_module(TASKS[task])
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            recipe = Recipe(kind, DESIGNS[task], seed=seed, sessions=1 if task == "focus" else 2)
            made: Report = module.evaluate(planted.write(Path(folder) / "set", recipe), Options(seed=seed, quick=True))
        print(f"{kind} {seed}: {made.figures[0].value.value:.3f} {made.found}", file=sys.stderr, flush=True)
        yield made


def _unmasked(made: Report) -> bool:
    """Whether the fingerprint control sees what is planted in the files, and ours does not pass for focus."""
    control = next(figure for figure in made.controls if figure.name == "fingerprint")
    clean = "clearly better" not in made.verdict or not made.found
    return control.value.above(made.chance) and clean


if __name__ == "__main__":
    sys.exit(main())
