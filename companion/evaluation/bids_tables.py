"""The tables of a BIDS set: its description, events, and when each file was recorded."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from companion.evaluation.errors import EvaluationError

MISSING = "n/a"
DESCRIPTION = "dataset_description.json"

ENTITY = re.compile(r"([a-zA-Z]+)-([a-zA-Z0-9+]+)")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was on during a recording.

    Attributes
    ----------
    onset, duration
        Seconds after the recording's first sample; how long it lasted, 0 where that is not told.
    label
        Its ``trial_type`` (``value`` where a set has no such column); empty where it is not told.
    content
        The text that was on screen (column ``content``); `label` where a set has no such column.

    """

    onset: float
    duration: float
    label: str
    content: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What ``scans.tsv`` says of a file: when it began (UTC seconds), and its longest gap in seconds."""

    acq_time: float | None = None
    max_gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Description:
    """What a set says of itself."""

    name: str
    licence: str


def description(folder: Path) -> Description:
    """Return the name and licence of a set; `EvaluationError` says what a folder is that is none."""
    path = folder / DESCRIPTION
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is no folder. Give the one that holds {DESCRIPTION}.")
    if not path.is_file():
        inside = sorted(found.parent.name for found in folder.glob(f"*/{DESCRIPTION}"))
        mend = (
            f"Give one of the sets in it: {', '.join(inside)}." if inside else "Give the folder that holds this file."
        )
        raise EvaluationError(f"{folder} is no BIDS set: it has no {DESCRIPTION}. {mend}")
    try:
        told = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise EvaluationError(f"{path} is not JSON ({error}). Download it again.") from error
    if not isinstance(told, Mapping):
        raise EvaluationError(f"{path} holds no JSON object. Download it again.")
    return Description(str(told.get("Name", folder.name)), str(told.get("License", "")))


def events(path: Path) -> tuple[Event, ...]:
    """Return the events of a table in order of onset; rows whose onset is ``n/a`` happened at no known time.

    Raises `EvaluationError` naming the line that cannot be read.
    """
    found: list[Event] = []
    for line, row in _rows(path, "onset"):
        onset = _number(path, line, row, "onset")
        if onset is None:
            continue
        label = _told(row.get("trial_type", row.get("value", MISSING)))
        content = _told(row["content"]) if "content" in row else label
        found.append(Event(onset, _number(path, line, row, "duration") or 0.0, label, content))
    return tuple(sorted(found, key=lambda event: event.onset))


def scans(folder: Path) -> dict[str, Scan]:
    """Return what the ``*_scans.tsv`` of a session's (or person's) folder says of each file, by its path in there.

    Empty when there is no such table. Raises `EvaluationError` naming the line that cannot be read.
    """
    told: dict[str, Scan] = {}
    for path in sorted(folder.glob("*_scans.tsv")):
        for line, row in _rows(path, "filename"):
            gap = _number(path, line, row, "max_gap_s") or 0.0
            told[row["filename"]] = Scan(_time(path, line, row), gap)
    return told


def belonging(path: Path, suffix: str) -> Path | None:
    """Return the nearest table ``*_suffix`` that belongs to a file: in its folder, or above it (BIDS' inheritance).

    A table belongs to every file whose name has all the entities of the table's.
    """
    mine = set(ENTITY.findall(path.stem))
    root = next((above for above in path.parents if (above / DESCRIPTION).exists()), path.parent)
    for above in path.parents:
        fitting = [found for found in above.glob(f"*{suffix}") if set(ENTITY.findall(found.stem)) <= mine]
        if fitting:
            return max(fitting, key=lambda found: len(ENTITY.findall(found.stem)))
        if above == root:
            return None
    return None


def _rows(path: Path, needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells of each line; one at a time, as events may be many."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            names = [name.strip() for name in next(table, [])]
            if needed not in names:
                raise EvaluationError(f"{path.name} has no column {needed}. Add it, with tabs between the columns.")
            for cells in table:
                if len(cells) not in {0, len(names)}:
                    raise _wrong(path, table.line_num, f"has {len(cells)} cells where {len(names)} are expected")
                if cells:
                    yield table.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EvaluationError(f"{path.name} cannot be read ({error}). Save it as UTF-8 text again.") from error


def _number(path: Path, line: int, row: Mapping[str, str], column: str) -> float | None:
    """Return a number; None where it is not told."""
    told = row.get(column, MISSING)
    if not _told(told):
        return None
    try:
        value = float(told)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(path, line, f"has {told[:40]!r} as its {column}, which is no number")
    return value


def _time(path: Path, line: int, row: Mapping[str, str]) -> float | None:
    """Return UTC seconds of ``acq_time``; None where it is not told."""
    told = row.get("acq_time", MISSING)
    if not _told(told):
        return None
    try:
        time = datetime.fromisoformat(told)
    except ValueError as error:
        raise _wrong(
            path, line, f"has {told[:40]!r} as its acq_time, which is no time like 2024-05-31T09:30:00"
        ) from error
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _told(cell: str) -> str:
    """Return what a cell says; empty for BIDS' ``n/a``."""
    return "" if cell.lower() == MISSING else cell


def _wrong(path: Path, line: int, what: str) -> EvaluationError:
    return EvaluationError(f"{path.name}, line {line}: it {what}. Mend or delete the line.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"{path} cannot be read ({error}). Check that it is yours, or download it again."
        ) from error
