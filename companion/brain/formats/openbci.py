"""Text as the OpenBCI GUI (version 5 or 6) records it: lines with ``%``, a heading, one line a sample, µV."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats import clock
from companion.brain.formats.labels import channel_names
from companion.brain.formats.source import Source
from companion.brain.formats.table import Table, load
from companion.brain.types import Segment

NAME = "OpenBCI GUI text"

_INDEX, _TIME, _SIGNAL = "Sample Index", "Timestamp", "EXG Channel"
_MILLISECONDS = 1e11  # stamps beyond this are no seconds of any time to come
_AGAIN = "Record it again with the OpenBCI GUI version 5 or newer, or export it as CSV with decimal points"


def fits(source: Source) -> bool:
    """Whether it begins with the ``%OpenBCI`` lines."""
    lines = source.lines
    return bool(lines) and lines[0].startswith("%") and "openbci" in lines[0].lower()


def read(source: Source) -> tuple[Segment, ...]:
    """Return its gap-free stretches. The sample index tells gaps, the time stamps tell when. Raises `BoardError`."""
    table = _table(source)
    signal = [name for name in table.names if name.startswith(_SIGNAL)]
    _check_count(source, len(signal))
    values = load(source, table, (_INDEX, _TIME, *signal))
    times = _seconds(values[:, 1])
    clock.check_plausible(times, source)
    gaps, sfreq = clock.gaps_and_rate(times, _rate(source), counter=values[:, 0])
    return clock.cut(values[:, 2:].T, times, gaps, sfreq=sfreq, device=_device(source), ch_names=channel_names(signal))


def _table(source: Source) -> Table:
    """Find the heading and how numbers are written."""
    lines = source.lines
    at = next((i for i, line in enumerate(lines) if not line.startswith("%")), len(lines))
    heading = lines[at] if at < len(lines) else ""
    names = tuple(name.strip() for name in heading.split(","))
    if _INDEX not in names or _TIME not in names:
        raise source.wrong("it has no heading with `Sample Index` and `Timestamp`", _AGAIN)
    table = Table(names, skip=at + 1)
    if at + 1 == len(lines) or len(table.cells(lines[at + 1])) == len(names):
        return table
    commas = Table(names, skip=at + 1, decimal_comma=True)
    if len(commas.cells(lines[at + 1])) == len(names):
        return commas
    raise source.wrong(
        f"line {at + 2} has {len(table.cells(lines[at + 1]))} cells where {len(names)} are expected; "
        "its numbers may be written with decimal commas",
        _AGAIN,
    )


def _said(source: Source, what: str) -> str:
    """Return what one of the ``%`` lines says, empty when there is no such line."""
    pattern = re.compile(rf"%\s*{what}\s*=\s*(.*?)\s*$", re.IGNORECASE)
    return next((found[1] for found in map(pattern.match, source.lines) if found), "")


def _rate(source: Source) -> float:
    """Return the rate in the header (Hz)."""
    found = re.match(r"\d+(?:[.,]\d+)?", _said(source, "Sample Rate"))
    sfreq = float(found[0].replace(",", ".")) if found else 0.0
    if sfreq <= 0.0:
        raise source.wrong(
            "its header tells no sample rate", "Put a line `%Sample Rate = 250 Hz` with the true rate first"
        )
    return sfreq


def _device(source: Source) -> str:
    """Return the board's name."""
    board = _said(source, "Board").rpartition("$")[2].removeprefix("Board")
    return f"OpenBCI {board}" if board else "OpenBCI"


def _check_count(source: Source, count: int) -> None:
    """Refuse a file whose header and heading disagree."""
    told = _said(source, "Number of channels")
    if count == 0:
        raise source.wrong("it has no column `EXG Channel`, so no EEG", _AGAIN)
    if told.isdigit() and int(told) != count:
        raise source.wrong(f"its header tells {told} channels but there are {count} columns `EXG Channel`", _AGAIN)


def _seconds(stamps: NDArray[np.float64]) -> clock.Times:
    """Return seconds; some versions of the GUI write milliseconds."""
    return stamps / 1000.0 if np.median(stamps) > _MILLISECONDS else stamps
