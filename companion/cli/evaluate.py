"""``companion evaluate NAME``: how well something is told from EEG, beside what tells it without a brain."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from companion.cli import options as shared
from companion.cli.codes import DONE
from companion.evaluation import TASKS
from companion.evaluation.bids import Cohort, cohort
from companion.evaluation.options import Model, Options
from companion.evaluation.report import Report
from companion.evaluation.splits import known


class Task(Protocol):
    """What a module of `TASKS` offers."""

    def evaluate(self, folder: Path, options: Options) -> Report:
        """Score people of a BIDS set; raises `EvaluationError`."""
        ...


@click.command()
@click.argument("name", default="")
@click.option(
    "--data", required=True, type=click.Path(path_type=Path, resolve_path=True), help="Folder of a BIDS-EEG set."
)
@shared.as_json
@click.option("--split", default="", help="Test on other people (person), sessions (session) or times (time).")
@click.option(
    "--model",
    type=click.Choice(["train", "start"]),
    default="train",
    show_default=True,
    help="Train on the rest of the set, or score the shipped start as it is.",
)
@click.option("--seconds", type=click.FloatRange(1.0), help="Length of a window; a second at least.")
@click.option("--electrodes", default="", help="Only these, as F7,F8.")
@click.option("--person", "people", multiple=True, help="Only this person; may be given several times.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of everything that is drawn.")
@click.option("--quick", is_flag=True, help="Fewer permutations: for a look, not for a figure to publish.")
def command(
    *,
    name: str,
    data: Path,
    as_json: bool,
    split: str,
    model: Model,
    seconds: float | None,
    electrodes: str,
    people: tuple[str, ...],
    seed: int,
    quick: bool,
) -> int:
    """Measure NAME on a BIDS set: focus, quality, state-recall, thought-recall, clock or identity.

    Every figure comes with its interval over people and stands beside its controls. Windows are never split at random.
    """
    module = _module(name)
    if split:
        known(split)
    found = cohort(data)
    options = Options(
        split, model, seed, seconds or 0.0, _electrodes(electrodes), quick, tuple(_person(found, who) for who in people)
    )
    report = _evaluated(importlib.import_module(module), data, options, f"{name} on {found.name}")
    missing = tuple(note for note in found.notes if note not in report.notes)
    _show(replace(report, notes=report.notes + missing), as_json=as_json)
    return DONE


def _module(name: str) -> str:
    """Return where an evaluation lives; a wrong name ends with the list."""
    plain = name.replace("_", "-")
    if plain not in TASKS:
        told = f"There is no evaluation {name!r}." if name else "Say what to evaluate."
        raise click.UsageError(f"{told} There are: {', '.join(TASKS)}.")
    return TASKS[plain]


def _electrodes(told: str) -> tuple[str, ...]:
    """Return the electrodes of ``F7,F8``, each once."""
    return tuple(dict.fromkeys(name.strip() for name in told.split(",") if name.strip()))


def _person(found: Cohort, told: str) -> str:
    """Return a person of the set; ``sub-01`` and ``01`` are the same."""
    people = sorted({recording.person for recording in found.recordings})
    who = told.removeprefix("sub-")
    if who not in people:
        raise click.UsageError(f"There is no person {told!r} in {found.name}. There are: {', '.join(people)}.")
    return who


def _evaluated(task: Task, data: Path, options: Options, about: str) -> Report:
    """Run it, with a sign of life on stderr where that is a terminal."""
    console = Console(stderr=True, markup=False, emoji=False)
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task(about, total=None)
        return task.evaluate(data, options)


def _show(report: Report, *, as_json: bool) -> None:
    """Print it for a program or a person."""
    if as_json:
        click.echo(json.dumps(report.to_json(), allow_nan=False))
    else:
        Console(markup=False, emoji=False).print(report.table())
