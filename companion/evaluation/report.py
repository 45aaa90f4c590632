"""What an evaluation found: for a program (`to_json`) and for a person (`table`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from companion.evaluation.interval import Interval

SHOWN_NAME = 34  # characters of a figure's name before it is broken into lines


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure over people.

    Attributes
    ----------
    per_person
        The same figure of each person alone; NaN where it is not defined for them.

    """

    name: str
    value: Interval
    note: str = ""
    per_person: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that belongs beside a headline figure.

    Attributes
    ----------
    data
        Name of the folder alone; where it lies is nobody's business.
    split, model
        How training and test were kept apart, and what was scored.
    people, windows
        How many were tested.
    figures, controls, differences
        Ours; what needs no brain (or the reference models); ours minus each of these, person by person.
    p_value
        Of labels permuted in whole blocks; None where it does not apply.
    chance
        What guessing gives for the first figure.
    verdict
        One sentence a person can act on.
    notes
        Recordings that were left out and why, limits of the set.
    found
        Whether the verdict claims that the brain tells; None where that is not what is measured.

    """

    task: str
    data: str
    split: str
    model: str
    people: int
    windows: int
    figures: tuple[Figure, ...]
    controls: tuple[Figure, ...]
    differences: tuple[Figure, ...]
    p_value: float | None
    chance: float
    verdict: str
    notes: tuple[str, ...] = ()
    found: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, dicts and numbers; what is no number is None, which JSON can say."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def table(self) -> RenderableType:
        """Return what a person reads in a terminal of 80 columns."""
        heading = Text(f"{self.task} · {self.data}", style="bold")
        about = Text(
            f"split by {self.split}, model {self.model}, {self.people} people, {self.windows} windows", style="dim"
        )
        rows = _rows(self)
        told = Text(f"chance {_number(self.chance)}, label permutation p {_number(self.p_value)}")
        notes = [Text(f"- {note}", style="dim") for note in self.notes]
        return Group(heading, about, rows, told, Text(self.verdict, style="bold"), *notes)


def _rows(report: Report) -> Table:
    """Return the three groups of figures under each other."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", max_width=SHOWN_NAME, overflow="fold")
    table.add_column("mean", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("people", justify="right", no_wrap=True)
    table.add_column("note", overflow="fold")
    groups = (("figures", report.figures), ("controls", report.controls), ("ours minus theirs", report.differences))
    for name, figures in groups:
        if figures:
            table.add_row(Text(name, style="bold"))
        for figure in figures:
            value = figure.value
            span = f"{_number(value.low)} to {_number(value.high)}"
            table.add_row(Text(figure.name), _number(value.value), span, str(value.n), Text(figure.note, style="dim"))
    return table


def _number(value: float | None) -> str:
    """Return a figure as it is shown."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.3f}"


def _plain(value: object) -> Any:
    """Return the value as JSON can hold it."""
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(held) for name, held in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(held) for held in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
